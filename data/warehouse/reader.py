"""Reading one version of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from data.warehouse.changes import Comparison


@dataclass(frozen=True)
class Page:
    """Some of the rows asked for, and how many there are in all."""

    rows: pl.DataFrame
    total: int


class Reader:
    """One version of the warehouse, as it was published. Safe to use from several threads."""

    version: int

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Return the rows of a SELECT; values are bound by name as $name."""
        raise NotImplementedError

    def batches(self) -> pl.DataFrame:
        """Return the batches in this version: id, file_name, sha256, source, received_at, actor."""
        raise NotImplementedError

    def coverage(self) -> pl.DataFrame:
        """Return batch, mapping, table_name, covers_from, covers_to, slice (JSON text)."""
        raise NotImplementedError

    def compare(self, table: str, rows: pl.DataFrame) -> Comparison:
        """Return how `rows`, not yet inserted, compare to the rows in force."""
        raise NotImplementedError

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
        """Return a page of the rows in force."""
        raise NotImplementedError

    def summarise(  # noqa: PLR0913
        self,
        table: str,
        by: str,
        *,
        equals: Mapping[str, str | None] | None = None,
        first: date | None = None,
        last: date | None = None,
        limit: int = 20,
    ) -> pl.DataFrame:
        """Return value (text), records, quantity of the rows in force, most records first."""
        raise NotImplementedError

    def facts_frame(
        self, table: str, columns: Sequence[str] | None = None, *, only_current: bool = True
    ) -> pl.DataFrame:
        """Return the rows of a table."""
        raise NotImplementedError
