"""Random definitions over random facts: every engine gives what the reference reads by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.cells import roll_up
from metrics.evaluate import cells_of
from metrics.model import Metric
from metrics.periods import Calendar, Grain, period_of
from metrics.schema import WITH_VALUE
from tests.reference.comparing import disagreement
from tests.support.counts import examples
from tests.support.facts import Facts
from tests.support.random_definitions import (
    ANY_CALENDAR,
    DAYS,
    FACTS,
    GRAINS,
    THROUGH,
    Worked,
    definitions,
    formulas,
)


@settings(
    max_examples=examples(60, full=500), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(metrics=definitions(), facts=FACTS, through=THROUGH, calendar=ANY_CALENDAR)
def test_the_compiled_queries_agree_with_the_reference(
    metrics: list[Metric],
    facts: dict[str, list[dict[str, Any]]],
    through: date,
    calendar: Calendar,
) -> None:
    assert disagreement(metrics, Facts().fill(**facts), through, calendar) is None


@settings(
    max_examples=examples(20, full=100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(metrics=definitions(), facts=FACTS, through=THROUGH)
def test_rolled_up_cells_are_the_cells_of_the_whole(
    metrics: list[Metric], facts: dict[str, list[dict[str, Any]]], through: date
) -> None:
    """The roll-up of fine cells has the value of a metric that was never broken down."""
    warehouse = Facts().fill(**facts)
    whole = [metric.model_copy(update={"by": ()}) for metric in metrics]
    for fine, coarse in zip(metrics, whole, strict=True):
        with warehouse.read(fine) as reader:
            fine_cells = cells_of(reader, [fine], warehouse.tables, through)
            coarse_cells = cells_of(reader, [coarse], warehouse.tables, through)
        if (fine_cells["status"] == "missing").any():
            continue  # a slice nobody could read is left out of the whole: it cannot be equal
        columns = ["period", "numerator", "denominator", "n", "left_out", "value"]
        if fine.measure.kind != "reported":
            columns.append("status")  # figures of sites tell more: which of them are not there
        rolled = roll_up(fine_cells, fine).select(columns)
        assert rolled.equals(roll_up(coarse_cells, coarse).select(columns))


@settings(
    max_examples=examples(60, full=500), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    metrics=definitions(),
    facts=FACTS,
    through=THROUGH,
    days=st.lists(DAYS, max_size=3),
    grain=GRAINS,
    calendar=ANY_CALENDAR,
)
def test_the_cells_of_some_periods_are_those_of_all_in_these(
    metrics: list[Metric],
    facts: dict[str, list[dict[str, Any]]],
    through: date,
    days: list[date],
    grain: Grain,
    calendar: Calendar,
) -> None:
    """Of any grain and with holes between them; those of another grain ask for nothing."""
    warehouse = Facts().fill(**facts)
    periods = [period_of(day, grain, calendar) for day in days]
    starts = [period.start for period in periods]
    own = [metric.name for metric in metrics if metric.period == grain]
    with warehouse.read(*metrics) as reader:
        full = cells_of(reader, metrics, warehouse.tables, through, calendar)
        narrowed = cells_of(reader, metrics, warehouse.tables, through, calendar, periods)
    expected = full.filter(pl.col("period").is_in(starts), pl.col("metric").is_in(own))
    assert narrowed.equals(expected)


@settings(
    max_examples=examples(40, full=200), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(given_formula=formulas(), facts=FACTS, through=THROUGH)
def test_a_formula_is_what_its_parts_make_in_plain_python(
    given_formula: tuple[Metric, list[Metric], Worked],
    facts: dict[str, list[dict[str, Any]]],
    through: date,
) -> None:
    formula, parts, worked = given_formula
    warehouse = Facts().fill(**facts)
    with warehouse.read(formula) as reader:
        stored = cells_of(reader, [formula], warehouse.tables, through)
    for by in ((), ("site",)):
        first, second = (_known(roll_up(stored, part, by)) for part in parts)
        rolled = roll_up(stored, formula, by)
        for row in rolled.iter_rows(named=True):
            key = (row["period"], row["slice"])
            one, other = (
                values.get(key, 0.0 if part.without_rows == "ok" else None)
                for part, values in zip(parts, (first, second), strict=True)
            )
            expected = None if one is None or other is None else worked(one, other)
            near = None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9)
            assert (row["value"], row["status"] in WITH_VALUE) == (near, near is not None), row
        assert set(rolled.select("period", "slice").rows()) == {*first, *second}


def _known(values: pl.DataFrame) -> dict[Any, float | None]:
    return {(row["period"], row["slice"]): row["value"] for row in values.to_dicts()}
