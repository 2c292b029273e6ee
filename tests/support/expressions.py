"""Asking DuckDB and Polars the same expressions over the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from data.expressions import ColumnType, Expression, render
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
