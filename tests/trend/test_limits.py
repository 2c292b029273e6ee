from __future__ import annotations

import polars as pl
import pytest

from data.errors import UsageError
from tests.support.series import (
    ALTERNATING,
    a_spec,
    counted,
    counts,
    monthly,
    rules_of,
    summary_of,
    trend_of,
)

FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
"""Flow rate of ten batches, NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2."""

WAFERS = [16, 14, 28, 16, 12, 20, 10, 12, 10, 17, 19, 17, 14, 16, 15, 13, 14, 16, 11, 20]
WAFERS += [11, 19, 16, 31, 13]
"""Defects on 25 wafers, NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.1."""


def test_individuals_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    last = trend_of(monthly(FLOW)).points.row(-1, named=True)
    assert last["cl"] == pytest.approx(508.1 / 10)
    mean_range = (2.0 + 2.3 + 1.4 + 3.5 + 3.4 + 1.4 + 0.2 + 1.2 + 1.5) / 9
    assert last["ucl"] == pytest.approx(50.81 + 2.66 * mean_range)
    assert last["lcl"] == pytest.approx(50.81 - 2.66 * mean_range)
    assert last["url"] == pytest.approx(3.268 * mean_range)
    # The e-Handbook divides by 1.128 instead: 55.8041 and 45.8159, the same to a few thousandths.
    assert last["ucl"] == pytest.approx(55.8041, abs=0.003)
    assert last["lcl"] == pytest.approx(45.8159, abs=0.003)


def test_count_limits_are_three_roots_of_the_mean_of_the_first_twenty() -> None:
    points = trend_of(counts(WAFERS), kind="c", fixed=True).points
    last = points.row(-1, named=True)
    assert last["cl"] == 310 / 20
    assert last["ucl"] == pytest.approx(15.5 + 3 * 15.5**0.5)
    assert last["lcl"] == pytest.approx(15.5 - 3 * 15.5**0.5)
    outside = [i for i, rules in enumerate(points["rules"]) if "R1" in rules]
    assert [WAFERS[i] for i in outside] == [28, 31]


def test_share_limits_widen_where_fewer_were_counted() -> None:
    points = trend_of(counted([(5, 100), (20, 400)] * 6), kind="p", per=100).points
    few, many = points.row(0, named=True), points.row(1, named=True)
    assert few["cl"] == many["cl"] == pytest.approx(100 * 150 / 3000)
    assert many["ucl"] == pytest.approx(5 + 3 * 100 * (0.05 * 0.95 / 400) ** 0.5)
    assert few["ucl"] == pytest.approx(5 + 3 * 100 * (0.05 * 0.95 / 100) ** 0.5)


def test_rate_limits_follow_the_exposure() -> None:
    last = trend_of(counted([(9, 3000), (16, 4000)] * 6), kind="u", per=1000).points.row(
        -1, named=True
    )
    assert last["cl"] == pytest.approx(1000 * 150 / 42000)
    assert last["sigma"] == pytest.approx(1000 * (150 / 42000 / 4000) ** 0.5)


def test_limits_are_clipped_at_the_natural_bound() -> None:
    last = trend_of(counts([1, 3] * 6), kind="c").points.row(-1, named=True)
    assert (last["cl"], last["lcl"]) == (2.0, 0.0)
    shares = trend_of(counted([(39, 40), (40, 40)] * 6), kind="p", per=100).points
    assert shares["ucl"].to_list() == [100.0] * 12


def test_a_clipped_limit_cannot_signal() -> None:
    values = [*ALTERNATING, -3.0]
    unbounded = trend_of(monthly(values))
    assert unbounded.points["lcl"][-1] == pytest.approx(10 - 5.32)
    assert "R1" in rules_of(unbounded)[-1]
    bounded = trend_of(monthly(values), lower=5.0)
    assert bounded.points["lcl"][-1] == 5.0
    assert rules_of(bounded)[-1] == []


def test_a_point_exactly_on_a_limit_is_no_signal() -> None:
    on_the_line = 10 + 2.66 * 2
    assert rules_of(trend_of(monthly([*ALTERNATING, on_the_line])))[-1] == []
    assert rules_of(trend_of(monthly([*ALTERNATING, on_the_line + 1e-6])))[-1] == ["R1"]


@pytest.mark.parametrize(
    ("count", "kind", "has_line", "has_limits"),
    [
        (1, "none", False, False),
        (2, "none", False, False),
        (3, "none", True, False),
        (7, "none", True, False),
        (8, "trial", True, True),
        (11, "trial", True, True),
        (12, "provisional", True, True),
        (19, "provisional", True, True),
        (20, "firm", True, True),
        (21, "frozen", True, True),
    ],
)
def test_what_a_series_shows_depends_on_its_ok_points(
    count: int, kind: str, has_line: bool, has_limits: bool
) -> None:
    trends = trend_of(monthly(([9.0, 11.0] * 11)[:count]))
    last = trends.points.row(-1, named=True)
    assert last["limits_kind"] == trends.summaries["s"].limits_kind == kind
    assert (last["cl"] is not None) == has_line
    assert (last["ucl"] is not None) == (last["lcl"] is not None) == has_limits


def test_three_to_seven_points_have_their_median() -> None:
    assert trend_of(monthly([1.0, 2.0, 9.0])).points["cl"].to_list() == [2.0] * 3


