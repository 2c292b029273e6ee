"""Is there a season? Rank tests, and how much of the variance the seasons explain.

Every function takes values with unit (one number per series and phase), season (its place in the
cycle, from 0) and value, no nulls, and returns one row per unit.

The chance of a rank statistic is read off the F curve, not the chi-square curve: over three years
of months chi-square says p < .01 of 1 in 2,000 series without a season, not of 1 in 100, and finds
a season of 1.5 sigma in a third of series, not in four of five; over two years it finds none.
Source: Iman and Davenport, Communications in Statistics A9, 1980; Conover, Practical Nonparametric
Statistics, 3rd ed., 1999, 5.2 and 5.8.
"""

from __future__ import annotations

import polars as pl
from scipy import special


def friedman(values: pl.DataFrame) -> pl.DataFrame:
    """Return statistic and p of Friedman's test of seasons within cycles, ties corrected.

    `values` also has cycle; each cycle has each season once. Null where nothing varies.
    """
    ranked = values.with_columns(rank=pl.col("value").rank().over("unit", "cycle"))
    away = (pl.col("rank") - pl.col("rank").mean()).pow(2)
    own = ranked.group_by("unit").agg(
        size=pl.col("season").n_unique(), cycles=pl.col("cycle").n_unique(), spread=away.sum()
    )
    sums = ranked.group_by("unit", "season").agg(pl.col("rank").sum())
    found = own.join(sums.group_by("unit").agg(between=away.sum()), on="unit").sort("unit")
    seasons, later = pl.col("size") - 1, pl.col("cycles") - 1
    return _chances(
        found,
        statistic=seasons * pl.col("between") / pl.col("spread"),
        most=pl.col("cycles") * seasons,
        freedom=(seasons, seasons * later),
    )


def kruskal(values: pl.DataFrame) -> pl.DataFrame:
    """Return statistic and p of the test of Kruskal and Wallis, ties corrected.

    Null where nothing varies.
    """
    ranked = values.with_columns(rank=pl.col("value").rank().over("unit"))
    middle = (pl.len() + 1) / 2
    own = ranked.group_by("unit").agg(n=pl.len(), spread=(pl.col("rank") - middle).pow(2).sum())
    groups = ranked.group_by("unit", "season").agg(pl.col("rank").mean(), own=pl.len())
    groups = groups.join(own, on="unit")
    between = pl.col("own") * (pl.col("rank") - (pl.col("n") + 1) / 2).pow(2)
    found = groups.group_by("unit").agg(
        pl.col("n", "spread").first(), size=pl.len(), between=between.sum()
    )
    points = pl.col("n") - 1
    return _chances(
        found.sort("unit"),
        statistic=points * pl.col("between") / pl.col("spread"),
        most=points,
        freedom=(pl.col("size") - 1, pl.col("n") - pl.col("size")),
    )


def explained(values: pl.DataFrame) -> pl.DataFrame:
    """Return `ratio`, F of the analysis of variance by season, and `share`, the variance explained.

    `values` also has cycle: each cycle's own level is taken out, for a step from one year to the
    next is neither season nor noise. `share` is 1 - mean square within seasons / mean square of
    all: corrected for the number of seasons, else a dozen months would explain a third of chance
    itself. `ratio` is infinite where seasons repeat exactly; both are null where nothing varies.
    """
    mean = pl.col("value").mean()
    own = values.select(
        "unit", "season", "cycle", value=pl.col("value") - mean.over("unit", "cycle")
    )
    away = (pl.col("value") - mean).pow(2).sum()
    groups = own.group_by("unit", "season").agg(within=away)
    inside = groups.group_by("unit").agg(size=pl.len(), within=pl.col("within").sum())
    every = own.group_by("unit").agg(n=pl.len(), cycles=pl.col("cycle").n_unique(), all=away)
    found = every.join(inside, on="unit").cast({pl.UInt32: pl.Int64}).sort("unit")
    free = pl.col("n") - pl.col("size") - pl.col("cycles") + 1
    within = pl.col("within") / free
    between = (pl.col("all") - pl.col("within")) / (pl.col("size") - 1)
    varies = pl.when((pl.col("all") > 0) & (free > 0))
    return found.select(
        "unit",
        ratio=varies.then(between / within),
        share=varies.then(1 - within / (pl.col("all") / (pl.col("n") - pl.col("cycles")))),
    )


def _chances(
    found: pl.DataFrame, statistic: pl.Expr, most: pl.Expr, freedom: tuple[pl.Expr, pl.Expr]
) -> pl.DataFrame:
    """Return unit, statistic and p: how far it is towards `most`, the greatest there can be."""
    known = pl.when(pl.col("spread") > 0)
    found = found.cast({pl.UInt32: pl.Int64}).select(
        "unit", statistic=known.then(statistic), most=most, first=freedom[0], second=freedom[1]
    )
    left = (pl.col("most") - pl.col("statistic")).clip(lower_bound=0.0)
    ratio = pl.col("second") * pl.col("statistic") / (pl.col("first") * left)
    curve = found.select("first", "second", ratio=ratio.fill_null(0.0))
    chance = special.fdtrc(
        curve["first"].to_numpy(), curve["second"].to_numpy(), curve["ratio"].to_numpy()
    )
    return found.select(
        "unit", "statistic", p=pl.when(pl.col("statistic").is_not_null()).then(pl.Series(chance))
    )
