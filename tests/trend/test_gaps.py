"""Rare events one by one: the gaps between them, the one that still runs, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
import pytest

from metrics.periods import period_of
from metrics.trend import Gaps, TrendSpec, gaps

FIRST = date(2024, 1, 1)
SPEC = TrendSpec("Injuries", "injuries", better="lower")
NONE = pl.DataFrame(schema={"day": pl.Date, "amount": pl.Float64})

STEADY = [30, 21, 44, 12, 38, 25, 19, 33, 27, 16]
"""Days between eleven events; their median is 26."""


def events(between: Sequence[int]) -> pl.DataFrame:
    """Return one event on FIRST and one after each of these numbers of days."""
    days = [FIRST]
    for gap in between:
        days.append(days[-1] + timedelta(days=gap))
    each = pl.DataFrame({"day": days, "amount": 1})
    return each.group_by("day", maintain_order=True).agg(pl.col("amount").sum())


def told(between: Sequence[int], running: int, opportunities: pl.DataFrame = NONE) -> Gaps:
    found = events(between)
    last: date = found["day"][-1]
    answer = gaps(found, opportunities, SPEC, last + timedelta(days=running))
    assert answer is not None
    return answer


def test_a_gap_for_every_event_but_the_first_and_one_that_still_runs() -> None:
    points = told([30, 21], running=9).points
    assert points["value"].to_list() == [30, 21, 9]
    assert points["status"].to_list() == ["ok", "ok", "partial"]
    assert points["period"].to_list() == [date(2024, 1, 31), date(2024, 2, 21), date(2024, 3, 1)]


def test_few_events_are_told_without_limits() -> None:
    found = told([30, 21, 44], running=9)
    assert found.summary.headline == (
        "4 events in all, usually 30 days between two; 9 days since the last one on 5 Apr 2024; "
        "5 more until trial limits."
    )
    assert found.summary.state == "too_few_points"
    assert told([], running=9).summary.headline.startswith("1 event in all; 9 days since")


def test_the_running_gap_moves_no_limit() -> None:
    short, long = told(STEADY, running=1), told(STEADY, running=90)
    assert short.summary.upper_limit == long.summary.upper_limit
    assert short.summary.centre == long.summary.centre


def test_a_running_gap_beyond_the_limit_is_better_where_events_are_bad() -> None:
    limit = told(STEADY, running=1).summary.upper_limit
    assert limit is not None
    below, beyond = told(STEADY, running=int(limit)), told(STEADY, running=int(limit) + 1)
    assert below.summary.state == "common_cause"
    assert (beyond.summary.state, beyond.summary.rules) == ("improvement", ("R1",))
    assert beyond.summary.headline == (
        f"Better: {int(limit) + 1} days since the last one on 22 Sep 2024, "
        f"longer than the upper limit of {limit:.0f}."
    )


def test_events_that_come_faster_are_a_concern_since_the_first_of_them() -> None:
    between = [*STEADY, *STEADY, 3, 2, 4, 1, 3, 2, 5, 2, 3]
    summary = told(between, running=3).summary
    assert (summary.state, summary.side) == ("concern", -1)
    # The run of short gaps begins with the first of them: after 530 days of steady ones.
    assert summary.since is not None
    assert summary.since >= FIRST + timedelta(days=sum(STEADY) * 2)
    assert summary.headline.startswith("Worse since ")


def test_two_events_of_one_day_make_a_g_chart_of_days() -> None:
    found = told([30, 0, 21], running=1)
    assert (found.spec.kind, found.points["value"].to_list()) == ("g", [30, 0, 21, 1])
    assert told([30, 21], running=1).spec.kind == "t"


def test_what_lies_between_is_counted_in_opportunities_where_they_are_known_by_day() -> None:
    days = pl.date_range(FIRST, FIRST + timedelta(days=99), "1d", eager=True)
    handled = pl.DataFrame({"day": days, "amount": 10.0})
    found = told([30, 21], running=9, opportunities=handled)
    assert found.spec.unit == "opportunities between two"
    assert found.points["value"].to_list() == [300, 210, 90]
    monthly = handled.filter(pl.col("day").dt.day() == 1)
    assert told([30, 21], running=9, opportunities=monthly).spec.unit == "days between two"


def test_a_gap_over_a_month_without_figures_is_missing() -> None:
    february = period_of(date(2024, 2, 1), "month")
    found = gaps(events([10, 50, 20]), NONE, SPEC, date(2024, 3, 31), [february])
    assert found is not None
    # From 11 January to 1 March: February lies in it, and nobody knows what happened there.
    assert found.points["value"].to_list() == [10, None, 20, 10]
    assert found.points["status"].to_list() == ["ok", "missing", "ok", "partial"]


def test_a_running_gap_over_a_month_without_figures_is_not_known() -> None:
    february = period_of(date(2024, 2, 1), "month")
    found = gaps(events([10]), NONE, SPEC, date(2024, 2, 29), [february])
    assert found is not None
    assert found.running is None
    assert "the last one known was on 11 Jan 2024, and figures are missing since" in (
        found.summary.headline
    )


@pytest.mark.parametrize(
    "amounts", [[0.5, 1.0], [-1.0, 2.0], [2001.0, 1.0]], ids=["halves", "negative", "many"]
)
def test_what_are_no_single_events_has_no_gaps(amounts: list[float]) -> None:
    given = pl.DataFrame({"day": [FIRST, FIRST + timedelta(days=1)], "amount": amounts})
    assert gaps(given, NONE, SPEC, FIRST + timedelta(days=9)) is None
    assert gaps(given.clear(), NONE, SPEC, FIRST) is None
