"""Which periods count before and after an action, and the charts a claim is read by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest

from metrics.trend import ChartKind, TrendSpec, analyse
from metrics.trend.gaps import gaps
from metrics.trend.verdict import Claim, Judgement, judge
from tests.support.series import a_spec, counted, month, monthly

LATER = date(2030, 1, 1)
ACTION = Claim(month(24), worthwhile=2.0)
STEADY, LOWER = [9.0, 11.0] * 12, [6.0, 7.0] * 4


def judged(points: pl.DataFrame, claim: Claim = ACTION, **spec: object) -> Judgement:
    how = a_spec(**({"better": "lower"} | spec))
    return judge(analyse(points, {"s": how}).points, how, claim, LATER)


@pytest.mark.parametrize("chart", ["p", "u", "p-prime", "u-prime"])
def test_every_chart_of_counts_is_judged_by_its_own_limits(chart: ChartKind) -> None:
    wide = [(150 + 30 * (-1) ** at, 1000) for at in range(24)]
    points = counted([*wide, *[(60 + 20 * (-1) ** at, 1000) for at in range(8)]])
    found = judged(points, kind=chart, fixed=True, per=100, better="lower")
    assert found.verdict == "effective"
    assert (found.level_before, found.level_after) == pytest.approx((15, 6))
    assert found.dispersion is not None
    assert found.dispersion > 1


def test_values_are_weighted_where_the_chart_weighs_them() -> None:
    rows = monthly([*STEADY, *LOWER])
    weights = [100.0, 300.0] * 16
    found = judged(rows.with_columns(n=pl.Series(weights)), kind="i-prime", fixed=True)
    # 9 with weight 1 and 11 with 3: 10.5; 6 and 7 likewise: 6.75.
    assert (found.level_before, found.level_after) == pytest.approx((10.5, 6.75))
    assert found.verdict == "effective"


def test_missing_periods_and_excluded_points_are_on_neither_side() -> None:
    values = [*STEADY, 7.0, None, *LOWER]
    rows = monthly(values).with_columns(ghost=pl.col("period") == month(3))
    found = judged(rows)
    assert (found.before, found.after) == (23, 9)


def test_an_open_month_is_not_judged() -> None:
    assert judged(monthly([*STEADY, *LOWER], partial=1)).after == 7


def test_a_gap_of_two_months_breaks_a_run_after_the_action_as_anywhere() -> None:
    unbroken = judged(monthly([*STEADY, *[9.8] * 8]))
    broken = judged(monthly([*STEADY, *[9.8] * 4, None, None, *[9.8] * 4]))
    assert (unbroken.has_signal, broken.has_signal) == (True, False)


def test_the_months_of_the_trouble_are_not_what_it_is_compared_with() -> None:
    values = [*[9.0, 11.0] * 11, 18.0, 19.0, *LOWER]
    told = replace(ACTION, trigger=(month(22), month(23)))
    assert judged(monthly(values)).level_before == pytest.approx((11 * 20 + 18 + 19) / 24)
    assert judged(monthly(values), told).level_before == 10


def test_weeks_are_counted_as_weeks() -> None:
    monday = date(2024, 1, 1)
    weeks = [monday + timedelta(weeks=at) for at in range(32)]
    rows = pl.DataFrame(
        {"series": "s", "period": weeks, "value": [*STEADY, *LOWER], "status": "ok"}
    )
    claim = Claim(weeks[23] + timedelta(days=2), worthwhile=2.0, lag=1)
    found = judged(rows, claim, grain="week")
    # Done on a Wednesday: that week is on neither side, the next is the lag.
    assert (found.before, found.after, found.after_from) == (23, 7, weeks[25])


def test_a_process_that_was_nowhere_steady_is_not_assessable() -> None:
    # 5 and 45 in turn on a u-chart, fixed in the definition: all 24 lie outside 25 ± 3 x 5.
    found = judged(counted([(5, 1000), (45, 1000)] * 12 + [(1, 1000)] * 8), kind="u", fixed=True)
    assert found.verdict == "not_assessable"
    assert found.why == "the periods before the action have no steady level to compare with"


def rare(days: list[int], until: int, claim: Claim) -> Judgement:
    """Return the verdict on events so many days after 2020 began, read by the gaps between them."""
    start = date(2020, 1, 1)
    events = pl.DataFrame({"day": [start + timedelta(days=day) for day in days], "amount": 1})
    none = events.clear()
    spec = TrendSpec("Falls", "falls", kind="u", better="lower")
    found = gaps(events, none, spec, start + timedelta(days=until))
    assert found is not None
    return judge(found.points, found.spec, claim, LATER)


def test_gaps_between_rare_events_are_compared_by_their_ratio() -> None:
    before = [*range(0, 240, 10)]
    after = [265 + 40 * at for at in range(9)]
    found = rare([*before, *after], until=600, claim=Claim(date(2020, 8, 28)))
    # Day 240 is 28 August: the gap that was open then is on neither side. Eight of 40 days ended,
    # 15 days of the next have passed: 335 days for 8 events against 10 days an event.
    assert (found.before, found.after, found.method) == (23, 8, "gaps")
    assert (found.level_before, found.level_after) == (10, 335 / 8)
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(4.1875)
    assert found.verdict == "effective"


def test_no_event_since_has_a_lower_end_and_is_too_early_by_number() -> None:
    found = rare([*range(0, 240, 10)], until=640, claim=Claim(date(2020, 8, 28)))
    assert (found.verdict, found.after) == ("too_early", 0)
