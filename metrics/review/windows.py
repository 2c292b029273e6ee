"""Which days a review looks at, and which days it compares them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metrics.periods import COMMON, Calendar, Period
from metrics.stretches import before, window

if TYPE_CHECKING:
    from data.records.models import Review


def review_period(review: Review, calendar: Calendar = COMMON) -> Period:
    """Return the days a review looks at."""
    return window(review.period_from, review.period_to, calendar)


def compared_with(period: Period, previous: Review | None, calendar: Calendar = COMMON) -> Period:
    """Return the period the last review showed, else the stretch of the same length before."""
    if previous and previous.period_to < period.end:
        return review_period(previous, calendar)
    return before(period, calendar)
