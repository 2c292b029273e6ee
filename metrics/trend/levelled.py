"""Values as they would be without their season and expected growth, and lines back at the values.

A value is (level + drift) × factor + offset. Limits are drawn around the levels, then each line is
bent by what its period has of drift and season, so that the chart shows the values as they came.
"""

from __future__ import annotations

import polars as pl

INDIVIDUAL = ("xmr", "i-prime")
"""Charts of values: a season moves the value itself. Of counts it moves the number expected."""

SEASONAL = (*INDIVIDUAL, "p", "u", "c", "p-prime", "u-prime")
"""Charts that can have a season; times and gaps between events, and subgroups, have none."""

_LINES = ("judged", "centre", "line", "low", "high", "low2", "high2")


def levelled(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with `level`, which is also the `value` of a chart of values.

    `seen` is the value as it came. Kinds of chart that have no season lose theirs.
    """
    able = pl.col("chart").is_in(SEASONAL)
    cells = cells.with_columns(
        factor=pl.when(able).then("factor").otherwise(1.0),
        offset=pl.when(able).then("offset").otherwise(0.0),
        season_factor=pl.when(able).then("season_factor"),
        season_grade=pl.when(able).then("season_grade"),
        seen=pl.col("value"),
    )
    level = (pl.col("value") - pl.col("offset")) / pl.col("factor") - pl.col("drift")
    return cells.with_columns(level=level).with_columns(
        value=pl.when(pl.col("chart").is_in(INDIVIDUAL)).then("level").otherwise("value")
    )


def raised(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with their values as they came, and the lines where those are."""
    moved = pl.col("chart").is_in(INDIVIDUAL)
    lines = {
        name: (pl.col(name) + pl.col("drift")) * pl.col("factor") + pl.col("offset")
        for name in _LINES
    }
    lines["sigma"] = pl.col("sigma") * pl.col("factor")
    return cells.with_columns(
        value=pl.col("seen"),
        **{name: pl.when(moved).then(line).otherwise(name) for name, line in lines.items()},
    )


def without_season(name: str) -> pl.Expr:
    """Return a column in sigmas from its own line where lines are bent, else as it is."""
    is_bent = pl.col("season_factor").is_not_null() | (pl.col("drift") != 0)
    return pl.when(is_bent).then("z").otherwise(name)
