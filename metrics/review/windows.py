"""Which days a review looks at, and which days it compares them with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metrics.periods import Period
from metrics.stretches import before, window

if TYPE_CHECKING:
    from data.records.models import Review


def review_period(review: Review) -> Period:
    """Return the days a review looks at."""
    return window(review.period_from, review.period_to)


def compared_with(period: Period, previous: Review | None) -> Period:
    """Return the period the last review showed, else the stretch of the same length before."""
    if previous and previous.period_to < period.end:
        return review_period(previous)
    return before(period)
