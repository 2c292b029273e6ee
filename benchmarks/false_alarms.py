"""How often each set of rules finds something where nothing happened, and how soon where it did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import numpy as np
import polars as pl

from benchmarks.figures import Figure
from benchmarks.noise import Numbers, chance, normal, points
from metrics.trend import LimitOptions, Preset, Trends, TrendSpec, analyse

SERIES = 40_000

LENGTHS = (12, 24, 36, 60)
BASELINES = (8, 12, 20, 24, 36)

AFTER = 12
"""Points judged by limits that come from the points before them."""

SHIFTS = (0.5, 1.0, 1.5, 2.0, 3.0)
DRIFTS = (0.1, 0.2)
BEFORE, SOON = 24, 8
"""Points before a step, and points after it within which it is to be found."""


def measure() -> Iterator[Figure]:
    """Yield percentages of series: found by chance, with own limits and with frozen ones."""
    for preset in get_args(Preset):
        for periods in LENGTHS:
            trends = analysed(normal(chance(), (SERIES, periods)), preset)
            latest, anything = 100 * flagged_last(trends), 100 * found(trends)
            yield Figure(f"{preset}: latest of {periods} points, by chance", latest, "%")
            yield Figure(f"{preset}: anything in {periods} points, by chance", anything, "%")
        for baseline in BASELINES:
            values = normal(chance(), (SERIES, baseline + AFTER))
            trends = analysed(values, preset, baseline)
            latest, anything = 100 * flagged_last(trends), 100 * found(trends, baseline)
            what = f"{preset}: {AFTER} points after limits of {baseline}"
            yield Figure(f"{what}, latest", latest, "%")
            yield Figure(f"{what}, anything", anything, "%")


def detect() -> Iterator[Figure]:
    """Yield percentages of series in which a step, or a drift, is found in time."""
    for preset in get_args(Preset):
        for size in SHIFTS:
            values = normal(chance(), (SERIES, BEFORE + SOON))
            values[:, BEFORE:] += size
            seen = 100 * found(analysed(values, preset, BEFORE), BEFORE)
            yield Figure(f"{preset}: a step of {size:g} sigma within {SOON} points", seen, "%")
        for slope in DRIFTS:
            values = normal(chance(), (SERIES, BEFORE + AFTER))
            values[:, BEFORE:] += slope * np.arange(1, AFTER + 1)
            seen = 100 * found(analysed(values, preset, BEFORE), BEFORE)
            what = f"{preset}: a drift of {slope:g} sigma a period within {AFTER} points"
            yield Figure(what, seen, "%")


def analysed(values: Numbers, preset: Preset, baseline: int | None = None) -> Trends:
    """Return individuals charts with limits of all points, or of the first `baseline`."""
    frame = points({"value": values})
    options = LimitOptions(ladder=False, baseline=baseline)
    spec = TrendSpec("", "", rules=preset, options=options)
    return analyse(frame, dict.fromkeys(frame["series"].unique().to_list(), spec))


def flagged_last(trends: Trends) -> float:
    """Return the share of series whose latest point belongs to a pattern."""
    last = trends.points["period"].max()
    own = trends.patterns.filter(pl.col("last") == last)["series"].n_unique()
    return own / trends.points["series"].n_unique()


def found(trends: Trends, baseline: int = 0) -> float:
    """Return the share of series with a pattern first known after the first `baseline` points."""
    since = trends.points["period"].unique().sort()[baseline]
    own = trends.patterns.filter(pl.col("known_on") >= since)["series"].n_unique()
    return own / trends.points["series"].n_unique()
