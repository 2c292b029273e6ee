"""The panel of one period's number: what each kind of measure rests on, and what it opens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.company import computing
from tests.support.app_pages import link_labels, open_page
from tests.support.reported_company import a_reporting_company
from tests.support.small_company import NOW, OPERATOR, open_company

METRICS = """
[middle_quantity]
title = "Quantity of a complaint, the middle one"
why = "One large return does not move it."
unit = "pieces"
better = "lower"
process = "sales"
[middle_quantity.measure]
kind = "percentile"
numerator = { table = "complaints", value = "quantity" }

[complaints_open]
title = "Complaints open"
why = "Each is a customer who waits."
unit = "open"
better = "lower"
process = "sales"
[complaints_open.measure]
kind = "stock"
from = "received_on"
to = "closed_on"
numerator = { table = "complaints" }

[complaints_against_deliveries]
title = "Complaints against deliveries"
why = "Two numbers in one."
unit = "per delivery"
better = "lower"
process = "sales"
decimals = 4
[complaints_against_deliveries.measure]
kind = "formula"
expression = "complaints / (on_time_share / 100)"
"""

RECORDS_LINK = "Open complaints of October 2026 in Records →"


@pytest.fixture
def more_kinds(small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the app at the small company with a percentile and a stock of its complaints."""
    root = tmp_path / "kinds"
    shutil.copytree(small_root, root)
    (root / "metrics" / "kinds.toml").write_text(METRICS, encoding="utf-8")
    company = open_company(root)
    with company.records:
        computing.recompute(company, actor=OPERATOR, at=NOW)
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))


@pytest.mark.usefixtures("more_kinds")
def test_a_percentile_says_how_many_records_it_rests_on() -> None:
    app = open_page("metric", metric="middle_quantity", period="2026-10-01")
    sums = app.table[0].value
    assert "Numerator" not in sums.to_string()
    assert sums.loc["Records"].item() == "3"
    points = next(each.value for each in app.dataframe if "lcl" in each.value.columns)
    assert "numerator" not in points.columns
    assert points["n"].iloc[1] == 3
    assert RECORDS_LINK in link_labels(app)


@pytest.mark.usefixtures("more_kinds")
def test_what_is_open_at_the_end_of_a_period_is_not_what_came_in_it() -> None:
    app = open_page("metric", metric="complaints_open", period="2026-10-01")
    # None was ever closed: 26 months of three.
    assert "**Numerator**: 78 rows of complaints" in [each.label for each in app.expander]
    assert RECORDS_LINK not in link_labels(app)


@pytest.mark.usefixtures("more_kinds")
def test_a_formula_shows_the_values_it_is_worked_out_from() -> None:
    app = open_page("metric", metric="complaints_against_deliveries", period="2026-09-01")
    sums = app.table[0].value
    assert sums.loc["Complaints"].item() == "3 complaints"
    # Six sites 900 and Cork 950 of 1,000, Faro 100 of 100.
    assert sums.loc["Deliveries on time"].item() == "90.8 % of deliveries"
    assert sums.loc["Value"].item() == f"{3 / (6450 / 7100):.4f} per delivery"


def test_a_bare_figure_handed_in_has_no_denominator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_reporting_company(tmp_path / "reporting")
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(tmp_path / "reporting"))
    app = open_page("metric", metric="overtime", period="2026-09-01")
    labels = [each.label for each in app.expander]
    assert any("Numerator" in each for each in labels)
    assert not any("Denominator" in each for each in labels)
    assert not any("The denominator" in each.value.to_string() for each in app.table)
    share = open_page("metric", metric="orders_in_week", period="2026-09-01")
    assert any("Denominator" in each.label for each in share.expander)
