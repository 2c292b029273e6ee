"""The SQL of looking at records: rows in force, filtered by plain equality and by date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from data.tables.contract import Table
from data.tables.ddl import quoted, sql_type

ORIGIN_COLUMNS = ("_batch", "_mapping", "_sheet", "_row", "_warnings")
"""Where a row came from and what was noted about it: shown beside the contract's columns."""

PLACE = "_place"
"""Where a row lies in its version: of rows that came from one place in a file, which is first."""


@dataclass(frozen=True)
class Selection:
    """Which rows in force are meant. Column names are checked against the contract, values bound.

    `equals` maps a column to the value as text, or to None for rows without one. `first` and
    `last` are inclusive days of the table's `dated_by`. `held` are the columns this version has:
    a contract may have grown since, and rows then are empty there.
    """

    table: Table
    held: frozenset[str]
    equals: Mapping[str, str | None] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None

    def parameters(self) -> dict[str, object]:
        """Return the bound values of `rows_sql`."""
        bound: dict[str, object] = {
            f"e{at}": value for at, value in enumerate(self.equals.values()) if value is not None
        }
        days = {"first_day": self.first, "last_day": self.last}
        return bound | {name: day for name, day in days.items() if day is not None}

    def rows_sql(self) -> str:
        """Return a parenthesised query of the contract's columns, ORIGIN_COLUMNS and PLACE."""
        place = "rowid" if self.held else "CAST(NULL AS BIGINT)"
        named = [f"{self._stored(name)} AS {quoted(name)}" for name in self._names()]
        columns = ", ".join([*named, f"{place} AS {PLACE}"])
        source = f"FROM facts.{quoted(self.table.name)}" if self.held else ""
        conditions = ["_is_current" if self.held else "FALSE", *self._conditions()]
        return f"(SELECT {columns} {source} WHERE {' AND '.join(conditions)})"

    def _names(self) -> tuple[str, ...]:
        return self.table.column_names + ORIGIN_COLUMNS

    def _conditions(self) -> list[str]:
        conditions = [self._equality(at, name) for at, name in enumerate(self.equals)]
        dated_by = self._stored(self.table.dated_by)
        if self.first is not None:
            conditions.append(f"{dated_by} >= CAST($first_day AS DATE)")
        if self.last is not None:
            # The day after, exclusive: a timestamp of the last day belongs to it.
            conditions.append(f"{dated_by} < CAST($last_day AS DATE) + 1")
        return conditions

    def _equality(self, at: int, name: str) -> str:
        column = self.table.column(name)
        if self.equals[name] is None:
            return f"{self._stored(name)} IS NULL"
        return f"{self._stored(name)} = TRY_CAST($e{at} AS {sql_type(column)})"

    def _stored(self, name: str) -> str:
        if name in self.held:
            return quoted(name)
        if name in ORIGIN_COLUMNS:
            return (
                "CAST(NULL AS INTEGER)" if name in {"_batch", "_row"} else "CAST(NULL AS VARCHAR)"
            )
        return f"CAST(NULL AS {sql_type(self.table.column(name))})"


def page_sql(selection: Selection, order_by: str | None, *, descending: bool) -> str:
    """Return the query of one page: $limit rows from $offset, the newest first by default."""
    table = selection.table
    first = table.column(order_by).name if order_by else table.dated_by
    direction = "DESC" if descending or order_by is None else "ASC"
    return (
        f"SELECT * EXCLUDE ({PLACE}) FROM {selection.rows_sql()} ORDER BY "
        f"{quoted(first)} {direction} NULLS LAST, _batch, _mapping, _sheet, _row, {PLACE} "
        "LIMIT $limit OFFSET $offset"
    )


def summary_sql(selection: Selection, by: str) -> str:
    """Return the query of value (text), records, quantity: the $limit values with most records."""
    table = selection.table
    value = quoted(table.column(by).name)
    quantity = f"sum({quoted(table.counted_by)})" if table.counted_by else "count(*)"
    return (
        f"SELECT CAST({value} AS VARCHAR) AS value, count(*) AS records, "
        f"CAST({quantity} AS DECIMAL(38,9)) AS quantity "
        f"FROM {selection.rows_sql()} "
        f"GROUP BY {value} ORDER BY records DESC, value NULLS LAST LIMIT $limit"
    )
