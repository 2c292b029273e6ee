"""Centre line and natural process limits of every cell."""

from __future__ import annotations

import polars as pl

from metrics.trend.choice import chance_variance
from metrics.trend.ladder import MEDIAN_FROM, TRIAL_FROM, limits_kind

XMR_WIDTH = 2.66
"""Limits of an individuals chart in mean moving ranges: 3 / 1.128 (Wheeler)."""

RANGE_WIDTH = 3.268
"""Upper limit of the moving range in mean moving ranges (Wheeler)."""

SLACK = 1e-9
"""A value this close to a line, relative to it, lies on the line: sums of decimals in binary."""


def with_limits(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with mr, url, cl, sigma, lcl, ucl, lcl2, ucl2, z, side and limits_kind.

    `test_low`, `test_high`, `test_low2`, `test_high2` are the lines a value is compared with:
    null where the line was clipped to a natural bound, for such a line cannot signal.
    A partial cell has no lines. With 3 to 7 ok points `cl` is the median and there are no limits.
    Source: Wheeler and Chambers, Understanding Statistical Process Control, 2nd ed., 1992, for
    XmR; Shewhart's p, u and c limits as in Montgomery, Introduction to SQC.
    """
    cells = cells.with_columns(mr=_moving_range())
    cells = cells.join(_baseline(cells), on="unit", how="left")
    cells = cells.with_columns(sigma=_sigma(), **_bounds())
    cells = cells.with_columns(limits_kind=limits_kind(pl.col("ok_points"), pl.col("ok_rank")))
    cells = _lines(cells)
    return cells.with_columns(z=_z(), side=_side(), expected=pl.col("cl"))


def _moving_range() -> pl.Expr:
    neighbours = pl.col("ok") & pl.col("ok").shift() & (pl.col("unit") == pl.col("unit").shift())
    return pl.when(neighbours).then((pl.col("value") - pl.col("value").shift()).abs())


def _baseline(cells: pl.DataFrame) -> pl.DataFrame:
    """Return per unit: mean_mr, variance (of one item) and cl_base."""
    size = pl.when(pl.col("chart") == "c").then(1.0).otherwise(pl.col("denominator"))
    count = pl.when(pl.col("chart") == "c").then(pl.col("value")).otherwise(pl.col("numerator"))
    # A moving range whose later point is in the baseline has its earlier point there too.
    base = (
        cells.filter("baseline")
        .with_columns(_size=size, _count=count)
        .group_by("unit")
        .agg(
            pl.col("kind", "chart", "per", "ok_points").first(),
            mean_mr=pl.col("mr").mean(),
            mean=pl.col("value").mean(),
            median=pl.col("value").median(),
            ratio=pl.col("_count").sum() / pl.col("_size").sum(),
        )
    )
    centre = (
        pl.when(pl.col("ok_points") < MEDIAN_FROM)
        .then(None)
        .when(pl.col("ok_points") < TRIAL_FROM)
        .then(pl.col("median"))
        .when(pl.col("chart") == "xmr")
        .then(pl.col("mean"))
        .when(pl.col("chart") == "c")
        .then(pl.col("ratio"))
        .otherwise(pl.col("per") * pl.col("ratio"))
    )
    return base.with_columns(variance=chance_variance("ratio"), cl_base=centre).select(
        "unit", "mean_mr", "variance", "cl_base"
    )


def _sigma() -> pl.Expr:
    of_ratio = pl.col("per") * (pl.col("variance") / pl.col("denominator")).sqrt()
    sigma = (
        pl.when(pl.col("chart") == "xmr")
        .then(pl.col("mean_mr") * XMR_WIDTH / 3)
        .when(pl.col("chart") == "c")
        .then(pl.col("variance").sqrt())
        .otherwise(of_ratio)
    )
    return pl.when((pl.col("ok_points") >= TRIAL_FROM) & (pl.col("status") != "partial")).then(
        sigma
    )


def _bounds() -> dict[str, pl.Expr]:
    """Return the natural bounds: shares within 0 and all, counts and rates from 0."""
    counted = pl.col("kind") != "xmr"
    all_of_it = pl.when(pl.col("kind") == "p").then(pl.col("per"))
    return {
        "bound_low": pl.when(counted).then(0.0).otherwise(pl.col("lower")),
        "bound_high": pl.when(counted).then(all_of_it).otherwise(pl.col("upper")),
    }


def _lines(cells: pl.DataFrame) -> pl.DataFrame:
    cl, sigma = pl.col("cl"), pl.col("sigma")
    has_lines = pl.col("status") != "partial"
    cells = cells.with_columns(
        cl=pl.when(has_lines).then(pl.col("cl_base")),
        url=pl.when(
            has_lines & (pl.col("ok_points") >= TRIAL_FROM) & (pl.col("chart") == "xmr")
        ).then(RANGE_WIDTH * pl.col("mean_mr")),
    )
    raw = {
        "lcl": cl - 3 * sigma,
        "ucl": cl + 3 * sigma,
        "lcl2": cl - 2 * sigma,
        "ucl2": cl + 2 * sigma,
    }
    cells = cells.with_columns(**raw)
    low, high = pl.col("bound_low"), pl.col("bound_high")
    clipped_low = {name: (pl.col(name) < low).fill_null(value=False) for name in ("lcl", "lcl2")}
    clipped_high = {name: (pl.col(name) > high).fill_null(value=False) for name in ("ucl", "ucl2")}
    return cells.with_columns(
        test_low=pl.when(~clipped_low["lcl"]).then(pl.col("lcl")),
        test_low2=pl.when(~clipped_low["lcl2"]).then(pl.col("lcl2")),
        test_high=pl.when(~clipped_high["ucl"]).then(pl.col("ucl")),
        test_high2=pl.when(~clipped_high["ucl2"]).then(pl.col("ucl2")),
        lcl=pl.when(clipped_low["lcl"]).then(low).otherwise(pl.col("lcl")),
        lcl2=pl.when(clipped_low["lcl2"]).then(low).otherwise(pl.col("lcl2")),
        ucl=pl.when(clipped_high["ucl"]).then(high).otherwise(pl.col("ucl")),
        ucl2=pl.when(clipped_high["ucl2"]).then(high).otherwise(pl.col("ucl2")),
    )


def slack(line: str) -> pl.Expr:
    """Return how far beyond `line` a value must lie to be beyond it."""
    return SLACK * pl.max_horizontal(pl.col(line).abs(), pl.col("sigma"))


def _z() -> pl.Expr:
    tested = pl.col("ok") & (pl.col("sigma") > 0)
    return pl.when(tested).then((pl.col("value") - pl.col("cl")) / pl.col("sigma"))


def _side() -> pl.Expr:
    """Return +1 above the centre line, -1 below, 0 on it; null where nothing is tested."""
    away = pl.col("value") - pl.col("cl")
    side = pl.when(away > slack("cl")).then(1).when(away < -slack("cl")).then(-1).otherwise(0)
    return pl.when(pl.col("ok") & pl.col("sigma").is_not_null()).then(side).cast(pl.Int8)
