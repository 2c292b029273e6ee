"""Builders of what a review is assembled from: say what matters, the rest is filled in."""

# ruff: noqa: ANN401 - a builder hands on what the row's own class checks

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from data.records.models import Action, Decision, Objective, Review, ReviewInput, Target
from data.tables.loader import load_tables
from metrics.model import Metric
from metrics.periods import label_of, next_start, start_of
from metrics.review.assemble import assemble
from metrics.review.model import Assembly, Evidence, Input, MetricEvidence
from metrics.review.standards import load_standards
from metrics.review.windows import review_period
from metrics.stretches import window
from metrics.trend import Summary
from metrics.trend.spec import State

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Q2 = window(date(2026, 4, 1), date(2026, 6, 30))
Q3 = window(date(2026, 7, 1), date(2026, 9, 30))

SERIES: dict[str, pl.DataType | type[pl.DataType]] = {
    "period": pl.Date,
    "label": pl.String,
    "slice": pl.String,
    "numerator": pl.Decimal(38, 9),
    "denominator": pl.Decimal(38, 9),
    "n": pl.Int64,
    "left_out": pl.Int64,
    "value": pl.Float64,
    "status": pl.String,
}

Cell = tuple[int, int] | tuple[int, None] | str
"""One month: numerator and denominator, or the status that stands where a number should."""


def a_metric(name: str = "complaint_rate", **changes: Any) -> Metric:
    """Return complaints per 1,000 deliveries unless told otherwise."""
    rate = {
        "kind": "rate",
        "per": 1000,
        "numerator": {"table": "complaints"},
        "denominator": {"table": "outputs", "sum": "quantity"},
    }
    values: dict[str, Any] = {
        "name": name,
        "title": "Complaints per 1,000 deliveries",
        "why": "Customers feel a late delivery before any internal measure does.",
        "unit": "per 1,000",
        "better": "lower",
        "process": "customer-service",
        "topic": "customer_satisfaction",
        "purpose": "9.1.3.b",
        "measure": rate,
    }
    return Metric.model_validate(values | changes)


def a_series(metric: Metric, months: Mapping[str, Cell]) -> pl.DataFrame:
    """Return a series as metrics.status gives it from {"2026-07": (1, 900), "2026-08": "late"}."""
    rows = []
    for month, cell in months.items():
        start = start_of(date.fromisoformat(f"{month}-01"), metric.period)
        numerator, denominator = (None, None) if isinstance(cell, str) else cell
        value = None
        if numerator is not None:
            value = metric.per * numerator / denominator if denominator else float(numerator)
        rows.append(
            {
                "period": start,
                "label": label_of(start, metric.period),
                "slice": "{}",
                "numerator": None if numerator is None else Decimal(numerator),
                "denominator": None if denominator is None else Decimal(denominator),
                "n": numerator,
                "left_out": 0,
                "value": value,
                "status": cell if isinstance(cell, str) else "ok",
            }
        )
    return pl.DataFrame(rows, schema=SERIES)


def steady(metric: Metric, first: str = "2026-01", months: int = 9) -> pl.DataFrame:
    """Return a series of 12 complaints on 3,000 deliveries, month after month."""
    start = date.fromisoformat(f"{first}-01")
    cells: dict[str, Cell] = {}
    for _ in range(months):
        cells[f"{start:%Y-%m}"] = (12, 3000)
        start = next_start(start, "month")
    return a_series(metric, cells)


def a_summary(state: State, headline: str = "Complaints rose.", **changes: Any) -> Summary:
    """Return the trend's word on a series."""
    given = Summary("complaint_rate", "u", "default of the kind", 24, "frozen", state, headline)
    return replace(given, **changes)


def measured_by(
    metric: Metric | None = None,
    series: pl.DataFrame | None = None,
    state: State | None = None,
    **changes: Any,
) -> MetricEvidence:
    """Return one metric's evidence: steady and without a trend unless told otherwise."""
    metric = metric or a_metric()
    frame = steady(metric) if series is None else series
    return MetricEvidence(metric, frame, a_summary(state) if state else None, **changes)


def a_review(name: str = "2026-q3", **changes: Any) -> Review:
    """Return a review of the third quarter in preparation."""
    values: dict[str, Any] = {
        "id": name,
        "title": "Management review, third quarter 2026",
        "period_from": Q3.start,
        "period_to": Q3.end,
        "standards": ["iso9001_2015"],
        "state": "preparing",
        "planned_at": NOON,
    }
    return Review(**(values | changes))


