"""Figures handed in: what was said of them stands with them, and who is silent is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from tests.metrics.test_kinds import a_metric
from tests.support.facts import JANUARY, Facts, a_metric_value, cell_of

amounts = a_metric("reported", metric="energy", adds_up=True)
share = a_metric("reported", metric="energy", per=100)

MONTHS = tuple(date(2026, month, 1) for month in range(1, 13))


def handed_in(facts: Facts, *figures: Mapping[str, object]) -> Facts:
    return facts.fill(metric_values=[a_metric_value(**figure) for figure in figures])


@pytest.mark.parametrize("said", ["estimated", "partial"])
def test_what_is_said_of_a_figure_stands_with_its_value(warehouse: Facts, said: str) -> None:
    handed_in(warehouse, {"value": 5, "status": said}, {"value": 7, "site": "Lyon"})
    lyon = cell_of(amounts, JANUARY, warehouse, site="Lyon")
    porto = cell_of(amounts, JANUARY, warehouse, site="Porto")
    whole = cell_of(amounts, JANUARY, warehouse)
    assert (lyon["value"], lyon["status"]) == (7, "ok")
    assert (porto["value"], porto["status"]) == (5, said)
    assert (whole["value"], whole["status"]) == (5 + 7, said)


@pytest.mark.parametrize("said", ["no_opportunity", "not_applicable", "missing"])
def test_the_reason_for_no_figure_is_its_status(warehouse: Facts, said: str) -> None:
    handed_in(warehouse, {"status": said})
    cell = cell_of(share, JANUARY, warehouse)
    assert (cell["value"], cell["status"]) == (None, said)


def test_a_site_that_had_no_opportunity_leaves_the_total_whole(warehouse: Facts) -> None:
    idle = {"status": "no_opportunity", "site": "Lyon"}
    handed_in(warehouse, {"numerator": 3, "denominator": 4}, idle)
    cell = cell_of(share, JANUARY, warehouse)
    assert (cell["value"], cell["status"], cell["remark"]) == (3 / 4 * 100, "ok", None)


@pytest.mark.parametrize("given", [{}, {"status": "missing"}, None])
def test_a_total_without_a_site_that_is_expected_is_partial_and_names_it(
    warehouse: Facts, given: Mapping[str, object] | None
) -> None:
    """Whether its figure came empty, said to be missing, or did not come at all."""
    before = date(2025, 12, 1)
    lyon = [] if given is None else [{**given, "site": "Lyon"}]
    handed_in(
        warehouse, {"value": 5, "period": before}, {"value": 7, "period": before, "site": "Lyon"},
        {"value": 6}, *lyon,
    )  # fmt: skip
    cell = cell_of(amounts, JANUARY, warehouse)
    assert (cell["value"], cell["status"], cell["remark"]) == (6, "partial", "without Lyon")


def test_a_ratio_without_a_site_is_partial_too(warehouse: Facts) -> None:
    both = {"numerator": 1, "denominator": 2}
    before = date(2025, 12, 1)
    handed_in(warehouse, {**both, "period": before, "site": "Lyon"}, both)
    assert cell_of(share, JANUARY, warehouse)["status"] == "partial"


def test_a_site_is_expected_from_its_first_figure_to_a_year_after_its_last(
    warehouse: Facts,
) -> None:
    always = [{"value": 1, "period": month} for month in MONTHS]
    later = [{"value": 1, "period": day} for day in (date(2027, 1, 1), date(2027, 6, 1))]
    handed_in(warehouse, *always, *later, {"value": 1, "site": "Lyon", "period": MONTHS[3]})
    found = dict(warehouse.values(amounts).select("period", "status").rows())
    assert [found[month] for month in MONTHS[:4]] == ["ok"] * 4
    assert {found[month] for month in MONTHS[4:]} == {"partial"}
    assert (found[date(2027, 1, 1)], found[date(2027, 6, 1)]) == ("partial", "ok")
