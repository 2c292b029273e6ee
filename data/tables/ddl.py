"""The warehouse's columns of a table, from its contract."""

from __future__ import annotations

from collections.abc import Mapping

from data.tables.contract import Column, ColumnType, Table

_BOOKKEEPING_SQL = """\
  _batch INTEGER NOT NULL,
  _mapping VARCHAR NOT NULL,
  _sheet VARCHAR,
  _row INTEGER NOT NULL,
  _scope VARCHAR,
  _is_current BOOLEAN NOT NULL,
  _warnings VARCHAR"""

_SQL_TYPES: Mapping[ColumnType, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


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
    if column.type == "decimal":
        return f"DECIMAL(18,{column.decimals or 0})"
    return _SQL_TYPES[column.type]


def quoted(name: str) -> str:
    """Return a name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
