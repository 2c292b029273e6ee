"""A warehouse in memory, for verifying sealed rows and for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import polars as pl

from data.tables.contract import Table
from data.tables.ddl import quoted
from data.warehouse.engine import offered, open_in_memory, run
from data.warehouse.reader import Reader
from data.warehouse.schema import prepare

_DEFAULTS = {
    "_batch": pl.lit(1),
    "_mapping": pl.lit("memory"),
    "_row": pl.int_range(2, pl.len() + 2),
    "_is_current": pl.lit(value=True),
}
"""What a frame without bookkeeping gets: one batch, rows numbered as in a sheet with a header."""


@contextmanager
def memory_warehouse(
    tables: Mapping[str, Table], frames: Mapping[str, pl.DataFrame]
) -> Iterator[Reader]:
    """Hold a warehouse in memory whose tables contain `frames`, every row in force.

    Columns a frame lacks are empty; bookkeeping columns it has are kept. The cells are empty.
    """
    connection = open_in_memory()
    try:
        prepare(connection, tables)
        for table, rows in frames.items():
            lacking = {name: value for name, value in _DEFAULTS.items() if name not in rows.columns}
            with offered(connection, "given_rows", rows.with_columns(**lacking)):
                run(
                    connection,
                    f"INSERT INTO facts.{quoted(table)} BY NAME SELECT * FROM given_rows",
                )
        yield Reader(connection, tables, version=0, place="The warehouse in memory")
    finally:
        connection.close()
