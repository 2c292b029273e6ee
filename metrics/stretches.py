"""Stretches of time longer than a metric's own period: quarters, halves, years, or any two days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, get_args

from data.errors import UsageError
from metrics.periods import COMMON, MONTH_NAMES, Calendar, Grain, Period, grid, label_of, period_of

Per = Literal["day", "week", "month", "quarter", "half-year", "year"]
"""What one figure may be of; the metric's own period, or a longer one made of several."""

PERS: tuple[Per, ...] = get_args(Per)
"""Shortest first."""


def longer(period: Grain) -> tuple[Per, ...]:
    """Return the metric's own period and every one that can be made of several of it."""
    return PERS[PERS.index(period) :]


def grains_from(period: Grain) -> tuple[Grain, ...]:
    """Return the metric's own period and the longer ones that a calendar has a name for."""
    grains: tuple[Grain, ...] = get_args(Grain)
    return grains[grains.index(period) :]


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


def window(from_on: date, to_on: date, calendar: Calendar = COMMON) -> Period:
    """Return the days, both included, under the shortest true label."""
    return Period(from_on, to_on, span(from_on, to_on, calendar))


def before(period: Period, calendar: Calendar = COMMON) -> Period:
    """Return the stretch of the same length that ends the day before the period starts.

    Whole months stay whole months: before Q3 comes Q2, not 92 days. So do months of whole weeks.
    """
    ends = period.start - timedelta(days=1)
    if calendar.is_of_weeks:
        return _before_in_weeks(period, ends, calendar)
    is_whole = period.start.day == 1 and (period.end + timedelta(days=1)).day == 1
    if not is_whole:
        return window(ends - (period.end - period.start), ends, calendar)
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
    first = period.start.year * 12 + period.start.month - 1 - months
    return window(date(first // 12, first % 12 + 1, 1), ends, calendar)


def _before_in_weeks(period: Period, ends: date, calendar: Calendar) -> Period:
    for grain in _WHOLE:
        if _is(period.start, period.end, grain, calendar):
            return window(calendar.start_of(ends, grain), ends, calendar)
    months = grid(period.start, period.end, "month", calendar)
    if (months[0].start, months[-1].end) != (period.start, period.end):
        return window(ends - (period.end - period.start), ends, calendar)
    first = period.start
    for _ in months:
        first = calendar.start_of(first - timedelta(days=1), "month")
    return window(first, ends, calendar)


def day_in_words(on: date) -> str:
    """Return "3 March 2026"."""
    return period_of(on, "day").label


_WHOLE: tuple[Grain, ...] = ("year", "quarter", "month")
"""What a stretch may be one of, longest first."""


def span(from_on: date, to_on: date, calendar: Calendar = COMMON) -> str:
    """Return the shortest true words for a stretch of days: "Q3 2026", "May to October 2026"."""
    for grain in _WHOLE:
        if _is(from_on, to_on, grain, calendar):
            return label_of(from_on, grain, calendar)
    if calendar.is_of_weeks:
        first, last = (period_of(day, "month", calendar) for day in (from_on, to_on))
        if (first.start, last.end) == (from_on, to_on):
            return f"{first.label} to {last.label}"
    if calendar.is_of_weeks or from_on.day != 1 or (to_on + timedelta(days=1)).day != 1:
        return f"{day_in_words(from_on)} to {day_in_words(to_on)}"
    same_year = from_on.year == to_on.year
    start = _month(from_on) if same_year else f"{_month(from_on)} {from_on.year}"
    return f"{start} to {_month(to_on)} {to_on.year}"


def _is(from_on: date, to_on: date, grain: Grain, calendar: Calendar) -> bool:
    """Whether the days are just one period of the calendar."""
    own = period_of(from_on, grain, calendar)
    return (own.start, own.end) == (from_on, to_on)


def _month(on: date) -> str:
    return MONTH_NAMES[on.month - 1]
