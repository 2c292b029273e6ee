"""The step an action made, beside the season and the drift its series has anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, sqrt

import numpy as np
import numpy.typing as npt
from scipy import special

from metrics.periods import Grain
from metrics.trend.intervals import Interval, correlation, quantile_of_t, widening

LAGS: Mapping[Grain, int] = {"day": 7, "week": 13, "month": 12, "quarter": 4, "year": 2}
"""Periods apart up to which what is left over may be alike: a season, or a quarter of weeks."""

DRIFT_P = 0.05
"""Chance of a slope as steep as this in a series that does not drift: one taken for a drift costs
a little power, a drift not seen is called an effect."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """Values in order, each with its place on the grid and its period; `after` counts from one."""

    at: tuple[int, ...]
    periods: tuple[date, ...]
    values: tuple[float, ...]
    before: int
    is_share: bool = False

    @property
    def is_ratio(self) -> bool:
        """Whether a step of it is a ratio: every value has a logarithm, and none is a share."""
        return min(self.values) > 0 and not self.is_share


def step(series: Series, grain: Grain, *, has_season: bool) -> Interval | None:
    """Return the step after `before` values: a ratio where all are positive, else a difference.

    Least squares of the logarithms (of shares, and where one is not positive, the values) on time,
    the month
    where there is a season, and the step; the standard error after Newey and West, by Student's t.
    Of few values that comes out too small, so it is no smaller than the one of least squares,
    widened by the correlation of neighbours. None where the values are too few for any.
    Source: Bernal, Cummins and Gasparrini, Interrupted time series regression, International
    Journal of Epidemiology 46, 2017; Newey and West, Econometrica 55, 1987.
    """
    columns = _columns(series, has_season=has_season)
    n, wide = columns.shape
    if n - wide < 2 or np.linalg.matrix_rank(columns) < wide:
        return None
    given = np.array(series.values)
    answer = np.log(given) if series.is_ratio else given
    weights = np.linalg.lstsq(columns, answer)[0]
    left = answer - columns @ weights
    lag = min(LAGS[grain], n // 3)
    alike = correlation(left[: series.before].tolist(), left[series.before :].tolist())
    plain = _plain(columns, left)[1, 1] * widening(alike)
    error = sqrt(max(newey_west(columns, left, series.at, lag)[1, 1], plain))
    reach, found = quantile_of_t(n - wide) * error, float(weights[1])
    ends = (found, found - reach, found + reach)
    return Interval(*(map(exp, ends) if series.is_ratio else ends))


def newey_west(columns: Numbers, left: Numbers, at: Sequence[int], lag: int) -> Numbers:
    """Return the covariance of the weights, errors alike up to `lag` places apart.

    Corrected for the degrees of freedom. Values that are not there count as no error.
    """
    n, wide = columns.shape
    places = np.array(at) - at[0]
    scores = np.zeros((places[-1] + 1, wide))
    scores[places] = columns * left[:, None]
    middle = scores.T @ scores
    for apart in range(1, min(lag, len(scores) - 1) + 1):
        alike = scores[apart:].T @ scores[:-apart]
        middle += (1 - apart / (lag + 1)) * (alike + alike.T)
    bread = np.linalg.inv(columns.T @ columns)
    found: Numbers = bread @ middle @ bread * n / (n - wide)
    return found


def drift(at: Sequence[int], values: Sequence[float]) -> int:
    """Return +1 or -1 where values rise or fall beyond chance, 0 where they do not.

    The slope by Student's t, its error widened by the correlation of neighbours about the line.
    """
    n = len(values)
    x, y = np.array(at, dtype=float), np.array(values)
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    left = y - slope * x
    spread = float(left @ left) / (n - 2) * widening(correlation(left.tolist()))
    error = sqrt(spread / float(x @ x))
    if abs(slope) <= float(special.stdtrit(n - 2, 1 - DRIFT_P / 2)) * error:
        return 0
    return 1 if slope > 0 else -1


def _columns(series: Series, *, has_season: bool) -> Numbers:
    """Return one row a value: 1, the step, time, and all months but the first where seasonal."""
    at, n = np.array(series.at, dtype=float), len(series.values)
    columns = [np.ones(n), (np.arange(n) >= series.before).astype(float), at - at.mean()]
    if has_season:
        months = [period.month for period in series.periods]
        columns += [np.array([float(m == own) for m in months]) for own in sorted(set(months))[1:]]
    return np.column_stack(columns)


def _plain(columns: Numbers, left: Numbers) -> Numbers:
    n, wide = columns.shape
    found: Numbers = np.linalg.inv(columns.T @ columns) * float(left @ left) / (n - wide)
    return found
