"""PDCA cycles as a board reads them: phase and age, checks due, relapse, what worked per cause.

Everything here follows from the records of a cycle and the verdicts of its checks.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from metrics.periods import COMMON, Calendar, Grain, next_start, start_of

if TYPE_CHECKING:
    from data.records.cycle_models import CheckKind, Cycle, CycleCheck

WORKED = frozenset({"effective", "restored"})
"""Verdicts that say an action did what it was for."""

FAILED = frozenset({"not_effective", "worse"})
"""Verdicts that say it did not; at a later check, that the effect is gone."""

UNDECIDED = frozenset({"too_early"})
"""Verdicts nothing can be decided on."""

RECHECKS: Mapping[CheckKind, int] = {"6_months": 6, "12_months": 12}
"""Months after a check that found an effect, at which it is looked for again: what fades does so
within a year."""

PERIODS_TO_JUDGE = 8
"""Periods after the action that a verdict of effective rests on."""


@dataclass(frozen=True)
class Signal:
    """A concern signal of one metric's slice, and the first period of its pattern."""

    metric: str
    slice: Mapping[str, str]
    since: date


@dataclass(frozen=True)
class Share:
    """How many of the cycles against one cause were decided on, and how many of these worked."""

    cause: str
    worked: int
    judged: int


def decides(verdict: str) -> bool:
    """Return whether something can be decided on a verdict."""
    return verdict not in UNDECIDED


def reopens(kind: CheckKind, verdict: str, *, is_sustained: bool) -> bool:
    """Return whether a later check found the effect gone, which takes a closed cycle to Act.

    It is gone where the verdict says so, and where it was there and has not lasted: the last
    periods no longer lie on the better side, or a signal says worse.
    """
    did_not_last = not is_sustained and verdict not in WORKED | UNDECIDED
    return kind != "first" and (verdict in FAILED or did_not_last)


def checks_to_come(
    kind: CheckKind, verdict: str, done_on: date, enough_on: date
) -> tuple[tuple[CheckKind, date], ...]:
    """Return the checks a verdict plans: two later ones of an effect, or the first one again.

    `enough_on` is the day there are periods enough after the action.
    """
    if kind != "first":
        return ()
    if verdict in WORKED:
        return tuple((name, months_after(done_on, months)) for name, months in RECHECKS.items())
    if verdict in UNDECIDED:
        return (("first", max(enough_on, done_on + timedelta(days=1))),)
    return ()


def months_after(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def periods_later(begun: date, periods: int, grain: Grain, calendar: Calendar = COMMON) -> date:
    """Return the first day of the period that follows so many whole ones after a day."""
    start = start_of(begun, grain, calendar)
    if start < begun:
        start = next_start(start, grain, calendar)
    for _ in range(periods):
        start = next_start(start, grain, calendar)
    return start


def enough_on(cycle: Cycle, today: date, grain: Grain, calendar: Calendar = COMMON) -> date:
    """Return the day from which a verdict can decide: of what was done, or would be done today."""
    begun = cycle.implemented_on or max(today, cycle.opened_on)
    periods = cycle.lag + cycle.wash_out + PERIODS_TO_JUDGE
    return periods_later(begun, periods, grain, calendar)


def check_is_too_soon(cycle: Cycle, today: date, grain: Grain, calendar: Calendar) -> date | None:
    """Return the day from which the check can decide where it is planned before that; else None."""
    enough = enough_on(cycle, today, grain, calendar)
    return enough if cycle.check_on is not None and cycle.check_on < enough else None


def trigger_periods(cycle: Cycle, grain: Grain, calendar: Calendar = COMMON) -> tuple[date, ...]:
    """Return the first days of the periods the trouble was seen in."""
    if cycle.trigger_from is None or cycle.trigger_to is None:
        return ()
    found = [start_of(cycle.trigger_from, grain, calendar)]
    while (following := next_start(found[-1], grain, calendar)) <= cycle.trigger_to:
        found.append(following)
    return tuple(found)


def phase_since(cycle: Cycle, checks: Iterable[CycleCheck]) -> date:
    """Return the day a cycle entered the phase it is in."""
    done = [each.done_on for each in checks if each.done_on is not None]
    entered = {
        "plan": cycle.opened_on,
        "do": cycle.outcome_on or cycle.plan_fixed_on,
        "check": cycle.implemented_on,
        "act": max(done, default=None),
        "closed": cycle.outcome_on,
    }[cycle.state]
    return entered or cycle.opened_on


def age_days(cycle: Cycle, checks: Iterable[CycleCheck], on: date) -> int:
    """Return how many days a cycle has been in its phase; never below 0."""
    return max(0, (on - phase_since(cycle, checks)).days)


def next_check(cycle: Cycle, checks: Iterable[CycleCheck]) -> CycleCheck | None:
    """Return the check a cycle waits for; none in Plan and Act, nor once it was given up."""
    waits = cycle.state in {"do", "check"} or (
        cycle.state == "closed" and cycle.outcome == "standardise"
    )
    planned = [each for each in checks if each.done_on is None] if waits else []
    return min(planned, key=lambda each: (each.due_on, each.id or 0), default=None)


def overdue_days(check: CycleCheck | None, on: date) -> int:
    """Return how many days a check is over its day; 0 for none."""
    return 0 if check is None else max(0, (on - check.due_on).days)


def last_done(checks: Iterable[CycleCheck]) -> CycleCheck | None:
    """Return the check that was done last, or None."""
    done = [each for each in checks if each.done_on is not None]
    return max(done, key=lambda each: (each.done_on or date.min, each.id or 0), default=None)


def worked_by_cause(
    cycles: Iterable[Cycle], checks: Mapping[str, Sequence[CycleCheck]]
) -> tuple[Share, ...]:
    """Return, by cause, how many cycles were decided on and how many worked, the most first.

    The last check of a cycle counts; one that said too early is no answer.
    """
    found: dict[str, list[bool]] = {}
    for cycle in cycles:
        last = last_done(each for each in checks.get(cycle.id, ()) if decides(each.verdict or ""))
        if last is not None:
            found.setdefault(cycle.cause, []).append(last.verdict in WORKED)
    counted = [Share(cause, sum(each), len(each)) for cause, each in found.items()]
    return tuple(sorted(counted, key=lambda each: (-each.judged, each.cause)))


def ignored(signals: Iterable[Signal], cycles: Sequence[Cycle]) -> tuple[Signal, ...]:
    """Return the concern signals nobody took up: no cycle is at work on what they are of.

    One on a part of it, or on more than it, counts: that is where somebody looks for the cause.

    A cycle that was closed while the signal stood has answered it.
    """
    return tuple(signal for signal in signals if not any(_answers(each, signal) for each in cycles))


def _answers(cycle: Cycle, signal: Signal) -> bool:
    if cycle.metric != signal.metric or not overlap(json.loads(cycle.slice), signal.slice):
        return False
    is_closed = cycle.state == "closed" and cycle.outcome_on is not None
    return not is_closed or (cycle.outcome_on or signal.since) >= signal.since


def overlap(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether two parts of a metric have something in common."""
    return all(other.get(name, value) == value for name, value in one.items())
