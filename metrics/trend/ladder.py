"""How much a series may say, by its number of ok points."""

from __future__ import annotations

import polars as pl

MEDIAN_FROM = 3
"""Two points have no middle worth a line."""

TRIAL_FROM = 8
"""Trial limits: at 8 points sigma is known to about a third, with fewer not even that."""

PROVISIONAL_FROM = 12
"""Provisional limits and assurance: one false outlier in 50 latest points, not one in 25."""

FIRM_FROM = 20
"""Firm limits, and every rule a signal: half the false alarms of twelve points."""


def limits_kind() -> pl.Expr:
    """Return none, trial, provisional, firm (limits come from this point) or frozen (after).

    Where limits freeze before they would be firm, they are firm from there on.
    """
    points, rank, freezes = pl.col("ok_points"), pl.col("ok_rank"), pl.col("freeze_at")
    given = pl.col("baseline_rows").is_not_null()
    after = rank > pl.col("baseline").cast(pl.Int64).sum().over("unit")
    climbed = (
        pl.when(points < TRIAL_FROM)
        .then(pl.lit("none"))
        .when(points < PROVISIONAL_FROM)
        .then(pl.lit("trial"))
        .when((points < FIRM_FROM) & (points < freezes))
        .then(pl.lit("provisional"))
        .when(pl.when(given).then(after).otherwise(rank > freezes))
        .then(pl.lit("frozen"))
        .otherwise(pl.lit("firm"))
    )
    at_once = pl.when(given & after).then(pl.lit("frozen")).otherwise(pl.lit("firm"))
    return (
        pl.when(pl.col("ladder"))
        .then(climbed)
        .when(points < 2)
        .then(pl.lit("none"))
        .otherwise(at_once)
    )


def current_phase(cells: pl.DataFrame, least: int, *, and_later: bool = False) -> pl.DataFrame:
    """Return the cells of each series' last phase with `least` ok points, else of its last one.

    A phase that has only just begun says nothing yet: until then the one before it speaks. Its
    cells come along with `and_later`.
    """
    if cells.is_empty() or cells["phase_id"].min() == cells["phase_id"].max():
        return cells
    unit = pl.col("unit")
    reached = pl.when(pl.col("ok_points") >= least).then(unit).max()
    current = pl.coalesce(reached, unit.max()).over("series")
    return cells.filter(unit >= current if and_later else unit == current)
