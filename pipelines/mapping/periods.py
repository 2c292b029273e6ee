"""Periods as people name them on a submission: 2026, 2026-Q3, 2026-09, 2026-W36, 2026-09-30."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from data.errors import UsageError

Cadence = Literal["day", "week", "month", "quarter", "year"]

_EVERY: dict[Cadence, str] = {
    "day": "1d",
    "week": "1w",
    "month": "1mo",
    "quarter": "1q",
    "year": "1y",
}


@dataclass(frozen=True)
class Period:
    """A stretch of days, both ends included."""

    label: str
    first: date
    last: date


def period_named(text: str) -> Period:
    """Return the period `text` names; UsageError for anything else."""
    match = re.fullmatch(r"(\d{4})(?:-(?:Q([1-4])|W(\d{2})|(\d{2})(?:-(\d{2}))?))?", text.strip())
    sentence = f"'{text}' names no period. Write 2026, 2026-Q3, 2026-09, 2026-W36 or 2026-09-30."
    if match is None:
        raise UsageError(sentence)
    try:
        return _period(text.strip(), match)
    except ValueError as error:
        raise UsageError(sentence) from error


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


def start_of(days: pl.Expr, cadence: Cadence) -> pl.Expr:
    """Return the first day of the period each day (Date) lies in; weeks start on Monday."""
    return days.dt.truncate(_EVERY[cadence])


def end_of(days: pl.Expr, cadence: Cadence) -> pl.Expr:
    """Return the last day of the period each day (Date) lies in."""
    return start_of(days, cadence).dt.offset_by(_EVERY[cadence]).dt.offset_by("-1d")
