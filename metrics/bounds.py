"""The bounds of what a metric's values can be."""

from __future__ import annotations

from typing import assert_never

from metrics.model import (
    Count,
    Elapsed,
    Formula,
    Mean,
    Metric,
    Percentile,
    Proportion,
    Rate,
    Ratio,
    Reported,
    Stock,
    Total,
)


def least(metric: Metric) -> float | None:
    """Return the least a value can be: zero for what is counted, None for what is measured."""
    match metric.measure:
        case Count() | Rate() | Proportion() | Stock() | Elapsed():
            return 0.0
        case Reported():
            return 0.0 if metric.measure.is_share else None
        case Mean() | Total() | Ratio() | Percentile() | Formula():
            return None
        case _:
            assert_never(metric.measure)


def most(metric: Metric) -> float | None:
    """Return the most a value can be: the whole of a share, None where there is no most."""
    match metric.measure:
        case Proportion():
            return metric.measure.per
        case Reported():
            return metric.measure.per if metric.measure.is_share else None
        case _:
            return None
