"""The SQL of closed periods: which incoming rows would change what is in force on their days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from data.tables.contract import Table
from data.tables.ddl import quoted
from data.warehouse.changes import INCOMING, INCOMING_SCOPES, as_stored, differs_sql, same_sql

CLOSED = "closed_days"
"""The view of the days on which nothing may change: closing, first, last, mapping, process."""


@dataclass(frozen=True)
class ClosedDays:
    """Days on which nothing may change: of one mapping, of one process, or of everything."""

    closing: int
    first: date
    last: date
    mapping: str | None = None
    process: str | None = None


def closed_frame(days: Sequence[ClosedDays]) -> pl.DataFrame:
    """Return closing (Int64), first, last (Date), mapping, process (String or null)."""
    schema = {
        "closing": pl.Int64,
        "first": pl.Date,
        "last": pl.Date,
        "mapping": pl.String,
        "process": pl.String,
    }
    rows = [(d.closing, d.first, d.last, d.mapping, d.process) for d in days]
    return pl.DataFrame(rows, schema=schema, orient="row")


def closed_changes_sql(table: Table, brought: Collection[str]) -> str:
    """Return the query of _index, closing, _mapping, _scope, ends: what changes a closed day.

    `_index` names an incoming row that is new there, or says something else than the row it
    replaces, which was dated there; it is null for rows in force that would end without successor.
    `ends` says whether a row in force goes with it.
    Keyed rows are told by their key. Rows without one are told by what they say, as often as they
    say it: a row put in at the top of a file moves all others down and changes none of them.
    """
    body = _keyed_sql(table) if table.is_keyed else _counted_sql(table)
    return f"""
WITH incoming AS (
  SELECT _index, {as_stored(table, brought)}, _mapping, _sheet, _row, _scope FROM {INCOMING}
), replaced AS (
  SELECT DISTINCT _mapping, _scope FROM incoming WHERE _scope IS NOT NULL AND $replaces
  UNION SELECT _mapping, _scope FROM {INCOMING_SCOPES}
), in_force AS (
  SELECT * FROM facts.{quoted(table.name)} WHERE _is_current
), closed_incoming AS (
  SELECT * FROM (SELECT i.*, {_closing(table, "i")} AS closing FROM incoming AS i)
  WHERE closing IS NOT NULL
), closed_held AS (
  SELECT * FROM (SELECT s.*, {_closing(table, "s")} AS closing FROM in_force AS s)
  WHERE closing IS NOT NULL
)
{body}
"""


def closed_digest_sql(table: Table, held: Collection[str]) -> str:
    """Return the query of closing, how many rows in force its days have, and a sum of their hashes.

    Two versions with the same digest say the same of the closed days. `held` are the columns of
    the version.
    """
    content = ", ".join(f"s.{quoted(name)}" for name in table.column_names if name in held)
    return f"""
SELECT closing, count(*) AS row_count, sum(content_hash::HUGEINT)::VARCHAR AS content FROM (
  SELECT {_closing(table, "s")} AS closing, hash({content}) AS content_hash
  FROM facts.{quoted(table.name)} AS s WHERE s._is_current
) WHERE closing IS NOT NULL GROUP BY closing ORDER BY closing
"""


def _closing(table: Table, alias: str) -> str:
    """Return the expression of the first closing that holds for a row, or null."""
    day = f"CAST({alias}.{quoted(table.dated_by)} AS DATE)"
    process = f"{alias}.process" if "process" in table.column_names else "NULL"
    return (
        f"(SELECT min(w.closing) FROM {CLOSED} AS w WHERE {day} BETWEEN w.first AND w.last "
        f"AND (w.mapping IS NULL OR w.mapping = {alias}._mapping) "
        f"AND (w.process IS NULL OR w.process = {process}))"
    )


def _keyed_sql(table: Table) -> str:
    return f"""
SELECT i._index, i.closing, i._mapping, i._scope, s._batch IS NOT NULL AS ends
FROM closed_incoming AS i LEFT JOIN in_force AS s ON {same_sql(table.key)}
WHERE s._batch IS NULL OR {differs_sql(table)}
UNION
SELECT i._index, s.closing, i._mapping, i._scope, TRUE
FROM incoming AS i JOIN closed_held AS s ON {same_sql(table.key)}
WHERE {differs_sql(table)}
UNION ALL
SELECT NULL, s.closing, s._mapping, s._scope, TRUE
FROM closed_held AS s SEMI JOIN replaced USING (_mapping, _scope)
ANTI JOIN incoming AS i ON {same_sql(table.key)}
"""


def _counted_sql(table: Table) -> str:
    content = ("_mapping", "_scope", *table.column_names)
    partition = ", ".join(quoted(name) for name in content)
    same = same_sql((*content, "nth"))
    return f"""
, numbered_incoming AS (
  SELECT *, row_number() OVER (PARTITION BY {partition} ORDER BY _index) AS nth
  FROM closed_incoming
), numbered_held AS (
  SELECT *, row_number() OVER (PARTITION BY {partition}) AS nth
  FROM closed_held SEMI JOIN replaced USING (_mapping, _scope)
)
SELECT i._index, i.closing, i._mapping, i._scope, FALSE AS ends
FROM numbered_incoming AS i ANTI JOIN numbered_held AS s ON {same}
UNION ALL
SELECT NULL, s.closing, s._mapping, s._scope, TRUE
FROM numbered_held AS s ANTI JOIN numbered_incoming AS i ON {same}
"""
