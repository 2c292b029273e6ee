"""Writing the next version of the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from data.warehouse.reader import Reader


@dataclass(frozen=True)
class WarehouseBatch:
    """One ingested file, as the warehouse names it: the id is the records' batch id."""

    id: int
    file_name: str
    sha256: str
    received_at: datetime
    actor: str
    source: str


class Writer(Reader):
    """The next version while it is being made. For one thread."""

    def execute(self, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run one statement; for code inside `data` only."""
        raise NotImplementedError

    def add_batch(self, batch: WarehouseBatch) -> None:
        """Enter a batch; its rows, scopes and coverage follow."""
        raise NotImplementedError

    def declare_scope(self, batch: int, table: str, mapping: str, scope: str) -> None:
        """Say that the batch replaces this scope even if it brings no row for it."""
        raise NotImplementedError

    def insert_rows(self, table: str, rows: pl.DataFrame) -> None:
        """Add accepted rows: contract columns and _batch, _mapping, _sheet, _row, _scope, _warnings."""
        raise NotImplementedError

    def settle(self, table: str) -> None:
        """Decide again which rows of the table are in force."""
        raise NotImplementedError

    def remove_batch(self, batch: int) -> None:
        """Take a batch out as if it had never been published."""
        raise NotImplementedError

    def add_coverage(self, coverage: pl.DataFrame) -> None:
        """Add rows of batch, mapping, table_name, covers_from, covers_to, slice (JSON text)."""
        raise NotImplementedError

    def replace_cells(self, metrics: Collection[str] | None, cells: pl.DataFrame) -> None:
        """Replace the cells of these metrics (None: of all) by `cells`."""
        raise NotImplementedError

    def store_definitions(self, definitions: pl.DataFrame) -> None:
        """Keep definition_hash, metric, canonical_json, first_seen_at, actor; known hashes stay."""
        raise NotImplementedError
