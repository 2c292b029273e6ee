"""A calendar that was changed in clause9.toml while figures are still cut by the one before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from dashboard.company import definition_history
from dashboard.company.opened import Company
from data.calendars import WEEKDAYS
from metrics.model import Metric
from metrics.periods import MONTH_NAMES, Calendar, Grain, Period, grid, label_of, period_of
from metrics.trend.wording import listed

WAY_OUT = (
    "See what it changes: clause9 compute --dry-run. Put it in force: clause9 compute. Until then "
    "these figures, and what a publish adds to them, are by the calendar before."
)

_KEY = re.compile(r"(measure\.parts\.[^.]+\.)*calendar\.[^.]+")
"""A key of the calendar in a definition, its own or that of a part of a formula."""


def is_calendar(key: str) -> bool:
    """Whether a key of a definition is one of its calendar, which is the same for all."""
    return _KEY.fullmatch(key) is not None


def moved(pairs: Iterable[tuple[Metric, Metric]]) -> Iterator[str]:
    """Yield, of definitions before and after, one sentence for each length of period cut anew.

    It says what the calendar was, what it is, and which metrics that touches.
    """
    found: dict[tuple[Grain, Calendar, Calendar], list[str]] = {}
    for before, after in pairs:
        grain = after.period
        was, now = (each.calendar.narrowed(grain) for each in (before, after))
        if before.period == grain and was != now:
            found.setdefault((grain, was, now), []).append(after.name)
    for (grain, was, now), names in found.items():
        many = "1 metric" if len(names) == 1 else f"{len(names)} metrics"
        yield (
            f"The calendar changed from {_cut(was, grain)} to {_cut(now, grain)}: it touches "
            f"{many} by {grain} ({listed(names, len(names))})."
        )


def _cut(calendar: Calendar, grain: Grain) -> str:
    """Return how a calendar cuts time into periods of a length: "months", "4-4-5 periods ..."."""
    begins = MONTH_NAMES[calendar.fiscal_year_start - 1]
    if grain == "week":
        return f"weeks that begin on {calendar.week_start.capitalize()}"
    if calendar.is_of_weeks:
        day = WEEKDAYS[WEEKDAYS.index(calendar.week_start) - 1].capitalize()
        of = f"{calendar.pattern} periods" if grain == "month" else f"{grain}s"
        end = MONTH_NAMES[calendar.fiscal_year_start - 2]
        last = f"last {day} of" if calendar.year_end == "last" else f"{day} nearest the end of"
        return f"{of} of weeks in years that begin after the {last} {end}"
    return "months" if grain == "month" else f"{grain}s of months that begin in {begins}"


def warnings(company: Company) -> list[dict[str, Any]]:
    """Return one warning for each length of period whose days a pending calendar changes."""
    found: dict[tuple[Grain, Calendar], list[str]] = {}
    calendar = company.defined.calendar
    for name, change in definition_history.pending(company).items():
        grain, before = change.after.period, change.before.calendar
        if before.narrowed(grain) != calendar.narrowed(grain):
            found.setdefault((grain, before), []).append(name)
    return [
        {
            "file": "clause9.toml",
            "metric": "",
            "rule": "calendar",
            "sentence": " ".join(_told(company, grain, before, names)),
            "way_out": WAY_OUT,
            "other": "",
        }
        for (grain, before), names in found.items()
    ]


def _told(company: Company, grain: Grain, before: Calendar, names: list[str]) -> Iterator[str]:
    """Yield what is changed: for whom, in how many periods of the year under way, and the first."""
    calendar = company.defined.calendar
    whose = listed(names[:3]) if len(names) < 4 else f"{len(names)} metrics"
    yield f"The calendar was changed: periods by {grain} have other days ({whose})."
    year = period_of(company.as_of, "year", calendar)
    was = period_of(company.as_of, "year", before)
    if year.start != was.start and grain != "week":
        yield f"The year under way began on {_day(was)} and begins on {_day(year)}."
    if grain == "year":
        return
    now = grid(year.start, year.end, grain, calendar)
    then = grid(year.start, year.end, grain, before)
    spans = {(each.start, each.end) for each in then}
    others = [each for each in now if (each.start, each.end) not in spans]
    if others:
        first = others[0]
        kept = [each for each in then if each.start <= first.end and each.end >= first.start]
        many = f"all {len(now)}" if len(others) == len(now) else f"{len(others)} of {len(now)}"
        yield (
            f"In {year.label} that is {many}; the first, {_with_days(first)}, was "
            f"{listed([_with_days(each) for each in kept])}."
        )


def _with_days(period: Period) -> str:
    """Return "P01 FY 2026 (28 December 2025 to 24 January 2026)"; a month's name says its days."""
    if period == period_of(period.start, "month"):
        return period.label
    return f"{period.label} ({_day(period)} to {label_of(period.end, 'day')})"


def _day(period: Period) -> str:
    return label_of(period.start, "day")
