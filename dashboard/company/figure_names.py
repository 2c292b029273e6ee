"""Under which names figures come in ready made, which metric reads which, and who brings them."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dashboard.company.opened import Company
from data.expressions import parse
from data.expressions.tree import Binary, ColumnRef, In, Literal, Node, walk
from metrics.model import Metric
from pipelines.templates.figures import TABLE


def names_read(company: Company, metric: Metric) -> frozenset[str] | None:
    """Return the names a metric reads figures under; None where its definition does not say."""
    columns = company.tables[TABLE].column_types
    names: set[str] = set()
    for source in (own for leaf in metric.leaf_metrics for own in leaf.sources.values()):
        if source.table != TABLE:
            continue
        read = _names_compared(parse(source.where, columns).root) if source.where else None
        if not read:
            return None
        names |= read
    return frozenset(names)


def names_given(company: Company) -> Iterator[str]:
    """Yield the names mappings write; whoever remembered one chose them."""
    for mapping in company.mappings.values():
        if mapping.table == TABLE:
            yield from mapping.values.get("metric", {}).values()
            if "metric" in mapping.constants:
                yield str(mapping.constants["metric"])


def speaking_for(company: Company, metric: Metric, uploads: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `uploads` (with `mapping`) but those of sources of other figures alone.

    A file of energy figures says nothing of calls answered, neither that there were none nor that
    they are late. What a source brings is known where its mapping says one name for all its rows.
    """
    read = names_read(company, metric)
    if not read:
        return uploads
    others = [
        mapping.name
        for mapping in company.mappings.values()
        if mapping.table == TABLE
        and "metric" in mapping.constants
        and str(mapping.constants["metric"]) not in read
    ]
    return uploads.filter(~pl.col("mapping").is_in(others)) if others else uploads


def _names_compared(condition: Node) -> set[str] | None:
    """Return the texts the column `metric` is held equal to; None if it is read in another way."""
    names: set[str] = set()
    told = 0
    for node in walk(condition):
        match node:
            case Binary("=", ColumnRef("metric"), Literal(str() as name)):
                names.add(name)
            case In(ColumnRef("metric"), options):
                names |= {str(each.value) for each in options if isinstance(each, Literal)}
            case ColumnRef("metric"):
                told -= 1
                continue
            case _:
                continue
        told += 1
    return names if told == 0 else None
