"""A calendar that was changed in clause9.toml while figures are still cut by the one before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboard.company import definition_history
from dashboard.company.opened import Company
from metrics.periods import Calendar, Grain, Period, grid, label_of, period_of
from metrics.trend.wording import listed

WAY_OUT = (
    "See what it changes: clause9 compute --dry-run. Put it in force: clause9 compute. Until then "
    "these figures, and what a publish adds to them, are by the calendar before."
)


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
