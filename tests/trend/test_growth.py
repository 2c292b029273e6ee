from __future__ import annotations

from statistics import mean

import pytest

from tests.support.series import counts, monthly, rules_of, summary_of, trend_of

STEPS = (1.0, -1.0, -1.0, 1.0)
"""Noise without slope: over twenty points the line of least squares is the line itself."""

GROWING = [10 + 2.0 * at + STEPS[at % 4] for at in range(24)]


def test_the_line_is_that_of_least_squares_and_its_limits_2_66_moving_ranges_of_what_is_left() -> (
    None
):
    points = trend_of(monthly(GROWING), growth=True).points
    cells = list(range(20))
    slope = sum((at - 9.5) * (GROWING[at] - mean(GROWING[:20])) for at in cells) / 665
    line = [mean(GROWING[:20]) + slope * (at - 9.5) for at in range(24)]
    left = [GROWING[at] - line[at] for at in cells]
    moves = [abs(left[at] - left[at - 1]) for at in cells[1:]]
    assert points["cl"].to_list() == points["expected"].to_list() == pytest.approx(line)
    assert points["ucl"].to_list() == pytest.approx([at + 2.66 * mean(moves) for at in line])
    assert points["lcl"].to_list() == pytest.approx([at - 2.66 * mean(moves) for at in line])
    assert rules_of(trend_of(monthly(GROWING), growth=True)) == [[]] * 24
    assert any(rules_of(trend_of(monthly(GROWING))))


def test_a_level_that_stays_where_growth_is_expected_is_a_signal() -> None:
    stays = [*GROWING[:20], *[49.0 + STEPS[at % 4] for at in range(6)]]
    told = summary_of(monthly(stays), growth=True, better="higher")
    assert told.state == "concern"
    assert told.previous_level is not None
    assert told.level is not None
    assert told.level < told.previous_level
    assert "is usual with expected growth" in told.headline


def test_a_count_that_is_expected_to_grow_is_judged_by_its_distance_from_the_line() -> None:
    told = summary_of(counts([round(value) for value in GROWING]), kind="c", growth=True)
    assert told.chart == "xmr"
    assert told.reason == "XmR chart around a line: growth is expected, by the definition."
    assert "within its usual range with expected growth," in told.headline


def test_below_eight_points_there_is_no_line() -> None:
    assert trend_of(monthly(GROWING[:7]), growth=True).points["cl"].unique().to_list() == [17.0]


def test_growth_and_season_bend_the_same_line() -> None:
    wave = [1.2] * 6 + [0.8] * 6
    both = [(20 + 0.5 * at) * wave[at % 12] + STEPS[at % 4] / 4 for at in range(48)]
    points = trend_of(monthly(both), growth=True, season="auto").points
    assert points["season_factor"].null_count() == 0
    assert points["baseline"].sum() == 36
    for at in (0, 11, 40):
        assert points["cl"][at] == pytest.approx((20 + 0.5 * at) * wave[at % 12], rel=0.06)
    assert summary_of(monthly(both), growth=True, season="auto").usual_for == (
        "with expected growth and for the season"
    )
