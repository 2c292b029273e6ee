"""Stretches of time longer than a metric's own period: quarters, halves, years, or any two days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Literal, get_args

from data.errors import UsageError
from metrics.periods import COMMON, MONTH_NAMES, Calendar, Grain, Period, grid, period_of

Per = Literal["day", "week", "month", "quarter", "half-year", "year"]
"""What one figure may be of; the metric's own period, or a longer one made of several."""

PERS: tuple[Per, ...] = get_args(Per)
"""Shortest first."""


def longer(period: Grain) -> tuple[Per, ...]:
    """Return the metric's own period and every one that can be made of several of it."""
    return PERS[PERS.index(period) :]


def checked_per(word: str, period: Grain) -> Per:
    """Return the word as a length of period; UsageError for an unknown one or a shorter one."""
    possible = longer(period)
    for each in possible:
        if each == word:
            return each
    known = ", ".join(possible)
    if word in PERS:
        raise UsageError(f"It is kept by {period}, and a {word} is shorter. Possible are {known}.")
    raise UsageError(f"'{word}' is no length of period. Possible are {known}.")


def stretches(first: date, last: date, per: Per, calendar: Calendar = COMMON) -> tuple[Period, ...]:
    """Return every period of this length from the one that holds `first` to that of `last`.

    Halves are two quarters of the company's own year.
    """
    if per != "half-year":
        return grid(first, last, per, calendar)
    found = [
        half for year in grid(first, last, "year", calendar) for half in _halves(year, calendar)
    ]
    return tuple(each for each in found if each.end >= first and each.start <= last)


def _halves(year: Period, calendar: Calendar) -> tuple[Period, Period]:
    middle = grid(year.start, year.end, "quarter", calendar)[2].start
    return (
        Period(year.start, middle - timedelta(days=1), f"H1 {year.label}"),
        Period(middle, year.end, f"H2 {year.label}"),
    )


def parts_of(stretch: Period, period: Grain, calendar: Calendar = COMMON) -> tuple[Period, ...]:
    """Return the periods that start within the stretch, in order.

    A week belongs to the month, quarter or year in which it begins.
    """
    found = grid(stretch.start, stretch.end, period, calendar)
    return tuple(each for each in found if each.start >= stretch.start)


def window(from_on: date, to_on: date) -> Period:
    """Return the days, both included, under the shortest true label."""
    return Period(from_on, to_on, span(from_on, to_on))


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


def day_in_words(on: date) -> str:
    """Return "3 March 2026"."""
    return period_of(on, "day").label


def span(from_on: date, to_on: date) -> str:
    """Return the shortest true words for a stretch of days: "Q3 2026", "May to October 2026"."""
    if from_on.day != 1 or to_on.day != monthrange(to_on.year, to_on.month)[1]:
        return f"{day_in_words(from_on)} to {day_in_words(to_on)}"
    months = (to_on.year - from_on.year) * 12 + to_on.month - from_on.month + 1
    if months == 12 and from_on.month == 1:
        return f"{from_on.year}"
    if months == 3 and from_on.month % 3 == 1:
        return f"Q{from_on.month // 3 + 1} {from_on.year}"
    if months == 1:
        return f"{_month(from_on)} {from_on.year}"
    same_year = from_on.year == to_on.year
    start = _month(from_on) if same_year else f"{_month(from_on)} {from_on.year}"
    return f"{start} to {_month(to_on)} {to_on.year}"


def _month(on: date) -> str:
    return MONTH_NAMES[on.month - 1]
