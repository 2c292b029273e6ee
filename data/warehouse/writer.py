"""Writing the next version of the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import duckdb
import polars as pl

from data.tables.contract import Table
from data.tables.ddl import quoted
from data.warehouse.changes import (
    FLIPPED,
    INCOMING,
    contested_sql,
    flip_sql,
    flipped_keys_sql,
    flipped_scopes_sql,
    touch_keys_sql,
    touched_range_sql,
)
from data.warehouse.engine import offered, run, told_plainly
from data.warehouse.reader import Reader
from data.warehouse.schema import held_columns
from data.warehouse.touched import (
    CREATE_TOUCHED_DAYS,
    TOUCHED_DAYS,
    note_flipped_sql,
    note_incoming_sql,
    note_leaving_sql,
)

_TOUCHED = (
    "CREATE TEMP TABLE touched_batches (table_name VARCHAR, batch INTEGER)",
    "CREATE TEMP TABLE touched_keys (table_name VARCHAR, key_hash UBIGINT, first_key VARCHAR)",
    "CREATE TEMP TABLE touched_scopes (table_name VARCHAR, mapping VARCHAR, scope VARCHAR)",
    CREATE_TOUCHED_DAYS,
)


@dataclass(frozen=True)
class WarehouseBatch:
    """One ingested file, as the warehouse names it: the id is the records' batch id.

    One that `extends` another brings rows that one left out: it stands and falls with its place
    among the batches, beside its rows.
    """

    id: int
    file_name: str
    sha256: str
    received_at: datetime
    actor: str
    source: str
    extends: int | None = None


class Writer(Reader):
    """The next version while it is being made, in one transaction. For one thread."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        tables: Mapping[str, Table],
        version: int,
        place: str,
    ) -> None:
        super().__init__(connection, tables, version, place)
        self._unsettled: set[str] = set()
        for statement in _TOUCHED:
            self.execute(statement)

    def execute(self, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run one statement; for code inside `data` only."""
        with told_plainly(self._place):
            run(self._connection, sql, parameters)

    def add_batch(self, batch: WarehouseBatch) -> None:
        """Enter a batch; its rows, scopes and coverage follow."""
        self.execute(
            "INSERT INTO meta.batches (id, file_name, sha256, source, received_at, actor, extends) "
            "VALUES ($id, $file_name, $sha256, $source, $received_at, $actor, $extends)",
            {
                "id": batch.id,
                "file_name": batch.file_name,
                "sha256": batch.sha256,
                "source": batch.source,
                "received_at": _in_utc(batch.received_at),
                "actor": batch.actor,
                "extends": batch.extends,
            },
        )

    def declare_scope(self, batch: int, table: str, mapping: str, scope: str) -> None:
        """Say that the batch replaces this scope even if it brings no row for it."""
        named = {"batch": batch, "table": self._contract(table).name}
        named |= {"mapping": mapping, "scope": scope}
        self._touch_scopes("SELECT $batch, $table, $mapping, $scope", named)
        self._unsettled.add(table)

    def insert_rows(self, table: str, rows: pl.DataFrame) -> None:
        """Add accepted rows: contract columns, _batch, _mapping, _sheet, _row, _scope, _warnings.

        They are in force until `settle` decides; settling is done at the latest when publishing.
        """
        contract = self._contract(table)
        with told_plainly(self._place), offered(self._connection, INCOMING, rows):
            run(
                self._connection,
                f"INSERT INTO facts.{quoted(contract.name)} BY NAME "
                f"SELECT *, TRUE AS _is_current FROM {INCOMING}",
            )
            self._touch_scopes(
                "SELECT DISTINCT _batch, $table, _mapping, _scope "
                f"FROM {INCOMING} WHERE _scope IS NOT NULL",
                {"table": contract.name},
            )
            run(self._connection, note_incoming_sql(contract, rows.columns))
        if contract.is_keyed:
            for batch in rows["_batch"].unique():
                touched = {"table": table, "batch": batch}
                self.execute("INSERT INTO touched_batches VALUES ($table, $batch)", touched)
        self._unsettled.add(table)

    def settle(self, table: str, *, whole: bool = False) -> None:
        """Decide again which rows are in force: those the changes since the last settle touched.

        `whole` looks at every row, for a table whose key has changed.
        """
        contract, named = self._contract(table), {"table": table}
        if contract.is_keyed:
            self.execute(touched_range_sql(contract), named)
            self.execute(contested_sql(contract, whole=whole), named)
            self.execute(flipped_keys_sql(contract, whole=whole), named)
        else:
            self.execute(flipped_scopes_sql(contract, whole=whole), named)
        self._flip(contract)
        for noted in ("touched_batches", "touched_keys", "touched_scopes"):
            self.execute(f"DELETE FROM {noted} WHERE table_name = $table", named)
        self._unsettled.discard(table)

    def settle_all(self) -> None:
        """Settle every table that was changed and not settled since."""
        for table in sorted(self._unsettled):
            self.settle(table)

    def touched_days(self) -> pl.DataFrame:
        """Return the days on which this version says something else than the one it began as.

        Columns: table_name, figure (of a table of many figures, or null), column_name (a date of
        the table), day; none null but figure, in that order.
        """
        self.settle_all()
        return self.frame(TOUCHED_DAYS)

    def remove_batch(self, batch: int) -> None:
        """Take a batch out: the warehouse is what it would be without it, cells apart."""
        named: dict[str, object] = {"batch": batch}
        self.execute(
            "INSERT INTO touched_scopes "
            "SELECT table_name, mapping, scope FROM meta.scopes WHERE batch = $batch",
            named,
        )
        self.execute("DELETE FROM meta.scopes WHERE batch = $batch", named)
        for table in held_columns(self._connection):
            contract = self._tables.get(table)
            if contract and contract.is_keyed:
                self.execute(touch_keys_sql(contract), named | {"table": table})
            if contract:
                self.execute(note_leaving_sql(contract), named)
            self.execute(f"DELETE FROM facts.{quoted(table)} WHERE _batch = $batch", named)
            if contract:
                self.settle(table)
        self.execute("DELETE FROM meta.coverage WHERE batch = $batch", named)
        self.execute("DELETE FROM meta.batches WHERE id = $batch", named)

    def add_coverage(self, coverage: pl.DataFrame) -> None:
        """Add rows of batch, mapping, table_name, covers_from, covers_to, slice (JSON text)."""
        self._insert("meta.coverage", coverage)

    def replace_cells(
        self,
        metrics: Collection[str] | None,
        cells: pl.DataFrame,
        starts: Collection[date] | None = None,
        since: date | None = None,
    ) -> None:
        """Replace the cells of these metrics (None: of all) by `cells`, or those of some periods.

        These are the periods beginning on `starts`, and with `since` all that begin from then on.
        """
        named: dict[str, object] = {"metrics": None if metrics is None else list(metrics)}
        chosen = "coalesce(list_contains(CAST($metrics AS VARCHAR[]), metric), TRUE)"
        if starts is not None:
            named |= {"starts": list(starts), "since": since}
            chosen += (
                " AND (list_contains(CAST($starts AS DATE[]), period)"
                " OR coalesce(period >= CAST($since AS DATE), FALSE))"
            )
        self.execute(f"DELETE FROM cells WHERE {chosen}", named)
        self._insert("cells", cells)

    def keep_cells_of(self, metrics: Collection[str]) -> None:
        """Delete the cells of all other metrics."""
        self.execute(
            "DELETE FROM cells WHERE NOT list_contains(CAST($metrics AS VARCHAR[]), metric)",
            {"metrics": list(metrics)},
        )

    def restate_cells(self, definition_hashes: Mapping[str, str]) -> None:
        """Write the hash of its definition on the cells of each metric; the figures stay."""
        # As lists: DuckDB 1.5 cannot join an offered frame of such texts by equality.
        self.execute(
            "UPDATE cells SET definition_hash = i.definition_hash FROM ("
            "SELECT unnest(CAST($metrics AS VARCHAR[])) AS metric, "
            "unnest(CAST($hashes AS VARCHAR[])) AS definition_hash) AS i "
            "WHERE cells.metric = i.metric AND cells.definition_hash <> i.definition_hash",
            {"metrics": list(definition_hashes), "hashes": list(definition_hashes.values())},
        )

    def void_cells(self, metrics: Collection[str]) -> None:
        """Take the figures out of the cells of these metrics: they are invalid."""
        self.execute(
            "UPDATE cells SET numerator = NULL, denominator = NULL, status = 'invalid' "
            "WHERE list_contains(CAST($metrics AS VARCHAR[]), metric)",
            {"metrics": list(metrics)},
        )

    def store_computed(self, computed: pl.DataFrame) -> None:
        """Keep metric, definition_hash, making_hash, through in place of what was there."""
        self.execute("DELETE FROM meta.computed")
        self._insert("meta.computed", computed)

    def store_readings(self, readings: pl.DataFrame) -> None:
        """Keep READING_SCHEMA in place of what was there of the same tables."""
        tables = {"tables": readings["table_name"].to_list()}
        self.execute("DELETE FROM meta.readings WHERE list_contains($tables, table_name)", tables)
        self._insert("meta.readings", _naive(_naive(readings, "read_at"), "tried_at"))

    def store_definition_changes(self, changes: pl.DataFrame) -> None:
        """Keep metric, definition_hash, in_force_at, actor after what was there."""
        self._insert("meta.definition_changes", _naive(changes, "in_force_at"))

    def store_definitions(self, definitions: pl.DataFrame) -> None:
        """Keep definition_hash, metric, canonical_json, first_seen_at, actor; known hashes stay."""
        seen = _naive(definitions, "first_seen_at")
        self._insert("meta.definitions", seen, "ON CONFLICT DO NOTHING")

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield the connection itself: a cursor would not see what the transaction did so far."""
        yield self._connection

    def _insert(self, target: str, rows: pl.DataFrame, on_conflict: str = "") -> None:
        with told_plainly(self._place), offered(self._connection, INCOMING, rows):
            run(
                self._connection,
                f"INSERT INTO {target} BY NAME SELECT * FROM {INCOMING} {on_conflict}",
            )

    def _flip(self, table: Table) -> None:
        if not self.frame(f"SELECT 1 FROM {FLIPPED} LIMIT 1").is_empty():
            self.execute(note_flipped_sql(table))
            self.execute(flip_sql(table))

    def _touch_scopes(self, brought_sql: str, named: Mapping[str, object]) -> None:
        """Keep which batch brought which scope, and note the scopes as to be settled."""
        self.execute(
            "INSERT INTO meta.scopes (batch, table_name, mapping, scope) "
            f"{brought_sql} EXCEPT SELECT batch, table_name, mapping, scope FROM meta.scopes",
            named,
        )
        self.execute(
            "INSERT INTO touched_scopes "
            "SELECT table_name, mapping, scope FROM "
            f"({brought_sql}) AS brought (batch, table_name, mapping, scope)",
            named,
        )


def _in_utc(moment: datetime) -> datetime:
    """Return the instant as the naive UTC that is stored; naive input is UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _naive(rows: pl.DataFrame, instant: str) -> pl.DataFrame:
    """Return rows with an instant in naive UTC: DuckDB would go by the machine's time zone."""
    naive = pl.col(instant).dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return rows.with_columns(naive)
