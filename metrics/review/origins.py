"""Opening a figure: the query of each side, the rows it took, and the files they came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl

from data.tables.contract import Table
from data.warehouse import Reader
from metrics.cells import read_cells, roll_up
from metrics.compile import Query, compile_rows
from metrics.model import Metric, Side
from metrics.periods import Period
from metrics.readings import Reading
from metrics.review.model import Figure
from metrics.review.sources import (
    SHOWN_ROWS,
    Source,
    SourceFile,
    SourceRow,
    SourceSide,
    Which,
)
from metrics.review.tables import cell_text, personal_columns
from metrics.review.wording import MASK

COUNTED_ROWS = 200_000
"""Up to so many rows, all are read to say how many came in which file; beyond, only those shown."""


def sources_of(
    reader: Reader, metric: Metric, tables: Mapping[str, Table], shown: Figure
) -> tuple[Source, ...]:
    """Return what each number of a figure opens to: the whole period, its last, the one before."""
    readings: dict[Which, Reading | None] = {
        "whole": shown.whole,
        "latest": shown.latest,
        "previous": shown.previous,
    }
    return tuple(
        Source(shown.id, which, tuple(_sides(reader, metric, tables, shown, reading)))
        for which, reading in readings.items()
        if reading is not None and reading.value is not None
    )


def _sides(
    reader: Reader,
    metric: Metric,
    tables: Mapping[str, Table],
    shown: Figure,
    reading: Reading,
) -> Iterator[SourceSide]:
    for leaf in metric.leaf_metrics:
        is_part = leaf.name != metric.name
        sums = _of_part(reader, leaf, shown, reading) if is_part else reading
        for side in leaf.sources:
            found = _side(reader, leaf, side, tables, shown, sums)
            own = leaf.title if len(leaf.sources) == 1 else f"{leaf.title}, {side}"
            yield replace(found, of=own) if is_part else found


def _of_part(reader: Reader, leaf: Metric, shown: Figure, reading: Reading) -> Reading:
    """Return the sums of a part of a formula over the days the formula was counted in."""
    rolled = roll_up(read_cells(reader, [leaf.name]), leaf, (), shown.slice)
    days = [pl.col("period").is_between(each.start, each.end) for each in reading.counted]
    rows = rolled.filter(pl.any_horizontal(days))
    return replace(
        reading, numerator=_sum(rows["numerator"]), denominator=_sum(rows["denominator"])
    )


def _sum(amounts: pl.Series) -> Decimal | None:
    known = amounts.drop_nulls().to_list()
    return sum(known, Decimal()) if known else None


def _side(
    reader: Reader,
    metric: Metric,
    side: Side,
    tables: Mapping[str, Table],
    shown: Figure,
    reading: Reading,
) -> SourceSide:
    table = tables[metric.sources[side].table]
    query = compile_rows(metric, side, reading.counted[0], shown.slice, tables)
    told = SourceSide(
        side=side,
        of=None,
        table=table.name,
        amount=reading.numerator if side == "numerator" else reading.denominator,
        query=query.sql,
        parameters={key: str(value) for key, value in query.parameters.items()},
        kept_by=table.engine,
    )
    if table.engine is not None:
        return told
    found = [
        _rows(reader, compile_rows(metric, side, stretch, shown.slice, tables, SHOWN_ROWS))
        for stretch in reading.counted
    ]
    total = sum(each["_total"][0] for each in found if each.height)
    rows = pl.concat(found).head(SHOWN_ROWS)
    every = rows
    if SHOWN_ROWS < total <= COUNTED_ROWS:
        every = _all_rows(reader, metric, side, shown, reading.counted, tables)
    columns = _columns(rows, table)
    return replace(
        told,
        columns=columns,
        rows=tuple(_masked(rows, columns, personal_columns(table))),
        shown=rows.height,
        total=total,
        files=_files(every, reader.batches()),
    )


def _rows(reader: Reader, query: Query) -> pl.DataFrame:
    return reader.frame(query.sql, query.parameters)


def _all_rows(
    reader: Reader,
    metric: Metric,
    side: Side,
    shown: Figure,
    stretches: tuple[Period, ...],
    tables: Mapping[str, Table],
) -> pl.DataFrame:
    queries = (compile_rows(metric, side, each, shown.slice, tables) for each in stretches)
    return pl.concat([_rows(reader, query).select("_batch") for query in queries])


def _columns(rows: pl.DataFrame, table: Table) -> tuple[str, ...]:
    """Return the contract's columns that say anything in these rows."""
    return tuple(
        name
        for name in table.column_names
        if name in rows.columns and rows[name].null_count() < rows.height
    )


def _masked(
    rows: pl.DataFrame, columns: tuple[str, ...], hidden: frozenset[str]
) -> Iterator[SourceRow]:
    for row in rows.iter_rows(named=True):
        cells = tuple(
            MASK if name in hidden and row[name] is not None else cell_text(row[name])
            for name in columns
        )
        yield SourceRow(cells, int(row["_batch"]), row["_sheet"], int(row["_row"]))


def _files(rows: pl.DataFrame, batches: pl.DataFrame) -> tuple[SourceFile, ...]:
    known = {row["id"]: row for row in batches.iter_rows(named=True)}
    counts = rows.group_by("_batch").len().sort("_batch").rows()
    return tuple(
        SourceFile(
            batch=batch,
            file_name=known[batch]["file_name"] if batch in known else f"batch {batch}",
            sha256=known[batch]["sha256"] if batch in known else "",
            actor=known[batch]["actor"] if batch in known else "",
            received_at=known[batch]["received_at"] if batch in known else None,
            rows=count,
        )
        for batch, count in counts
    )
