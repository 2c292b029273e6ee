"""The periods rows are reckoned in, by the calendar of the company."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calendars import COMMON, Calendar, Grain
from data.errors import UsageError
from pipelines.mapping.periods import end_of, period_named, span_of, start_of
from tests.support.calendars import CALENDARS

GRAINS: list[Grain] = ["day", "week", "month", "quarter", "year"]


@given(
    first=st.dates(date(1990, 1, 1), date(2080, 1, 1)),
    grain=st.sampled_from(GRAINS),
    calendar=CALENDARS,
)
def test_rows_are_reckoned_in_the_periods_of_the_calendar(
    first: date, grain: Grain, calendar: Calendar
) -> None:
    days = pl.DataFrame({"day": [first + timedelta(days=n) for n in range(0, 800, 5)]})
    found = days.select(
        "day",
        first=start_of(pl.col("day"), grain, calendar),
        last=end_of(pl.col("day"), grain, calendar),
    )
    for day, start, end in found.iter_rows():
        assert start == calendar.start_of(day, grain)
        assert end + timedelta(days=1) == calendar.next_start(start, grain)


def test_a_period_no_calendar_of_months_has_is_named_by_its_days() -> None:
    period = period_named("2026-08-30--2026-09-26")
    assert period == span_of(date(2026, 8, 30), date(2026, 9, 26))
    for text in ("2026-09-26--2026-08-30", "2026-08-30--", "2026-08-30--soon"):
        with pytest.raises(UsageError, match="names no period"):
            period_named(text)


def test_a_quarter_begins_with_the_fiscal_year() -> None:
    days = pl.DataFrame({"day": [date(2026, 3, 31), date(2026, 8, 15)]})
    for calendar, starts in [
        (COMMON, [date(2026, 1, 1), date(2026, 7, 1)]),
        (Calendar(2), [date(2026, 2, 1), date(2026, 8, 1)]),
    ]:
        assert days.select(start_of(pl.col("day"), "quarter", calendar)).to_series().to_list() == (
            starts
        )
