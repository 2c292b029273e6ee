"""Periods of the site's calendar: which one a day is in, and the grid between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, assert_never

Grain = Literal["day", "week", "month", "quarter", "year"]

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


def period_of(day: date, grain: Grain, fiscal_year_start: int = 1) -> Period:
    """Return the period of `grain` that holds `day`.

    `fiscal_year_start` is the month (1 to 12) in which years and quarters begin. Weeks are ISO
    weeks: Monday to Sunday.
    """
    start = start_of(day, grain, fiscal_year_start)
    end = next_start(start, grain) - timedelta(days=1)
    return Period(start, end, label_of(start, grain, fiscal_year_start))


def grid(first: date, last: date, grain: Grain, fiscal_year_start: int = 1) -> tuple[Period, ...]:
    """Return every period from the one that holds `first` to the one that holds `last`, in order.

    Empty when `last` lies in an earlier period than `first`.
    """
    periods = []
    start = start_of(first, grain, fiscal_year_start)
    while start <= last:
        periods.append(period_of(start, grain, fiscal_year_start))
        start = next_start(start, grain)
    return tuple(periods)


def start_of(day: date, grain: Grain, fiscal_year_start: int = 1) -> date:
    """Return the first day of the period of `grain` that holds `day`."""
    match grain:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return _back(day, (day.month - fiscal_year_start) % 3)
        case "year":
            return _back(day, (day.month - fiscal_year_start) % 12)
        case _:
            assert_never(grain)


def next_start(start: date, grain: Grain) -> date:
    """Return the first day of the period after the one that begins on `start`."""
    match grain:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return _forward(start, 1)
        case "quarter":
            return _forward(start, 3)
        case "year":
            return _forward(start, 12)
        case _:
            assert_never(grain)


def label_of(start: date, grain: Grain, fiscal_year_start: int = 1) -> str:
    """Return the period that begins on `start` as people say it: "October 2026", "Q3 2026".

    A fiscal year that does not begin in January carries both its calendar years: "FY 2026/27".
    """
    match grain:
        case "day":
            return f"{start.day} {MONTH_NAMES[start.month - 1]} {start.year}"
        case "week":
            iso = start.isocalendar()
            return f"Week {iso.week}, {iso.year}"
        case "month":
            return f"{MONTH_NAMES[start.month - 1]} {start.year}"
        case "quarter":
            quarter = (start.month - fiscal_year_start) % 12 // 3 + 1
            return f"Q{quarter} {_year_label(start, fiscal_year_start)}"
        case "year":
            return _year_label(start, fiscal_year_start)
        case _:
            assert_never(grain)


def _year_label(start: date, fiscal_year_start: int) -> str:
    year = _back(start, (start.month - fiscal_year_start) % 12).year
    if fiscal_year_start == 1:
        return str(year)
    return f"FY {year}/{(year + 1) % 100:02d}"


def _back(day: date, months: int) -> date:
    return _forward(day.replace(day=1), -months)


def _forward(first_of_month: date, months: int) -> date:
    index = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
