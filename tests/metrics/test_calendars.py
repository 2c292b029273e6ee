"""Years of whole weeks, weeks from any day: where periods begin, and what hashes cover of it."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calendars import COMMON, Calendar, Grain
from metrics.evaluate import cells_of
from metrics.model import Metric
from metrics.periods import grid, label_of, period_of
from tests.support.calendars import CALENDARS, LATE_SEPTEMBER, RETAIL, starts_laid_out
from tests.support.facts import TABLES, Facts, a_complaint

OF_WEEKS = [
    RETAIL,
    LATE_SEPTEMBER,
    Calendar(1, "4-4-5", "last", "sunday"),
    Calendar(1, "5-4-4", "nearest", "monday"),
    Calendar(4, "4-5-4", "last", "saturday"),
    Calendar(7, "5-4-4", "last", "friday"),
]
DEFINITION = {
    "name": "complaint_count",
    "title": "Complaints",
    "why": "Because.",
    "unit": "complaints",
    "better": "lower",
    "process": "quality",
    "measure": {"kind": "count", "numerator": {"table": "complaints"}},
}
COUNTED = Metric.model_validate(DEFINITION)

GRAINS: list[Grain] = ["day", "week", "month", "quarter", "year"]


@pytest.mark.parametrize("calendar", OF_WEEKS, ids=str)
@pytest.mark.parametrize("grain", ["week", "month", "quarter", "year"])
def test_every_day_of_forty_years_is_in_the_one_period_laid_out_for_it(
    calendar: Calendar, grain: Grain
) -> None:
    starts = list(starts_laid_out(calendar, grain, 1999, 2041))
    day = date(2000, 6, 1)
    while day < date(2040, 6, 1):
        index = bisect_right(starts, day) - 1
        assert calendar.start_of(day, grain) == starts[index]
        assert calendar.next_start(starts[index], grain) == starts[index + 1]
        day += timedelta(days=1)


@pytest.mark.parametrize("calendar", OF_WEEKS, ids=str)
@pytest.mark.parametrize("grain", GRAINS)
def test_the_grid_has_no_hole_no_overlap_and_no_label_twice(
    calendar: Calendar, grain: Grain
) -> None:
    periods = grid(date(2015, 1, 1), date(2032, 1, 1), grain, calendar)
    assert all(a.end + timedelta(days=1) == b.start for a, b in pairwise(periods))
    assert len({period.label for period in periods}) == len(periods)


@pytest.mark.parametrize(
    ("calendar", "day", "grain", "start", "end", "label"),
    [
        # The retailers' published calendar: 2023 has 53 weeks, January 2024 five of them.
        (RETAIL, "2023-06-01", "year", "2023-01-29", "2024-02-03", "FY 2023/24"),
        (RETAIL, "2024-02-03", "month", "2023-12-31", "2024-02-03", "P12 FY 2023/24"),
        (RETAIL, "2024-02-04", "month", "2024-02-04", "2024-03-02", "P01 FY 2024/25"),
        (RETAIL, "2023-12-01", "quarter", "2023-10-29", "2024-02-03", "Q4 FY 2023/24"),
        (RETAIL, "2024-02-01", "week", "2024-01-28", "2024-02-03", "Week 53, FY 2023/24"),
        # A year from 25 September 2022 to 30 September 2023: 53 weeks.
        (LATE_SEPTEMBER, "2023-09-30", "year", "2022-09-25", "2023-09-30", "FY 2022/23"),
        (LATE_SEPTEMBER, "2023-09-30", "month", "2023-08-20", "2023-09-30", "P12 FY 2022/23"),
        (LATE_SEPTEMBER, "2023-10-01", "quarter", "2023-10-01", "2023-12-30", "Q1 FY 2023/24"),
        # 31 December 2022 is a Saturday: the year that ends on it is the last before January.
        (OF_WEEKS[2], "2023-01-01", "year", "2023-01-01", "2023-12-30", "FY 2023"),
        (OF_WEEKS[2], "2022-12-31", "month", "2022-11-20", "2022-12-31", "P12 FY 2022"),
        (Calendar(week_start="sunday"), "2026-10-07", "week", "2026-10-04", "2026-10-10",
         "Week of 4 October 2026"),
    ],
)  # fmt: skip
def test_periods_of_known_calendars(
    calendar: Calendar, day: str, grain: Grain, start: str, end: str, label: str
) -> None:
    period = period_of(date.fromisoformat(day), grain, calendar)
    assert (period.start.isoformat(), period.end.isoformat(), period.label) == (start, end, label)


@pytest.mark.parametrize("calendar", [*OF_WEEKS, Calendar(5, week_start="sunday")], ids=str)
@pytest.mark.parametrize("grain", GRAINS)
def test_queries_begin_periods_where_the_calendar_does(calendar: Calendar, grain: Grain) -> None:
    days = [date(2019, 1, 1) + timedelta(days=n) for n in range(2600)]
    warehouse = Facts().fill(complaints=[a_complaint(received_on=day) for day in days])
    metric = COUNTED.model_copy(update={"period": grain})
    with warehouse.read() as reader:
        cells = cells_of(reader, [metric], TABLES, calendar=calendar)
    counted = {row["period"]: int(row["numerator"]) for row in cells.iter_rows(named=True)}
    expected: dict[date, int] = {}
    for day in days:
        start = period_of(day, grain, calendar).start
        expected[start] = expected.get(start, 0) + 1
    assert counted == expected


def hash_in(calendar: Calendar, grain: Grain) -> str:
    metric = Metric.model_validate(DEFINITION | {"period": grain})
    return metric.counted_in(calendar).definition_hash


@settings(max_examples=100, deadline=None)
@given(one=CALENDARS, other=CALENDARS, grain=st.sampled_from(GRAINS[1:]))
def test_a_definition_has_another_hash_just_where_periods_have_other_days(
    one: Calendar, other: Calendar, grain: Grain
) -> None:
    first, last = date(2000, 1, 1), date(2012, 1, 1)
    same = [p.start for p in grid(first, last, grain, one)] == [
        p.start for p in grid(first, last, grain, other)
    ]
    assert (hash_in(one, grain) == hash_in(other, grain)) == same


def test_the_common_calendar_leaves_every_hash_as_it_was() -> None:
    metric = COUNTED
    assert "calendar" not in metric.counted_in(COMMON).canonical_json
    assert hash_in(Calendar(4), "month") == metric.definition_hash


def test_a_stored_definition_keeps_the_calendar_it_was_computed_in() -> None:
    metric = COUNTED.counted_in(RETAIL)
    again = Metric.model_validate_json(metric.canonical_json)
    assert (again.calendar, again.definition_hash) == (RETAIL, metric.definition_hash)


def test_labels_of_a_narrowed_calendar_are_not_needed_for_its_days() -> None:
    assert label_of(date(2026, 4, 1), "quarter", Calendar(4)) == "Q1 FY 2026/27"
    assert Calendar(4).narrowed("quarter") == COMMON
