"""This month: nobody hands anything in, nothing is asked, and figures typed in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app_pages import link_labels, open_page, texts
from tests.support.reported_company import a_reporting_company, open_company, rows_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("reporting") / "works"
    a_reporting_company(root).records.close()
    return root


@pytest.fixture
def reporting(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the app at a company that hands figures in."""
    root = tmp_path / "works"
    shutil.copytree(made, root)
    monkeypatch.setenv("CLAUSE9_WORKSPACE", str(root))
    return root


def typed(app: AppTest, **rows: dict[str, object]) -> AppTest:
    """Type into the first grid, a row by its number, and hand in."""
    key = app.data_editor[0].key
    edited = {int(name.removeprefix("row")): cells for name, cells in rows.items()}
    app.session_state[str(key)] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    return app.button[-1].click().run()


@pytest.mark.usefixtures("empty")
def test_without_owners_it_says_how_one_comes_about() -> None:
    app = open_page("this-month")
    assert not app.exception
    assert "nobody hands a figure in yet" in texts(app)


@pytest.mark.usefixtures("small")
def test_without_reported_metrics_it_says_how_one_comes_about() -> None:
    app = open_page("this-month")
    assert not app.exception
    assert "A metric of kind `reported`" in texts(app)
    assert not [label for label in link_labels(open_page("owner")) if "Fill in" in label]


@pytest.mark.usefixtures("reporting")
def test_it_asks_for_the_figures_of_the_period_with_last_months_beside() -> None:
    app = open_page("this-month", owner="Head of production", period="2026-10")
    assert not app.exception
    assert not app.warning
    assert "0 of 3 figures handed in" in texts(app)
    orders, overtime = (grid.value for grid in app.data_editor)
    assert list(orders.columns) == [
        "Site", "Numerator", "Denominator", "September 2026", "Status", "Note",
    ]  # fmt: skip
    assert orders["September 2026"].tolist() == ["90.0 (90 of 100)", "87.5 (70 of 80)"]
    assert list(overtime.columns) == ["Site", "Value", "September 2026", "Status", "Note"]
    (template,) = app.get("link_button")
    address = "/exports/template/owner/head-of-production.xlsx?period=2026-10"
    assert template.proto.url == address


@pytest.mark.usefixtures("reporting")
def test_an_address_without_a_period_means_the_last_one_that_is_over() -> None:
    assert "# October 2026" in texts(open_page("this-month"))
    gone = open_page("this-month", owner="Head of production", period="2019-01")
    assert "There is no period '2019-01'." in gone.warning[0].value.replace("\\", "")


def test_figures_are_handed_in_and_their_effect_is_shown(reporting: Path) -> None:
    app = open_page("this-month", owner="Head of production", period="2026-10")
    app = typed(app, row0={"Numerator": 95, "Denominator": 100})
    assert not app.exception
    said = texts(app)
    assert "Published" in said
    assert "no figure → **95.0**" in said
    assert "1 of 3 figures handed in" in said
    row = rows_of(open_company(reporting))["orders_in_week", "Aarhus"]
    assert (row["numerator"], row["denominator"]) == (95, 100)
    work = link_labels(open_page("owner", owner="Head of production"))
    assert "**Fill in October 2026** · 3 figures, 1 filled →" in work


def test_a_figure_that_cannot_be_is_told_beside_it_and_what_was_typed_stays(
    reporting: Path,
) -> None:
    app = open_page("this-month", owner="Head of production", period="2026-10")
    app = typed(app, row1={"Numerator": 95, "Denominator": 80})
    said = texts(app).replace("\\", "")
    assert "1 figure to fix; nothing was handed in." in said
    assert "Bergen] &nbsp;Numerator says 95, more than the 80 it is a part of" in said
    grid = app.data_editor[0].value
    assert grid["Site"].tolist() == ["Aarhus", "▲ Bergen"]
    assert grid["Numerator"].tolist()[1] == 95
    assert rows_of(open_company(reporting)) == {}
    app = typed(app, row1={"Numerator": 75})
    assert "Published" in texts(app)


@pytest.mark.usefixtures("reporting")
def test_nothing_typed_is_nothing_to_do() -> None:
    app = open_page("this-month", owner="Head of production", period="2026-10")
    assert "Nothing has changed" in texts(app.button[-1].click().run())
