"""Which days a review looks at, and which days it compares them with."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from metrics.periods import Period
from metrics.review.wording import span

if TYPE_CHECKING:
    from data.records.models import Review


def window(from_on: date, to_on: date) -> Period:
    """Return the days, both included, under the shortest true label."""
    return Period(from_on, to_on, span(from_on, to_on))


def review_period(review: Review) -> Period:
    """Return the days a review looks at."""
    return window(review.period_from, review.period_to)


def before(period: Period) -> Period:
    """Return the stretch of the same length that ends the day before the period starts.

    Whole months stay whole months: before Q3 comes Q2, not 92 days.
    """
    ends = period.start - timedelta(days=1)
    is_whole = period.start.day == 1 and (period.end + timedelta(days=1)).day == 1
    if not is_whole:
        return window(ends - (period.end - period.start), ends)
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    first = period.start.year * 12 + period.start.month - 1 - months
    return window(date(first // 12, first % 12 + 1, 1), ends)


def compared_with(period: Period, previous: Review | None) -> Period:
    """Return the period the last review showed, else the stretch of the same length before."""
    if previous and previous.period_to < period.end:
        return review_period(previous)
    return before(period)
