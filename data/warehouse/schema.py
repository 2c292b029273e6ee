"""The tables of the warehouse, and bringing an older version up to the contracts of today."""

from __future__ import annotations

import json
from collections.abc import Mapping

import duckdb

from data.errors import Clause9Error
from data.tables.contract import Table
from data.tables.ddl import create_table_sql, quoted, sql_type
from data.warehouse.engine import run

SCHEMA_VERSION = 1
"""Raised when the tables below change; an older warehouse is then made again from the archive."""

_CREATE = """
CREATE SCHEMA meta;
CREATE SCHEMA facts;
CREATE TABLE meta.about (schema_version INTEGER NOT NULL);
CREATE TABLE meta.contracts (table_name VARCHAR PRIMARY KEY, key VARCHAR NOT NULL);
CREATE TABLE meta.batches (
  id INTEGER PRIMARY KEY,
  file_name VARCHAR NOT NULL,
  sha256 VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  received_at TIMESTAMP NOT NULL,
  actor VARCHAR NOT NULL,
  extends INTEGER
);
CREATE TABLE meta.scopes (
  batch INTEGER NOT NULL,
  table_name VARCHAR NOT NULL,
  mapping VARCHAR NOT NULL,
  scope VARCHAR NOT NULL
);
CREATE TABLE meta.coverage (
  batch INTEGER NOT NULL,
  mapping VARCHAR NOT NULL,
  table_name VARCHAR NOT NULL,
  covers_from DATE NOT NULL,
  covers_to DATE NOT NULL,
  slice VARCHAR NOT NULL
);
CREATE TABLE meta.definitions (
  definition_hash VARCHAR PRIMARY KEY,
  metric VARCHAR NOT NULL,
  canonical_json VARCHAR NOT NULL,
  first_seen_at TIMESTAMP NOT NULL,
  actor VARCHAR NOT NULL
);
CREATE TABLE cells (
  metric VARCHAR NOT NULL,
  definition_hash VARCHAR NOT NULL,
  period DATE NOT NULL,
  slice VARCHAR NOT NULL,
  numerator DECIMAL(38,9),
  denominator DECIMAL(38,9),
  n BIGINT,
  sum_of_squares DOUBLE,
  left_out BIGINT,
  status VARCHAR NOT NULL
);
"""

_ADDED = (
    "ALTER TABLE meta.batches ADD COLUMN IF NOT EXISTS extends INTEGER",
    """
CREATE TABLE IF NOT EXISTS meta.computed (
  metric VARCHAR PRIMARY KEY,
  definition_hash VARCHAR NOT NULL,
  making_hash VARCHAR NOT NULL,
  through DATE
)""",
    """
CREATE TABLE IF NOT EXISTS meta.definition_changes (
  metric VARCHAR NOT NULL,
  definition_hash VARCHAR NOT NULL,
  in_force_at TIMESTAMP NOT NULL,
  actor VARCHAR NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS meta.readings (
  table_name VARCHAR PRIMARY KEY,
  engine VARCHAR NOT NULL,
  read_at TIMESTAMP,
  first_day DATE,
  last_day DATE,
  tried_at TIMESTAMP NOT NULL,
  problem VARCHAR
)""",
    """
INSERT INTO meta.definition_changes
SELECT metric, definition_hash, first_seen_at, actor FROM meta.definitions
WHERE NOT EXISTS (SELECT 1 FROM meta.definition_changes) ORDER BY first_seen_at, metric""",
)
"""What a version of an earlier release lacks: batches that stand beside another one, what the cells
of a metric were computed by, since when which definition is in force, and when the tables of
external engines were read."""

_HELD = """
SELECT table_name, column_name, data_type
FROM information_schema.columns
WHERE table_schema = 'facts'
ORDER BY table_name, ordinal_position
"""


def prepare(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Create what is missing for `tables`; return the tables whose rows must be settled again.

    Raises Clause9Error where the kept rows do not fit the contracts of today.
    """
    if schema_version(connection) is None:
        for statement in _CREATE.split(";"):
            if statement.strip():
                run(connection, statement)
        run(connection, "INSERT INTO meta.about VALUES ($version)", {"version": SCHEMA_VERSION})
    for statement in _ADDED:
        run(connection, statement)
    held = held_columns(connection)
    _refuse_changed_types(held, tables)
    for table in tables.values():
        if table.name in held:
            _add_columns(connection, table, held[table.name])
        else:
            run(connection, create_table_sql(table))
    return _note_keys(connection, tables)


def schema_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Return the schema version of an opened warehouse, None for an empty file.

    Raises Clause9Error for one this release cannot write.
    """
    known = "SELECT 1 FROM information_schema.tables WHERE table_schema = 'meta' LIMIT 1"
    if not run(connection, known):
        return None
    ((version,),) = run(connection, "SELECT schema_version FROM meta.about")
    if version != SCHEMA_VERSION:
        raise Clause9Error(
            f"The warehouse has layout {version}, this release of Clause9 writes layout "
            f"{SCHEMA_VERSION}. Make it again from the archived files: clause9 rebuild"
        )
    return SCHEMA_VERSION


def held_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return the facts tables of this version: table to column to DuckDB type."""
    held: dict[str, dict[str, str]] = {}
    for table, column, data_type in run(connection, _HELD):
        held.setdefault(str(table), {})[str(column)] = str(data_type)
    return held


def _refuse_changed_types(held: dict[str, dict[str, str]], tables: Mapping[str, Table]) -> None:
    changed = [
        f"{table.name}.{column.name} was {was}, is now {sql_type(column)}"
        for table in tables.values()
        for column in table.columns
        if (was := held.get(table.name, {}).get(column.name)) not in {None, sql_type(column)}
    ]
    if changed:
        raise Clause9Error(
            f"Columns changed their type: {'; '.join(changed)}. Rows already published cannot be "
            "turned. Change it back, or make the warehouse again from the archived files: "
            "clause9 rebuild"
        )


def _add_columns(
    connection: duckdb.DuckDBPyConnection, table: Table, held: Mapping[str, str]
) -> None:
    for column in table.columns:
        if column.name not in held:
            name = f"{quoted(column.name)} {sql_type(column)}"
            run(connection, f"ALTER TABLE facts.{quoted(table.name)} ADD COLUMN {name}")


def _note_keys(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]
) -> tuple[str, ...]:
    """Keep each table's key; return the tables whose key changed."""
    rows = run(connection, "SELECT table_name, key FROM meta.contracts")
    known = {str(name): tuple(json.loads(str(key))) for name, key in rows}
    changed = [t for t in tables.values() if known.get(t.name, t.key) != t.key]
    for table in changed:
        if not table.key:
            raise Clause9Error(
                f"Table '{table.name}' had the key {', '.join(known[table.name])} and has none "
                "now: which rows replace which is not known for rows already published. Give it "
                "its key back, or make the warehouse again: clause9 rebuild"
            )
    for table in tables.values():
        if known.get(table.name) != table.key:
            run(
                connection,
                "INSERT OR REPLACE INTO meta.contracts VALUES ($table, $key)",
                {"table": table.name, "key": json.dumps(table.key)},
            )
    return tuple(table.name for table in changed)
