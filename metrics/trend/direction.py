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
    decided = pl.col("ok") & pl.col("value").is_not_null() & pl.col("target_kind").is_not_null()
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


def with_direction(cells: pl.DataFrame, patterns: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with direction: improvement, concern, mixed or change; else null.

    Every pattern has a meaning of its own, by its side; where one of a point's patterns is good
    news and another bad, the point is mixed. A metric to be kept inside a band improves when the
    points of a pattern lie nearer the band than the centre line does. A metric without a good
    side, a band without a target and a pattern without a side only change. What is only watched
    says nothing beside a signal.
    """
    marked = cells.filter(pl.col("state").is_in(["signal", "watch"]))
    if marked.is_empty():
        return cells.with_columns(direction=pl.lit(None, dtype=pl.String))
    parts = marked.select("cell", "series", "state", "better", "pattern_id", _nearer=_nearer())
    parts = parts.explode("pattern_id", empty_as_null=True, keep_nulls=True).join(
        patterns.select("series", "pattern_id", "grade", pattern_side="side"),
        on=["series", "pattern_id"],
    )
    parts = parts.with_columns(_nearer=pl.col("_nearer").mean().over("series", "pattern_id"))
    own = parts.filter(pl.col("grade") == pl.col("state")).with_columns(meaning=_meaning())
    has = {name: (pl.col("meaning") == name).any() for name in ("improvement", "concern")}
    found = own.group_by("cell").agg(**has)
    direction = (
        pl.when(pl.col("improvement") & pl.col("concern"))
        .then(pl.lit("mixed"))
        .when("concern")
        .then(pl.lit("concern"))
        .when("improvement")
        .then(pl.lit("improvement"))
        .otherwise(pl.lit("change"))
    )
    found = found.select("cell", direction=direction)
    return cells.join(found, on="cell", how="left", maintain_order="left")


def _nearer() -> pl.Expr:
    """Return how much nearer the target band a value lies than its centre line; 0 within slack."""
    by = _outside_band("cl") - _outside_band("value")
    slack = SLACK * pl.max_horizontal(pl.col("value").abs(), pl.col("cl").abs())
    return pl.when(by.abs() > slack).then(by).otherwise(0.0)


def _meaning() -> pl.Expr:
    """Return what a pattern means: improvement, concern or change."""
    better, side = pl.col("better"), pl.col("pattern_side")
    nearer = pl.when(better == "inside").then(pl.col("_nearer"))
    good = pl.when(better == "higher").then(side).when(better == "lower").then(-side)
    way = pl.coalesce(nearer, good.cast(pl.Float64)).fill_null(0.0)
    return (
        pl.when((side == 0) | (way == 0))
        .then(pl.lit("change"))
        .when(way > 0)
        .then(pl.lit("improvement"))
        .otherwise(pl.lit("concern"))
    )


def _outside_band(name: str) -> pl.Expr:
    """Return how far the value lies outside the target band: 0 within it or without a band."""
    low = (pl.col("target_low") - pl.col(name)).fill_null(0.0)
    high = (pl.col(name) - pl.col("target_high")).fill_null(0.0)
    return pl.max_horizontal(low, high, pl.lit(0.0))
