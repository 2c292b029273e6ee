"""Periods: which one a day is in, and what it is called."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.periods import Calendar, Grain, grid, period_of
from tests.support.calendars import CALENDARS


@pytest.mark.parametrize(
    ("day", "grain", "fiscal_year_start", "start", "end", "label"),
    [
        ("2026-10-07", "day", 1, "2026-10-07", "2026-10-07", "7 October 2026"),
        ("2026-10-07", "week", 1, "2026-10-05", "2026-10-11", "Week 41, 2026"),
        ("2027-01-02", "week", 1, "2026-12-28", "2027-01-03", "Week 53, 2026"),
        ("2024-02-29", "month", 1, "2024-02-01", "2024-02-29", "February 2024"),
        ("2026-12-31", "month", 1, "2026-12-01", "2026-12-31", "December 2026"),
        ("2026-08-15", "quarter", 1, "2026-07-01", "2026-09-30", "Q3 2026"),
        ("2026-01-31", "quarter", 4, "2026-01-01", "2026-03-31", "Q4 FY 2025/26"),
        ("2026-01-31", "quarter", 2, "2025-11-01", "2026-01-31", "Q4 FY 2025/26"),
        ("2026-12-31", "year", 1, "2026-01-01", "2026-12-31", "2026"),
        ("2026-03-31", "year", 4, "2025-04-01", "2026-03-31", "FY 2025/26"),
        ("2099-12-01", "year", 10, "2099-10-01", "2100-09-30", "FY 2099/00"),
    ],
)
def test_the_period_of_a_day(
    day: str, grain: Grain, fiscal_year_start: int, start: str, end: str, label: str
) -> None:
    period = period_of(date.fromisoformat(day), grain, Calendar(fiscal_year_start))
    assert (period.start.isoformat(), period.end.isoformat(), period.label) == (start, end, label)


def test_the_grid_has_every_period_between_two_days() -> None:
    labels = [period.label for period in grid(date(2025, 12, 31), date(2026, 2, 1), "month")]
    assert labels == ["December 2025", "January 2026", "February 2026"]


def test_the_grid_is_empty_backwards() -> None:
    assert grid(date(2026, 2, 1), date(2026, 1, 31), "month") == ()


GRAINS: list[Grain] = ["day", "week", "month", "quarter", "year"]


@given(
    day=st.dates(date(1950, 1, 1), date(2150, 1, 1)),
    grain=st.sampled_from(GRAINS),
    calendar=CALENDARS,
)
def test_every_day_is_in_just_one_period(day: date, grain: Grain, calendar: Calendar) -> None:
    period = period_of(day, grain, calendar)
    assert period.holds(day)
    ends = (period_of(edge, grain, calendar) for edge in (period.start, period.end))
    assert all(other == period for other in ends)
