"""Formulas over other metrics, by hand: worked out from the roll-ups of their parts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from data.errors import NotFoundError
from metrics.model import Metric
from tests.metrics.test_kinds import a_metric
from tests.support.facts import (
    JANUARY,
    Facts,
    a_complaint,
    a_metric_value,
    an_output,
    cell_of,
    value_of,
)


def named(name: str, title: str, metric: Metric) -> Metric:
    return metric.model_copy(update={"name": name, "title": title})


complaint_cost = named(
    "complaint_cost",
    "Cost of complaints",
    a_metric("total", by=("site", "product"), numerator={"table": "complaints", "sum": "cost"}),
)
output_count = named(
    "output_count", "Outputs", a_metric("count", numerator={"table": "outputs", "sum": "quantity"})
)
energy = named("energy", "Energy", a_metric("reported", metric="energy"))
median_cost = named(
    "median_cost",
    "Median cost",
    a_metric("percentile", numerator={"table": "complaints", "value": "cost"}),
)


def a_formula(expression: str, *parts: Metric, by: tuple[str, ...] = ("site",)) -> Metric:
    given: dict[str, Any] = {part.name: part.model_dump(by_alias=True) for part in parts}
    return a_metric("formula", by=by, expression=expression, parts=given)


per_output = a_formula("complaint_cost / output_count", complaint_cost, output_count)


@pytest.fixture
def two_sites(warehouse: Facts) -> Facts:
    return warehouse.fill(
        complaints=[a_complaint(site="Porto", cost=30), a_complaint(site="Lyon", cost=10)],
        outputs=[an_output(site="Porto", quantity=100), an_output(site="Lyon", quantity=900)],
    )


def test_it_is_worked_out_from_the_roll_ups_of_its_parts(two_sites: Facts) -> None:
    assert value_of(per_output, JANUARY, two_sites, site="Porto") == 30 / 100
    assert value_of(per_output, JANUARY, two_sites) == (30 + 10) / (100 + 900)


def test_it_keeps_no_cells_of_its_own(two_sites: Facts) -> None:
    assert set(two_sites.cells(per_output)["metric"]) == {"complaint_cost", "output_count"}
    assert per_output.leaves == ("complaint_cost", "output_count")
    assert per_output.tables == ("complaints", "outputs")


def test_a_formula_may_be_a_part_of_another(two_sites: Facts) -> None:
    inner = named("per_output", "Cost per output", per_output)
    outer = a_formula("per_output * 1000 - output_count", inner, output_count)
    assert value_of(outer, JANUARY, two_sites) == 40 / 1000 * 1000 - 1000


def test_no_rows_of_a_count_are_zero_in_it(warehouse: Facts) -> None:
    warehouse.fill(complaints=[], outputs=[an_output(quantity=100)])
    assert value_of(per_output, JANUARY, warehouse) == 0 / 100


def test_a_zero_divisor_gives_no_value_and_says_so(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(cost=30)], outputs=[])
    cell = cell_of(per_output, JANUARY, warehouse)
    assert (cell["value"], cell["status"]) == (None, "no_opportunity")
    assert cell["remark"] == "there is nothing to divide by"


def test_a_part_without_a_value_leaves_it_without_one_and_is_named(warehouse: Facts) -> None:
    both = a_formula("complaint_cost + energy", complaint_cost, energy)
    warehouse.fill(complaints=[a_complaint(cost=30)], metric_values=[])
    cell = cell_of(both, JANUARY, warehouse)
    assert (cell["value"], cell["numerator"], cell["status"]) == (None, None, "missing")
    assert cell["remark"] == "Energy is missing"


def test_the_part_inside_a_part_is_named(warehouse: Facts) -> None:
    inner = named("both", "Both", a_formula("complaint_cost + energy", complaint_cost, energy))
    outer = a_formula("both / output_count", inner, output_count)
    warehouse.fill(complaints=[a_complaint(cost=None)], outputs=[], metric_values=[])
    cell = cell_of(outer, JANUARY, warehouse)
    assert cell["status"] == "missing"
    assert cell["remark"] == "Cost of complaints is missing; Energy is missing"


def test_a_number_past_all_use_is_invalid(warehouse: Facts) -> None:
    huge = a_formula("energy * energy * energy * energy", energy)
    warehouse.fill(metric_values=[a_metric_value(value=10**9)])
    cell = cell_of(huge, JANUARY, warehouse)
    assert (cell["value"], cell["status"]) == (None, "invalid")
    assert cell["remark"] == "the result is no number that can be kept"


def test_a_choice_that_needs_only_one_part_still_needs_all(warehouse: Facts) -> None:
    """A value that rests on something unknown would look as if nothing were lacking."""
    either = a_formula("coalesce(energy, complaint_cost)", complaint_cost, energy)
    warehouse.fill(complaints=[a_complaint(cost=30)], metric_values=[])
    assert value_of(either, JANUARY, warehouse) is None


def test_a_roll_up_that_a_part_is_not_computed_at_is_refused(two_sites: Facts) -> None:
    of_total = Metric.model_validate({**median_cost.model_dump(), "roll_ups": [[]]})
    spread = a_formula("complaint_cost - median_cost", complaint_cost, of_total)
    assert value_of(spread, JANUARY, two_sites) == 40 - 20
    with pytest.raises(NotFoundError, match="median_cost is not computed by site"):
        value_of(spread, JANUARY, two_sites, site="Porto")


def test_what_only_adds_up_is_an_amount_and_what_divides_is_none() -> None:
    twice = a_formula("complaint_cost * 2 - output_count / 4", complaint_cost, output_count)
    assert (twice.is_additive, twice.adds_over_time) == (True, True)
    assert (per_output.is_additive, per_output.adds_over_time) == (False, False)
    level = a_formula("complaint_cost + 5", complaint_cost)
    assert (level.is_additive, level.adds_over_time) == (False, False)
    medians = a_formula("median_cost * 2", median_cost)
    assert (medians.is_additive, medians.adds_over_time) == (False, False)


def test_the_hash_covers_the_parts() -> None:
    dearer = named("complaint_cost", "Cost", a_metric(
        "total", by=("site",), numerator={"table": "complaints", "sum": "cost * 2"}
    ))  # fmt: skip
    changed = a_formula("complaint_cost / output_count", dearer, output_count)
    assert changed.definition_hash != per_output.definition_hash


def test_periods_of_every_part_are_there(warehouse: Facts) -> None:
    warehouse.fill(
        complaints=[a_complaint(received_on=date(2026, 1, 5), cost=30)],
        outputs=[an_output(output_on=date(2026, 2, 5), quantity=10)],
    )
    found = warehouse.values(per_output)
    assert dict(found.select("period", "status").rows()) == {
        date(2026, 1, 1): "no_opportunity",
        date(2026, 2, 1): "ok",
    }
