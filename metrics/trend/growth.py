"""Expected growth: limits that follow a straight line, where the definition says it is meant."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.trend.ladder import TRIAL_FROM
from metrics.trend.spec import TrendSpec


def growing(
    cells: pl.DataFrame, charts: pl.DataFrame, specs: Mapping[str, TrendSpec]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the cells with `drift`, the line of expected growth, and the charts of such series.

    The line is that of least squares through the baseline's values, their season taken out, and is
    0 in a series that expects no growth or has fewer than eight points. Distances from a line are
    judged as values: such a chart is an XmR chart. Nothing is added where no series asks.
    Source: Wheeler, Understanding Variation, 2nd ed., 2000, appendix; trended limits.
    """
    asked = [name for name, spec in specs.items() if spec.growth]
    if not asked and "factor" not in cells.columns:
        return cells, charts
    if "factor" not in cells.columns:
        cells = cells.with_columns(factor=1.0, offset=0.0, season_grade=pl.lit(None, pl.String))
    grows = pl.col("series").is_in(asked)
    lines = _lines(cells.filter(grows & pl.col("baseline")))
    cells = cells.join(lines, on="unit", how="left", maintain_order="left")
    line = pl.col("_start") + pl.col("_slope") * pl.col("cell")
    cells = cells.with_columns(drift=line.fill_null(0.0)).drop("_start", "_slope")
    chart, why = pl.when(grows).then(pl.lit("xmr")), pl.when(grows).then(pl.lit("growth"))
    flags = (pl.col(name) & ~grows for name in ("exact", "scarce", "is_rare"))
    charts = charts.with_columns(*flags)
    return cells, charts.with_columns(chart=chart.otherwise("chart"), why=why.otherwise("why"))


def _lines(base: pl.DataFrame) -> pl.DataFrame:
    """Return _slope and _start (at cell 0) of each unit with points enough."""
    level = (pl.col("value") - pl.col("offset")) / pl.col("factor")
    x, y = pl.col("cell") - pl.col("cell").mean(), level - level.mean()
    found = base.group_by("unit").agg(
        n=pl.len(),
        _slope=(x * y).sum() / x.pow(2).sum(),
        _at=pl.col("cell").mean(),
        _level=level.mean(),
    )
    return found.filter(pl.col("n") >= TRIAL_FROM).select(
        "unit", "_slope", _start=pl.col("_level") - pl.col("_slope") * pl.col("_at")
    )
