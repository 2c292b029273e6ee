"""Every control chart again in plain Python, one series at a time, as its source writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import gamma, log, pi, sqrt
from statistics import mean, median, stdev

Number = float | None


@dataclass(frozen=True)
class Lines:
    """Centre and limits of each point, the limits not clipped."""

    centre: list[float]
    low: list[float]
    high: list[float]


def moving_ranges(values: Sequence[Number]) -> list[float]:
    """Return the ranges of neighbours that are both known."""
    return [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]


def usual(ranges: Sequence[float], *, screen: bool = False, beyond: float = 3.267) -> float:
    """Return the mean range, after leaving out once those beyond their limit."""
    first = mean(ranges)
    return mean([r for r in ranges if not screen or r < beyond * first])


def individuals(values: Sequence[Number], *, k: float = 2.66, screen: bool = False) -> Lines:
    centre = mean(known(values))
    width = k * usual(moving_ranges(values), screen=screen)
    return _level(values, centre, width)


def individuals_by_median(values: Sequence[Number]) -> Lines:
    return _level(values, median(known(values)), 3.145 * median(moving_ranges(values)))


def shares(hits: Sequence[float], sizes: Sequence[float]) -> Lines:
    p = sum(hits) / sum(sizes)
    return _around([p] * len(sizes), [3 * sqrt(p * (1 - p) / n) for n in sizes])


def rates(events: Sequence[float], sizes: Sequence[float]) -> Lines:
    u = sum(events) / sum(sizes)
    return _around([u] * len(sizes), [3 * sqrt(u / n) for n in sizes])


def counts(events: Sequence[float]) -> Lines:
    c = mean(events)
    return _around([c] * len(events), [3 * sqrt(c)] * len(events))


def laney(events: Sequence[float], sizes: Sequence[float], *, share: bool) -> Lines:
    plain = shares(events, sizes) if share else rates(events, sizes)
    sigmas = [(high - centre) / 3 for high, centre in zip(plain.high, plain.centre, strict=True)]
    z = [
        (e / n - centre) / sigma
        for e, n, centre, sigma in zip(events, sizes, plain.centre, sigmas, strict=True)
    ]
    wider = usual(moving_ranges(z)) / 1.128
    return _around(plain.centre, [3 * sigma * wider for sigma in sigmas])


def taylor(values: Sequence[float], weights: Sequence[float]) -> Lines:
    centre = sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)
    spreads = [
        sqrt(pi / 2) * abs(b - a) / sqrt(1 / v + 1 / w)
        for a, b, v, w in zip(values, values[1:], weights, weights[1:], strict=False)
    ]
    return _around([centre] * len(values), [3 * mean(spreads) / sqrt(w) for w in weights])


def times(values: Sequence[float]) -> Lines:
    turned = [v ** (1 / 3.6) for v in values]
    lines = individuals(turned, k=3 / 1.128)
    back = [[max(v, 0.0) ** 3.6 for v in line] for line in (lines.centre, lines.low, lines.high)]
    return Lines(*back)


def gaps(values: Sequence[float]) -> Lines:
    m = mean(values)
    width = 3 * sqrt(m * (m + 1))
    n = len(values)
    return Lines([median(values)] * n, [m - width] * n, [m + width] * n)


def gaps_by_probability(values: Sequence[float]) -> Lines:
    n = len(values)
    p = (n - 1) / n / (mean(values) + 1)
    lines = [[geometric_quantile(q, p)] * n for q in (0.5, 0.00135, 0.99865)]
    return Lines(*lines)


def geometric_quantile(chance: float, p: float) -> float:
    """Return the quantile, straight between the whole numbers around it; 0 below the first."""
    k, before, reached = 0, 0.0, p
    while reached < chance:
        k += 1
        before, reached = reached, 1 - (1 - p) ** (k + 1)
    return max(k - 1 + (chance - before) / (reached - before), 0.0)


def times_by_probability(values: Sequence[float]) -> Lines:
    m, n = mean(values), len(values)
    lines = [[-m * log(1 - q)] * n for q in (0.5, 0.00135, 0.99865)]
    return Lines(*lines)


def subgroup_means(groups: Sequence[Sequence[float]]) -> Lines:
    centre = sum(sum(g) for g in groups) / sum(len(g) for g in groups)
    within = spread_within(groups)
    return _around(
        [centre] * len(groups), [3 * within / (c4(len(g)) * sqrt(len(g))) for g in groups]
    )


def subgroup_spreads(groups: Sequence[Sequence[float]]) -> Lines:
    within = spread_within(groups)
    widths = [3 * within * sqrt(1 - c4(len(g)) ** 2) / c4(len(g)) for g in groups]
    return _around([within] * len(groups), widths)


def spread_within(groups: Sequence[Sequence[float]]) -> float:
    if len({len(g) for g in groups}) == 1:
        return mean(stdev(g) for g in groups)
    squares = sum((len(g) - 1) * stdev(g) ** 2 for g in groups)
    return sqrt(squares / sum(len(g) - 1 for g in groups))


def c4(n: int) -> float:
    return sqrt(2 / (n - 1)) * gamma(n / 2) / gamma((n - 1) / 2)


def known(values: Sequence[Number]) -> list[float]:
    return [v for v in values if v is not None]


def _level(values: Sequence[Number], centre: float, width: float) -> Lines:
    return _around([centre] * len(values), [width] * len(values))


def _around(centres: Sequence[float], widths: Sequence[float]) -> Lines:
    pairs = list(zip(centres, widths, strict=True))
    return Lines(list(centres), [c - w for c, w in pairs], [c + w for c, w in pairs])
