"""When a series should get a new phase: what speaks for it, what is missing, never by itself.

Source of the four questions: Wheeler, Understanding Variation, 2nd ed., 2000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from metrics.periods import period_of
from metrics.trend.analyse import analyse
from metrics.trend.limits import SLACK
from metrics.trend.spec import TrendSpec

RUN_FROM = 8
"""Points in a row on one side of the centre line that speak for another level."""

HITS_FROM = 3
"""Patterns on one side that do, where no run is that long."""

STILL = 4
"""Latest points that must lie on that side: a level that has gone again needs no limits."""

NEAR = 3
"""Periods between a cause and the first point of the run, on either side, for one to explain the
other: what is put into practice shows within a quarter, or is dated by when somebody noticed."""

QUESTIONS: Mapping[str, str] = {
    "is_different": "Do the figures behave distinctly differently than before?",
    "is_known": "Is the reason for it known?",
    "is_desirable": "Is the new level wanted?",
    "is_lasting": "Is it intended and expected to last?",
}
"""What only people can answer, before limits are drawn anew."""

WANTED = "is_desirable"
"""The question that decides nothing: a level nobody wants can be there to stay, and is accepted."""


@dataclass(frozen=True)
class Cause:
    """Something on record that may explain a series: its day, what it is, and what it is called."""

    on: date
    title: str
    kind: str
    key: str = ""


@dataclass(frozen=True)
class Condition:
    """One of the four conditions: whether it holds, and the sentence that says so."""

    is_met: bool
    sentence: str


@dataclass(frozen=True)
class Rebase:
    """What speaks for a new phase and what is missing; `from_on` is the first day it could have.

    `first_on` is the first point of the run, `cause` what is recorded near it, `side` +1 above the
    centre line. `is_worse`: the level moved away from what is wanted, and has to be accepted.
    """

    side: int
    is_worse: bool
    first_on: date
    from_on: date
    conditions: tuple[Condition, ...]
    cause: Cause | None = None

    @property
    def is_suggested(self) -> bool:
        """Return whether all four conditions hold."""
        return all(each.is_met for each in self.conditions)


def rebase(
    points: pl.DataFrame,
    spec: TrendSpec,
    causes: Sequence[Cause] = (),
    answers: Mapping[str, bool] | None = None,
) -> Rebase | None:
    """Return what speaks for a new phase of one series; None where no other level shows.

    `points` are those of `analyse`; only the current phase is looked at, and only a level that
    reaches into its last four points: one that has gone needs no limits, and one that began with
    the current phase has them. `answers` are a person's,
    by the keys of QUESTIONS; that the level is not wanted has to be accepted, and decides nothing.
    """
    current = points.filter(pl.col("phase_id") == pl.col("phase_id").max(), ok_point())
    rows = [row for row in current.iter_rows(named=True) if row["side"]]
    found = _level(rows)
    if found is None or found.last not in [row["period"] for row in rows[-STILL:]]:
        return None
    side, first = found.side, found.first
    cause = _nearest(causes, rows, first, spec)
    begins = period_of(cause.on if cause is not None else first, spec.grain, spec.calendar).start
    if not (current["period"] < begins).any():
        return None
    return Rebase(
        side=side,
        is_worse=_is_bad_side(rows[-1], side, spec),
        first_on=first,
        from_on=begins,
        conditions=(
            Condition(is_met=True, sentence=found.told),
            _still(rows, side),
            _caused(cause, spec),
            _lasting(answers or {}),
        ),
        cause=cause,
    )


def is_worse(points: pl.DataFrame, spec: TrendSpec, from_on: date) -> bool:
    """Return whether the level from a day on is worse than the limits of the points before allow.

    `points` are those of `analyse`; phases that begin on other days bound what is compared. It is
    worse when half of the points lie beyond the bad limit, or eight in a row beyond the centre.
    """
    ok = points.filter(ok_point())
    since = ok.filter(pl.col("period") >= from_on)
    earlier = ok.filter(pl.col("period") < from_on)
    if since.is_empty() or earlier.is_empty() or spec.better not in {"lower", "higher"}:
        return False
    after = since.filter(pl.col("phase_id") == since["phase_id"][0])
    before = earlier.filter(pl.col("phase_id") == earlier["phase_id"][-1])
    # As excluded points they get the lines of the points before, by season and denominator.
    both = pl.concat([before.select(_INPUT, ghost=False), after.select(_INPUT, ghost=True)])
    drawn = analyse(both, {before["series"][0]: spec}).points.filter("ghost")
    up = spec.better == "lower"
    limit = pl.col("ucl") if up else pl.col("lcl")
    slack = SLACK * pl.max_horizontal(limit.abs(), pl.col("value").abs())
    past = (pl.col("value") - limit) * (1 if up else -1) > slack
    away = ((pl.col("value") - pl.col("cl")) * (1 if up else -1)).fill_null(0.0)
    found = drawn.select(is_past=past.fill_null(value=False), away=away)
    half = 2 * found["is_past"].sum() >= found.height
    return half or _longest(found["away"].to_list()) >= RUN_FROM


def _longest(away: Sequence[float]) -> int:
    """Return the most points in a row that lie on the bad side."""
    longest = length = 0
    for distance in away:
        length = length + 1 if distance > 0 else 0
        longest = max(longest, length)
    return longest


_INPUT = ("series", "period", "status", "numerator", "denominator", "value", "n")


def ok_point() -> pl.Expr:
    """Return whether a point counts: it has a final value and is not excluded."""
    return (pl.col("status") == "ok") & ~pl.col("ghost")


class _Level(NamedTuple):
    """Points that speak for another level: their side, the first and the last, and the sentence."""

    side: int
    first: date
    last: date
    told: str


def _level(rows: Sequence[dict[str, Any]]) -> _Level | None:
    """Return the latest run that is long enough, or else the rule hits of a side."""
    run = _last_run(rows)
    if run:
        side, first = run[0]["side"], run[0]
        told = f"{len(run)} points in a row {_beside(side)}, since {first['label']}."
        return _Level(side, first["period"], run[-1]["period"], told)
    for side in (1, -1):
        marked = [row for row in rows if row["side"] == side and row["pattern_id"]]
        hits = {number for row in marked for number in row["pattern_id"]}
        if len(hits) >= HITS_FROM:
            told = f"{len(hits)} times evidence of a special cause {_beside(side)}"
            since = f"{told}, since {marked[0]['label']}."
            return _Level(side, marked[0]["period"], marked[-1]["period"], since)
    return None


def _last_run(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the latest run of RUN_FROM points or more, or no rows."""
    runs: list[list[dict[str, Any]]] = []
    for row in rows:
        if runs and runs[-1][-1]["side"] == row["side"]:
            runs[-1].append(row)
        else:
            runs.append([row])
    return next((run for run in reversed(runs) if len(run) >= RUN_FROM), [])


