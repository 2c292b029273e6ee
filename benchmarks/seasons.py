"""How often a season is seen where there is none, and missed where there is one; and what alike
neighbours do to false alarms, with the guard and without."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import polars as pl

from benchmarks.figures import Figure
from metrics.trend import Trends, TrendSpec, analyse

SERIES, SEED = 5_000, 5

Series = Callable[[random.Random, int], list[float]]


def measure() -> Iterator[Figure]:
    """Yield percentages of series: those with a season, then those with a signal."""
    for months in (24, 36, 60):
        seen = _seasonal(partial(alike, r1=0.0), months)
        yield Figure(f"season seen in {months} months of independent noise", seen, "%")
    seen = _seasonal(partial(alike, r1=0.6), 36)
    yield Figure("season seen in 36 months of noise with r1 = 0.6", seen, "%")
    seen = _seasonal(partial(drifting, step=0.1), 36)
    yield Figure("season seen in 36 months that drift by 0.1 sigma a month", seen, "%")
    for size in (1.0, 1.5, 2.0):
        for months in (24, 36):
            seen = _seasonal(partial(waving, size=size), months)
            yield Figure(f"season of {size} sigma seen in {months} months", seen, "%")
    for r1 in (0.0, 0.3, 0.6):
        yield from _alarms(f"r1 = {r1}", partial(alike, r1=r1))
    yield from _alarms("shift of 1.5 sigma, 12 of 48 months", shifted)


def _seasonal(made: Series, months: int) -> float:
    """Return the percentage of series whose season is applied, or told of where it is too short."""
    trends = _trends(made, months, TrendSpec("", "", season="auto"))
    said = [trends.summaries[name].season for name in trends.summaries]
    return 100 * sum(bool(text) for text in said) / SERIES


def _alarms(what: str, made: Series) -> Iterator[Figure]:
    for guards in (False, True):
        trends = _trends(made, 48, TrendSpec("", "", guards=guards))
        signals = trends.patterns.filter(grade="signal")
        last = trends.points["period"].max()
        latest = signals.filter(pl.col("last") == last)["series"].n_unique()
        told = "guarded" if guards else "unguarded"
        yield Figure(f"{what}, {told}: latest of 48 points in a signal", 100 * latest / SERIES, "%")
        found = 100 * signals["series"].n_unique() / SERIES
        yield Figure(f"{what}, {told}: a signal anywhere in 48 points", found, "%")


def _trends(made: Series, months: int, spec: TrendSpec) -> Trends:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    days = [date(2020 + at // 12, at % 12 + 1, 1) for at in range(months)]
    names = [f"s{at:05}" for at in range(SERIES)]
    points = pl.DataFrame(
        {
            "series": [name for name in names for _ in days],
            "period": days * SERIES,
            "value": [value for _ in names for value in made(chance, months)],
            "status": "ok",
        }
    )
    return analyse(points, dict.fromkeys(names, spec))


def alike(chance: random.Random, count: int, r1: float) -> list[float]:
    """Return values around 20, standard deviation 1, each with `r1` of the one before."""
    value, own, found = chance.gauss(0, 1), math.sqrt(1 - r1**2), []
    for _ in range(count):
        found.append(20 + value)
        value = r1 * value + own * chance.gauss(0, 1)
    return found


def drifting(chance: random.Random, count: int, step: float) -> list[float]:
    """Return independent values that rise by `step` standard deviations a period."""
    return [20 + step * at + chance.gauss(0, 1) for at in range(count)]


def waving(chance: random.Random, count: int, size: float) -> list[float]:
    """Return independent values on a yearly wave that reaches `size` standard deviations."""
    wave = [size * math.sin(2 * math.pi * at / 12) for at in range(12)]
    return [20 + wave[at % 12] + chance.gauss(0, 1) for at in range(count)]


def shifted(chance: random.Random, count: int) -> list[float]:
    """Return independent values, the last twelve 1.5 standard deviations higher."""
    return [20 + 1.5 * (at >= count - 12) + chance.gauss(0, 1) for at in range(count)]
