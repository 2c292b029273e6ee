from __future__ import annotations

import random

import polars as pl
import pytest

from metrics.trend.independence import correlated
from tests.support.plain_season import plain_ljung_box
from tests.support.series import ALTERNATING, monthly, rules_of, summary_of, trend_of

SLOW = [10 + (1, 1, 1, 0, -1, -1, -1, 0)[at % 8] for at in range(24)]
"""A slow wave: neighbours are alike, and no stretch of eight is on one side."""


def alike(correlation: float, count: int, seed: int) -> list[float]:
    """Return values each of which carries that much of the one before."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    value, found = 0.0, []
    for _ in range(count):
        value = correlation * value + chance.gauss(0, 1)
        found.append(20 + value)
    return found


def test_r1_and_its_chance_are_those_of_ljung_and_box() -> None:
    for count, lags in ((9, 1), (24, 4), (60, 6)):
        values = alike(0.4, count, seed=count)
        away = [value - sum(values) / count for value in values]
        frame = pl.DataFrame({"unit": 1, "away": away})
        found = correlated(frame).row(0, named=True)
        r1, p = plain_ljung_box(away, lags)
        assert (found["r1"], found["p"]) == pytest.approx((r1, p))


def test_neighbours_are_cells_beside_each_other() -> None:
    away = [1.0, -1.0] * 5
    beside = pl.DataFrame({"unit": 1, "away": away})
    apart = pl.DataFrame({"unit": 1, "away": [each for v in away for each in (v, *[None] * 6)]})
    assert correlated(beside)["r1"].item() == pytest.approx(-9 / 10)
    assert correlated(apart)["r1"].item() == 0.0


def test_points_that_are_alike_are_said_to_be_and_what_to_do() -> None:
    told = summary_of(monthly([float(v) for v in SLOW]), guards=True)
    assert told.is_dependent
    # 24 distances, of every eight 6 are ±1 and 4 products are 1: 12 of 18.
    assert told.r1 == pytest.approx(12 / 18, abs=0.01)
    assert told.note == (
        "points not independent: neighbouring months are alike (correlation 0.67), so runs come "
        "by themselves, and one counts only where many of its points lie beyond a limit; a longer "
        "period or another measure would say more"
    )
    assert not summary_of(monthly([float(v) for v in SLOW])).is_dependent


def test_where_points_are_alike_runs_are_watched_and_a_point_beyond_a_limit_is_a_signal() -> None:
    values = alike(0.7, 60, seed=1)
    plain = trend_of(monthly(values))
    kept = trend_of(monthly(values), guards=True)
    assert kept.summaries["s"].is_dependent
    assert rules_of(kept) == rules_of(plain)
    grades = kept.patterns.group_by("rule").agg(pl.col("grade").unique()).sort("rule").rows()
    assert dict(grades) == {"R1": ["signal"], "R2": ["watch"], "R3": ["watch"]}
    assert set(plain.patterns["grade"]) == {"signal"}


def test_a_run_with_five_points_beyond_the_limit_stays_a_signal() -> None:
    # Three levels, of which the guard takes out two: neighbours stay alike.
    levels = [0] * 20 + [6] * 9 + [-6] * 9 + [6] * 9
    moved = [10 + level + 0.5 * (-1) ** at for at, level in enumerate(levels)]
    kept = trend_of(monthly(moved), guards=True)
    assert kept.summaries["s"].is_dependent
    runs = kept.patterns.filter(rule="R2")
    assert runs["grade"].to_list() == ["signal"] * 3
    assert kept.summaries["s"].headline.startswith("Higher since March 2026:")


def test_a_change_of_level_is_no_dependence_and_stays_a_signal() -> None:
    moved = [*ALTERNATING, *[v + 4 for v in ALTERNATING[:12]]]
    plain, kept = trend_of(monthly(moved)), trend_of(monthly(moved), guards=True)
    assert plain.summaries["s"].r1 is not None
    assert plain.summaries["s"].r1 > 0.25
    assert not kept.summaries["s"].is_dependent
    assert kept.summaries["s"].headline == plain.summaries["s"].headline
    assert set(kept.patterns["grade"]) == {"signal"}


def test_a_step_too_new_for_a_run_is_no_dependence_either() -> None:
    stepped = [*ALTERNATING, *ALTERNATING[:12], 20.0, 21.0, 20.0, 21.0]
    plain = summary_of(monthly(stepped)).r1
    assert plain is not None
    assert plain > 0.5
    kept = summary_of(monthly(stepped), guards=True)
    assert not kept.is_dependent
    assert kept.r1 is not None
    assert kept.r1 < 0


def test_a_level_that_came_and_went_is_no_dependence() -> None:
    back = [*ALTERNATING, *[v + 4 for v in ALTERNATING[:12]], *ALTERNATING[:12]]
    plain = summary_of(monthly(back)).r1
    assert plain is not None
    assert plain > 0.25
    assert not summary_of(monthly(back), guards=True).is_dependent


def test_a_season_is_taken_out_before_neighbours_are_compared() -> None:
    wave = [12.0] * 6 + [8.0] * 6
    chance = random.Random(8)  # noqa: S311 - no secret
    values = [wave[at % 12] + chance.gauss(0, 0.5) for at in range(48)]
    assert summary_of(monthly(values), guards=True).is_dependent
    seasonal = summary_of(monthly(values), guards=True, season="auto")
    assert not seasonal.is_dependent
    assert seasonal.r1 is not None
    assert abs(seasonal.r1) < 0.25


def test_few_points_and_no_variation_are_not_compared() -> None:
    assert not summary_of(monthly([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), guards=True).is_dependent
    assert summary_of(monthly([5.0] * 30), guards=True).r1 is None


def test_the_sentence_says_why_a_run_is_no_signal() -> None:
    values = alike(0.7, 60, seed=1)
    told = [
        summary_of(monthly(values[:end]), guards=True).headline for end in range(30, 60)
    ]  # fmt: skip
    watched = [text for text in told if "; watch:" in text]
    assert watched
    assert all("no signal, as neighbouring months are alike" in text for text in watched)
