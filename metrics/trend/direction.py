"""Targets in force at each period, and what a signal means for this metric."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.trend.limits import SLACK
from metrics.trend.spec import TrendSpec


def with_targets(cells: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> pl.DataFrame:
    """Return the cells with target_kind, target_low, target_high, target and target_met.

    A target counts for the periods that start on or after its first day; of two with the same day
    the later in the list. `target` is the one number of an at-most or at-least target.
    """
    if any(spec.targets for spec in specs.values()):
        given = _target_frame(specs).with_columns(pl.col("series").cast(cells.schema["series"]))
        cells = cells.join_asof(
            given, left_on="period", right_on="from_on", by="series", strategy="backward",
            check_sortedness=False,
        )  # fmt: skip
    else:
        cells = cells.with_columns(pl.lit(None, dtype=kind).alias(n) for n, kind in _NONE.items())
    slack = SLACK * pl.max_horizontal(
        pl.col("target_low").abs(), pl.col("target_high").abs(), pl.col("value").abs()
    )
    low_met = (pl.col("value") >= pl.col("target_low") - slack).fill_null(value=True)
    high_met = (pl.col("value") <= pl.col("target_high") + slack).fill_null(value=True)
    decided = pl.col("ok") & pl.col("target_kind").is_not_null()
    one = pl.when(pl.col("target_kind") != "band").then(pl.coalesce("target_high", "target_low"))
    return cells.with_columns(target_met=pl.when(decided).then(low_met & high_met), target=one)


_NONE = {"target_kind": pl.String, "target_low": pl.Float64, "target_high": pl.Float64}


def _target_frame(specs: Mapping[str, TrendSpec]) -> pl.DataFrame:
    rows = []
    for name, spec in specs.items():
        for target in spec.targets:
            either = target.high if target.high is not None else target.low
            other = target.low if target.low is not None else target.high
            low = None if target.kind == "at_most" else other
            high = None if target.kind == "at_least" else either
            rows.append((name, target.from_on, target.kind, low, high))
    schema = {"series": pl.String, "from_on": pl.Date, **_NONE}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return (
        frame.unique(subset=["series", "from_on"], keep="last", maintain_order=True)
        .sort("series", "from_on")
    )  # fmt: skip


def with_direction(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points with direction: improvement, concern or change; null for a common point.

    A metric to be kept inside a band improves when the point lies nearer the band than the centre
    line does. A metric without a good side, or a band without a target, only changes.
    """
    up, better = pl.col("side") > 0, pl.col("better")
    nearer = _outside_band("value") - _outside_band("cl")
    slack = SLACK * pl.max_horizontal(pl.col("value").abs(), pl.col("cl").abs())
    inside = (
        pl.when(nearer > slack)
        .then(pl.lit("concern"))
        .when(nearer < -slack)
        .then(pl.lit("improvement"))
        .otherwise(pl.lit("change"))
    )
    meaning = (
        pl.when(better == "neutral")
        .then(pl.lit("change"))
        .when(better == "inside")
        .then(inside)
        .when(up == (better == "higher"))
        .then(pl.lit("improvement"))
        .otherwise(pl.lit("concern"))
    )
    return points.with_columns(
        direction=pl.when(pl.col("state").is_in(["signal", "watch"])).then(meaning)
    )


def _outside_band(name: str) -> pl.Expr:
    """Return how far the value lies outside the target band: 0 within it or without a band."""
    low = (pl.col("target_low") - pl.col(name)).fill_null(0.0)
    high = (pl.col(name) - pl.col("target_high")).fill_null(0.0)
    return pl.max_horizontal(low, high, pl.lit(0.0))
