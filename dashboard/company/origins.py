"""Opening a number: its definition, its rows, and the file and row each of them came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from dashboard.company import engines
from dashboard.company.corrected_cells import with_corrections
from dashboard.company.figures import find_metric
from dashboard.company.opened import Company
from data.records.access import Actor, Resource, can
from data.tables import Table
from data.warehouse import Reader
from metrics.compile import compile_rows
from metrics.model import Metric, Side
from metrics.periods import Period

SHOWN_ROWS = 200
"""Rows shown at once; the count of all of them stands beside, and all can be exported."""

MASK = "•••"
"""What stands in place of a personal value."""


@dataclass(frozen=True)
class Origin:
    """One side of a number: the rows it is the sum of, with file_name, sha256, received_at, actor.

    `metric` is the number's own, or the part of a formula this is a side of. `rows` holds the first
    of `total`; `table` is their contract; `sql` the query that found them.
    """

    metric: Metric
    side: Side
    table: Table
    rows: pl.DataFrame
    total: int
    sql: str
    remark: str = ""

    @property
    def files(self) -> pl.DataFrame:
        """Return file_name, sha256, received_at, actor and rows of each file of the shown rows."""
        keys = ["file_name", "sha256", "received_at", "actor"]
        came = self.rows.filter(pl.col("file_name").is_not_null())
        return came.group_by(keys, maintain_order=True).agg(pl.len().alias("rows"))


def open_number(
    company: Company, name: str, period: Period, part: Mapping[str, str], *, actor: Actor
) -> tuple[Origin, ...]:
    """Return where a number of one period and slice comes from, a part for each of its sides.

    A formula's is where the numbers of its parts come from.
    Personal values are hidden from an actor who may not see those of the metric's process. Raises
    SourceError where an external engine that keeps the rows cannot be asked.
    """
    metric = find_metric(company, name)
    with company.warehouse.read() as reader:
        found = origins_of(company, reader, metric, (period, part))
    return tuple(
        replace(each, rows=told_to(company, actor, each.rows, each.table, metric.process))
        for each in found
    )


def origins_of(
    company: Company,
    reader: Reader,
    metric: Metric,
    cell: tuple[Period, Mapping[str, str]],
    limit: int = SHOWN_ROWS,
) -> tuple[Origin, ...]:
    """Return the same for a reader that is open already; `cell` is a period and a slice."""
    return tuple(
        _origin(company, reader, leaf, side, cell, limit)
        for leaf in metric.leaf_metrics
        for side in leaf.sources
    )


def seen_by(actor: Actor, rows: pl.DataFrame, table: Table, process: str | None) -> pl.DataFrame:
    """Return the rows of a process (None: of any) as the actor may see them."""
    resource = Resource(process=process)
    return rows if can(actor, "see_personal_data", resource) else masked(rows, table)


def told_to(
    company: Company, actor: Actor, rows: pl.DataFrame, table: Table, process: str | None
) -> pl.DataFrame:
    """Return the rows as the actor may see them, with what of them was put right on upload."""
    hides = not can(actor, "see_personal_data", Resource(process=process))
    return with_corrections(company, seen_by(actor, rows, table, process), hides=hides)


def masked(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the rows with every personal value hidden."""
    hidden = [c.name for c in table.columns if c.personal and c.name in rows.columns]
    return rows.with_columns(
        pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) for name in hidden
    )


def _origin(
    company: Company,
    reader: Reader,
    metric: Metric,
    side: Side,
    cell: tuple[Period, Mapping[str, str]],
    limit: int,
) -> Origin:
    table, remark = company.tables[metric.sources[side].table], ""
    if table.engine is None:
        query = compile_rows(metric, side, *cell, company.tables, limit)
        rows, sql = reader.frame(query.sql, query.parameters), query.sql
    else:
        rows, sql = engines.rows_behind(company, side, metric, cell, limit)
        remark = engines.read_when(company, reader, table)
    total = int(rows["_total"][0]) if rows.height else 0
    batches = reader.batches().select(
        pl.col("id").alias("_batch"),
        "file_name",
        "sha256",
        pl.col("received_at").dt.convert_time_zone(company.catalogue.calendar.time_zone),
        "actor",
    )
    # DuckDB gives the batch as Int32; the join wants one type on both sides.
    joined = rows.with_columns(pl.col("_batch").cast(batches["_batch"].dtype)).join(
        batches, on="_batch", how="left", maintain_order="left"
    )
    return Origin(metric, side, table, joined, total, sql, remark)
