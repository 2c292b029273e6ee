"""All series in one pass."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from metrics.trend.spec import Trends, TrendSpec


def analyse(points: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> Trends:
    """Return limits, rules and summaries of every series in `points`."""
    raise NotImplementedError
