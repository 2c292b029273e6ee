"""How often the icon of a metric in which nothing happened says that something did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

import polars as pl

from benchmarks.figures import Figure
from benchmarks.noise import chance, stable
from metrics.trend import ChartKind, LimitsKind, Preset, TrendSpec, analyse

SERIES = 20_000

PERIODS: Mapping[LimitsKind, int] = {"trial": 10, "provisional": 16, "firm": 20, "frozen": 36}
"""Points a series of each kind of limits usually has; frozen: limits of 20, 16 points later."""


def measure() -> Iterator[Figure]:
    """Yield the percentage of latest points that stand for a signal, by chart, limits and rules."""
    for chart in get_args(ChartKind):
        for limits, periods in PERIODS.items():
            points = stable(chart, chance(), (SERIES, periods))
            for preset in get_args(Preset):
                share = 100 * icons(points, chart, preset)
                yield Figure(f"false icons: {chart}, {limits} limits, {preset}", share, "%")


def icons(points: pl.DataFrame, chart: ChartKind, preset: Preset) -> float:
    """Return the share of series of which a signal reaches to the latest point."""
    names = points["series"].unique().to_list()
    spec = TrendSpec("", "", kind=chart, rules=preset, fixed=True)
    found = analyse(points, dict.fromkeys(names, spec)).patterns
    now = (pl.col("last") == points["period"].max()) & (pl.col("grade") == "signal")
    return found.filter(now)["series"].n_unique() / len(names)
