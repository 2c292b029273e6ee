"""Targets held against readings: the one in force, period by period, never green by a hole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from data.records.targets import target_in_force
from metrics.model import Metric
from metrics.periods import Grain, start_of
from metrics.readings import Reading, over
from metrics.review.model import NOT_KNOWN
from metrics.review.wording import plain
from metrics.stretches import parts_of
from metrics.trend.limits import SLACK
from metrics.trend.wording import periods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from data.records.models import Target


@dataclass(frozen=True)
class Judgement:
    """What a figure was held against, whether it met it, and the reading that was judged.

    `is_met` None: no target, or not known. `standing` says it in words: "met", "outside the band",
    "met in 2 of 3 months", "not known"; "–" without a target.
    """

    target: str
    is_met: bool | None
    standing: str
    reading: Reading


def judged(
    metric: Metric,
    series: pl.DataFrame,
    whole: Reading,
    targets: Sequence[Target],
    slice_: Mapping[str, str],
) -> Judgement:
    """Return how a reading of a stretch stands to its targets.

    A ratio or a level is judged as a whole, by the target of the last period it counts. A sum is
    not: its target is for one period, so each period is held against the one in force then.
    """
    if not (metric.is_additive and metric.adds_over_time and whole.denominator is None):
        end = whole.counted[-1].end if whole.counted else whole.period.end
        start = start_of(end, metric.period, metric.calendar)
        target = target_in_force(targets, metric.name, slice_, start)
        met = is_met(target, whole.value)
        return Judgement(target_in_words(target), met, standing_in_words(target, met), whole)
    each = [
        (target, over(metric, series, part))
        for part in parts_of(whole.period, metric.period, metric.calendar)
        if (target := target_in_force(targets, metric.name, slice_, part.start))
    ]
    if not each:
        return Judgement(target_in_words(None), None, standing_in_words(None, None), whole)
    return _period_by_period(metric, each)


def _period_by_period(metric: Metric, each: Sequence[tuple[Target, Reading]]) -> Judgement:
    """Return the judgement of all periods: missed where one is, met only where all are."""
    outcomes = [is_met(target, reading.value) for target, reading in each]
    is_all_met = None if None in outcomes else True
    met = False if False in outcomes else is_all_met
    known = [at for at, outcome in enumerate(outcomes) if outcome is not None]
    missed = [at for at, outcome in enumerate(outcomes) if outcome is False]
    shown = (missed or known or [len(each) - 1])[-1]
    target = each[-1][0]
    word = "inside" if target.kind == "band" else "met"
    count = f"{outcomes.count(True)} of {periods(len(each), metric.period)}"
    unknown = f", {outcomes.count(None)} {NOT_KNOWN}" if None in outcomes else ""
    standing = f"{word} in {count}{unknown}" if known else NOT_KNOWN
    words = target_in_words(target, per=metric.period)
    return Judgement(words, met, standing, each[shown][1])


def target_in_words(target: Target | None, *, per: Grain | None = None) -> str:
    """Return "at most 4.5", "at least 95", "4 to 6", or "no target"; "at most 40 a month"."""
    if target is None:
        return "no target"
    low, high = plain(target.low), plain(target.high)
    each = f" a {per}" if per else ""
    match target.kind:
        case "at_most":
            return f"at most {high}{each}"
        case "at_least":
            return f"at least {low}{each}"
        case "band":
            return f"{low} to {high}{each}"


def standing_in_words(target: Target | None, met: bool | None) -> str:  # noqa: FBT001 three states
    """Return "met", "missed", "inside the band", "outside the band", "not known" or "–"."""
    if target is None:
        return "–"
    if met is None:
        return NOT_KNOWN
    if target.kind == "band":
        return "inside the band" if met else "outside the band"
    return "met" if met else "missed"


def is_met(target: Target | None, value: float | None) -> bool | None:
    """Return whether the value meets the target; None when there is no value or no target.

    A value on the line meets it, with the trend's slack for sums of decimals in binary.
    """
    if target is None or value is None:
        return None
    slack = SLACK * max(abs(target.low or 0), abs(target.high or 0), abs(value))
    low_met = None if target.low is None else value >= target.low - slack
    high_met = None if target.high is None else value <= target.high + slack
    match target.kind:
        case "at_most":
            return high_met
        case "at_least":
            return low_met
        case "band":
            return None if low_met is None or high_met is None else low_met and high_met
