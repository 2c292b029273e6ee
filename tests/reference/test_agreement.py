"""Random definitions over random facts: the fused queries give what the reference reads by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.cells import roll_up
from metrics.evaluate import cells_of
from metrics.model import Metric
from metrics.periods import Calendar, Grain, period_of
from tests.reference.engine import Cell, cells_by_hand
from tests.support.calendars import CALENDARS
from tests.support.facts import (
    Facts,
    Row,
    a_complaint,
    a_metric_value,
    a_survey_response,
    an_output,
)

FIRST = date(2025, 11, 20)

TURNS = [(2025, 11, 30), (2025, 12, 1), (2025, 12, 31), (2026, 1, 1), (2026, 2, 28), (2026, 3, 30)]
DAYS = st.sampled_from([date(*turn) for turn in TURNS]) | st.integers(0, 130).map(
    lambda n: FIRST + timedelta(n)
)
"""Any day, and often one at the edge of a period: there the rules of counting differ."""

THROUGH = st.sampled_from([date(2026, 1, 15), date(2026, 2, 28), date(2026, 3, 31)])
LENGTHS = st.sampled_from([None, None, 0, 1, 3, 31, 40, 70, -2])
"""Days until the end: open, on the same day, in another month, before it began."""

MOSTLY = st.sampled_from([True, True, True, True, False])
SITES = st.sampled_from(["Porto", "Lyon", 'Zoo "1"', None])
AMOUNTS = st.none() | st.integers(-200, 999).map(lambda n: Decimal(n).scaleb(-2))
QUANTITIES = st.none() | st.integers(0, 40).map(lambda n: Decimal(n) / 4)


def rows_of(
    build: Callable[..., Row], **columns: st.SearchStrategy[Any]
) -> st.SearchStrategy[list[Row]]:
    row = st.fixed_dictionaries({**columns, "site": SITES, "_is_current": MOSTLY})
    return st.lists(row.map(lambda given: build(**given)), min_size=4, max_size=12)


def a_spanning_complaint(received_on: date, length: int | None, **given: object) -> Row:
    closed_on = None if length is None else received_on + timedelta(length)
    return a_complaint(received_on=received_on, closed_on=closed_on, **given)


WARNINGS = st.sampled_from(
    [
        None,
        None,
        None,
        None,
        "cost_not_negative",
        "closed_after_received,cost_not_negative",
        "unknown",
    ]
)

FACTS = st.fixed_dictionaries(
    {
        "complaints": rows_of(
            a_spanning_complaint,
            received_on=DAYS,
            length=LENGTHS,
            product=st.sampled_from(["A", "B", None]),
            is_justified=st.none() | st.booleans(),
            cost=AMOUNTS,
            quantity=QUANTITIES,
            _warnings=WARNINGS,
        ),
        "outputs": rows_of(
            an_output,
            output_on=DAYS,
            product=st.sampled_from(["A", "B", None]),
            quantity=QUANTITIES,
            on_time_quantity=QUANTITIES,
        ),
        "survey_responses": rows_of(
            a_survey_response, responded_on=DAYS, score=AMOUNTS, scale_max=AMOUNTS
        ),
        "metric_values": rows_of(
            a_metric_value,
            metric=st.sampled_from(["energy", "water"]),
            period=DAYS,
            numerator=AMOUNTS,
            denominator=AMOUNTS,
            value=AMOUNTS,
        ),
    }
)

COMPLAINTS_WHERE = st.sampled_from(
    [
        None,
        "is_justified",
        "not is_justified",
        "cost > 1 or site = 'Porto'",
        "closed_on is null",
        "date_diff('day', received_on, closed_on) <= 10",
    ]
)
COMPLAINTS_SUM = st.sampled_from([None, "1", "cost", "cost * quantity", "if(is_justified, 2, 1)"])
OUTPUTS_SUM = st.sampled_from([None, "quantity", "on_time_quantity", "quantity - on_time_quantity"])
BY = st.sampled_from([(), ("site",), ("site", "product"), ("product",)])


def complaints(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return _without_none(table=st.just("complaints"), where=COMPLAINTS_WHERE, **more)


def outputs() -> st.SearchStrategy[dict[str, Any]]:
    where = st.sampled_from([None, "on_time_quantity is not null"])
    return _without_none(table=st.just("outputs"), sum=OUTPUTS_SUM, where=where)


def _without_none(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(parts).map(
        lambda found: {key: value for key, value in found.items() if value is not None}
    )


def a_measure(kind: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"kind": st.just(kind), **parts})


SPAN = {"from": st.just("received_on"), "to": st.just("closed_on")}
OVER_COMPLAINTS = st.one_of(
    a_measure(
        "count",
        numerator=complaints(sum=COMPLAINTS_SUM, dated_by=st.sampled_from([None, "closed_on"])),
    ),
    a_measure("total", numerator=complaints(sum=st.sampled_from(["cost", "quantity * 2"]))),
    a_measure("rate", per=st.just(1000), numerator=complaints(), denominator=outputs()),
    a_measure("proportion", numerator=complaints(), denominator=complaints()),
    a_measure("stock", **SPAN, numerator=complaints(sum=st.sampled_from([None, "1"]))),
    a_measure(
        "elapsed", **SPAN, open=st.sampled_from(["aged", "left_out"]), numerator=complaints()
    ),
)
OVER_OUTPUTS = a_measure("proportion", numerator=outputs(), denominator=outputs())
WITHOUT_PRODUCT = st.one_of(
    a_measure(
        "mean",
        numerator=_without_none(
            table=st.just("survey_responses"),
            value=st.sampled_from(["score", "score / 2 * 3", "scale_max"]),
        ),
    ),
    a_measure(
        "reported",
        metric=st.sampled_from(["energy", "water"]),
        per=st.just(100),
        adds_up=st.booleans(),
        is_share=st.booleans(),
    ),
)
GRAINS = st.sampled_from(["week", "month", "quarter", "year"])


@st.composite
def definitions(draw: st.DrawFn) -> list[Metric]:
    """Return one to five metrics, some of which share a scan."""
    found = []
    for index in range(draw(st.integers(1, 5))):
        is_plain = draw(st.booleans())
        measure = draw(st.one_of(OVER_COMPLAINTS, OVER_OUTPUTS) if is_plain else st.one_of(
            OVER_COMPLAINTS, WITHOUT_PRODUCT))  # fmt: skip
        by = draw(BY)
        if measure["kind"] in {"mean", "reported"}:
            by = tuple(name for name in by if name != "product")
        words = {"title": "A metric", "why": "Because.", "unit": "units", "process": "quality"}
        given = {"name": f"metric_{index}", "better": "lower", "by": by, "period": draw(GRAINS)}
        found.append(Metric.model_validate({**words, **given, "measure": measure}))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(metrics=definitions(), facts=FACTS, through=THROUGH, calendar=CALENDARS)
def test_the_compiled_queries_agree_with_the_reference(
    metrics: list[Metric],
    facts: dict[str, list[dict[str, Any]]],
    through: date,
    calendar: Calendar,
) -> None:
    metrics = [metric.counted_in(calendar) for metric in metrics]
    warehouse = Facts().fill(**facts)
    frames = {name: _with_bookkeeping(frame) for name, frame in warehouse.frames.items()}
    with warehouse.read(*metrics) as reader:
        stored = cells_of(reader, metrics, warehouse.tables, through, calendar)
    for metric in metrics:
        own = stored.filter(metric=metric.name)
        found = {
            (row["period"], row["slice"]): Cell(
                Fraction(row["numerator"]),
                None if row["denominator"] is None else Fraction(row["denominator"]),
                row["n"],
                row["left_out"],
                row["status"],
            )
            for row in own.iter_rows(named=True)
        }
        expected = cells_by_hand(metric, frames, warehouse.tables, through)
        assert _rounded(found) == _rounded(expected), metric
        assert own.height == len(found)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
        columns = ("period", "numerator", "denominator", "n", "left_out", "value", "status")
        rolled = roll_up(fine_cells, fine).select(columns)
        assert rolled.equals(roll_up(coarse_cells, coarse).select(columns))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    metrics=definitions(),
    facts=FACTS,
    through=THROUGH,
    days=st.lists(DAYS, max_size=3),
    grain=GRAINS,
    calendar=CALENDARS,
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


def _with_bookkeeping(frame: pl.DataFrame) -> pl.DataFrame:
    lacking = {"_warnings": pl.lit(None, dtype=pl.String), "_is_current": pl.lit(value=True)}
    return frame.with_columns(**{k: v for k, v in lacking.items() if k not in frame.columns})


def _rounded(cells: dict[Any, Cell]) -> dict[Any, tuple[object, ...]]:
    """Return cells with fractions as the nine digits that are kept."""
    return {
        key: (
            round(float(cell.numerator), 9),
            None if cell.denominator is None else round(float(cell.denominator), 9),
            cell.n,
            cell.left_out,
            cell.status,
        )
        for key, cell in cells.items()
    }
