"""Whether a table or view of an engine has what its contract says, before it is counted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from data.errors import near_miss
from data.tables import ColumnType, Table

if TYPE_CHECKING:
    from data.engines.asking import EngineReader

_HELD = """
SELECT a.attname AS column_name,
  CASE WHEN t.typcategory = 'E' THEN 'enum' ELSE t.typname END AS data_type
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(%(place)s) AND a.attnum > 0 AND NOT a.attisdropped
"""

_MAY_READ = "SELECT has_table_privilege(to_regclass(%(place)s), 'SELECT') AS may_read"

_LETTERS = "SELECT count(*) AS known FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu'"

_FITTING: Mapping[ColumnType, frozenset[str]] = {
    "text": frozenset({"text", "varchar", "bpchar", "name", "citext", "uuid", "enum"}),
    "integer": frozenset({"int2", "int4", "int8"}),
    "decimal": frozenset({"numeric", "int2", "int4", "int8"}),
    "float": frozenset({"float4", "float8", "numeric", "int2", "int4", "int8"}),
    "boolean": frozenset({"bool"}),
    "date": frozenset({"date"}),
    "timestamp": frozenset({"timestamp", "timestamptz", "date"}),
}
"""PostgreSQL's types that hold what a contract means; sums of a float would not be exact."""

_VIEW = "Make a view there that gives it as the contract says, and name it: engine_table = …"


def flaws(reader: EngineReader, table: Table, read: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (key, sentence) for all that keeps `table` from being counted in its engine.

    `read` are the columns that metrics take; others may be absent there.
    """
    place = ".".join(_quoted(part) for part in table.place_in_engine if part)
    found = reader.frame(_HELD, {"place": place})
    held = dict(found.select("column_name", "data_type").rows())
    key = "table.engine_table" if table.engine_table else "table.engine"
    if not held:
        yield key, f"{table.engine} has no table or view {place} that the account can see."
        return
    if not reader.frame(_MAY_READ, {"place": place}).item():
        yield key, f"the account may not read {place}: GRANT SELECT ON {place} TO it."
    if not reader.frame(_LETTERS).item():
        yield "table.engine", f"{table.engine} was built without ICU, which small letters take."
    yield from _column_flaws(table, held, place, {*read, *table.key, table.dated_by})


def _column_flaws(
    table: Table, held: Mapping[str, str], place: str, needed: Collection[str]
) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        kind = held.get(column.name)
        if kind is None and column.name in needed:
            said = f"{place} has no column '{column.name}'.{near_miss(column.name, held)} {_VIEW}"
            yield f"columns.{column.name}", said
        elif kind is not None and kind not in _FITTING[column.type]:
            said = f"is {column.type} here and {kind} in {place}. {_VIEW}"
            yield f"columns.{column.name}.type", said


def held_columns(reader: EngineReader, table: Table) -> frozenset[str]:
    """Return the columns of the contract that the engine's table or view has."""
    place = ".".join(_quoted(part) for part in table.place_in_engine if part)
    found = reader.frame(_HELD, {"place": place})["column_name"]
    return frozenset(found) & frozenset(table.column_names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