def the_review_before(**changes: Any) -> Review:
    """Return the closed review of the second quarter."""
    values: dict[str, Any] = {
        "title": "Management review, second quarter 2026",
        "period_from": Q2.start,
        "period_to": Q2.end,
        "held_on": date(2026, 7, 9),
        "state": "closed",
    }
    return a_review("2026-q2", **(values | changes))


def evidence(**changes: Any) -> Evidence:
    """Return the evidence of the third quarter's review; nothing feeds it unless told so."""
    review = changes.pop("review", a_review())
    previous = changes.pop("previous", None)
    reviews = tuple(each for each in (previous, review) if each)
    standards = tuple(load_standards(("iso9001_2015",)).values())
    given = Evidence(
        period=review_period(review),
        as_of=date(2026, 10, 12),
        standards=standards,
        review=review,
        previous=previous,
        tables=load_tables(),
        reviews=reviews,
    )
    return replace(given, **changes)


def assembled(**changes: Any) -> Assembly:
    """Return the assembly of that evidence."""
    return assemble(evidence(**changes))


def input_of(assembly: Assembly, topic: str) -> Input:
    """Return one input by its topic."""
    return next(each for each in assembly.inputs if each.topic == topic)


def an_action(name: str = "A-17", **changes: Any) -> Action:
    """Return an open action of the second quarter's review."""
    values: dict[str, Any] = {
        "id": name,
        "review": "2026-q2",
        "title": "Give Porto a second desk",
        "owner": "a.lindqvist",
        "expected_effect": "Answers over five days back to 8 %",
        "opened_on": date(2026, 7, 9),
        "due_on": date(2026, 8, 31),
        "state": "open",
    }
    values |= changes
    return Action(**({"original_due_on": values["due_on"]} | values))


def re_dated(on: date, to: date) -> dict[str, str]:
    """Return what an action keeps of being given another due date."""
    return {"on": on.isoformat(), "to": to.isoformat(), "by": "operator", "reason": "too soon"}


def a_decision(**changes: Any) -> Decision:
    """Return a decision of the third quarter's review that answers nothing yet."""
    values: dict[str, Any] = {
        "id": "D-9",
        "review": "2026-q3",
        "topic": "customer_satisfaction",
        "kind": "improvement",
        "text": "Start the response clock at receipt.",
        "owner": "a.lindqvist",
        "decided_at": NOON,
        "decided_by": "managing director",
    }
    return Decision(**(values | changes))


def a_target(**changes: Any) -> Target:
    """Return at most 4.5 for the complaint rate from January 2026."""
    values: dict[str, Any] = {
        "metric": "complaint_rate",
        "slice": "{}",
        "from_on": date(2026, 1, 1),
        "kind": "at_most",
        "high": 4.5,
        "approver": "managing director",
        "reason": "half of last year",
        "set_at": NOON,
    }
    return Target(**(values | changes))


def an_objective(**changes: Any) -> Objective:
    """Return the objective that rests on the complaint rate."""
    values: dict[str, Any] = {
        "id": "fewer-complaints",
        "title": "Halve complaints by the end of 2026",
        "policy": "Customers come first",
        "metric": "complaint_rate",
        "what": "Call back within a day",
        "resources": "One desk",
        "owner": "a.lindqvist",
        "due_on": date(2026, 12, 31),
        "evaluation": "Monthly rate",
    }
    return Objective(**(values | changes))


def said(topic: str, **changes: Any) -> ReviewInput:
    """Return what a person said on one topic."""
    return ReviewInput(review="2026-q3", topic=topic, **changes)


def rows(table: str, *given: Mapping[str, Any]) -> Mapping[str, pl.DataFrame]:
    """Return rows of one table, typed by its contract, columns not given empty."""
    contract = load_tables()[table]
    kinds: dict[str, pl.DataType | type[pl.DataType]] = {
        "text": pl.String,
        "integer": pl.Int64,
        "decimal": pl.Decimal(18, 4),
        "float": pl.Float64,
        "boolean": pl.Boolean,
        "date": pl.Date,
        "timestamp": pl.Datetime("us"),
    }
    schema = {name: kinds[kind] for name, kind in contract.column_types.items()}
    filled = [{name: row.get(name) for name in schema} for row in given]
    return {table: pl.DataFrame(filled, schema=schema)}


def every(assembly: Assembly, state: str) -> Sequence[str]:
    """Return the topics in a state, in clause order."""
    return [each.topic for each in assembly.inputs if each.state == state]
