"""Asking an external engine a query of ours: the rows it gives back, with the types it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from data.engines.columns import frame_of
from data.engines.database import Access, opened, told
from data.errors import SourceError

_TYPES: Mapping[int, pl.DataType] = {
    16: pl.Boolean(),
    20: pl.Int64(),
    21: pl.Int64(),
    23: pl.Int64(),
    25: pl.String(),
    700: pl.Float64(),
    701: pl.Float64(),
    1043: pl.String(),
    1082: pl.Date(),
    1114: pl.Datetime("us"),
    1184: pl.Datetime("us", "UTC"),
}
"""Types by their number in PostgreSQL's catalogue: a column without any value has its type too."""

_NUMERIC = 1700

_MOST_DIGITS = 38


class EngineReader:
    """One engine, opened: what it says holds together, for all is asked in one transaction."""

    def __init__(self, connection: sa.Connection, access: Access) -> None:
        self._connection, self._access = connection, access

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Return the rows of a SELECT in the engine's dialect; values are bound by name.

        Raises SourceError for what the engine says, without the URL in it; its transaction is over
        then, and the next question begins another.
        """
        try:
            with self._connection.exec_driver_sql(sql, dict(parameters or {})) as result:
                found: Any = result.cursor.description if result.cursor is not None else ()
                rows = [tuple(row) for row in result]
        except SQLAlchemyError as error:
            self._connection.rollback()
            raise SourceError(told(error, self._access)) from None
        names = [column.name for column in found]
        kinds = {column.name: _type(column) for column in found}
        known = {name: kind for name, kind in kinds.items() if kind is not None}
        return _built(names, rows, known)


@contextmanager
def opened_engine(access: Access) -> Iterator[EngineReader]:
    """Hold an engine open to be read; SourceError says why it cannot be."""
    with opened(access) as connection:
        if connection.dialect.name != "postgresql":
            raise SourceError(
                f"{access.name} is the URL of a database of the kind '{connection.dialect.name}'. "
                "An engine is a PostgreSQL; rows of another database can be pulled."
            )
        yield EngineReader(connection, access)


def _built(
    names: Sequence[str], rows: Sequence[tuple[Any, ...]], known: Mapping[str, pl.DataType]
) -> pl.DataFrame:
    """Return the rows as a frame; types that were not told follow from the values."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    series = [
        pl.Series(name, values, dtype=known[name])
        if name in known
        else frame_of([name], [(value,) for value in values]).to_series()
        for name, values in zip(names, columns, strict=True)
    ]
    return pl.DataFrame(series)


def _type(column: Any) -> pl.DataType | None:  # noqa: ANN401 a driver's own class
    if column.type_code != _NUMERIC:
        return _TYPES.get(column.type_code)
    digits, scale = column.precision, column.scale
    is_bounded = digits is not None and scale is not None and 0 <= scale <= digits <= _MOST_DIGITS
    return pl.Decimal(digits, scale) if is_bounded else None
