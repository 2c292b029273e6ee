"""What engines write differently in a query of ours: the warehouse's DuckDB, a site's PostgreSQL.

Whatever both read alike (FILTER, windows, date_trunc, grouping by position) is written once, where
it is needed. A further engine is one more object of this shape, and one of data.expressions.
"""

from __future__ import annotations

from typing import Protocol

from data.expressions import DUCKDB as IN_DUCKDB
from data.expressions import POSTGRESQL as IN_POSTGRESQL
from data.expressions import Dialect as ExpressionDialect
from data.expressions.in_postgresql import exactly, within
from data.tables import Column, Table, quoted


class Dialect(Protocol):
    """How one engine writes queries."""

    @property
    def expressions(self) -> ExpressionDialect:
        """How it writes expressions, types and bound values."""
        ...

    def rows(self, table: Table) -> str:
        """Return what stands after FROM: the contract's columns, bookkeeping, `_is_current`."""
        ...

    def exact(self, amount: str) -> str:
        """Return `amount` as cells keep it; NULL where it is too large or no number."""
        ...

    def days(self, first: str, last: str) -> str:
        """Return how many days lie between two dates."""
        ...

    def each_of(self, first: str, last: str, step: str) -> str:
        """Return, in SELECT, a row for each date from `first` to `last`."""
        ...


class _DuckDB:
    expressions = IN_DUCKDB

    def rows(self, table: Table) -> str:
        return f"facts.{quoted(table.name)}"

    def exact(self, amount: str) -> str:
        return f"TRY_CAST({amount} AS DECIMAL(38, 9))"

    def days(self, first: str, last: str) -> str:
        return f"date_diff('day', {first}, {last})"

    def each_of(self, first: str, last: str, step: str) -> str:
        return f"CAST(UNNEST(generate_series({first}, {last}, {step})) AS DATE)"


class _PostgreSQL:
    expressions = IN_POSTGRESQL

    def rows(self, table: Table) -> str:
        place = ".".join(quoted(part) for part in table.place_in_engine if part)
        columns = ", ".join(f"{_as_here(c)} AS {quoted(c.name)}" for c in table.columns)
        return f"(SELECT {columns}, {_BOOKKEEPING} FROM {place}) AS facts"

    def exact(self, amount: str) -> str:
        return f"CAST({within(f'round({exactly(amount)}, 9)', '-1e29', '1e29')} AS numeric(38, 9))"

    def days(self, first: str, last: str) -> str:
        return f"({last} - {first})"

    def each_of(self, first: str, last: str, step: str) -> str:
        return f"CAST(generate_series({first}, {last}, {step}) AS date)"


_BOOKKEEPING = (
    "TRUE AS _is_current, CAST(NULL AS integer) AS _batch, CAST(NULL AS text) AS _mapping, "
    "CAST(NULL AS text) AS _sheet, CAST(NULL AS integer) AS _row"
)
"""No file brought these rows, and all there are are in force."""


def _as_here(column: Column) -> str:
    """Return a column of theirs as the contract's type.

    Texts are compared sign by sign, as everywhere here; days that no calendar page has (infinity,
    before Christ) are no value.
    """
    named = quoted(column.name)
    kind = IN_POSTGRESQL.types[column.type]
    match column.type:
        case "text":
            return f'CAST({named} AS text) COLLATE "C"'
        case "decimal":
            return f"CAST({named} AS numeric)"
        case "date" | "timestamp":
            inside = f"{named} BETWEEN '0001-01-01' AND '9999-12-31'"
            return f"CASE WHEN {inside} THEN CAST({named} AS {kind}) END"
        case _:
            return f"CAST({named} AS {kind})"


DUCKDB: Dialect = _DuckDB()
POSTGRESQL: Dialect = _PostgreSQL()


def dialect_of(table: Table) -> Dialect:
    """Return the dialect of whoever keeps the rows of `table`."""
    return DUCKDB if table.engine is None else POSTGRESQL
