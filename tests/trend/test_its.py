"""The step in a series with a season or a drift, against plain formulas and built series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp, pi, sin, sqrt

import numpy as np
import pytest
from scipy import stats

from metrics.trend.its import Series, drift, newey_west, step
from tests.support.series import month


def series(
    before: int, after: int, value: Callable[[int], float], left_out: Sequence[int] = ()
) -> Series:
    at = [i for i in range(before + after) if i not in left_out]
    values = tuple(value(i) for i in at)
    first = sum(i < before for i in at)
    return Series(tuple(at), tuple(month(i) for i in at), values, first)


def test_newey_west_is_the_sum_over_pairs_of_values_no_further_apart_than_the_lag() -> None:
    source = np.random.default_rng(4)
    at, lag = (0, 1, 2, 4, 5, 6, 7, 9, 10, 11), 3
    columns = np.column_stack([np.ones(10), source.standard_normal(10)])
    left = source.standard_normal(10)
    middle = np.zeros((2, 2))
    for i in range(10):
        for j in range(10):
            apart = abs(at[i] - at[j])
            if apart <= lag:
                weight = 1 - apart / (lag + 1)
                middle += weight * left[i] * left[j] * np.outer(columns[i], columns[j])
    bread = np.linalg.inv(columns.T @ columns)
    expected = bread @ middle @ bread * 10 / (10 - 2)
    assert newey_west(columns, left, at, lag) == pytest.approx(expected)


def test_without_a_lag_newey_west_is_whites() -> None:
    columns = np.column_stack([np.ones(4)])
    left = np.array([1.0, -2.0, 3.0, -2.0])
    # (1 + 4 + 9 + 4) / 4² x 4 / 3
    assert newey_west(columns, left, (0, 1, 2, 3), 0)[0, 0] == pytest.approx(18 / 16 * 4 / 3)


def test_a_step_of_logarithms_is_a_ratio_whatever_the_drift_and_the_season() -> None:
    season = [1 + 0.3 * sin(i * pi / 6) for i in range(12)]
    told = series(36, 12, lambda i: 8 * 0.99**i * season[i % 12] * (0.5 if i >= 36 else 1.0))
    found = step(told, "month", has_season=True)
    assert found is not None
    assert found.estimate == pytest.approx(0.5)
    assert found.high - found.low < 1e-9


def test_a_gap_in_the_series_does_not_move_its_months() -> None:
    season = [1 + 0.3 * sin(i * pi / 6) for i in range(12)]
    told = series(36, 12, lambda i: 8 * season[i % 12] * (0.5 if i >= 36 else 1.0), (3, 17, 40))
    found = step(told, "month", has_season=True)
    assert found is not None
    assert found.estimate == pytest.approx(0.5)


def test_values_that_may_be_nothing_have_a_step_in_their_own_unit() -> None:
    noise = np.random.default_rng(3).standard_normal(36)
    told = series(24, 12, lambda i: 0.2 * i + noise[i] - (4.0 if i >= 24 else 0.0))
    found = step(told, "month", has_season=False)
    assert found is not None
    assert not told.is_ratio
    assert found.low < -4 < found.high < 0


def test_the_interval_is_that_of_least_squares_where_nothing_is_alike() -> None:
    noise = np.random.default_rng(6).standard_normal(30)
    told = series(20, 10, lambda i: exp(2 + 0.1 * noise[i]))
    found = step(told, "month", has_season=False)
    assert found is not None
    late = np.arange(30) >= 20
    columns = np.column_stack([np.ones(30), late, np.arange(30)])
    answer = np.log(told.values)
    weights, squares, _, _ = np.linalg.lstsq(columns, answer)
    error = sqrt(float(squares[0]) / 27 * np.linalg.inv(columns.T @ columns)[1, 1])
    least = stats.t.ppf(0.975, 27) * error
    assert found.estimate == pytest.approx(exp(weights[1]))
    assert found.high >= exp(weights[1] + least) * (1 - 1e-12)


def test_too_few_values_have_no_step() -> None:
    assert step(series(8, 2, lambda i: 5.0 + i % 3), "month", has_season=True) is None
    assert step(series(8, 2, lambda i: 5.0 + i % 3), "month", has_season=False) is not None


def test_a_slope_beyond_chance_drifts() -> None:
    zigzag = [(-1.0) ** i for i in range(24)]
    assert drift(range(24), [10 - 0.3 * i + z for i, z in enumerate(zigzag)]) == -1
    assert drift(range(24), [10 + 0.3 * i + z for i, z in enumerate(zigzag)]) == 1
    assert drift(range(24), [10 + 0.02 * i + z for i, z in enumerate(zigzag)]) == 0


@pytest.mark.parametrize(("r1", "most"), [(0.0, 0.08), (0.4, 0.13)])
def test_values_that_wander_by_chance_seldom_drift(r1: float, most: float) -> None:
    source = np.random.default_rng(8)
    found = 0
    for _ in range(400):
        values = source.standard_normal(24)
        for at in range(1, 24):
            values[at] = r1 * values[at - 1] + sqrt(1 - r1**2) * values[at]
        found += drift(range(24), values.tolist()) != 0
    assert found / 400 <= most
