"""Each published set of rules: by hand, and against walking along the series."""

from __future__ import annotations

from typing import get_args

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.trend import Preset, analyse
from metrics.trend.anhoej import fewest_expected, longest_expected
from metrics.trend.presets import PRESETS
from tests.support.plain_presets import plain_marks
from tests.support.series import ALTERNATING, a_spec, monthly, rules_of, trend_of

SIGMA = 2.66 * 2 / 3
"""Of ALTERNATING, whose moving ranges are all 2, around 10."""

EVERY: tuple[Preset, ...] = get_args(Preset)


def tail_of(preset: Preset, *z: float) -> list[list[str]]:
    """Return the rules of points so many sigmas from the centre, after a month without a value.

    Two empty months: nothing before them takes part.
    """
    values = [*ALTERNATING, None, None, *(10 + at * SIGMA for at in z)]
    return rules_of(trend_of(monthly(values), rules=preset))[22:]


def test_seven_on_one_side_are_a_run_of_making_data_count_alone() -> None:
    seven = [0.5] * 7
    assert tail_of("mdc", *seven) == [["R2"]] * 7
    assert tail_of("standard", *seven) == [[]] * 7


def test_a_tie_breaks_a_run_of_making_data_count_alone() -> None:
    tie = [0.5, 0.6, 0.5, 0.0, 0.5, 0.6, 0.5, 0.6, 0.5]
    assert tail_of("mdc", *tie) == [[]] * 9
    assert tail_of("standard", *tie) == [["R2"]] * 3 + [[]] + [["R2"]] * 5


def test_a_trend_of_seven_points_takes_six_steps() -> None:
    rising = [-1.5, -1.0, -0.5, 0.2, 0.6, 1.0, 1.4]
    assert tail_of("mdc", *rising) == [["R4"]] * 7
    assert tail_of("mdc", *rising[:6]) == [[]] * 6
    assert tail_of("nelson", *rising[:6]) == [["R4"]] * 6
    assert tail_of("mdc", -1.5, -1.0, -0.5, -0.5, 0.2, 0.6, 1.0, 1.4) == [[]] * 8


def test_three_of_four_beyond_half_way_mark_those_three() -> None:
    assert tail_of("wheeler", 1.6, -0.4, 1.7, 1.8) == [["R3"], [], ["R3"], ["R3"]]
    assert tail_of("wheeler", 1.6, -0.4, 1.7, 1.4) == [[]] * 4


def test_a_point_beyond_three_sigma_counts_since_2023() -> None:
    assert tail_of("mdc", 3.2, 0.5, 2.2) == [["R1"], [], []]
    assert tail_of("mdc2023", 3.2, 0.5, 2.2) == [["R1", "R3"], [], ["R3"]]


def test_four_of_five_beyond_one_sigma_mark_those_four() -> None:
    assert tail_of("weco", 1.2, 1.3, -0.2, 1.1, 1.4) == [["R5"], ["R5"], [], ["R5"], ["R5"]]


def test_up_and_down_in_turn_and_close_to_the_centre_line() -> None:
    swings = [0.3 * (-1) ** i * (1 + i / 40) for i in range(14)]
    assert tail_of("nelson", *swings) == [["R6"]] * 14
    assert tail_of("nelson", *[0.3, 0.5, -0.4] * 5) == [["R7"]] * 15
    assert tail_of("nelson", *[1.2, 1.3, -1.2, -1.4] * 2) == [["R8"]] * 8


def test_outside_the_limits_alone() -> None:
    assert tail_of("shewhart", *[2.5] * 9, 3.1) == [[]] * 9 + [["R1"]]


@pytest.mark.parametrize(
    ("useful", "longest", "fewest"),
    [(10, 6, 2), (16, 7, 4), (24, 8, 8), (32, 8, 11), (100, 10, 41)],
)
def test_runs_and_crossings_that_chance_explains(useful: int, longest: int, fewest: int) -> None:
    # Anhoej and Olesen 2014: round(log2 n) + 3, and the 5 % quantile of n - 1 fair throws.
    assert (longest_expected(useful), fewest_expected(useful)) == (longest, fewest)


def test_a_long_series_is_judged_as_soon_as_a_short_one() -> None:
    # The 5 % quantile of 99,999 fair throws is 1.645 times 158.11 below their half, 49,999.5.
    assert fewest_expected(100_000) == 49_739
    assert trend_of(monthly([9.0, 11.0] * 400 + [12.0] * 20), rules="anhoej").patterns.height == 1


def test_the_run_rules_speak_of_the_phase_and_mark_no_point() -> None:
    # 16 useful points in 2 runs of 8: the longest may have 7, and there must be 4 crossings.
    trends = trend_of(monthly([9.0] * 8 + [11.0] * 8), rules="anhoej")
    assert rules_of(trends) == [[]] * 16
    (pattern,) = trends.patterns.to_dicts()
    assert (pattern["rule"], pattern["grade"]) == ("A", "signal")
    assert trends.summaries["s"].state == "change"


def test_half_of_all_points_on_the_median_say_nothing() -> None:
    trends = trend_of(monthly([0.0] * 15 + [1.0] * 13), rules="anhoej", kind="run", fixed=True)
    assert trends.patterns.is_empty()


def test_every_preset_says_how_often_it_is_wrong() -> None:
    assert all(0 < PRESETS[preset].false_alarms < 0.1 for preset in EVERY)
    assert set(PRESETS) == set(EVERY)


_z = st.sampled_from([-3.4, -2.4, -1.7, -1.2, -0.6, -0.3, 0.0, 0.3, 0.6, 1.2, 1.7, 2.4, 3.4])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_z, min_size=3, max_size=30), min_size=1, max_size=4))
def test_every_preset_agrees_with_walking_along(tails: list[list[float]]) -> None:
    every = {f"{preset} {i}": (preset, tail) for i, tail in enumerate(tails) for preset in EVERY}
    points = [
        monthly([*ALTERNATING, None, None, *(10 + at * SIGMA for at in tail)], name)
        for name, (_, tail) in every.items()
    ]
    specs = {name: a_spec(rules=preset) for name, (preset, _) in every.items()}
    found = analyse(pl.concat(points), specs).points.partition_by("series", as_dict=True)
    for name, (preset, tail) in every.items():
        values = [10 + at * SIGMA for at in tail]
        got = [set(rules) for rules in found[name,]["rules"].to_list()[22:]]
        assert got == plain_marks(values, 10.0, SIGMA, preset), preset
