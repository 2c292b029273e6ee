"""Are the points of a phase independent? Where neighbours are alike, runs come by themselves.

Asked of the series whose spec says guards. A change of level is no dependence: it too makes
neighbours alike, and would then hide itself. So each point is taken about the level of its stretch,
of which a phase has two where a step divides it clearly, or three where a long run on one side does
so better.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from scipy import special

from metrics.trend.ladder import TRIAL_FROM
from metrics.trend.spec import TrendSpec

ALIKE_FROM = 0.25
"""Correlation of neighbours from which runs are twice as frequent as the rules reckon with."""

TOO_ALIKE_FROM = 0.5
"""Correlation from which another period or measure is better than any limits."""

ALIKE_P = 0.05
"""Chance of a test as extreme as this among independent points."""

MOST_LAGS = 6

CLEAR_STEP = 12.0
"""Squared t from which the best step is a change of level: of independent series one in fifty has
one by chance, of alike points many, and taking those out costs the guard little."""

FEWEST_OF_A_LEVEL = 3
LONG_RUN = 8
"""Points on one side of the centre line that may be a level of their own."""

RUN_IS_BETTER = 0.6
"""A run is taken for a level where what it leaves is at most this much of what the step leaves."""


def guarded(cells: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> pl.DataFrame:
    """Return the cells with `r1` and `is_dependent` of their phase; nothing where none is guarded.

    r1 is the correlation of neighbouring ok points, their season taken out; null without guards or
    with fewer than eight points. Dependent is r1 above 0.25 with p < .05 by Ljung and Box over
    min(6, n/5) lags, and that without changes of level too.
    Source: Ljung and Box, On a measure of lack of fit in time series models, Biometrika 65, 1978.
    """
    asked = [name for name, spec in specs.items() if spec.guards]
    if not asked:
        return cells
    value = pl.col("level" if "level" in cells.columns else "value")
    points = cells.filter(pl.col("series").is_in(asked)).select(
        "unit", side=pl.col("side").fill_null(0), value=pl.when("ok").then(value)
    )
    found = correlated(points.select("unit", away=_from_mean("unit")))
    alike = ((pl.col("r1") > ALIKE_FROM) & (pl.col("p") < ALIKE_P)).fill_null(value=False)
    again = points.join(found.filter(alike), on="unit", how="semi", maintain_order="left")
    found = found.filter(~alike).vstack(correlated(_about_levels(again)))
    found = found.select("unit", "r1", is_dependent=alike)
    return cells.join(found, on="unit", how="left", maintain_order="left")


def correlated(points: pl.DataFrame) -> pl.DataFrame:
    """Return n, r1, statistic and p of Ljung and Box for each unit of eight points or more.

    `points` has unit and away, the distance of a point from its level: a row for every cell, in
    order, null where there is no point. Units in which nothing varies are left out.
    """
    pairs = {
        f"_{lag}": pl.when(pl.col("unit") == pl.col("unit").shift(lag)).then(
            pl.col("away") * pl.col("away").shift(lag)
        )
        for lag in range(1, MOST_LAGS + 1)
    }
    sums = [pl.col(name).sum() for name in pairs]
    every = points.with_columns(**pairs).group_by("unit", maintain_order=True)
    found = every.agg(*sums, n=pl.col("away").count(), square=pl.col("away").pow(2).sum())
    found = found.filter((pl.col("n") >= TRIAL_FROM) & (pl.col("square") > 0))
    n, lags = pl.col("n").cast(pl.Int64), (pl.col("n") // 5).clip(1, MOST_LAGS)
    terms = [
        pl.when(lags >= lag).then((pl.col(name) / pl.col("square")).pow(2) / (n - lag))
        for lag, name in enumerate(pairs, start=1)
    ]
    found = found.with_columns(
        r1=pl.col("_1") / pl.col("square"),
        statistic=n * (n + 2) * pl.sum_horizontal(terms),
        lags=lags,
    )
    chance = special.chdtrc(found["lags"].to_numpy(), found["statistic"].to_numpy())
    return found.select("unit", "n", "r1", "statistic", p=pl.Series(chance, dtype=pl.Float64))


def _from_mean(*stretch: str) -> pl.Expr:
    return pl.col("value") - pl.col("value").mean().over(stretch)


def _about_levels(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points with `away`: how far each lies from the level of its stretch."""
    ok = points.with_row_index("cell").filter(pl.col("value").is_not_null())
    split = [
        way.with_columns(away=_from_mean("unit", "_stretch"))
        for way in (_split_at_step(ok), _split_at_run(ok))
    ]
    square = pl.col("away").pow(2).sum().over("unit")
    step, run = (way.select("unit", "cell", "away", square=square) for way in split)
    by_run = run["square"] < RUN_IS_BETTER * step["square"]
    away = step.select("cell", away=pl.when(pl.lit(by_run)).then(run["away"]).otherwise("away"))
    every = points.select("unit").with_row_index("cell")
    return every.join(away, on="cell", how="left", maintain_order="left").drop("cell")


def _split_at_step(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points with `_stretch`: two where one step explains enough, else one."""
    rank, count = pl.int_range(1, pl.len() + 1), pl.len()
    before = pl.col("value").cum_sum() / rank
    after = (pl.col("value").sum() - pl.col("value").cum_sum()) / (count - rank)
    inside = (rank >= FEWEST_OF_A_LEVEL) & (count - rank >= FEWEST_OF_A_LEVEL)
    gain = pl.when(inside).then(rank * (count - rank) / count * (before - after).pow(2))
    square = (pl.col("value") - pl.col("value").mean()).pow(2).sum()
    points = points.with_columns(
        _rank=rank.over("unit"), _gain=gain.over("unit"), _left=square.over("unit")
    )
    most = pl.col("_gain").max().over("unit")
    last = pl.col("_rank").filter(pl.col("_gain") == most).first().over("unit")
    free = pl.len().over("unit") - 2
    clear = most * free > CLEAR_STEP * (pl.col("_left") - most)
    return points.with_columns(_stretch=(clear & (pl.col("_rank") > last)).fill_null(value=False))


def _split_at_run(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points with `_stretch`: before, in and after the longest run on one side."""
    fresh = pl.col("unit") != pl.col("unit").shift()
    points = points.with_columns(
        _run=(fresh | (pl.col("side") != pl.col("side").shift())).fill_null(value=True).cum_sum()
    )
    runs = points.group_by("unit", "_run", maintain_order=True).agg(
        pl.col("side").first(),
        _first=pl.col("cell").first(),
        _last=pl.col("cell").last(),
        long=pl.len(),
    )
    longest = (
        runs.filter((pl.col("long") >= LONG_RUN) & (pl.col("side") != 0))
        .sort("unit", "long", "_first")
        .group_by("unit", maintain_order=True)
        .agg(pl.col("_first", "_last").last())
    )
    points = points.join(longest, on="unit", how="left", maintain_order="left")
    since = (pl.col("cell") >= pl.col("_first")).cast(pl.Int8)
    return points.with_columns(
        _stretch=(since + (pl.col("cell") > pl.col("_last")).cast(pl.Int8)).fill_null(0)
    )
