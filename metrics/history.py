"""What changing a definition does to figures: before and after, on the facts of today."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from data.errors import NotFoundError
from data.tables import Table
from metrics.catalogue import misfits
from metrics.cells import roll_up
from metrics.evaluate import FactReader, cells_of
from metrics.external import is_external
from metrics.model import Metric

EFFECT_SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.Date(),
    "before": pl.Float64(),
    "after": pl.Float64(),
    "status_before": pl.String(),
    "status_after": pl.String(),
}


@dataclass(frozen=True)
class Change:
    """One key of a definition that says something else: None is nothing."""

    key: str
    before: str | None
    after: str | None


def effect(
    reader: FactReader,
    before: Metric,
    after: Metric,
    tables: Mapping[str, Table],
    *,
    through: date | None = None,
) -> pl.DataFrame:
    """Return EFFECT_SCHEMA: every period of the whole by either definition, in order.

    Both are computed from the facts as they are. A value is null where a definition gives none, or
    does not fit the tables, or has no total, or reads an external engine; its status too where it
    has no cell.
    """
    was, now = (_values(reader, metric, tables, through) for metric in (before, after))
    both = was.join(now, on="period", how="full", coalesce=True, suffix="_after")
    named = both.rename({"value": "before", "status": "status_before", "value_after": "after"})
    return named.select(*EFFECT_SCHEMA).sort("period")


def changed_periods(effects: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of an effect in which the value or its status is another one."""
    same = pl.col("before").eq_missing(pl.col("after"))
    return effects.filter(~same | pl.col("status_before").ne_missing(pl.col("status_after")))


def _values(
    reader: FactReader,
    metric: Metric,
    tables: Mapping[str, Table],
    through: date | None,
) -> pl.DataFrame:
    columns = ("period", "value", "status")
    nothing = pl.DataFrame(schema={"period": pl.Date, "value": pl.Float64, "status": pl.String})
    if any(misfits(leaf, tables) for leaf in metric.leaf_metrics) or is_external(metric, tables):
        return nothing
    cells = cells_of(reader, [metric], tables, through, metric.calendar)
    try:
        return roll_up(cells, metric).select(columns)
    except NotFoundError:  # kept at roll-ups of which none is the total
        return nothing


def changes_between(before: Metric, after: Metric) -> tuple[Change, ...]:
    """Return what two definitions say differently, a key each, in order of the keys."""
    was, now = (dict(_flat(json.loads(each.canonical_json))) for each in (before, after))
    keys = sorted(key for key in {*was, *now} if was.get(key) != now.get(key))
    return tuple(Change(key, was.get(key), now.get(key)) for key in keys)


def _flat(definition: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in definition.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield f"{prefix}{key}", text
