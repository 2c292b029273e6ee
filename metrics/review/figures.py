"""Figures of a review: each metric over the whole period, in its last period, and before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from metrics.model import Metric
from metrics.periods import Period
from metrics.readings import Reading, latest, over, over_parts
from metrics.review.judging import judged
from metrics.review.model import (
    NOT_KNOWN,
    Evidence,
    Figure,
    MetricEvidence,
    Signal,
)
from metrics.review.windows import compared_with
from metrics.review.wording import measured, number, sentence

if TYPE_CHECKING:
    from metrics.trend import Summary

STATE_IN_WORDS = {
    "concern": "concern",
    "improvement": "improving",
    "mixed": "mixed signals",
    "change": "changed",
    "common_cause": "common cause",
    "too_few_points": "too few points for a trend",
    "stale": "stale",
    "no_data": "no data",
    NOT_KNOWN: "trend not known",
}


def figure(given: MetricEvidence, evidence: Evidence) -> Figure:
    """Return one metric of one slice as the review shows it."""
    metric, period = given.metric, evidence.period
    whole = _over(given, period)
    last = latest(metric, given.series, period)
    compared = compared_with(period, evidence.previous, evidence.calendar)
    earlier = _over(given, compared)
    judgement = judged(metric, given.series, whole, evidence.targets, given.slice)
    summary = _summary_of_the_period(given.summary, period.end)
    return Figure(
        id=figure_id(metric.name, given.slice),
        metric=metric.name,
        definition_hash=metric.definition_hash,
        title=_title(metric, given.slice),
        unit=metric.unit,
        decimals=metric.decimals,
        better=metric.better,
        slice=dict(given.slice),
        whole=whole,
        latest=last,
        previous=earlier if earlier.value is not None else None,
        target=judgement.target,
        target_met=judgement.is_met,
        standing=judgement.standing,
        judged=judgement.reading,
        state=summary.state if summary else NOT_KNOWN,
        since=summary.since if summary else None,
        headline=sentence(summary.headline) if summary else _own_headline(metric, whole),
        assurance=summary.assurance if summary else "",
        objective=_objective(evidence, metric.name),
        owner=given.owner,
    )


def _over(given: MetricEvidence, period: Period) -> Reading:
    """Return what a metric was over a stretch; its last level, where several periods make none."""
    if given.leaves:
        worked_out = over_parts(given.metric, given.leaves, period)
        if worked_out.status != "not_applicable":
            return worked_out
    return over(given.metric, given.series, period, as_levels=True)


def figure_id(metric: str, values: Mapping[str, str]) -> str:
    """Return "complaint_rate" or "complaint_rate[site=Porto]"; a decision's `answers` names it."""
    said = ",".join(f"{key}={values[key]}" for key in sorted(values))
    return f"{metric}[{said}]" if said else metric


def change_in_words(shown: Figure) -> str | None:
    """Return what moved since the period before, and whether that is better or worse; None without.

    Says so even when it lies within common cause variation, and then says that too.
    """
    if shown.value is None or shown.previous is None or shown.previous.value is None:
        return None
    now = measured(shown.value, shown.unit, shown.decimals)
    then = number(shown.previous.value, shown.decimals)
    verdict = direction(shown.better, shown.previous.value, shown.value)
    trend = STATE_IN_WORDS.get(shown.state, shown.state)
    said = trend if trend.startswith("trend") else f"trend: {trend}"
    return (
        f"{shown.title}: {now} in {shown.label}, was {then} in {shown.previous.period.label}"
        f" ({verdict}; {said})."
    )


def direction(better: str, then: float, now: float) -> str:
    """Return "better", "worse", "unchanged", or "" where the metric has no good side."""
    if now == then:
        return "unchanged"
    match better:
        case "lower":
            return "worse" if now > then else "better"
        case "higher":
            return "better" if now > then else "worse"
        case _:
            return "higher" if now > then else "lower"


def signal(shown: Figure) -> Signal | None:
    """Return the special cause the trend found in a figure, if it found one."""
    match shown.state:
        case "concern":
            return Signal(shown.id, "concern", _titled(shown), shown.since)
        case "improvement":
            return Signal(shown.id, "improvement", _titled(shown), shown.since)
        case "mixed" | "change":
            return Signal(shown.id, "mixed", _titled(shown), shown.since)
        case _:
            return None


def _titled(shown: Figure) -> str:
    """Return "Complaints, worse since March 2026: …": the trend's sentence names no metric."""
    return f"{shown.title}, {shown.headline[:1].lower()}{shown.headline[1:]}"


def _summary_of_the_period(summary: Summary | None, to_on: date) -> Summary | None:
    """Return the summary unless it knows a period after the review's: hindsight is no evidence."""
    if summary is None:
        return None
    is_later = summary.latest_period is not None and summary.latest_period > to_on
    return None if is_later else summary


def _title(metric: Metric, values: Mapping[str, str]) -> str:
    said = ", ".join(values[key] for key in sorted(values))
    return f"{metric.title}, {said}" if said else metric.title


def _own_headline(metric: Metric, whole: Reading) -> str:
    if whole.value is None:
        return sentence(f"{NOT_KNOWN} in {whole.period.label}: {whole.remark or whole.status}")
    value = measured(whole.value, metric.unit, metric.decimals)
    return sentence(f"{value} in {whole.period.label}")


def _objective(evidence: Evidence, metric: str) -> str | None:
    titles = [each.title for each in evidence.objectives if each.metric == metric]
    return titles[0] if titles else None
