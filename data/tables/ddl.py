"""The warehouse's columns of a table, from its contract."""

from __future__ import annotations

from typing import assert_never

from data.tables.contract import Column, Table

_BOOKKEEPING_SQL = """\
  _batch INTEGER NOT NULL,
  _mapping VARCHAR NOT NULL,
  _sheet VARCHAR,
  _row INTEGER NOT NULL,
  _scope VARCHAR,
  _is_current BOOLEAN NOT NULL,
  _warnings VARCHAR"""


def create_table_sql(table: Table) -> str:
    """Return the DuckDB statement that creates `facts.<table>`.

    First the contract's columns in contract order, all of them nullable: what is required is
    decided when a row is validated, so that a contract can become stricter without a migration.
    Then the bookkeeping columns; `_row` is the number a person sees in the file, header = 1.
    """
    columns = "".join(f"  {quoted(column.name)} {sql_type(column)},\n" for column in table.columns)
    return f"CREATE TABLE facts.{quoted(table.name)} (\n{columns}{_BOOKKEEPING_SQL}\n)"


def sql_type(column: Column) -> str:
    """Return the DuckDB type a column is stored in."""
    match column.type:
        case "text":
            return "VARCHAR"
        case "integer":
            return "BIGINT"
        case "decimal":
            return f"DECIMAL(18,{column.decimals or 0})"
        case "float":
            return "DOUBLE"
        case "boolean":
            return "BOOLEAN"
        case "date":
            return "DATE"
        case "timestamp":
            return "TIMESTAMP"
        case _:
            assert_never(column.type)


def quoted(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
