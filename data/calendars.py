"""The calendar an organisation counts in: when its years, quarters, months and weeks begin.

Either months and quarters of the common calendar, with years that begin in any month; or years of
52 or 53 whole weeks, cut into quarters of 13 weeks and periods of 4 and 5 weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, assert_never, get_args
from zoneinfo import ZoneInfo

Grain = Literal["day", "week", "month", "quarter", "year"]
Pattern = Literal["months", "4-4-5", "4-5-4", "5-4-4"]
YearEnd = Literal["last", "nearest"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

PERIODS = 12
"""Periods of a year of weeks: three a quarter, as there are months."""

QUARTER_DAYS = 13 * 7

LONGEST = {"month": 6 * 7, "quarter": 14 * 7, "year": 53 * 7}
"""Days of the longest period of weeks of each grain: the 53rd week belongs to the last of each."""

_LATE: dict[Pattern, int] = {"months": 0, "4-4-5": 0, "4-5-4": 1, "5-4-4": 2}
"""How soon the week over four comes: period p of a year begins after (13 p + this) // 3 weeks."""


@dataclass(frozen=True, order=True)
class Calendar:
    """How years are cut: the same one says everywhere which period a day is in.

    `fiscal_year_start` is the month (1 to 12) in which years and quarters begin. Where `pattern` is
    not "months", a year is whole weeks: it begins the day after the last (`year_end` "last") such
    weekday of the month before, or the one nearest ("nearest") that month's end; week 53, where a
    year has one, belongs to its last period. Weeks begin on `week_start`. Which day an instant
    belongs to is said by the clocks of `time_zone`.
    """

    fiscal_year_start: int = 1
    pattern: Pattern = "months"
    year_end: YearEnd = "last"
    week_start: Weekday = "monday"
    time_zone: str = "UTC"

    def day_of(self, instant: datetime) -> date:
        """Return which day it is at an instant, where the organisation is."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()

    @property
    def is_of_weeks(self) -> bool:
        """Whether months, quarters and years are whole weeks."""
        return self.pattern != "months"

    @property
    def monday_shift(self) -> int:
        """Days to add to the first day of a week to reach a Monday: 1 for a Sunday."""
        return -WEEKDAYS.index(self.week_start) % 7

    @property
    def deciding_day(self) -> int:
        """Days from the first day of a week to the one whose year, by months, the week is in.

        Its last day where years end on the last weekday of a month, its middle one where they end
        on the nearest.
        """
        return 6 if self.year_end == "last" else 3

    @property
    def week_over(self) -> int:
        """What the sums of weeks and periods carry: 2 for 5-4-4, 1 for 4-5-4, else 0."""
        return _LATE[self.pattern]

    def narrowed(self, grain: Grain) -> Calendar:
        """Return this calendar as far as `grain` depends on it.

        Two calendars that cut the same days into the same periods give the same one.
        """
        match grain:
            case "day":
                return COMMON
            case "week":
                return replace(COMMON, week_start=self.week_start)
            case "month" | "quarter" | "year" if self.is_of_weeks:
                pattern = self.pattern if grain == "month" else "4-4-5"
                return replace(self, pattern=pattern, time_zone=COMMON.time_zone)
            case "month":
                return COMMON
            case "quarter":
                return replace(COMMON, fiscal_year_start=(self.fiscal_year_start - 1) % 3 + 1)
            case "year":
                return replace(COMMON, fiscal_year_start=self.fiscal_year_start)
            case _:
                assert_never(grain)

    def start_of(self, day: date, grain: Grain) -> date:
        """Return the first day of the period of `grain` that holds `day`."""
        match grain:
            case "day":
                return day
            case "week":
                return day - timedelta(days=(day.weekday() + self.monday_shift) % 7)
            case "month" | "quarter" | "year" if self.is_of_weeks:
                return self._start_in_weeks(day, grain)
            case "month":
                return day.replace(day=1)
            case "quarter":
                return _back(day, (day.month - self.fiscal_year_start) % 3)
            case "year":
                return _back(day, (day.month - self.fiscal_year_start) % 12)
            case _:
                assert_never(grain)

    def next_start(self, start: date, grain: Grain) -> date:
        """Return the first day of the period after the one that begins on `start`."""
        match grain:
            case "day":
                return start + timedelta(days=1)
            case "week":
                return start + timedelta(days=7)
            case "month" | "quarter" | "year" if self.is_of_weeks:
                # As long as the longest, it reaches into the next one and never past it.
                return self.start_of(start + timedelta(days=LONGEST[grain]), grain)
            case "month":
                return _forward(start, 1)
            case "quarter":
                return _forward(start, 3)
            case "year":
                return _forward(start, 12)
            case _:
                assert_never(grain)

    def fiscal_year(self, day: date) -> int:
        """Return the year in which the fiscal year that holds `day` begins, by its month."""
        if self.is_of_weeks:
            day = self.start_of(day, "week") + timedelta(days=self.deciding_day)
        return _back(day, (day.month - self.fiscal_year_start) % 12).year

    def year_start(self, fiscal_year: int) -> date:
        """Return the first day of a fiscal year."""
        return _year_start(self, fiscal_year)

    def number(self, day: date, grain: Grain) -> int:
        """Return which period of its fiscal year holds `day`: 3 for P03 or Q3."""
        days = (day - self.year_start(self.fiscal_year(day))).days
        months = (day.month - self.fiscal_year_start) % PERIODS
        match grain:
            case "day":
                return days + 1
            case "week":
                return days // 7 + 1
            case "month":
                return (self._period(days) if self.is_of_weeks else months) + 1
            case "quarter":
                return (min(days // QUARTER_DAYS, 3) if self.is_of_weeks else months // 3) + 1
            case "year":
                return 1
            case _:
                assert_never(grain)

    def _start_in_weeks(self, day: date, grain: Literal["month", "quarter", "year"]) -> date:
        first = self.year_start(self.fiscal_year(day))
        match grain:
            case "month":
                weeks = (13 * self._period((day - first).days) + self.week_over) // 3
                return first + timedelta(days=7 * weeks)
            case "quarter":
                quarter = min((day - first).days // QUARTER_DAYS, 3)
                return first + timedelta(days=QUARTER_DAYS * quarter)
            case "year":
                return first
            case _:
                assert_never(grain)

    def _period(self, days: int) -> int:
        """Return how many periods of a year of weeks are over after so many days."""
        return min((3 * (days // 7) + 2 - self.week_over) // 13, PERIODS - 1)


COMMON = Calendar()
"""Months and years as everybody has them, weeks from Monday."""


@lru_cache(maxsize=4096)
def _year_start(calendar: Calendar, fiscal_year: int) -> date:
    first = date(fiscal_year, calendar.fiscal_year_start, 1)
    if not calendar.is_of_weeks:
        return first
    return calendar.start_of(first + timedelta(days=6 - calendar.deciding_day), "week")


def _back(day: date, months: int) -> date:
    return _forward(day.replace(day=1), -months)


def _forward(first_of_month: date, months: int) -> date:
    index = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
