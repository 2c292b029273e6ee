"""Series in which nothing happens, or one thing we know of: the same numbers in every run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from metrics.trend import ChartKind

Numbers = NDArray[np.float64] | NDArray[np.int64]
Chance = np.random.Generator
Size = tuple[int, int]
"""So many series of so many periods."""

SEED = 9


def chance(seed: int = SEED) -> Chance:
    """Return the source of all numbers; whoever asks first gets the same ones every time."""
    return np.random.default_rng(seed)


def normal(source: Chance, size: Size, r1: float = 0.0) -> NDArray[np.float64]:
    """Return normal values of mean 0 and spread 1, each `r1` like the one before it."""
    values = source.standard_normal(size)
    for at in range(1, size[1] if r1 else 0):
        fresh = np.sqrt(1 - r1**2) * values[:, at]
        values[:, at] = r1 * values[:, at - 1] + fresh
    return values


def points(columns: Mapping[str, Numbers]) -> pl.DataFrame:
    """Return what the engine reads: a row a series and month, every one of status ok."""
    count, periods = next(iter(columns.values())).shape
    months = [date(2000 + at // 12, at % 12 + 1, 1) for at in range(periods)]
    names = pl.Series("series", [f"s{at:06}" for at in range(count)])
    grid = names.to_frame().join(pl.DataFrame({"period": months}), how="cross")
    numbers = {name: pl.Series(values.ravel().astype(float)) for name, values in columns.items()}
    return grid.with_columns(status=pl.lit("ok"), **numbers)


def stable(kind: ChartKind, source: Chance, size: Size) -> pl.DataFrame:
    """Return series of the kind a chart is made for, its assumptions met to the letter."""
    return points(_STABLE[kind](source, size))


def _values(source: Chance, size: Size) -> dict[str, Numbers]:
    return {"value": normal(source, size)}


def _shares(source: Chance, size: Size) -> dict[str, Numbers]:
    asked = source.integers(150, 250, size)
    return {"numerator": source.binomial(asked, 0.1), "denominator": asked}


def _rates(source: Chance, size: Size) -> dict[str, Numbers]:
    exposed = source.integers(1500, 2500, size)
    return {"numerator": source.poisson(exposed / 100), "denominator": exposed}


def _counts(source: Chance, size: Size) -> dict[str, Numbers]:
    counted = source.poisson(10, size)
    return {"value": counted, "numerator": counted}


def _weighted(source: Chance, size: Size) -> dict[str, Numbers]:
    weights = source.integers(20, 80, size)
    return {"value": normal(source, size) / np.sqrt(weights), "n": weights}


def _times(source: Chance, size: Size) -> dict[str, Numbers]:
    return {"value": source.exponential(30, size)}


def _gaps(source: Chance, size: Size) -> dict[str, Numbers]:
    return {"value": source.geometric(0.02, size) - 1}


def _subgroups(source: Chance, size: Size) -> dict[str, Numbers]:
    measured = source.standard_normal((*size, 5))
    spread = {"sd": measured.std(axis=2, ddof=1), "n": np.full(size, 5.0)}
    return {"value": measured.mean(axis=2), **spread}


_STABLE: Mapping[ChartKind, Callable[[Chance, Size], dict[str, Numbers]]] = {
    "xmr": _values,
    "mr": _values,
    "p": _shares,
    "u": _rates,
    "c": _counts,
    "p-prime": _shares,
    "u-prime": _rates,
    "i-prime": _weighted,
    "t": _times,
    "g": _gaps,
    "xbar": _subgroups,
    "s": _subgroups,
    "run": _values,
}
