"""Periods of the site's calendar: which one a day is in, and the grid between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from data.calendars import COMMON, Calendar, Grain

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Spelled here because `strftime` follows the machine's locale and labels must not."""


@dataclass(frozen=True, order=True)
class Period:
    """A reporting interval, inclusive at both ends."""

    start: date
    end: date
    label: str

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return self.start <= day <= self.end


def period_of(day: date, grain: Grain, calendar: Calendar = COMMON) -> Period:
    """Return the period of `grain` that holds `day`."""
    start = calendar.start_of(day, grain)
    end = calendar.next_start(start, grain) - timedelta(days=1)
    return Period(start, end, label_of(start, grain, calendar))


def grid(first: date, last: date, grain: Grain, calendar: Calendar = COMMON) -> tuple[Period, ...]:
    """Return every period from the one that holds `first` to the one that holds `last`, in order.

    Empty when `last` lies in an earlier period than `first`.
    """
    periods = []
    start = calendar.start_of(first, grain)
    while start <= last:
        following = calendar.next_start(start, grain)
        label = label_of(start, grain, calendar)
        periods.append(Period(start, following - timedelta(days=1), label))
        start = following
    return tuple(periods)


def start_of(day: date, grain: Grain, calendar: Calendar = COMMON) -> date:
    """Return the first day of the period of `grain` that holds `day`."""
    return calendar.start_of(day, grain)


def next_start(start: date, grain: Grain, calendar: Calendar = COMMON) -> date:
    """Return the first day of the period after the one that begins on `start`."""
    return calendar.next_start(start, grain)


def label_of(start: date, grain: Grain, calendar: Calendar = COMMON) -> str:
    """Return the period that begins on `start` as people say it: "October 2026", "Q3 2026".

    A fiscal year that does not begin in January carries both its calendar years: "FY 2026/27". A
    period of whole weeks is counted from the beginning of its year: "P03 FY 2026/27".
    """
    match grain:
        case "day":
            return f"{start.day} {MONTH_NAMES[start.month - 1]} {start.year}"
        case "week":
            return _week_label(start, calendar)
        case "month" if calendar.is_of_weeks:
            return f"P{calendar.number(start, grain):02d} {_year_label(start, calendar)}"
        case "month":
            return f"{MONTH_NAMES[start.month - 1]} {start.year}"
        case "quarter":
            return f"Q{calendar.number(start, grain)} {_year_label(start, calendar)}"
        case "year":
            return _year_label(start, calendar)
        case _:
            assert_never(grain)


def _week_label(start: date, calendar: Calendar) -> str:
    """Return "Week 41, 2026"; a week that no common rule numbers is called by its first day."""
    if calendar.is_of_weeks:
        return f"Week {calendar.number(start, 'week')}, {_year_label(start, calendar)}"
    if calendar.week_start != "monday":
        return f"Week of {label_of(start, 'day')}"
    iso = start.isocalendar()
    return f"Week {iso.week}, {iso.year}"


def _year_label(start: date, calendar: Calendar) -> str:
    year = calendar.fiscal_year(start)
    if calendar.fiscal_year_start > 1:
        return f"FY {year}/{(year + 1) % 100:02d}"
    return f"FY {year}" if calendar.is_of_weeks else str(year)


__all__ = [
    "COMMON",
    "MONTH_NAMES",
    "Calendar",
    "Grain",
    "Period",
    "grid",
    "label_of",
    "next_start",
    "period_of",
    "start_of",
]
