"""Small contracts and a folder to publish into: what the tests of the warehouse start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from data.settings import WarehouseSettings
from data.tables.contract import Column, ColumnType, Table
from data.warehouse import Warehouse, WarehouseBatch, Writer, open_warehouse

RECEIVED_AT = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)


def a_column(name: str, kind: ColumnType = "text", **more: object) -> Column:
    return Column.model_validate({"name": name, "type": kind, "meaning": f"The {name}."} | more)


COMPLAINTS = Table(
    name="complaints",
    title="Complaints",
    meaning="One complaint.",
    key=("complaint_id",),
    dated_by="received_on",
    counted_by="quantity",
    columns=(
        a_column("complaint_id"),
        a_column("received_on", "date"),
        a_column("site", dimension=True),
        a_column("cost", "decimal", decimals=2),
        a_column("quantity", "decimal", decimals=0),
    ),
)
"""A keyed table."""

FIGURES = Table(
    name="figures",
    title="Monthly figures",
    meaning="One figure.",
    key=("metric", "period", "site"),
    dated_by="period",
    columns=(a_column("metric"), a_column("period", "date"), a_column("site"), a_column("note")),
)
"""A keyed table whose key may be empty in part: a figure of the whole company has no site."""

OUTPUTS = Table(
    name="outputs",
    title="Outputs",
    meaning="What was made.",
    key=(),
    dated_by="output_on",
    columns=(
        a_column("output_on", "date"),
        a_column("site", dimension=True),
        a_column("quantity", "decimal", decimals=0),
    ),
)
"""A table whose rows have no key."""

TABLES: Mapping[str, Table] = {table.name: table for table in (COMPLAINTS, FIGURES, OUTPUTS)}

SETTINGS = WarehouseSettings(keep_versions=3, memory_limit="500MB", threads=2, lock_seconds=20)


def a_warehouse(folder: Path, tables: Mapping[str, Table] = TABLES) -> Warehouse:
    return open_warehouse(folder, tables, SETTINGS)


def a_batch(number: int) -> WarehouseBatch:
    return WarehouseBatch(
        id=number,
        file_name=f"file {number}.csv",
        sha256=f"{number:064x}",
        received_at=RECEIVED_AT,
        actor="Quality manager",
        source="upload",
    )


def some_rows(
    table: Table,
    rows: Iterable[Mapping[str, object]],
    *,
    batch: int = 1,
    mapping: str = "a_mapping",
    scope: str | None = None,
) -> pl.DataFrame:
    """Return rows as a pipeline hands them over; a row may set `_row`, `_scope` itself."""
    start: dict[str, object] = dict.fromkeys(table.column_names)
    start |= {"_batch": batch, "_mapping": mapping, "_sheet": None, "_scope": scope}
    full = [{**start, "_row": at, "_warnings": None, **row} for at, row in enumerate(rows, start=2)]
    return pl.DataFrame(full, schema=_schema(table))


def drawn(table: Table, text: str) -> list[dict[str, object]]:
    """Return the rows of a small table drawn in text: a line of names, then a line a row.

        complaint_id | site  | cost
        C1           | Porto | 10.00
        C2           | -     | 20.00

    A dash is no value; other texts are read as the column's type.
    """
    lines = [line for line in text.strip().splitlines() if line.strip()]
    names, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [
        {name: _read(table, name, cell) for name, cell in zip(names, row, strict=True)}
        for row in rows
    ]


def bring(writer: Writer, batch: int, *parts: tuple[str, pl.DataFrame]) -> None:
    """Enter a batch with its rows and settle the tables, as a pipeline does."""
    writer.add_batch(a_batch(batch))
    for table, rows in parts:
        writer.insert_rows(table, rows)
        writer.settle(table)


def in_force(warehouse: Warehouse, table: str, *columns: str) -> list[tuple[str, ...]]:
    """Return the rows in force as texts, a dash for no value, in order."""
    with warehouse.read() as reader:
        rows = reader.facts_frame(table).select(columns).rows()
    return sorted(tuple("-" if cell is None else str(cell) for cell in row) for row in rows)


def _read(table: Table, name: str, cell: str) -> object:
    if cell == "-":
        return None
    if name == "_row":
        return int(cell)
    kind = "text" if name.startswith("_") else table.column(name).type
    return date.fromisoformat(cell) if kind == "date" else cell


def _schema(table: Table) -> dict[str, pl.DataType]:
    kinds: dict[str, pl.DataType] = {"date": pl.Date()}
    schema = {c.name: kinds.get(c.type, pl.String()) for c in table.columns}
    numbers: dict[str, pl.DataType] = {"_batch": pl.Int32(), "_row": pl.Int32()}
    text = ("_mapping", "_sheet", "_scope", "_warnings")
    return schema | numbers | {name: pl.String() for name in text}
