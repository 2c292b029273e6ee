"""How often each set of rules flags the latest point of a series in which nothing happened."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from typing import get_args

import polars as pl

from benchmarks.figures import Figure
from metrics.trend import LimitOptions, Preset, TrendSpec, analyse

SERIES, PERIODS, SEED = 20_000, 36, 9


def measure() -> Iterator[Figure]:
    """Yield the percentage of stable, normal, independent series, their own limits drawn."""
    points = stable()
    names = points["series"].unique().to_list()
    for preset in get_args(Preset):
        spec = TrendSpec("", "", rules=preset, options=LimitOptions(ladder=False))
        trends = analyse(points, dict.fromkeys(names, spec))
        flagged = trends.points.group_by("series").agg(pl.col("rules").last().list.len() > 0)
        latest = 100 * float(flagged["rules"].sum()) / SERIES
        phases = 100 * trends.patterns["series"].n_unique() / SERIES
        yield Figure(f"{preset}: latest of {PERIODS} points flagged by chance", latest, "%")
        yield Figure(f"{preset}: anything found in {PERIODS} points by chance", phases, "%")


def stable() -> pl.DataFrame:
    """Return the points of series that vary by chance alone, the same in every run."""
    chance = random.Random(SEED)  # noqa: S311 - no secret
    months = [date(2020 + at // 12, at % 12 + 1, 1) for at in range(PERIODS)]
    return pl.DataFrame(
        {
            "series": [f"s{at:05}" for at in range(SERIES) for _ in months],
            "period": months * SERIES,
            "value": [chance.gauss(0, 1) for _ in range(SERIES * PERIODS)],
            "status": "ok",
        }
    )
