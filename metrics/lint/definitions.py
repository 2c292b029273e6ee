"""Findings about one definition: how it is governed, and whether it has figures to speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metrics.lint.finding import Finding, Setting, Studied
from metrics.model import Count, Total
from metrics.review.wording import day, listed
from metrics.trend.ladder import PROVISIONAL_FROM
from metrics.trend.wording import periods

NO_DATA_FROM = 2
"""Closed periods without a value, after the last with one, before it is worth a warning."""


def no_denominator(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield that a count rises with the amount of work; dropped where a metric divides its rows."""
    metric = each.metric
    if isinstance(metric.measure, Count | Total) and metric.better != "neutral":
        table = metric.measure.numerator.table
        yield Finding(
            metric.name,
            "no_denominator",
            f"{metric.title}: counted, and not held against anything. It rises when there is more "
            "to do, and falls when there is less.",
            f'Add a rate of {table} beside it (kind = "rate", with what they are held against as '
            'its denominator), or say better = "neutral".',
        )


def no_owner(each: Studied, setting: Setting) -> Iterator[Finding]:
    """Yield that nobody answers for the process."""
    if each.owner is None:
        yield Finding(
            each.metric.name,
            "no_owner",
            f"{each.metric.title}: nobody owns the process '{each.metric.process}' on "
            f"{day(setting.as_of)}, so nobody answers for it.",
            "Name an owner under [[owners]] in a file for clause9 records load.",
        )


def not_approved(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield that it is not said who approved the definition."""
    if not each.metric.approved_by:
        yield Finding(
            each.metric.name,
            "not_approved",
            f"{each.metric.title}: it is not said who approved the definition.",
            "Write approved_by and approved_on into the definition.",
        )


def review_overdue(each: Studied, setting: Setting) -> Iterator[Finding]:
    """Yield that the day to look at the definition again has passed."""
    due = each.metric.review_by
    if due is not None and due < setting.as_of:
        yield Finding(
            each.metric.name,
            "review_overdue",
            f"{each.metric.title}: the definition was to be looked at again by {day(due)}.",
            "Look at it with its owner, change what no longer fits, and set a new review_by.",
        )


def no_data(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield that no value came for some periods, or ever, and the reason where all share one."""
    title, latest, overdue = each.metric.title, each.summary.latest_label, each.summary.overdue
    many = periods(len(overdue), each.metric.period)
    way_out = "Ask for the missing upload (page Data health), or take the metric out of use."
    if len(overdue) >= NO_DATA_FROM and _all_say("invalid", overdue):
        sentence, way_out = f"{title}: invalid in {many}. {_AT_ODDS}", _PUT_RIGHT
    elif not latest and overdue and _all_say("no opportunity", overdue):
        sentence = f"{title}: nothing to count against in any of {many}."
        way_out = "Correct the denominator, or take the metric out of use."
    elif not latest:
        reads = listed(each.metric.tables)
        sentence = f"{title}: no value yet. No row of {reads} counts in any closed period."
    elif len(overdue) >= NO_DATA_FROM:
        sentence = f"{title}: no value for {many}, since {latest}."
    else:
        return
    yield Finding(each.metric.name, "no_data", sentence, way_out)


_AT_ODDS = "What is counted and what it is held against contradict each other."

_PUT_RIGHT = (
    "Look at the rows behind one of them: a part is more than its whole, or less than nothing. "
    "Correct the definition or the rows."
)


def _all_say(reason: str, overdue: Sequence[str]) -> bool:
    return all(entry.endswith(f": {reason}") for entry in overdue)


def too_few(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield that there are too few values for limits."""
    known = each.closed.height
    if 0 < known < PROVISIONAL_FROM:
        many = periods(known, each.metric.period)
        yield Finding(
            each.metric.name,
            "too_few_points",
            f"{each.metric.title}: values for {many}; limits and promises need {PROVISIONAL_FROM}.",
            "Wait, load earlier figures, or take a shorter period if there are enough events.",
        )
