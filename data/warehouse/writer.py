"""Writing the next version of the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb
import polars as pl

from data.tables.contract import Table
from data.tables.ddl import quoted
from data.warehouse.changes import (
    INCOMING,
    contested_sql,
    settle_keys_sql,
    settle_scopes_sql,
    touch_keys_sql,
)
from data.warehouse.engine import offered, run, told_plainly
from data.warehouse.reader import Reader
from data.warehouse.schema import held_columns

_TOUCHED = (
    "CREATE TEMP TABLE touched_batches (table_name VARCHAR, batch INTEGER)",
    "CREATE TEMP TABLE touched_keys (table_name VARCHAR, key_hash UBIGINT)",
    "CREATE TEMP TABLE touched_scopes (table_name VARCHAR, mapping VARCHAR, scope VARCHAR)",
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
            self.execute(contested_sql(contract, whole=whole), named)
            self.execute(settle_keys_sql(contract), named)
        else:
            self.execute(settle_scopes_sql(contract, whole=whole), named)
        for noted in ("touched_batches", "touched_keys", "touched_scopes"):
            self.execute(f"DELETE FROM {noted} WHERE table_name = $table", named)
        self._unsettled.discard(table)

    def settle_all(self) -> None:
        """Settle every table that was changed and not settled since."""
        for table in sorted(self._unsettled):
            self.settle(table)

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
            self.execute(f"DELETE FROM facts.{quoted(table)} WHERE _batch = $batch", named)
            if contract:
                self.settle(table)
        self.execute("DELETE FROM meta.coverage WHERE batch = $batch", named)
        self.execute("DELETE FROM meta.batches WHERE id = $batch", named)

    def add_coverage(self, coverage: pl.DataFrame) -> None:
        """Add rows of batch, mapping, table_name, covers_from, covers_to, slice (JSON text)."""
        self._insert("meta.coverage", coverage)

    def replace_cells(self, metrics: Collection[str] | None, cells: pl.DataFrame) -> None:
        """Replace the cells of these metrics (None: of all) by `cells`."""
        if metrics is None:
            self.execute("DELETE FROM cells")
        else:
            self.execute(
                "DELETE FROM cells WHERE list_contains($metrics, metric)",
                {"metrics": list(metrics)},
            )
        self._insert("cells", cells)

    def store_definitions(self, definitions: pl.DataFrame) -> None:
        """Keep definition_hash, metric, canonical_json, first_seen_at, actor; known hashes stay."""
        # DuckDB would turn an instant into a naive one by the time zone of the machine.
        naive = pl.col("first_seen_at").dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        self._insert("meta.definitions", definitions.with_columns(naive), "ON CONFLICT DO NOTHING")

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
