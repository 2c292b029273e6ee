"""Intervals of 95 % for the difference an action made, two-sided, by kind of chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, log, sqrt
from statistics import fmean, median

from scipy import special

CONFIDENCE = 0.95

CLIPPED = 0.8
"""Correlation beyond which the correction would rest on a guess: it is held here."""


@dataclass(frozen=True)
class Interval:
    """An estimate and where the truth lies 19 times in 20."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Values:
    """The values of the periods on one side of an action, each with what stands behind it."""

    values: tuple[float, ...]
    weights: tuple[float, ...] = ()

    @property
    def level(self) -> float:
        """Their mean, weighted where weights are given."""
        if not self.weights:
            return fmean(self.values)
        return fmean(self.values, self.weights)

    @property
    def error_squared(self) -> float:
        """How far, squared, the mean of as many others like them lies from the truth."""
        weights, level = self.weights or (1.0,) * len(self.values), self.level
        squares = sum(w * (x - level) ** 2 for w, x in zip(weights, self.values, strict=True))
        return squares / (len(self.values) - 1) / sum(weights)


@dataclass(frozen=True)
class Counts:
    """Events and chances of the periods before or after: numerators and denominators."""

    events: tuple[float, ...]
    chances: tuple[float, ...]

    @property
    def total(self) -> float:
        """All events."""
        return sum(self.events)

    @property
    def exposure(self) -> float:
        """All chances."""
        return sum(self.chances)

    @property
    def level(self) -> float:
        """Events per chance."""
        return self.total / self.exposure


def difference_of_means(before: Values, after: Values, r: float = 0.0) -> Interval:
    """Return mean after less mean before (Welch), widened by the correlation of neighbours.

    The standard error is multiplied by the root of (1 + r) / (1 - r), r from 0 to 0.8.
    Source: Welch, The generalization of Student's problem, Biometrika 34, 1947.
    """
    errors = (before.error_squared, after.error_squared)
    estimate, spread = after.level - before.level, sqrt(sum(errors))
    if spread == 0:
        return Interval(estimate, estimate, estimate)
    freedom = spread**4 / sum(
        error**2 / (len(side.values) - 1)
        for error, side in zip(errors, (before, after), strict=True)
    )
    reach = quantile_of_t(freedom) * spread * sqrt(widening(r))
    return Interval(estimate, estimate - reach, estimate + reach)


def shift_of_values(before: Values, after: Values) -> Interval:
    """Return how far values moved (Hodges and Lehmann), whatever the shape of their curve.

    The middle of all differences of one after and one before; the limits are those differences that
    the rank-sum test would not refuse, by its normal approximation.
    Source: Hollander and Wolfe, Nonparametric Statistical Methods, 2nd ed., 1999, chapter 4.
    """
    m, k = len(before.values), len(after.values)
    steps = sorted(y - x for x in before.values for y in after.values)
    inside = m * k / 2 - quantile_of_normal() * sqrt(m * k * (m + k + 1) / 12)
    first = max(int(inside), 1)
    return Interval(median(steps), steps[first - 1], steps[m * k - first])


def difference_of_shares(before: Counts, after: Counts, phi: float = 1.0) -> Interval:
    """Return share after less share before (Newcombe), of as many items as the spread is worth.

    Periods that differ phi times as much as chance explains stand for 1 / phi of their items.
    Source: Newcombe, Interval estimation for the difference, Statistics in Medicine 17, 1998,
    method 10.
    """
    low_b, high_b = wilson(before.level, before.exposure / phi)
    low_a, high_a = wilson(after.level, after.exposure / phi)
    estimate = after.level - before.level
    low = estimate - sqrt((after.level - low_a) ** 2 + (high_b - before.level) ** 2)
    high = estimate + sqrt((high_a - after.level) ** 2 + (before.level - low_b) ** 2)
    return Interval(estimate, low, high)


def ratio_of_odds(before: Counts, after: Counts, phi: float = 1.0) -> Interval | None:
    """Return odds after ÷ odds before (quasi-binomial); None where a share is nothing or all.

    The log of the ratio, its standard error the root of phi times the sum of 1 / count, by
    Student's t. Source: McCullagh and Nelder, Generalized Linear Models, 2nd ed., 1989, chapter 4.
    """
    cells = [n for side in (after, before) for n in (side.total, side.exposure - side.total)]
    if min(cells) <= 0:
        return None
    hit_a, miss_a, hit_b, miss_b = cells
    freedom = len(before.events) + len(after.events) - 2
    error = sqrt(phi * sum(1 / n for n in cells))
    return _about(log(hit_a * miss_b / (miss_a * hit_b)), quantile_of_t(freedom) * error)


