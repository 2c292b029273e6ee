"""Metrics over tables that an external engine keeps: which they are, and what they read there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from data.expressions import parse
from data.tables import Table
from metrics.model import Elapsed, Metric, Source, Stock


def engines_of(metric: Metric, tables: Mapping[str, Table]) -> frozenset[str]:
    """Return the external engines that a metric, or a part of its formula, reads."""
    read = {name for leaf in metric.leaf_metrics for name in leaf.tables}
    return frozenset(table.engine for name in read if (table := tables[name]).engine is not None)


def is_external(metric: Metric, tables: Mapping[str, Table]) -> bool:
    """Return whether any row that a metric rests on is kept by an external engine."""
    return bool(engines_of(metric, tables))


def columns_read(metrics: Iterable[Metric], table: Table) -> frozenset[str]:
    """Return the columns of a table that metrics take: counted, compared, dated or split by."""
    found: set[str] = set()
    for metric in (leaf for each in metrics for leaf in each.leaf_metrics):
        for source in metric.sources.values():
            if source.table == table.name:
                found |= {*metric.by, *_dates(metric, source, table), *_read(source, table)}
    return frozenset(found)


def fitted(table: Table, held: Collection[str]) -> Table:
    """Return a contract without the columns its engine does not have, and what needs them.

    A row counts as one event where the column that says how many is not there; a rule about an
    absent column is never broken.
    """
    columns = tuple(column for column in table.columns if column.name in held)
    rules = [r for r in table.rules if parse(r.expect, table.column_types).columns <= set(held)]
    counted_by = table.counted_by if table.counted_by in held else None
    return table.model_copy(
        update={"columns": columns, "rules": tuple(rules), "counted_by": counted_by}
    )


def _dates(metric: Metric, source: Source, table: Table) -> tuple[str, ...]:
    if isinstance(metric.measure, Stock | Elapsed):
        return metric.measure.from_, metric.measure.to
    return (source.dated_by or table.dated_by,)


def _read(source: Source, table: Table) -> frozenset[str]:
    texts = (source.where, source.sum, source.value, source.distinct)
    parsed = (parse(text, table.column_types) for text in texts if text)
    return frozenset(name for expression in parsed for name in expression.columns)
