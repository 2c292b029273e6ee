"""Periods as people name them on a submission: 2026, 2026-Q3, 2026-09, 2026-W36, 2026-09-30.

One that no calendar of months has is named by its days: 2026-08-30--2026-09-26.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from data.calendars import COMMON, LONGEST, QUARTER_DAYS, Calendar, Grain
from data.errors import UsageError

Cadence = Grain

_EVERY: dict[Cadence, str] = {
    "day": "1d",
    "week": "1w",
    "month": "1mo",
    "quarter": "1q",
    "year": "1y",
}


FORMS = ("2026", "2026-Q3", "2026-09", "2026-W36", "2026-09-30", "2026-08-30--2026-09-26")
"""How a period may be named."""


@dataclass(frozen=True)
class Period:
    """A stretch of days, both ends included."""

    label: str
    first: date
    last: date


def period_named(text: str) -> Period:
    """Return the period `text` names; UsageError for anything else."""
    match = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|W(\d{2})|(\d{2})(?:-(\d{2}))?))?", text.strip())
    sentence = f"'{text}' names no period. Write {', '.join(FORMS[:-1])} or {FORMS[-1]}."
    first, is_span, last = text.strip().partition("--")
    try:
        if is_span:
            return _days(text.strip(), date.fromisoformat(first), date.fromisoformat(last))
        if match is None:
            raise UsageError(sentence)
        return _period(text.strip(), match)
    except ValueError as error:
        raise UsageError(sentence) from error


def span_of(first: date, last: date) -> Period:
    """Return the period from one day to another, named by them."""
    return _days(f"{first}--{last}", first, last)


def _days(label: str, first: date, last: date) -> Period:
    if last < first:
        raise ValueError(label)
    return Period(label, first, last)


def _period(label: str, match: re.Match[str]) -> Period:
    year, quarter, week, month, day = (int(part or 0) for part in match.groups())
    if quarter:
        first = date(year, quarter * 3 - 2, 1)
        return Period(label, first, _month_end(year, quarter * 3))
    if week:
        first = date.fromisocalendar(year, week, 1)
        return Period(label, first, first + timedelta(days=6))
    if month and day:
        return Period(label, date(year, month, day), date(year, month, day))
    if month:
        return Period(label, date(year, month, 1), _month_end(year, month))
    return Period(label, date(year, 1, 1), date(year, 12, 31))


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def start_of(days: pl.Expr, cadence: Cadence, calendar: Calendar = COMMON) -> pl.Expr:
    """Return the first day of the period of the calendar each day (Date) lies in."""
    if cadence == "week":
        shift = calendar.monday_shift
        return days.dt.offset_by(f"{shift}d").dt.truncate("1w").dt.offset_by(f"-{shift}d")
    if calendar.is_of_weeks and cadence != "day":
        return _start_in_weeks(days, cadence, calendar)
    months = (calendar.fiscal_year_start - 1) % {"quarter": 3, "year": 12}.get(cadence, 1)
    if not months:
        return days.dt.truncate(_EVERY[cadence])
    shifted = days.dt.truncate("1mo").dt.offset_by(f"-{months}mo")
    return shifted.dt.truncate(_EVERY[cadence]).dt.offset_by(f"{months}mo")


def end_of(days: pl.Expr, cadence: Cadence, calendar: Calendar = COMMON) -> pl.Expr:
    """Return the last day of the period of the calendar each day (Date) lies in."""
    start = start_of(days, cadence, calendar)
    if calendar.is_of_weeks and cadence in LONGEST:
        following = start_of(start.dt.offset_by(f"{LONGEST[cadence]}d"), cadence, calendar)
    else:
        following = start.dt.offset_by(_EVERY[cadence])
    return following.dt.offset_by("-1d")


def _start_in_weeks(days: pl.Expr, cadence: Cadence, calendar: Calendar) -> pl.Expr:
    """Return the same for years of whole weeks, by the sums of `Calendar.start_of`."""
    decides = start_of(days, "week", calendar).dt.offset_by(f"{calendar.deciding_day}d")
    nominal = start_of(decides, "year", Calendar(calendar.fiscal_year_start))
    first = start_of(nominal.dt.offset_by(f"{6 - calendar.deciding_day}d"), "week", calendar)
    over = (days - first).dt.total_days()
    match cadence:
        case "month":
            period = pl.min_horizontal((over // 7 * 3 + 2 - calendar.week_over) // 13, 11)
            return first + pl.duration(days=(period * 13 + calendar.week_over) // 3 * 7)
        case "quarter":
            quarter = pl.min_horizontal(over // QUARTER_DAYS, 3)
            return first + pl.duration(days=quarter * QUARTER_DAYS)
        case _:
            return first
