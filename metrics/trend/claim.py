"""What was fixed before an action, and the verdict that what came after gives on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics.trend.intervals import Interval
from metrics.trend.spec import Assurance

Criterion = Literal["improve", "restore", "reach_target"]
Verdict = Literal[
    "not_assessable",
    "worse",
    "not_effective",
    "too_early",
    "effective",
    "restored",
    "improved",
    "inconclusive",
]
Method = Literal["means", "shares", "rates", "gaps", "series", "shift", "odds"]
"""How an effect was measured: a difference of means (Welch) or of shares (Newcombe), a ratio of
rates (Poisson) or of gaps between rare events (F), the step in an interrupted time series; beside
these, the shift of values (Hodges-Lehmann) or the ratio of odds."""

VERDICT_WORDS: dict[Verdict, str] = {
    "not_assessable": "Not assessable",
    "worse": "Worse",
    "not_effective": "Not effective",
    "too_early": "Too early",
    "effective": "Effective, sustained",
    "restored": "Restored",
    "improved": "Improved, confirm later",
    "inconclusive": "Inconclusive",
}
"""What people say for each."""


@dataclass(frozen=True)
class Claim:
    """What was fixed in the plan of an action, and what is known of it since.

    `implemented_on` is the day the action was complete, `implemented_from` the day it began where
    that is earlier. `lag` and `wash_out` are periods after it that do not count yet; `trigger` the
    days of the periods the nonconformity was seen in. `worthwhile` is the least change that
    matters and `expected_change` the one hoped for, in the metric's unit. `recurrences` are days on
    which the same cause came back, None where nobody writes that down, in `opportunities` since.
    `other_changes` name what else was changed meanwhile, `side_effects` the balancing metrics with
    a concern signal since.
    """

    implemented_on: date
    implemented_from: date | None = None
    criterion: Criterion = "improve"
    worthwhile: float = 0.0
    expected_change: float | None = None
    lag: int = 0
    wash_out: int = 0
    trigger: tuple[date, ...] = ()
    review_on: date | None = None
    recurrences: tuple[date, ...] | None = None
    opportunities: float | None = None
    definition_changed: bool = False
    other_changes: tuple[str, ...] = ()
    side_effects: tuple[str, ...] = ()
    is_after_the_fact: bool = False

    @property
    def wanted(self) -> float | None:
        """The least change that matters, else the one expected; None where the plan names none."""
        return self.worthwhile or abs(self.expected_change or 0.0) or None

    @property
    def begun_on(self) -> date:
        """The first day that is no longer before: of the trigger, or of the action."""
        started = self.implemented_from or self.implemented_on
        return min([started, self.implemented_on, *self.trigger])


@dataclass(frozen=True)
class Outlook:
    """Whether a process meets its target, and in what share of the periods to come."""

    assurance: Assurance
    p_success: float | None = None


@dataclass(frozen=True)
class Judgement:
    """A verdict with everything it rests on; `effect` is better above, worse below zero (or 1).

    `before` and `after` count periods with a value; `level_before` and `level_after` share the
    metric's unit, as does the effect unless `is_ratio`. `beside` is a second opinion on the effect
    by the method `beside_method`, a ratio where that is odds. `beyond_old_limit` counts periods
    after on the better side of the limits of before. `is_worthwhile` says whether the effect is as
    large as what was worthwhile. `recurrence_bound` is the highest share of opportunities in which
    the cause may still come back, where it did not. `more_periods` would decide 80 times in 100;
    `confirm_on` is the day from which a verdict that waits is looked at again. `flags` are what
    else has to be said with it. Absent answers are None.
    """

    verdict: Verdict
    why: str
    before: int
    after: int
    before_from: date | None = None
    after_from: date | None = None
    level_before: float | None = None
    level_after: float | None = None
    effect: Interval | None = None
    method: Method | None = None
    is_ratio: bool = False
    beside: Interval | None = None
    beside_method: Method | None = None
    has_signal: bool = False
    is_adverse: bool = False
    is_sustained: bool = False
    is_worthwhile: bool | None = None
    beyond_old_limit: int = 0
    correlation: float | None = None
    dispersion: float | None = None
    recurrences: int | None = None
    recurrence_bound: float | None = None
    target_before: Outlook | None = None
    target_after: Outlook | None = None
    more_periods: int | None = None
    confirm_on: date | None = None
    side_effects: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
