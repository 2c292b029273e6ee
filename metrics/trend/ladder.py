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
"""Limits freeze here: later points are judged by them and never move them."""


def limits_kind(ok_points: pl.Expr, ok_rank: pl.Expr) -> pl.Expr:
    """Return none, trial, provisional, firm (limits come from this point) or frozen (after)."""
    return (
        pl.when(ok_points < TRIAL_FROM)
        .then(pl.lit("none"))
        .when(ok_points < PROVISIONAL_FROM)
        .then(pl.lit("trial"))
        .when(ok_points < FIRM_FROM)
        .then(pl.lit("provisional"))
        .when(ok_rank <= FIRM_FROM)
        .then(pl.lit("firm"))
        .otherwise(pl.lit("frozen"))
    )
