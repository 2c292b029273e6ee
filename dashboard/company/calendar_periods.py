"""Periods of the company's calendar by the names people write: 2026-10, FY2026-P03, FY2026-Q2."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import assert_never

from dashboard.company.opened import Company
from data.errors import UsageError
from metrics import periods
from metrics.periods import Calendar, Grain
from pipelines.mapping.periods import FORMS, Period, period_named, span_of

_FISCAL = re.compile(r"FY(\d{4})(?:-([PQW])(\d{1,2}))?")

_GRAINS: dict[str | None, Grain] = {None: "year", "Q": "quarter", "P": "month", "W": "week"}

_ORDER: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")


def named(company: Company, text: str) -> Period:
    """Return the period a person names; one of the fiscal year by the year it begins in.

    Raises UsageError for what names none: with whole weeks no month does.
    """
    calendar = company.catalogue.calendar
    match = _FISCAL.fullmatch(text.strip().upper())
    if match:
        return _fiscal(calendar, int(match[1]), _GRAINS[match[2]], int(match[3] or 1))
    if calendar.is_of_weeks and re.fullmatch(r"\d{4}(-(\d{2}|Q\d|W\d{2}))?", text.strip()):
        raise UsageError(
            f"'{text}' names a period of calendar months, and this organisation counts in whole "
            f"weeks. Write FY2026-P03, FY2026-Q2, FY2026-W36, FY2026, {FORMS[-2]} or {FORMS[-1]}."
        )
    return period_named(text)


def holding(company: Company, day: date, grain: Grain) -> Period:
    """Return the period of the company's calendar that holds a day, named as people write it.

    One of another calendar than the months of the common year is named by its days, so that the
    name means the same days whatever the calendar becomes.
    """
    calendar = company.catalogue.calendar
    found = periods.period_of(day, grain, calendar)
    common = _common(day, grain)
    if (common.first, common.last) == (found.start, found.end):
        return common
    return span_of(found.start, found.end)


def before(company: Company, period: Period) -> Period:
    """Return the period before another, of the same length."""
    return holding(company, period.first - timedelta(days=1), grain_of(company, period))


def last_over(company: Company, grain: Grain = "month") -> Period:
    """Return the last period that is over on the company's day."""
    start = periods.start_of(company.as_of, grain, company.catalogue.calendar)
    return holding(company, start - timedelta(days=1), grain)


def grain_of(company: Company, period: Period) -> Grain:
    """Return how long a period is: the grain that holds it whole, or else the next shorter."""
    calendar = company.catalogue.calendar
    length = (period.last - period.first).days
    for grain in _ORDER:
        own = periods.period_of(period.first, grain, calendar)
        if (own.start, own.end) == (period.first, period.last):
            return grain
    if length < 7:
        return "day" if length == 0 else "week"
    return "month" if length < 80 else "quarter" if length < 300 else "year"


def spoken(company: Company, period: Period) -> str:
    """Return a period as people say it: "October 2026", "P03 FY 2026/27", or its days."""
    calendar = company.catalogue.calendar
    own = periods.period_of(period.first, grain_of(company, period), calendar)
    if (own.start, own.end) == (period.first, period.last):
        return own.label
    first, last = (periods.label_of(day, "day") for day in (period.first, period.last))
    return f"{first} to {last}"


def _fiscal(calendar: Calendar, year: int, grain: Grain, number: int) -> Period:
    start = calendar.year_start(year)
    for _ in range(number - 1):
        start = calendar.next_start(start, grain)
    if number < 1 or calendar.fiscal_year(start) != year:
        raise UsageError(f"The fiscal year {year} has no {grain} number {number}.")
    return span_of(start, calendar.next_start(start, grain) - timedelta(days=1))


def _common(day: date, grain: Grain) -> Period:
    """Return the period of the common calendar that holds a day."""
    match grain:
        case "day":
            return period_named(day.isoformat())
        case "week":
            year, week, _ = day.isocalendar()
            return period_named(f"{year}-W{week:02}")
        case "month":
            return period_named(f"{day:%Y-%m}")
        case "quarter":
            return period_named(f"{day.year}-Q{(day.month + 2) // 3}")
        case "year":
            return period_named(f"{day.year}")
        case _:
            assert_never(grain)