def test_below_twelve_points_only_a_point_outside_is_a_signal() -> None:
    eleven = [10.0, 10.2, 9.8, 11.0, 11.2, 11.1, 11.0, 11.2, 11.1, 11.0, 11.2]
    assert {rule for rules in rules_of(trend_of(monthly(eleven))) for rule in rules} <= {"R1"}


def test_from_twelve_to_nineteen_points_a_run_is_only_watched() -> None:
    points = monthly([8.0, 9.0, 8.0, 9.0, 8.0, 9.0, 8.0, *([11.0, 10.5] * 4)])
    trends = trend_of(points, better="lower")
    assert trends.points["state"][-1] == "watch"
    summary = trends.summaries["s"]
    assert (summary.state, summary.is_watch, summary.rules) == ("common_cause", True, ("R2",))
    assert (
        "watch: 8 months above the centre line, 5 months before limits are firm" in summary.headline
    )


def test_later_points_never_move_frozen_limits() -> None:
    before = trend_of(monthly([*ALTERNATING, 9.0])).points
    after = trend_of(monthly([*ALTERNATING, 9.0, 40.0, 50.0, None, 60.0])).points
    for name in ("cl", "lcl", "ucl", "sigma"):
        assert after[name].head(21).equals(before[name])
    assert after["cl"].to_list() == [10.0] * 25
    assert after["limits_kind"].to_list() == ["firm"] * 20 + ["frozen"] * 5


def test_a_constant_series_has_limits_on_its_line_and_no_signal() -> None:
    trends = trend_of(monthly([0.1 + 0.2] * 30), better="lower")
    assert trends.points["ucl"].to_list() == pytest.approx([0.3] * 30)
    assert rules_of(trends) == [[]] * 30
    assert "no variation: the same in all 30 periods" in trends.summaries["s"].headline
    assert trends.summaries["s"].r1 is None


def test_a_change_after_a_constant_baseline_is_a_signal() -> None:
    assert rules_of(trend_of(monthly([*([0.0] * 20), 3.0])))[-1] == ["R1"]


def test_a_moving_range_needs_two_neighbouring_values() -> None:
    points = trend_of(monthly([1.0, 3.0, None, 9.0, 8.0])).points
    assert points["mr"].to_list() == [None, 2.0, None, None, 1.0]


def test_a_period_the_input_skips_is_a_missing_one() -> None:
    points = monthly([1.0, 2.0, 3.0, 4.0])[[0, 1, 3]]
    trends = trend_of(points)
    assert trends.points["status"].to_list() == ["ok", "ok", "missing", "ok"]
    assert trends.points["mr"].to_list() == [None, 1.0, None, None]
    assert trends.summaries["s"].missing == ("March 2023: missing",)


def test_a_zero_denominator_is_a_gap_with_its_reason() -> None:
    trends = trend_of(counted([(1, 10), (0, 0), (2, 10)]), kind="p", per=100)
    assert trends.points["value"].to_list() == [10.0, None, 20.0]
    assert trends.points["status"][1] == "no_opportunity"
    assert trends.summaries["s"].missing == ("February 2023: no opportunity",)


def test_more_hits_than_tries_is_invalid_and_not_a_value() -> None:
    points = trend_of(counted([(1, 10), (11, 10), (-1, 10)]), kind="p").points
    assert points["status"].to_list() == ["ok", "invalid", "invalid"]
    assert points["value"].to_list() == [0.1, None, None]


def test_periods_that_go_back_and_periods_twice_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="'s' goes back from 2023-02-01 to 2023-01-01"):
        trend_of(monthly([1.0, 2.0])[[1, 0]])
    with pytest.raises(UsageError, match="'s' has 2023-02-01 twice"):
        trend_of(monthly([1.0, 2.0])[[0, 1, 1]])


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("xmr", monthly([1.0, float("inf")])),
        ("xmr", monthly([1.0, float("nan")])),
        ("c", monthly([1.0, -1.0])),
        ("c", counts([1, -1])),
        ("t", monthly([1.0, -1.0])),
        ("g", monthly([1.0, -1.0])),
        ("u", counted([(1, 10), (-1, 10)])),
        ("u", counted([(1, 10), (1, -10)])),
        ("u", counted([(1, 10), (float("nan"), 10)])),
        ("p", counted([(1, 10), (11, 10)])),
    ],
)
def test_what_cannot_be_is_invalid_and_named(kind: str, points: pl.DataFrame) -> None:
    trends = trend_of(points, kind=kind)
    assert trends.points["status"].to_list() == ["ok", "invalid"]
    assert trends.points["value"][1] is None
    assert trends.summaries["s"].missing == ("February 2023: invalid",)


def test_the_open_month_is_kept_without_lines_and_never_tested() -> None:
    trends = trend_of(monthly([*ALTERNATING, 99.0], partial=1), better="lower")
    last = trends.points.row(-1, named=True)
    assert (last["value"], last["cl"], last["ucl"], last["state"]) == (99.0, None, None, "untested")
    assert trends.summaries["s"].latest_value == 11.0
    assert trends.summaries["s"].state == "common_cause"


def test_a_jump_inside_the_baseline_is_said_to_widen_the_limits() -> None:
    said = summary_of(monthly([*([9.0, 10.0] * 8), 30.0, 9.0])).note
    assert "limits inflated by" in said
    assert "exclude its point, or begin a phase there if the new level stayed" in said
    assert a_spec().lower is None
