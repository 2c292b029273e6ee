"""How large the effect of an action is and where the truth lies, by kind of chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt
from statistics import fmean
from typing import cast

from metrics.trend.before_after import RARE, Side, Sides
from metrics.trend.claim import Method
from metrics.trend.intervals import (
    Counts,
    Interval,
    Values,
    correlation,
    difference_of_means,
    difference_of_shares,
    dispersion,
    ratio_of_gaps,
    ratio_of_odds,
    ratio_of_rates,
    shift_of_values,
    widening,
)
from metrics.trend.its import Series, step
from metrics.trend.spec import TrendSpec

DEPENDENT = 0.25
"""Correlation of neighbours above which counts, too, are judged with it."""

SHARES = ("p", "p-prime")
"""Charts of shares: they are compared in points, never in percent of a percentage."""

SKEWED = 1.0
"""Skewness of the values before beyond which a mean alone says too little: the exponential curve
has 2, the normal one 0."""


@dataclass(frozen=True)
class Effect:
    """An effect for the better above zero (or one), and a second opinion by another method."""

    found: Interval
    method: Method
    is_ratio: bool
    level_before: float
    level_after: float
    r: float
    phi: float | None = None
    beside: Interval | None = None
    beside_method: Method | None = None

    @property
    def nothing(self) -> float:
        """What no effect measures."""
        return 1.0 if self.is_ratio else 0.0


def effect(sides: Sides, spec: TrendSpec) -> Effect:
    """Return the effect between two sides of two or more periods, `good` known.

    Where there is a season, or the values before drift, it is the step beside both, if the values
    are enough to tell; else what the kind of chart asks for.
    """
    plain = _by_chart(sides, spec.per)
    if sides.chart in RARE or not (sides.has_season or spec.growth or sides.drift):
        return plain
    series = _series(sides)
    found = step(series, spec.grain, has_season=sides.has_season)
    if found is None:
        return plain
    is_ratio = series.is_ratio
    found = turned(found, cast("int", sides.good), is_ratio=is_ratio)
    return replace(
        plain, found=found, method="series", is_ratio=is_ratio, beside=None, beside_method=None
    )


def _by_chart(sides: Sides, per: float) -> Effect:
    r = correlation(sides.before.values, sides.after.values)
    match sides.chart:
        case chart if chart in SHARES:
            return _of_shares(sides, per, r)
        case "u" | "u-prime" | "c":
            return _of_rates(sides, per, r)
        case "t" | "g":
            return _of_gaps(sides, r)
        case _:
            return _of_values(sides, r)


def turned(found: Interval, good: int, *, is_ratio: bool) -> Interval:
    """Return a difference or a ratio, after to before, so that more is better."""
    if good > 0:
        return found
    if is_ratio:
        return Interval(*(_inverse(part) for part in (found.estimate, found.high, found.low)))
    return Interval(-found.estimate, -found.high, -found.low)


def _of_values(sides: Sides, r: float) -> Effect:
    before, after = _values(sides.before, sides.chart), _values(sides.after, sides.chart)
    good = cast("int", sides.good)
    found = turned(difference_of_means(before, after, r), good, is_ratio=False)
    plain = Effect(found, "means", is_ratio=False, level_before=before.level,
                   level_after=after.level, r=r)  # fmt: skip
    if abs(skewness(before.values)) <= SKEWED:
        return plain
    shift = turned(shift_of_values(before, after), good, is_ratio=False)
    return replace(plain, beside=shift, beside_method="shift")


def _of_shares(sides: Sides, per: float, r: float) -> Effect:
    before, after = _counts(sides.before, sides.chart), _counts(sides.after, sides.chart)
    raw = dispersion(before, after, is_share=True)
    phi, good = max(raw, 1.0) * _widened(r), cast("int", sides.good)
    found = turned(difference_of_shares(before, after, phi), good, is_ratio=False)
    odds = ratio_of_odds(before, after, phi)
    return Effect(
        Interval(found.estimate * per, found.low * per, found.high * per),
        "shares",
        is_ratio=False,
        level_before=before.level * per,
        level_after=after.level * per,
        r=r,
        phi=raw,
        beside=turned(odds, good, is_ratio=True) if odds else None,
        beside_method="odds" if odds else None,
    )


def _of_rates(sides: Sides, per: float, r: float) -> Effect:
    before, after = _counts(sides.before, sides.chart), _counts(sides.after, sides.chart)
    raw = dispersion(before, after, is_share=False)
    phi = raw if raw <= 1 and r <= DEPENDENT else max(raw, 1.0) * _widened(r)
    scale = 1.0 if sides.chart == "c" else per
    found = ratio_of_rates(before, after, phi)
    return Effect(
        turned(found, cast("int", sides.good), is_ratio=True),
        "rates",
        is_ratio=True,
        level_before=before.level * scale,
        level_after=after.level * scale,
        r=r,
        phi=raw,
    )


def _of_gaps(sides: Sides, r: float) -> Effect:
    before = Counts((float(len(sides.before.values)),), (sum(sides.before.values),))
    waited = sum(sides.after.values) + sides.running
    after = Counts((float(len(sides.after.values)),), (waited,))
    found = turned(ratio_of_gaps(before, after), cast("int", sides.good), is_ratio=True)
    return Effect(
        found,
        "gaps",
        is_ratio=True,
        level_before=1 / before.level,
        level_after=1 / after.level if after.total else waited,
        r=r,
    )


def _series(sides: Sides) -> Series:
    before, after = sides.before, sides.after
    return Series(
        at=before.at + after.at,
        periods=before.periods + after.periods,
        values=before.values + after.values,
        before=len(before.values),
        is_share=sides.chart in SHARES,
    )


def skewness(values: Sequence[float]) -> float:
    """Return the third moment over the spread to the third: 0 for values that lie evenly."""
    middle = fmean(values)
    spread = sqrt(fmean([(value - middle) ** 2 for value in values]))
    if spread == 0:
        return 0.0
    return fmean([((value - middle) / spread) ** 3 for value in values])


def _values(side: Side, chart: str) -> Values:
    weights = tuple(
        float(n if n is not None else d or 0.0)
        for n, d in zip(side.weights, side.denominators, strict=True)
    )
    weighted = chart in {"i-prime", "xbar"} and all(weight > 0 for weight in weights)
    return Values(side.values, weights if weighted else ())


def _counts(side: Side, chart: str) -> Counts:
    if chart == "c" or not any(side.denominators):
        return Counts(side.values, (1.0,) * len(side.values))
    return Counts(
        tuple(float(x or 0.0) for x in side.numerators),
        tuple(float(n or 0.0) for n in side.denominators),
    )


def _widened(r: float) -> float:
    return widening(r) if r > DEPENDENT else 1.0


def _inverse(part: float) -> float:
    return 1 / part if part > 0 else inf
