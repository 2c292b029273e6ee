"""Asking DuckDB, Polars and PostgreSQL the same expressions over the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import duckdb
import polars as pl
import psycopg
import pytest

from data.expressions import POSTGRESQL, ColumnType, Expression, render
from data.expressions.frame import to_polars

Answers = list[list[object]]

KINDS: Mapping[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "decimal": pl.Decimal(18, 2),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}


def both_engines(
    expressions: Sequence[Expression],
    columns: Mapping[str, ColumnType],
    rows: Sequence[Mapping[str, object]],
) -> tuple[Answers, Answers]:
    """Return, for DuckDB and for Polars, the values of each expression, row by row."""
    schema = {name: KINDS[kind] for name, kind in columns.items()}
    values = {name: [row.get(name) for row in rows] for name in schema}
    frame = pl.DataFrame(values, schema=schema)
    return _by_duckdb(expressions, frame), _by_polars(expressions, frame)


def by_postgres(
    connection: psycopg.Connection,
    expressions: Sequence[Expression],
    columns: Mapping[str, ColumnType],
    rows: Sequence[Mapping[str, object]],
) -> Answers:
    """Return what PostgreSQL says; decimals are numeric(18, 2) there, as in the others."""
    names = {**POSTGRESQL.types, "decimal": "numeric(18, 2)"}
    typed = ", ".join(f"{name} {names[kind]}" for name, kind in columns.items())
    connection.execute(b"DROP TABLE IF EXISTS given")
    connection.execute(f"CREATE TEMP TABLE given (row_at bigint, {typed})".encode())
    marks = ", ".join(["%s"] * (len(columns) + 1))
    connection.cursor().executemany(
        f"INSERT INTO given VALUES ({marks})".encode(),
        [(at, *(row.get(name) for name in columns)) for at, row in enumerate(rows)],
    )
    parameters: dict[str, object] = {}
    select = ", ".join(render(each, parameters, POSTGRESQL) for each in expressions)
    sql = f"SELECT {select} FROM given ORDER BY row_at"
    found = connection.execute(sql.encode(), parameters).fetchall()
    return [list(column) for column in zip(*found, strict=True)]


def _by_duckdb(expressions: Sequence[Expression], frame: pl.DataFrame) -> Answers:
    parameters: dict[str, object] = {}
    select = ", ".join(
        f"{render(expression, parameters)} AS e{index}"
        for index, expression in enumerate(expressions)
    )
    connection = duckdb.connect()
    try:
        connection.register("given", frame.with_row_index("row_at"))
        sql = f"SELECT {select} FROM given ORDER BY row_at"
        found: pl.DataFrame = connection.sql(sql, params=parameters or None).pl()
    finally:
        connection.close()
    return [found[f"e{index}"].to_list() for index in range(len(expressions))]


def _by_polars(expressions: Sequence[Expression], frame: pl.DataFrame) -> Answers:
    # A literal alone is one value; beside a column of the frame it becomes one a row.
    named = {f"e{index}": to_polars(each) for index, each in enumerate(expressions)}
    found = frame.with_columns(**named)
    return [found[name].to_list() for name in named]


def comparable(value: object) -> object:
    """Return a number to 12 digits: floats may differ in the last, decimals in trailing zeros."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    return pytest.approx(float(value), rel=1e-12, abs=1e-9)
