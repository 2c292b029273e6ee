"""Calendars of every kind, and years of whole weeks laid out plainly, week after week."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from typing import get_args

from hypothesis import strategies as st

from data.calendars import WEEKDAYS, Calendar, Grain, Pattern, YearEnd

CALENDARS = st.builds(
    Calendar,
    st.integers(1, 12),
    st.sampled_from(get_args(Pattern)),
    st.sampled_from(get_args(YearEnd)),
    st.sampled_from(WEEKDAYS),
)

RETAIL = Calendar(2, "4-5-4", "nearest", "sunday")
"""The calendar of American retailers: years end on the Saturday nearest the end of January."""

LATE_SEPTEMBER = Calendar(10, "4-4-5", "last", "sunday")
"""Years end on the last Saturday of September."""


def starts_laid_out(
    calendar: Calendar, grain: Grain, first_year: int, last_year: int
) -> Iterator[date]:
    """Yield the first day of every period of weeks, by trying days and counting weeks on."""
    for year in range(first_year, last_year + 1):
        begins, following = _after_year_end(calendar, year), _after_year_end(calendar, year + 1)
        weeks = (following - begins).days // 7
        assert (following - begins).days % 7 == 0
        assert weeks in {52, 53}
        lengths = {
            "year": [weeks],
            "quarter": [13, 13, 13],
            "month": [int(digit) for digit in calendar.pattern.split("-")] * 4,
            "week": [1] * weeks,
        }[grain]
        counts = {"year": 1, "quarter": 4, "month": 12, "week": weeks}
        for before in list(accumulate(lengths, initial=0))[: counts[grain]]:
            yield begins + timedelta(weeks=before)


def _after_year_end(calendar: Calendar, year: int) -> date:
    """Return the day after the last day of the fiscal year before the one that begins in `year`."""
    month_end = date(year, calendar.fiscal_year_start, 1) - timedelta(days=1)
    last_weekday = (WEEKDAYS.index(calendar.week_start) - 1) % 7
    offsets = range(0, -7, -1) if calendar.year_end == "last" else range(-3, 4)
    days = [month_end + timedelta(days=offset) for offset in offsets]
    (end,) = [day for day in days if day.weekday() == last_weekday]
    return end + timedelta(days=1)