def ratio_of_rates(before: Counts, after: Counts, phi: float = 1.0) -> Interval:
    """Return rate after ÷ rate before: exact where chance explains the spread, else widened.

    Exact: given all events, those after are binomial (Clopper and Pearson). Widened: the log of the
    ratio, its standard error the root of phi (1/a + 1/b), by Student's t.
    Source: Przyborowski and Wilenski, Biometrika 31, 1940; McCullagh and Nelder, chapter 6.
    """
    a, b = after.total, before.total
    times = before.exposure / after.exposure
    if phi <= 1 or min(a, b) == 0:
        return _exact_ratio(a, b, times)
    freedom = len(before.events) + len(after.events) - 2
    reach = quantile_of_t(freedom) * sqrt(phi * (1 / a + 1 / b))
    return _about(log(a / b * times), reach)


def ratio_of_gaps(before: Counts, after: Counts) -> Interval:
    """Return mean gap after ÷ before, by F(2a, 2b): gaps between rare events are exponential.

    `events` counts the gaps that ended, `chances` is the time they took and the gap that still runs
    with it. Without an event after the action only a lower limit is known.
    Source: Cox, Some simple approximate tests for Poisson variates, Biometrika 40, 1953.
    """
    usual, b = 1 / before.level, 2 * before.total
    if after.total == 0:
        low = after.exposure / usual / float(special.fdtri(2, b, 1 - TAIL))
        return Interval(inf, low, inf)
    estimate, a = 1 / after.level / usual, 2 * after.total
    low = estimate / float(special.fdtri(a, b, 1 - TAIL))
    return Interval(estimate, low, estimate / float(special.fdtri(a, b, TAIL)))


def wilson(share: float, size: float) -> tuple[float, float]:
    """Return where a share of `size` items lies 19 times in 20.

    Source: Wilson, Probable inference, JASA 22, 1927.
    """
    z = quantile_of_normal()
    middle = (share + z * z / (2 * size)) / (1 + z * z / size)
    reach = z * sqrt(share * (1 - share) / size + z * z / (4 * size * size)) / (1 + z * z / size)
    return middle - reach, middle + reach


def correlation(*sides: Sequence[float]) -> float:
    """Return the lag-1 correlation within each, pooled, corrected for their length, 0 to 0.8."""
    product = square = 0.0
    for values in sides:
        middle = fmean(values)
        away = [value - middle for value in values]
        product += sum(x * y for x, y in pairwise(away))
        square += sum(x * x for x in away)
    if square == 0:
        return 0.0
    return min(max(product / square + 2 / sum(map(len, sides)), 0.0), CLIPPED)


def widening(r: float) -> float:
    """Return how many times as large as that of independent values the variance of a mean is."""
    return (1 + r) / (1 - r)


def dispersion(before: Counts, after: Counts, *, is_share: bool) -> float:
    """Return how many times as much periods differ, each about its own level, as chance explains.

    Pearson's chi-square over its degrees of freedom; 1 where there is nothing to tell it from.
    """
    squares, freedom = 0.0, 0
    for side in (before, after):
        level = side.level
        chance = level * (1 - level) if is_share else level
        if chance <= 0:
            continue
        freedom += len(side.events) - 1
        squares += sum(
            (x - n * level) ** 2 / (n * chance)
            for x, n in zip(side.events, side.chances, strict=True)
        )
    return squares / freedom if freedom > 0 else 1.0


TAIL = (1 - CONFIDENCE) / 2


def quantile_of_t(freedom: float) -> float:
    """Return how many standard errors the interval reaches either way."""
    return float(special.stdtrit(freedom, 1 - TAIL))


def quantile_of_normal() -> float:
    """Return the same where the spread is known: 1.96."""
    return float(special.ndtri(1 - TAIL))


def _exact_ratio(a: float, b: float, times: float) -> Interval:
    low = float(special.betaincinv(a, b + 1, TAIL)) if a > 0 else 0.0
    high = float(special.betaincinv(a + 1, b, 1 - TAIL)) if b > 0 else 1.0
    none = 1.0 if a == 0 else inf
    estimate = a / b * times if b > 0 else none
    return Interval(estimate, _odds(low) * times, _odds(high) * times)


def _odds(share: float) -> float:
    return inf if share >= 1 else share / (1 - share)


def _about(middle: float, reach: float) -> Interval:
    """Return an interval told on the scale of logarithms as ratios."""
    return Interval(exp(middle), exp(middle - reach), exp(middle + reach))
