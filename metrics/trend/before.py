"""The lines of the phase before: how the first points of a new phase are read without its own."""

from __future__ import annotations

import polars as pl

from metrics.trend.ladder import TRIAL_FROM

_OLD = ("old_cl", "old_lcl", "old_ucl")
_LINES = ("_cl", "_lcl", "_ucl")
_OWN = ("cl", "lcl", "ucl")


def with_old_lines(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with old_cl, old_lcl and old_ucl: the limits of the phase before, extended.

    They stand on the cells of a phase that has too few ok points for limits of its own, and are
    null once it has them; the centre line stays for good where the phase is a worse level that was
    accepted (`is_accepted`). Where limits follow the denominator, or a season, the old ones follow
    it too.
    """
    if cells.is_empty() or cells["phase_id"].min() == cells["phase_id"].max():
        return cells.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in _OLD)
    cells = cells.join(_of_the_unit_before(cells), on="unit", how="left", maintain_order="left")
    if "factor" in cells.columns:
        bent = {name: pl.col(name) * pl.col("factor") + pl.col("offset") for name in _LINES}
        cells = cells.with_columns(**bent, _variance=pl.col("_variance") * _widening())
    too_few = pl.col("ladder") & (pl.col("ok_points") < TRIAL_FROM)
    has_lines = pl.col("status") != "partial"
    width = 3 * _scale() * (pl.col("_variance") / _size()).sqrt()
    low = pl.max_horizontal(pl.col("_cl") - width, "bound_low")
    high = pl.min_horizontal(pl.col("_cl") + width, "bound_high")
    follows = pl.col("_variance").is_not_null()
    stays = too_few | pl.col("is_accepted")
    return cells.with_columns(
        old_cl=pl.when(has_lines & stays).then("_cl"),
        old_lcl=pl.when(has_lines & too_few).then(_either(follows, width, low, "_lcl")),
        old_ucl=pl.when(has_lines & too_few).then(_either(follows, width, high, "_ucl")),
    ).drop("_cl", "_lcl", "_ucl", "_variance")


def _either(follows: pl.Expr, width: pl.Expr, line: pl.Expr, straight: str) -> pl.Expr:
    """Return the line that follows the denominator, where it is known, or the straight one."""
    return pl.when(follows & width.is_finite()).then(line).when(~follows).then(straight)


def _of_the_unit_before(cells: pl.DataFrame) -> pl.DataFrame:
    """Return unit, and _cl, _lcl, _ucl and _variance of the phase before it in its series."""
    last = cells.filter(pl.col("ok") & pl.col("lcl").is_not_null()).unique(
        "unit", keep="last", maintain_order=True
    )
    if "factor" in cells.columns:
        flat = {name: (pl.col(name) - pl.col("offset")) / pl.col("factor") for name in _OWN}
        last = last.with_columns(**flat, variance=pl.col("variance") / _widening())
    lines = last.select(
        "series",
        pl.col("unit") + 1,
        _cl="cl",
        _lcl="lcl",
        _ucl="ucl",
        _variance="variance",
    )
    own = cells.select("series", "unit").unique(maintain_order=True)
    return own.join(lines, on=["series", "unit"]).drop("series")


def _widening() -> pl.Expr:
    """Return what the season makes of the variance: of counts the factor, of values its square."""
    values = pl.col("chart") == "i-prime"
    return pl.when(values).then(pl.col("factor").pow(2)).otherwise(pl.col("factor"))


def _scale() -> pl.Expr:
    return pl.when(pl.col("kind") == "c").then(1.0).otherwise(pl.col("per"))


def _size() -> pl.Expr:
    weighed = pl.coalesce("n", "denominator")
    return (
        pl.when(pl.col("kind") == "c")
        .then(1.0)
        .when(pl.col("chart") == "i-prime")
        .then(weighed)
        .otherwise(pl.col("denominator"))
    )
