"""How long many series take in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from benchmarks.figures import Figure, seconds
from metrics.trend import TrendSpec, analyse

SERIES = 10_000
PERIODS = 60

START = date(2021, 1, 1)


def measure() -> Iterator[Figure]:
    """Time the analysis of individuals charts, microseconds a series."""
    points = individuals()
    specs = {str(i): TrendSpec(f"Metric {i}", "days", better="lower") for i in range(SERIES)}
    taken = seconds(lambda: analyse(points, specs), times=2)
    what = f"analyse {SERIES:,} series x {PERIODS} periods, a series"
    yield Figure(what, taken / SERIES * 1e6, "us", 25)
    specs = {name: replace(spec, season="auto", guards=True) for name, spec in specs.items()}
    taken = seconds(lambda: analyse(points, specs), times=2)
    yield Figure(f"{what}, with season and guards", taken / SERIES * 1e6, "us")


def individuals() -> pl.DataFrame:
    """Return points that vary without chance: fractional parts of multiples of the golden mean."""
    months = pl.date_range(START, pl.lit(START).dt.offset_by(f"{PERIODS - 1}mo"), "1mo", eager=True)
    series = pl.DataFrame({"number": range(SERIES)})
    grid = series.join(months.alias("period").to_frame().with_row_index("at"), how="cross")
    step = (pl.col("number") * PERIODS + pl.col("at")) * 0.6180339887498949
    return grid.select(
        series=pl.col("number").cast(pl.String),
        period="period",
        value=10 + step % 1,
        status=pl.lit("ok"),
    )
