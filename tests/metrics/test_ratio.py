"""Ratios of two totals, by hand: money for each unit, hours for each hour."""

from __future__ import annotations

from datetime import date

from tests.metrics.test_kinds import a_metric
from tests.support.facts import JANUARY, Facts, a_complaint, an_output, cell_of, value_of

cost_per_100 = a_metric(
    "ratio",
    per=100,
    numerator={"table": "complaints", "sum": "cost"},
    denominator={"table": "outputs", "sum": "quantity"},
)


def test_a_roll_up_is_the_ratio_of_sums(warehouse: Facts) -> None:
    warehouse.fill(
        complaints=[a_complaint(site="Porto", cost=30), a_complaint(site="Lyon", cost=10)],
        outputs=[an_output(site="Porto", quantity=100), an_output(site="Lyon", quantity=900)],
    )
    assert value_of(cost_per_100, JANUARY, warehouse, site="Porto") == 30 * 100 / 100
    assert value_of(cost_per_100, JANUARY, warehouse) == (30 + 10) * 100 / (100 + 900)


def test_it_may_be_above_its_denominator_and_below_zero(warehouse: Facts) -> None:
    warehouse.fill(
        complaints=[a_complaint(cost=500), a_complaint(site="Lyon", cost=-500)],
        outputs=[an_output(quantity=100), an_output(site="Lyon", quantity=100)],
    )
    assert value_of(cost_per_100, JANUARY, warehouse, site="Porto") == 500
    assert value_of(cost_per_100, JANUARY, warehouse, site="Lyon") == -500


def test_without_anything_to_divide_by_there_is_no_value(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(cost=30)], outputs=[])
    assert cell_of(cost_per_100, JANUARY, warehouse)["status"] == "no_opportunity"
    warehouse.fill(outputs=[an_output(output_on=date(2026, 1, 9), quantity=0)])
    assert cell_of(cost_per_100, JANUARY, warehouse)["status"] == "no_opportunity"


def test_less_than_nothing_to_divide_by_is_invalid(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(cost=30)], outputs=[an_output(quantity=-5)])
    cell = cell_of(cost_per_100, JANUARY, warehouse)
    assert (cell["value"], cell["status"]) == (None, "invalid")


def test_costs_nobody_wrote_down_are_unknown_not_zero(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(cost=None)], outputs=[an_output(quantity=100)])
    cell = cell_of(cost_per_100, JANUARY, warehouse)
    assert (cell["value"], cell["status"], cell["left_out"]) == (None, "missing", 1)
