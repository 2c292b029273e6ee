"""Phases and freezing: what stays, what starts again, and that nothing crosses a boundary."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from data.errors import UsageError
from metrics.trend import LimitOptions, Trends
from tests.support.series import ALTERNATING, counted, monthly, rules_of, trend_of

OWN = (
    "value", "status", "chart", "baseline", "cl", "lcl", "ucl", "lcl2", "ucl2", "sigma", "z",
    "side", "mr", "url", "rules", "state", "direction", "limits_kind",
)  # fmt: skip
"""What a point says of itself and its phase."""


def in_phases(
    points: pl.DataFrame, sizes: Sequence[int], *, accepted: Sequence[bool] = ()
) -> pl.DataFrame:
    """Return the points cut into phases of these sizes, numbered from 0."""
    ids = [number for number, size in enumerate(sizes) for _ in range(size)]
    flags = dict(enumerate(accepted))
    return points.with_columns(
        phase_id=pl.Series(ids, dtype=pl.Int64),
        is_accepted=pl.Series([flags.get(number, False) for number in ids]),
    )


def excluding(points: pl.DataFrame, *rows: int) -> pl.DataFrame:
    return points.with_columns(ghost=pl.int_range(pl.len()).is_in(list(rows)))


def kinds_of(trends: Trends) -> list[str]:
    found: list[str] = trends.points["limits_kind"].to_list()
    return found


def frozen_at(number: int) -> LimitOptions:
    return LimitOptions(freeze_at=number)


@pytest.mark.parametrize(
    ("points", "freeze_at", "expected"),
    [
        (7, 20, "none"),
        (8, 20, "trial"),
        (12, 20, "provisional"),
        (19, 20, "provisional"),
        (20, 20, "firm"),
        (21, 20, "frozen"),
        (11, 12, "trial"),
        (12, 12, "firm"),
        (13, 12, "frozen"),
        (20, 30, "firm"),
        (30, 30, "firm"),
        (31, 30, "frozen"),
    ],
)
def test_the_last_point_stands_on_its_step_of_the_ladder(
    points: int, freeze_at: int, expected: str
) -> None:
    values = [9.0, 11.0] * 16
    trends = trend_of(monthly(values[:points]), options=frozen_at(freeze_at))
    assert kinds_of(trends)[-1] == expected


def test_limits_move_with_each_point_until_they_freeze_and_then_no_more() -> None:
    values = [9.0, 11.0] * 6 + [30.0]
    early = trend_of(monthly(values), options=frozen_at(12)).points["cl"][-1]
    late = trend_of(monthly(values), options=frozen_at(13)).points["cl"][-1]
    assert early == 10.0  # twelve points around 10
    assert late == (12 * 10 + 30) / 13


def test_an_excluded_point_does_not_count_and_stays_on_the_chart() -> None:
    values = [*ALTERNATING[:6], 50.0, *ALTERNATING[:14]]
    trends = trend_of(excluding(monthly(values), 6))
    row = trends.points.row(6, named=True)
    assert (row["value"], row["ghost"], row["state"], row["rules"]) == (50.0, True, "untested", [])
    assert (row["mr"], row["side"], row["z"]) == (None, None, None)
    # 20 of the 21 points count: around 10, each 2 from its neighbour; both ranges to it are lost.
    assert trends.points["cl"][-1] == 10.0
    assert trends.points["mr"].null_count() == 3
    assert trends.points["sigma"][-1] == pytest.approx(2.66 * 2 / 3)
    assert (trends.summaries["s"].n, kinds_of(trends)[-1]) == (20, "firm")


def test_excluding_a_point_moves_the_freeze_by_one() -> None:
    values = [9.0, 11.0] * 10 + [30.0, 9.0]
    assert trend_of(monthly(values)).points["cl"][-1] == 10.0
    excluded = trend_of(excluding(monthly(values), 3)).points["cl"][-1]
    assert excluded == (10 * 9 + 9 * 11 + 30) / 20  # the 21st point is the twentieth that counts


def test_no_moving_range_run_or_window_crosses_a_phase() -> None:
    values = [9.0, 11.0] * 6 + [11.0] * 4 + [21.0] * 4 + [19.0, 21.0] * 4
    trends = trend_of(in_phases(monthly(values), [16, 12]), options=frozen_at(12))
    assert trends.points["mr"][16] is None
    # Five high points end one phase and four begin the next: neither makes a run of eight.
    assert rules_of(trends) == [[]] * 28
    far = [*ALTERNATING[:19], 14.5, 24.5, *(20.0 + (-1) ** i for i in range(19))]
    cut = rules_of(trend_of(in_phases(monthly(far), [20, 20])))
    assert cut[19] == cut[20] == []  # one of three beyond two sigma on either side of the boundary
    assert "R3" in rules_of(trend_of(monthly([*ALTERNATING, 14.5, 14.5])))[21]


def test_the_ladder_starts_again_and_the_old_limits_stay_until_eight_points() -> None:
    values = [*ALTERNATING, *(20.0 + (-1) ** i for i in range(8))]
    seven = trend_of(in_phases(monthly(values[:27]), [20, 7])).points
    assert seven["limits_kind"].to_list() == ["firm"] * 20 + ["none"] * 7
    assert seven["old_cl"].to_list() == [None] * 20 + [10.0] * 7
    assert seven["old_ucl"][-1] == pytest.approx(10 + 2.66 * 2)
    assert seven["old_lcl"][-1] == pytest.approx(10 - 2.66 * 2)
    eight = trend_of(in_phases(monthly(values), [20, 8])).points
    assert eight["limits_kind"].to_list()[20:] == ["trial"] * 8
    assert eight["cl"][-1] == 20.0
    assert eight["old_cl"].null_count() == eight["old_ucl"].null_count() == 28


def test_the_centre_line_stays_for_good_where_a_worse_level_was_accepted() -> None:
    values = [*ALTERNATING, *(20.0 + (-1) ** i for i in range(12))]
    points = trend_of(in_phases(monthly(values), [20, 12], accepted=[False, True])).points
    assert points["old_cl"].to_list() == [None] * 20 + [10.0] * 12
    assert points["old_ucl"].null_count() == 32


def test_old_limits_follow_the_denominator_of_each_point() -> None:
    parts = [*[(5.0, 100.0), (20.0, 400.0)] * 6, (30.0, 100.0), (0.0, 0.0), (30.0, 25.0)]
    points = trend_of(in_phases(counted(parts), [12, 3]), kind="p", fixed=True, per=100).points
    old = points.select("old_cl", "old_lcl", "old_ucl").rows()[12:]
    chance = 0.05 * 0.95  # 150 of 3,000
    assert old[0] == pytest.approx((5, 0, 5 + 300 * (chance / 100) ** 0.5))
    assert old[1] == (5.0, None, None)  # nothing was counted in that month
    assert old[2] == pytest.approx((5, 0, 5 + 300 * (chance / 25) ** 0.5))


def test_a_phase_after_one_without_limits_has_no_old_ones() -> None:
    points = trend_of(in_phases(monthly(ALTERNATING[:10]), [5, 5])).points
    assert points["old_cl"].null_count() == 10


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"freeze_at": 11}, "freeze_at 11: limits freeze at 12 to 30 points of a phase"),
        ({"freeze_at": 31}, "freeze_at 31"),
        ({"freeze_at": 24, "baseline": 12}, r"first 12 rows .* and freeze at 24 points"),
    ],
)
def test_freezes_that_conflict_are_refused(given: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        LimitOptions(**given)  # type: ignore[arg-type]
    assert LimitOptions(freeze_at=24, baseline=24).baseline == 24


def test_a_phase_with_fewer_rows_than_its_limits_ask_for_says_so() -> None:
    points = in_phases(monthly(ALTERNATING), [16, 4])
    short = trend_of(points, options=LimitOptions(baseline=12, ladder=False)).summaries["s"]
    assert (
        short.note == "limits come from all 4 rows of the phase: it has fewer than the 12 asked for"
    )
    enough = trend_of(points, options=LimitOptions(baseline=4, ladder=False)).summaries["s"]
    assert "asked for" not in enough.note


VALUES = st.lists(
    st.one_of(st.none(), st.floats(-50, 50).map(lambda value: round(value, 2))),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 50), min_size=12, max_size=40), VALUES, st.integers(12, 30))
def test_more_points_never_change_frozen_limits(
    values: list[float], more: list[float | None], freeze_at: int
) -> None:
    options = frozen_at(freeze_at)
    before = trend_of(monthly(values), options=options).points
    after = trend_of(monthly([*values, *more]), options=options).points.head(len(values))
    if len(values) >= freeze_at:
        lines = ("cl", "lcl", "ucl", "sigma", "baseline")
        assert after.select(lines).equals(before.select(lines))


@settings(max_examples=40, deadline=None)
@given(st.lists(VALUES, min_size=2, max_size=3), st.data())
def test_a_phase_gives_the_numbers_it_has_alone(
    parts: list[list[float | None]], data: st.DataObject
) -> None:
    values = [value for part in parts for value in part]
    points = monthly(values).with_columns(
        ghost=pl.Series(
            data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
        )
    )
    whole = trend_of(in_phases(points, [len(part) for part in parts])).points
    first = 0
    for part in parts:
        alone = trend_of(points.slice(first, len(part))).points
        cut = whole.slice(first, len(part))
        # Sums may be added up in another order.
        assert_frame_equal(cut.select(OWN), alone.select(OWN), rel_tol=1e-12, abs_tol=1e-12)
        first += len(part)


def test_a_phase_that_has_only_just_begun_leaves_the_chart_as_it_was() -> None:
    wild = [(5.0, 1000.0), (60.0, 1000.0)] * 10
    begun = [*wild, (30.0, 1000.0), (31.0, 1000.0)]
    alone = trend_of(counted(wild), kind="p", per=100).points
    points = trend_of(in_phases(counted(begun), [20, 2]), kind="p", per=100).points
    assert set(points["chart"]) == {"p-prime"}
    lines = ("cl", "lcl", "ucl", "rules")
    assert_frame_equal(points.head(20).select(lines), alone.select(lines), rel_tol=1e-12)


def test_a_phase_without_a_value_yet_lets_the_one_before_speak() -> None:
    points = in_phases(monthly([*ALTERNATING, 15.0], partial=1), [20, 1])
    summary = trend_of(points).summaries["s"]
    assert (summary.n, summary.state, summary.latest_value) == (20, "common_cause", 11.0)
    late = in_phases(monthly([*ALTERNATING, None, None]), [20, 2])
    assert trend_of(late).summaries["s"].state == "stale"
    few = in_phases(monthly([*ALTERNATING, 15.0]), [20, 1])
    assert trend_of(few).summaries["s"].state == "too_few_points"