def _still(rows: Sequence[dict[str, Any]], side: int) -> Condition:
    there = sum(row["side"] == side for row in rows[-STILL:])
    if there == STILL:
        return Condition(is_met=True, sentence=f"The last four points are still {_beside(side)}.")
    few = ("None", "Only one", "Only two", "Only three")[there]
    verb = "are" if there > 1 else "is"
    told = f"{few} of the last four points {verb} still {_beside(side)}."
    return Condition(is_met=False, sentence=told)


def _nearest(
    causes: Sequence[Cause], rows: Sequence[dict[str, Any]], first: date, spec: TrendSpec
) -> Cause | None:
    """Return the cause nearest to the first point, of those that are near it."""
    earliest = latest = period_of(first, spec.grain, spec.calendar).start
    for _ in range(NEAR):
        earliest = spec.calendar.start_of(_day_before(earliest), spec.grain)
        latest = spec.calendar.next_start(latest, spec.grain)
    latest = min(latest, rows[-1]["period"])
    end = spec.calendar.next_start(latest, spec.grain)
    near = [each for each in causes if earliest <= each.on < end]
    return min(near, key=lambda each: abs((each.on - first).days), default=None)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _caused(cause: Cause | None, spec: TrendSpec) -> Condition:
    if cause is not None:
        told = f"A cause is recorded near its start: {cause.title} ({cause.kind}, {cause.on})."
        return Condition(is_met=True, sentence=told)
    return Condition(
        is_met=False,
        sentence="No cause is recorded: no event, action or cycle within "
        f"{NEAR} {spec.grain}s of its start.",
    )


def _lasting(answers: Mapping[str, bool]) -> Condition:
    asked = [key for key in QUESTIONS if key != WANTED]
    denied = [QUESTIONS[key] for key in asked if answers.get(key) is False]
    if denied:
        return Condition(is_met=False, sentence=f"Answered no: {' '.join(denied)}")
    if all(answers.get(key) for key in asked):
        return Condition(is_met=True, sentence="It is expected to last, as somebody answered.")
    return Condition(
        is_met=False,
        sentence="Nobody has answered yet whether it is different, known and expected to last.",
    )


def _is_bad_side(last: dict[str, Any], side: int, spec: TrendSpec) -> bool:
    match spec.better:
        case "lower":
            return side > 0
        case "higher":
            return side < 0
        case "inside":
            return str(last["direction"]) == "concern"
        case "neutral":
            return False


def _beside(side: int) -> str:
    return "above the centre line" if side > 0 else "below the centre line"
