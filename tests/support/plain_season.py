"""The season of a monthly series again, one number at a time, its tests by scipy.stats."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import mean

import polars as pl
from scipy import stats

CYCLE = 12


def plain_factors(values: Sequence[float | None]) -> tuple[list[float] | None, int]:
    """Return the factor of each month where a season moves the limits, and the baseline's length.

    The values are of one phase, all above 0; without a season there is no factor, and the baseline
    is the first twenty points.
    """
    end = _end_of_third_cycle(values)
    if end is None:
        return None, 20
    own = _without_drift(values[:end])
    months = [[v for v in own[month::CYCLE] if v is not None] for month in range(CYCLE)]
    if not _seen(own):
        return None, 20
    known = [v for v in own if v is not None]
    ratio, share = _by_season_and_cycle(
        [(at % CYCLE, v) for at, v in enumerate(own) if v is not None]
    )
    if share < 0.3:
        return None, 20
    kept = max(0.0, 1 - 1 / ratio)
    usual = mean(mean(month) for month in months)
    return [max(0.1, 1 + kept * (mean(month) / usual - 1)) for month in months], len(known)


def _by_season_and_cycle(values: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Return F of the seasons and their share, each dozen values less its own level."""
    cycles = [values[at : at + CYCLE] for at in range(0, len(values), CYCLE)]
    levels = [mean(v for _, v in cycle) for cycle in cycles]
    left = [(s, v - level) for cycle, level in zip(cycles, levels, strict=True) for s, v in cycle]
    groups = [[v for s, v in left if s == season] for season in range(CYCLE)]
    whole = mean(v for _, v in left)
    all_of_it = sum((v - whole) ** 2 for _, v in left)
    within = sum((v - mean(group)) ** 2 for group in groups for v in group)
    inside = within / (len(left) - CYCLE - len(cycles) + 1)
    between = (all_of_it - within) / (CYCLE - 1)
    return between / inside, 1 - inside / (all_of_it / (len(left) - len(cycles)))


def _end_of_third_cycle(values: Sequence[float | None]) -> int | None:
    """Return how many cells it takes until every month has three values."""
    for end in range(1, len(values) + 1):
        counts = [sum(v is not None for v in values[m:end:CYCLE]) for m in range(CYCLE)]
        if min(counts) == 3:
            return end
    return None


def _seen(values: Sequence[float | None]) -> bool:
    known = [v for v in values if v is not None]
    points = len(known)
    begun = values[next(at for at, v in enumerate(values) if v is not None) :]
    months = [[v for v in begun[month::CYCLE] if v is not None] for month in range(CYCLE)]
    if len(known) == len(begun):
        statistic = float(stats.friedmanchisquare(*months).statistic)
        most, free = 3 * (CYCLE - 1), 2 * (CYCLE - 1)
    else:
        statistic = float(stats.kruskal(*months).statistic)
        most, free = points - 1, points - CYCLE
    ratio = free * statistic / ((CYCLE - 1) * (most - statistic))
    return bool(stats.f.sf(ratio, CYCLE - 1, free) < 0.01)


def _without_drift(values: Sequence[float | None]) -> list[float | None]:
    """Return the values less the least that every whole dozen rose, or fell, by."""
    cells = [(i, v) for i, v in enumerate(values) if v is not None]
    dozens = [cells[at : at + CYCLE] for at in range(0, len(cells) - CYCLE + 1, CYCLE)]
    levels = [mean(v for _, v in dozen) for dozen in dozens]
    moves = [now - before for before, now in pairwise(levels)]
    drift = (max(min(moves), 0.0) + min(max(moves), 0.0)) / CYCLE
    middle = mean(i for i, _ in cells)
    return [None if v is None else v - drift * (i - middle) for i, v in enumerate(values)]


def plain_ljung_box(away: Sequence[float], lags: int) -> tuple[float, float]:
    """Return r1 and the chance of Ljung and Box for distances from a level, no gaps."""
    n, square = len(away), sum(v * v for v in away)
    r = [sum(away[i] * away[i - k] for i in range(k, n)) / square for k in range(1, lags + 1)]
    statistic = n * (n + 2) * sum(value**2 / (n - k) for k, value in enumerate(r, 1))
    return r[0], float(stats.chi2.sf(statistic, lags))


def in_cycles(cycles: Sequence[Sequence[float]]) -> pl.DataFrame:
    """Return values as the tests of metrics.trend.season_test take them: unit, cycle, season."""
    rows = [(0, c, s, float(v)) for c, own in enumerate(cycles) for s, v in enumerate(own)]
    return pl.DataFrame(rows, schema=["unit", "cycle", "season", "value"], orient="row")
