"""The bounds of what a metric's values can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from data.expressions import Known, is_never_negative, known_by, parse
from data.tables import Table
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
    Source,
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


def floor(metric: Metric, tables: Mapping[str, Table]) -> float | None:
    """Return the least a value can be, also where only the rules of its tables make it sure.

    Costs whose table refuses or leaves out those below zero have no total, ratio or median below
    zero. None where nothing says so.
    """
    match metric.measure:
        case Mean() | Total() | Ratio() | Percentile():
            sides = metric.sources.values()
            is_sure = all(_adds_nothing_negative(side, tables[side.table]) for side in sides)
        case Formula():
            parts = metric.measure.parts.items()
            sure = frozenset(name for name, part in parts if floor(part, tables) is not None)
            is_sure = is_never_negative(metric.measure.parsed.root, Known(sure))
        case _:
            return least(metric)
    return 0.0 if is_sure else None


def _adds_nothing_negative(source: Source, table: Table) -> bool:
    """Return whether what a side takes from a row is sure not to be negative, by a rule that holds.

    A warned row counts for what reads none of the columns that its rule spoils.
    """
    taken = parse(source.takes or "1", table.column_types)
    columns, in_order = set[str](), set[tuple[str, str]]()
    for rule in table.rules:
        if rule.severity == "refuse" or not rule.spoils or taken.columns & set(rule.spoils):
            known = known_by(parse(rule.expect, table.column_types))
            columns |= set(known.columns)
            in_order |= set(known.in_order)
    return is_never_negative(taken.root, Known(columns, in_order))


def most(metric: Metric) -> float | None:
    """Return the most a value can be: the whole of a share, None where there is no most."""
    match metric.measure:
        case Proportion():
            return metric.measure.per
        case Reported():
            return metric.measure.per if metric.measure.is_share else None
        case _:
            return None
