"""Rare events read one by one: the time, or the opportunities, from each to the next.

A month with 0, 1 or 2 of something says little; how long it took until the next one says it at
once. The gap that still runs is shown and never part of the limits; once it is longer than the
upper limit it is a signal, for it can only grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from metrics.periods import Period
from metrics.trend.analyse import analyse
from metrics.trend.ladder import TRIAL_FROM
from metrics.trend.limits import SLACK
from metrics.trend.spec import (
    CHART_WORDS,
    Better,
    ChartKind,
    LimitOptions,
    State,
    Summary,
    TrendSpec,
)
from metrics.trend.wording import number

MOST_EVENTS = 2_000
"""More single events than this are not rare, and are read by period."""

FINE_DAYS = 3
"""Days with opportunities for each event, from which what lies between events can be counted."""

_NO_DAY = date(1970, 1, 1)
"""Events have an order, and several may share a day: the engine is given one day each."""

_OPPOSITE: dict[Better, Better] = {"lower": "higher", "higher": "lower"}


@dataclass(frozen=True)
class Gaps:
    """A t or g chart of single events; `points` as `analyse` gives them, each dated by its event.

    The last point is the gap that still runs, status partial, up to the day it was asked for;
    `running` is None where it is not known whether nothing happened since.
    """

    points: pl.DataFrame
    summary: Summary
    spec: TrendSpec
    last_on: date
    running: float | None


def gaps(
    events: pl.DataFrame,
    opportunities: pl.DataFrame,
    spec: TrendSpec,
    until: date,
    unknown: Sequence[Period] = (),
    phases: Sequence[date] = (),
) -> Gaps | None:
    """Return the gaps between events up to `until`, inclusive; None where they are no events.

    Both frames have day (Date) and amount, a row a day, in order; `opportunities` may be empty.
    `spec` is of the events by period. Between events are counted opportunities where they are known
    day by day, else days: a t chart, or a g chart where two events fell on one day. A gap that
    spans a period of `unknown`, of which no figures came, is missing: something may have happened.
    A gap is of the phase in which it ended; `phases` are the first days of all but the first.
    None without an event, with amounts that are not whole, and with more events than MOST_EVENTS.
    """
    days = _each(events)
    if not days:
        return None
    fine = opportunities.height >= FINE_DAYS * len(days)
    values = _opportunities(days, opportunities, until) if fine else _days(days, until)
    *closed, running = values
    kind: ChartKind = "t" if not fine and all(gap > 0 for gap in closed) else "g"
    own = _spec(spec, kind, counts="opportunities" if fine else "days")
    known = [
        not any(gap.start < later and gap.end >= earlier for gap in unknown)
        for earlier, later in zip(days, [*days[1:], until], strict=True)
    ]
    points = _points(days, values, known).with_columns(
        phase_id=pl.Series([sum(start <= day for start in phases) for day in [*days[1:], until]])
    )
    trends = analyse(points, {_SERIES: own})
    points = trends.points.with_columns(
        period=pl.Series([*days[1:], until]), series=pl.lit(_SERIES)
    )
    found = Gaps(points, trends.summaries[_SERIES], own, days[-1], running if known[-1] else None)
    return replace(found, summary=_told(found, days, until))


_SERIES = "gaps"


def judged_by(by_period: Summary, found: Gaps) -> Summary:
    """Return the summary of a series by period, its state and sentence as the gaps have them."""
    told = found.summary
    return replace(
        by_period,
        chart=told.chart,
        reason=told.reason,
        state=told.state if by_period.state != "stale" else "stale",
        headline=told.headline if by_period.state != "stale" else by_period.headline,
        rules=told.rules,
        rule_sides=told.rule_sides,
        is_watch=told.is_watch,
        since=told.since,
        known_on=told.known_on,
        side=told.side,
    )


def _each(events: pl.DataFrame) -> list[date]:
    """Return the day of every single event; none where they are many, or cannot be told apart."""
    amounts = events["amount"].cast(pl.Float64)
    in_parts = (amounts < 0) | ((amounts - amounts.round()).abs() > SLACK)
    if in_parts.any() or amounts.sum() > MOST_EVENTS:
        return []
    pairs = zip(events["day"].to_list(), amounts.round().cast(pl.Int64).to_list(), strict=True)
    return [day for day, times in pairs for _ in range(times)]


def _days(days: list[date], until: date) -> list[float]:
    return [
        float((later - earlier).days)
        for earlier, later in zip(days, [*days[1:], until], strict=True)
    ]


def _opportunities(days: list[date], opportunities: pl.DataFrame, until: date) -> list[float]:
    """Return how many opportunities there were after each event, up to the day of the next."""
    up_to = opportunities.select("day", total=pl.col("amount").cast(pl.Float64).cum_sum())
    asked = pl.DataFrame({"day": [*days, until]})
    totals = asked.join_asof(up_to, on="day", strategy="backward")["total"].fill_null(0.0)
    return totals.diff().drop_nulls().to_list()


def _spec(spec: TrendSpec, kind: ChartKind, counts: str) -> TrendSpec:
    return TrendSpec(
        title=spec.title,
        unit=f"{counts} between two",
        kind=kind,
        better=_OPPOSITE.get(spec.better, "neutral"),
        decimals=0,
        rules=spec.rules,
        grain="day",
        fixed=True,
        options=LimitOptions(probability_limits=kind == "g"),
    )


def _points(days: list[date], values: list[float], known: list[bool]) -> pl.DataFrame:
    """Return a point for every event but the first, and one for the gap that still runs."""
    labels = [_words(day) for day in days[1:]] + ["still running"]
    usual = ["ok"] * (len(values) - 1) + ["partial"]
    return pl.DataFrame(
        {
            "series": _SERIES,
            "period": [_NO_DAY + timedelta(days=at) for at in range(len(values))],
            "label": labels,
            "value": [value if sure else None for value, sure in zip(values, known, strict=True)],
            "status": [
                status if sure else "missing" for status, sure in zip(usual, known, strict=True)
            ],
        }
    )


def _words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _told(found: Gaps, days: list[date], until: date) -> Summary:
    """Return the summary with days for places, and the running gap taken into account."""
    told, at = found.summary, {_NO_DAY + timedelta(days=n): day for n, day in enumerate(days[1:])}
    placed = replace(
        told,
        state="too_few_points" if told.n < TRIAL_FROM else told.state,
        reason=REASON.format(chart=CHART_WORDS[found.spec.kind]),
        since=at.get(told.since) if told.since else None,
        known_on=at.get(told.known_on) if told.known_on else None,
        latest_period=at.get(told.latest_period) if told.latest_period else None,
    )
    if is_beyond(found):
        good: dict[Better, State] = {"higher": "improvement", "lower": "concern"}
        placed = replace(
            placed,
            state=good.get(found.spec.better, "change"),
            rules=("R1",),
            rule_sides=(1,),
            is_watch=False,
            side=1,
            since=found.last_on,
            known_on=until,
        )
    return replace(placed, headline=f"{_reading(found, placed, len(days))}.")


REASON = (
    "Read from each to the next, by a {chart}: events too few a period for limits on their number."
)


def is_beyond(found: Gaps) -> bool:
    """Return whether the gap that still runs is longer than the upper limit already."""
    limit = found.summary.upper_limit
    return limit is not None and (found.running or 0.0) > limit * (1 + SLACK)


def _reading(found: Gaps, told: Summary, events: int) -> str:
    """Return the state in words, and how long nothing has happened since."""
    unit, running = found.spec.unit, _running(found)
    if is_beyond(found):
        limit = number(told.upper_limit or 0.0, 0)
        return f"{_VERDICTS[told.state]}: {running}, longer than the upper limit of {limit}"
    if told.state == "too_few_points":
        usual = f", usually {_number(told.centre)} {unit}" if told.centre is not None else ""
        once = "1 event" if events == 1 else f"{events} events"
        return f"{once} in all{usual}; {running}; {TRIAL_FROM + 1 - events} more until trial limits"
    if told.state == "common_cause":
        low, high = _number(told.lower_limit), _number(told.upper_limit)
        return f"No signal: usually {_number(told.centre)} {unit}, {low} to {high}; {running}"
    if told.rules == ("A",):
        return (
            f"Not one steady pace: too long a run on one side of the middle, {_number(told.centre)}"
            f" {unit}, or too few crossings of it; {running}"
        )
    if told.rules == ("R1",):
        up = told.side > 0
        limit = _number(told.upper_limit if up else told.lower_limit)
        return (
            f"{_VERDICTS[told.state]}: {_number(told.latest_value)} {unit} up to"
            f" {told.latest_label}, {'above the upper' if up else 'below the lower'} limit of"
            f" {limit}; {running}"
        )
    since = _words(told.since) if told.since else told.latest_label
    return (
        f"{_VERDICTS[told.state]} since {since}: {_number(told.level)} {unit} on average, was"
        f" {_number(told.previous_level)}; {running}"
    )


_VERDICTS: dict[State, str] = {
    "improvement": "Better", "concern": "Worse", "mixed": "Mixed", "change": "Changed"
}  # fmt: skip


def _number(value: float | None) -> str:
    """Return a gap to the whole; one below ten to a tenth, as the difference matters there."""
    value = value or 0.0
    return number(value, 0) if value >= 10 else number(value, 1).removesuffix(".0")


def _running(found: Gaps) -> str:
    last = _words(found.last_on)
    if found.running is None:
        return f"the last one known was on {last}, and figures are missing since"
    counted = found.spec.unit.removesuffix(" between two")
    return f"{_number(found.running)} {counted} since the last one on {last}"
