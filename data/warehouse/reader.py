"""Reading one version of the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import duckdb
import polars as pl

from data.errors import Clause9Error, NotFoundError, near_miss
from data.tables.contract import Table
from data.tables.ddl import quoted
from data.warehouse.browse import Selection, page_sql, summary_sql
from data.warehouse.changes import (
    INCOMING,
    INCOMING_SCOPES,
    Comparison,
    absent_sql,
    compare_sql,
    overtaken_sql,
    repeated_sql,
    scopes_frame,
)
from data.warehouse.closed import (
    CLOSED,
    ClosedDays,
    closed_changes_sql,
    closed_digest_sql,
    closed_frame,
)
from data.warehouse.engine import offered, told_plainly
from data.warehouse.schema import held_columns

COMPUTED_SCHEMA: Mapping[str, pl.DataType] = {
    "metric": pl.String(),
    "definition_hash": pl.String(),
    "making_hash": pl.String(),
    "through": pl.Date(),
}
"""What the cells of each metric were computed by: its definition, everything that makes figures of
facts, and the last day that what is open was followed to."""

CHANGE_SCHEMA: Mapping[str, pl.DataType] = {
    "metric": pl.String(),
    "definition_hash": pl.String(),
    "in_force_at": pl.Datetime("us", "UTC"),
    "actor": pl.String(),
}
"""Which definition of a metric came into force when, by whose publish or computation."""

READING_SCHEMA: Mapping[str, pl.DataType] = {
    "table_name": pl.String(),
    "engine": pl.String(),
    "read_at": pl.Datetime("us", "UTC"),
    "first_day": pl.Date(),
    "last_day": pl.Date(),
    "tried_at": pl.Datetime("us", "UTC"),
    "problem": pl.String(),
}
"""When the rows of an external table were counted last (null: never), their first and last day
then, when that was tried last, and what went wrong then (null: nothing)."""


@dataclass(frozen=True)
class Page:
    """Some of the rows asked for, and how many there are in all."""

    rows: pl.DataFrame
    total: int


class Reader:
    """One version of the warehouse, as it was published. Safe to use from several threads."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, Table],
        version: int,
        place: str,
    ) -> None:
        self._connection = connection
        self._tables = tables
        self._place = place
        self.version = version

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Return the rows of a SELECT; values are bound by name as $name.

        Raises DamagedWarehouseError where the file cannot be read, Clause9Error where the version
        is older than a table or column the query needs, or the query outgrows its memory.
        """
        with self._cursor() as cursor, told_plainly(self._place):
            try:
                rows: pl.DataFrame = cursor.sql(sql, params=dict(parameters or {})).pl()
            except (duckdb.CatalogException, duckdb.BinderException):
                self._explain_lag(cursor)
                raise
        return rows

    def batches(self) -> pl.DataFrame:
        """Return the published batches: id, file_name, sha256, source, received_at (UTC), actor."""
        batches = self.frame("SELECT * FROM meta.batches ORDER BY id")
        return batches.with_columns(pl.col("received_at").dt.replace_time_zone("UTC"))

    def coverage(self) -> pl.DataFrame:
        """Return batch, mapping, table_name, covers_from, covers_to, slice (JSON text)."""
        return self.frame(
            "SELECT * FROM meta.coverage ORDER BY batch, mapping, table_name, covers_from, slice"
        )

    def definitions(self) -> pl.DataFrame:
        """Return definition_hash, metric, canonical_json, first_seen_at (UTC), actor."""
        found = self.frame("SELECT * FROM meta.definitions ORDER BY first_seen_at, metric")
        return found.with_columns(pl.col("first_seen_at").dt.replace_time_zone("UTC"))

    def computed(self) -> pl.DataFrame:
        """Return COMPUTED_SCHEMA, a row a metric."""
        return self._added("computed", COMPUTED_SCHEMA, "metric")

    def definition_changes(self) -> pl.DataFrame:
        """Return CHANGE_SCHEMA in the order they came."""
        return self._added("definition_changes", CHANGE_SCHEMA, "rowid")

    def readings(self) -> pl.DataFrame:
        """Return READING_SCHEMA, a row a table that an external engine keeps."""
        return self._added("readings", READING_SCHEMA, "table_name")

    def compare(
        self, table: str, rows: pl.DataFrame, replacing: Collection[tuple[str, str]] = ()
    ) -> Comparison:
        """Return how `rows`, not yet inserted, compare to the rows in force.

        `rows` has contract columns and _mapping, _sheet, _row, _scope. Keyed tables compare by key,
        others by mapping, scope, sheet and row. `replacing` names further (mapping, scope) pairs
        that are replaced although no row comes in for them.
        """
        contract = self._contract(table)
        if self.frame(f"SELECT 1 FROM facts.{quoted(table)} WHERE _is_current LIMIT 1").is_empty():
            return Comparison(rows.height, 0, 0, 0)
        sql = compare_sql(contract, rows.columns)
        with (
            self._cursor() as cursor,
            told_plainly(self._place),
            offered(cursor, INCOMING, rows),
            offered(cursor, INCOMING_SCOPES, scopes_frame(replacing)),
        ):
            ((new, restated, unchanged, removed),) = cursor.sql(sql).fetchall()
        return Comparison(new, restated, unchanged, removed)

    def repeated(
        self, table: str, rows: pl.DataFrame, replacing: Collection[tuple[str, str]] = ()
    ) -> tuple[int, int] | None:
        """Return the batch that says most of the same under another name, and how many rows.

        `rows` and `replacing` as in `compare`; None for a keyed table, or where nothing is said
        twice.
        """
        contract = self._contract(table)
        if contract.is_keyed or rows.is_empty():
            return None
        with (
            self._cursor() as cursor,
            told_plainly(self._place),
            offered(cursor, INCOMING, rows),
            offered(cursor, INCOMING_SCOPES, scopes_frame(replacing)),
        ):
            found = cursor.sql(repeated_sql(contract, rows.columns)).fetchall()
        return (int(found[0][0]), int(found[0][1])) if found else None

    def closed_changes(
        self,
        table: str,
        rows: pl.DataFrame,
        closed: Sequence[ClosedDays],
        replacing: Collection[tuple[str, str]] = (),
        *,
        replaces: bool = True,
    ) -> pl.DataFrame:
        """Return _index, closing, _mapping, _scope, ends of what `rows` change on closed days.

        `rows` as in `compare`, with `_index`, which is null where a row in force would end without
        successor. Without `replaces` the rows come beside those of their scopes.
        """
        sql = closed_changes_sql(self._contract(table), rows.columns)
        with (
            self._cursor() as cursor,
            told_plainly(self._place),
            offered(cursor, INCOMING, rows),
            offered(cursor, INCOMING_SCOPES, scopes_frame(replacing)),
            offered(cursor, CLOSED, closed_frame(closed)),
        ):
            found: pl.DataFrame = cursor.sql(sql, params={"replaces": replaces}).pl()
        return found

    def overtaken(self, table: str, rows: pl.DataFrame, batch: int) -> pl.Series:
        """Return the _index of those `rows` (as in `closed_changes`) a later batch brought since.

        For a version being made: one of an earlier release does not know which batches are later.
        """
        sql = overtaken_sql(self._contract(table))
        with (
            self._cursor() as cursor,
            told_plainly(self._place),
            offered(cursor, INCOMING, rows),
        ):
            found: pl.DataFrame = cursor.sql(sql, params={"table": table, "batch": batch}).pl()
        return found.get_column("_index")

    def closed_digest(self, closed: Sequence[ClosedDays]) -> dict[tuple[str, int], object]:
        """Return what the closed days say, as something to compare: by table and closing."""
        digest: dict[tuple[str, int], object] = {}
        with (
            self._cursor() as cursor,
            told_plainly(self._place),
            offered(cursor, CLOSED, closed_frame(closed)),
        ):
            for name, held in held_columns(cursor).items():
                if name in self._tables:
                    sql = closed_digest_sql(self._tables[name], held)
                    for closing, *said in cursor.sql(sql).fetchall():
                        digest[name, closing] = tuple(said)
        return digest

    def absent(
        self, table: str, rows: pl.DataFrame, mapping: str, days: tuple[date, date], limit: int
    ) -> pl.DataFrame:
        """Return which rows in force of a mapping and days `rows`, not yet inserted, do not bring.

        The table is keyed. Columns: its key (text) and `total`; the first `limit` by their day.
        """
        sql = absent_sql(self._contract(table), rows.columns)
        named = {"mapping": mapping, "first": days[0], "last": days[1], "limit": limit}
        with (
            self._cursor() as cursor,
            told_plainly(self._place),
            offered(cursor, INCOMING, rows),
        ):
            found: pl.DataFrame = cursor.sql(sql, params=named).pl()
        return found

    def browse(  # noqa: PLR0913 - a page of records is this many choices
        self,
        table: str,
        *,
        equals: Mapping[str, str | None] | None = None,
        first: date | None = None,
        last: date | None = None,
        order_by: str | None = None,
        descending: bool = False,
        limit: int = 100,
        offset: int = 0,
    ) -> Page:
        """Return a page of the rows in force: contract columns and where each row came from.

        `equals` filters by value as text (None: no value), `first` and `last` by the inclusive
        days of `dated_by`; without `order_by` the newest come first. Raises NotFoundError, with
        the nearest name, for an unknown table or column.
        """
        selection = self._select(table, equals, first, last)
        sql, bound = page_sql(selection, order_by, descending=descending), selection.parameters()
        rows = self.frame(sql, bound | {"limit": limit, "offset": offset})
        counted = self.frame(f"SELECT count(*) AS total FROM {selection.rows_sql()}", bound)
        return Page(rows, int(counted.item()))

    def summarise(
        self,
        table: str,
        by: str,
        *,
        equals: Mapping[str, str | None] | None = None,
        first: date | None = None,
        last: date | None = None,
        limit: int = 20,
    ) -> pl.DataFrame:
        """Return value (String), records (Int64), quantity (Decimal) of the rows in force.

        One row a value of column `by`, most records first; selected as in `browse`.
        """
        selection = self._select(table, equals, first, last)
        return self.frame(summary_sql(selection, by), selection.parameters() | {"limit": limit})

    def facts_frame(
        self, table: str, columns: Sequence[str] | None = None, *, only_current: bool = True
    ) -> pl.DataFrame:
        """Return the rows of a table in the order they came, as stored, bookkeeping included."""
        contract = self._contract(table)
        if columns is not None:
            columns = [contract.column(name).name for name in columns]
        names = "*" if columns is None else ", ".join(quoted(name) for name in columns)
        where = "WHERE _is_current" if only_current else ""
        return self.frame(
            f"SELECT {names} FROM facts.{quoted(contract.name)} {where} "
            "ORDER BY _batch, _mapping, _sheet, _row"
        )

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a cursor for one use: sharing one would give a thread another one's rows."""
        with self._connection.cursor() as cursor:
            yield cursor

    def _added(self, table: str, schema: Mapping[str, pl.DataType], order_by: str) -> pl.DataFrame:
        """Return the rows of a table that versions of an earlier release lack: none of those."""
        known = "table_schema = 'meta' AND table_name = $table"
        sql = f"SELECT 1 FROM information_schema.tables WHERE {known}"
        if self.frame(sql, {"table": table}).is_empty():
            return pl.DataFrame(schema=schema)
        found = self.frame(f"SELECT * FROM meta.{table} ORDER BY {order_by}")
        instants = [name for name, kind in schema.items() if kind == pl.Datetime]
        return found.with_columns(pl.col(instants).dt.replace_time_zone("UTC"))

    def _contract(self, table: str) -> Table:
        if table in self._tables:
            return self._tables[table]
        raise NotFoundError(f"There is no table '{table}'.{near_miss(table, self._tables)}")

    def _select(
        self,
        table: str,
        equals: Mapping[str, str | None] | None,
        first: date | None,
        last: date | None,
    ) -> Selection:
        contract = self._contract(table)
        with self._cursor() as cursor, told_plainly(self._place):
            held = held_columns(cursor).get(contract.name, {})
        return Selection(contract, frozenset(held), equals or {}, first, last)

    def _explain_lag(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Raise Clause9Error where the contracts have grown since this version was published."""
        held = held_columns(cursor)
        missing = [
            f"{table.name}.{name}" if table.name in held else table.name
            for table in self._tables.values()
            for name in table.column_names
            if name not in held.get(table.name, {})
        ]
        if missing:
            raise Clause9Error(
                f"{self._place} was published before {', '.join(dict.fromkeys(missing))} existed. "
                "Bring it up to the definitions of today: clause9 compute"
            )
