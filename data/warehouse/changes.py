"""The SQL of what rows change: how they compare to the rows in force, and which rows are in force.

Every accepted row of every published batch stays. A row is in force when
1. its batch is the last one that brought its scope (mapping and `_scope`), or it has no scope, and
2. its table is keyed and no such row of a later batch has its key. Within one batch the row further
   down counts.
Taking a batch out and deciding again is therefore a revert. A batch that extends another one takes
its place in that order: it brings what the other left out, and is not later than it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from data.tables.contract import Table
from data.tables.ddl import quoted, sql_type

INCOMING = "incoming_rows"
"""The view in which SQL sees the rows that are about to come in."""

INCOMING_SCOPES = "incoming_scopes"
"""The view of (_mapping, _scope) pairs that are replaced although no row comes in for them."""

FLIPPED = "flipped"
"""The table of row_id, is_current: rows that come into force, or go out of it."""


@dataclass(frozen=True)
class Comparison:
    """How many incoming rows are new, say something else, say the same, and how many rows end.

    `removed` counts the rows in force that end without a successor: those of a replaced scope.
    """

    new: int
    restated: int
    unchanged: int
    removed: int


def scopes_frame(scopes: Collection[tuple[str, str]]) -> pl.DataFrame:
    """Return (mapping, scope) pairs as _mapping, _scope (text, no nulls)."""
    schema = {"_mapping": pl.String, "_scope": pl.String}
    return pl.DataFrame(list(scopes), schema=schema, orient="row")


def compare_sql(table: Table, brought: Collection[str]) -> str:
    """Return the query of one row: new, restated, unchanged, removed.

    `brought` are the columns the incoming frame has; the others count as empty.
    """
    return _compare_keyed(table, brought) if table.is_keyed else _compare_placed(table, brought)


def _compare_keyed(table: Table, brought: Collection[str]) -> str:
    same_row, differs = same_sql(table.key), differs_sql(table)
    return f"""
WITH incoming AS (
  SELECT {as_stored(table, brought)}, _mapping, _sheet, _row, _scope FROM {INCOMING}
), replaced AS (
  SELECT DISTINCT _mapping, _scope FROM incoming WHERE _scope IS NOT NULL
  UNION SELECT _mapping, _scope FROM {INCOMING_SCOPES}
), in_force AS (
  SELECT * FROM facts.{quoted(table.name)} WHERE _is_current
), compared AS (
  SELECT s._batch IS NULL AS is_new, {differs} AS differs
  FROM incoming AS i LEFT JOIN in_force AS s ON {same_row}
), ended AS (
  SELECT 1 FROM in_force AS s SEMI JOIN replaced USING (_mapping, _scope)
  ANTI JOIN incoming AS i ON {same_row}
)
SELECT
  count(*) FILTER (WHERE is_new),
  count(*) FILTER (WHERE NOT is_new AND differs),
  count(*) FILTER (WHERE NOT is_new AND NOT differs),
  (SELECT count(*) FROM ended)
FROM compared
"""


def absent_sql(table: Table, brought: Collection[str]) -> str:
    """Return the query of the rows in force of $mapping, dated $first to $last, that do not come.

    Columns: the key as text, and `total`, of which the first $limit are given.
    """
    key = ", ".join(f"CAST(s.{quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in table.key)
    dated_by = f"s.{quoted(table.dated_by)}"
    return f"""
WITH incoming AS (SELECT {as_stored(table, brought)} FROM {INCOMING})
SELECT {key}, count(*) OVER () AS total
FROM facts.{quoted(table.name)} AS s ANTI JOIN incoming AS i ON {same_sql(table.key)}
WHERE s._is_current AND s._mapping = $mapping
  AND CAST({dated_by} AS DATE) BETWEEN $first AND $last
ORDER BY {dated_by}, {", ".join(f"s.{quoted(name)}" for name in table.key)}
LIMIT $limit
"""


def _compare_placed(table: Table, brought: Collection[str]) -> str:
    """Return the same for rows without a key: those of one place in a file are one another.

    A place may have several, where a wide row became many: what they say is paired first, and what
    is left over on both sides is restated.
    """
    place = "_mapping, _scope, _sheet, _row"
    return f"""
WITH incoming AS (
  SELECT {as_stored(table, brought)}, {place} FROM {INCOMING}
), replaced AS (
  SELECT DISTINCT _mapping, _scope FROM incoming WHERE _scope IS NOT NULL
  UNION SELECT _mapping, _scope FROM {INCOMING_SCOPES}
), brought AS (
  SELECT {place}, {_content_hash(table)} AS content, count(*) AS n FROM incoming GROUP BY ALL
), held AS (
  SELECT {place}, {_content_hash(table)} AS content, count(*) AS n
  FROM facts.{quoted(table.name)} SEMI JOIN replaced USING (_mapping, _scope)
  WHERE _is_current GROUP BY ALL
), both_sides AS (
  SELECT {place}, content, n AS came, 0 AS was FROM brought
  UNION ALL SELECT {place}, content, 0, n FROM held
), said AS (
  SELECT {place}, content, sum(came) AS came, sum(was) AS was FROM both_sides GROUP BY ALL
), places AS (
  SELECT {place}, sum(came) AS came, sum(was) AS was, sum(least(came, was)) AS same
  FROM said GROUP BY ALL
)
SELECT
  coalesce(sum(greatest(came - was, 0)), 0)::BIGINT,
  coalesce(sum(least(came, was) - same), 0)::BIGINT,
  coalesce(sum(same), 0)::BIGINT,
  coalesce(sum(greatest(was - came, 0)), 0)::BIGINT
FROM places
"""


def repeated_sql(table: Table, brought: Collection[str]) -> str:
    """Return the query of batch, same: which batch of other scopes says most of the rows as well.

    For rows without a key, and of batches that came in days the incoming rows are dated in.
    """
    day = quoted(table.dated_by)
    return f"""
WITH incoming AS (
  SELECT {as_stored(table, brought)}, _mapping, _scope FROM {INCOMING}
), replaced AS (
  SELECT DISTINCT _mapping, _scope FROM incoming
  UNION SELECT _mapping, _scope FROM {INCOMING_SCOPES}
), brought AS (
  SELECT {_content_hash(table)} AS content, count(*) AS n FROM incoming GROUP BY ALL
), held AS (
  SELECT _batch, {_content_hash(table)} AS content, count(*) AS n
  FROM facts.{quoted(table.name)} ANTI JOIN replaced USING (_mapping, _scope)
  WHERE _is_current
  AND {day} BETWEEN (SELECT min({day}) FROM incoming) AND (SELECT max({day}) FROM incoming)
  GROUP BY ALL
)
SELECT h._batch AS batch, sum(least(b.n, h.n))::BIGINT AS same
FROM brought AS b JOIN held AS h USING (content)
GROUP BY h._batch ORDER BY same DESC, batch DESC LIMIT 1
"""


def _content_hash(table: Table) -> str:
    return f"hash({', '.join(quoted(name) for name in table.column_names)})"


def touch_keys_sql(table: Table) -> str:
    """Return the statement that notes the keys of batch $batch, about to go, as to be settled.

    Keys are noted by their hash: two keys sharing one only means that both are looked at again.
    """
    return (
        "INSERT INTO touched_keys "
        f"SELECT DISTINCT $table, {_key_hash(table)}, {_first_key(table)} "
        f"FROM facts.{quoted(table.name)} WHERE _batch = $batch"
    )


def touched_range_sql(table: Table) -> str:
    """Return the statement that makes `touched_range`: between which keys the touched ones lie."""
    return f"""
CREATE OR REPLACE TEMP TABLE touched_range AS
SELECT min(first_key) AS lowest, max(first_key) AS highest FROM ({_touched_sql(table)})
"""


def contested_sql(table: Table, *, whole: bool) -> str:
    """Return the statement that makes `contested`: hashes of keys whose rows need a decision.

    Most touched keys have one row, already in force, and are done with here.
    """
    narrowed = "" if whole else "WHERE key_hash IN (SELECT key_hash FROM touched)"
    return f"""
CREATE OR REPLACE TEMP TABLE contested AS
WITH touched AS ({_touched_sql(table)}
), hashed AS (
  SELECT {_key_hash(table)} AS key_hash, _is_current AND _scope IS NULL AS is_settled
  FROM ({_near_sql(table, whole=whole)})
)
SELECT key_hash FROM hashed {narrowed}
GROUP BY key_hash
HAVING count(*) > 1 OR NOT bool_and(is_settled)
"""


def _touched_sql(table: Table) -> str:
    """Return the query of key_hash and first_key of every touched key, some more than once."""
    name, key = f"facts.{quoted(table.name)}", f"{_key_hash(table)}, {_first_key(table)}"
    return f"""
  SELECT key_hash, first_key FROM touched_keys WHERE table_name = $table
  UNION ALL SELECT {key} FROM {name}
  WHERE _batch IN (SELECT batch FROM touched_batches WHERE table_name = $table)
  UNION ALL SELECT {key} FROM {name} AS t SEMI JOIN touched_scopes AS s
  ON s.table_name = $table AND s.mapping = t._mapping AND s.scope = t._scope"""


def _near_sql(table: Table, *, whole: bool) -> str:
    """Return the query of the rows between the touched keys, with row_id, or of the `whole` table.

    Numbers given in order lie together: most blocks of a large table are then not even read.
    """
    rows = f"SELECT rowid AS row_id, * FROM facts.{quoted(table.name)}"
    first_key = _first_key(table)
    if whole:
        return rows
    return f"""{rows}
  WHERE {first_key} BETWEEN (SELECT lowest FROM touched_range)
  AND (SELECT highest FROM touched_range)
  UNION ALL {rows} WHERE {first_key} IS NULL"""


def flipped_keys_sql(table: Table, *, whole: bool) -> str:
    """Return the statement that makes FLIPPED: rows of contested keys to be decided otherwise."""
    key = ", ".join(quoted(column) for column in table.key)
    return f"""
CREATE OR REPLACE TEMP TABLE {FLIPPED} AS
WITH {_standing_sql()}, candidates AS (
  SELECT t.*, coalesce(b.extends, t._batch) AS place,
    (t._scope IS NULL OR coalesce(l.stands, FALSE)) AS qualifies
  FROM ({_near_sql(table, whole=whole)}) AS t
  LEFT JOIN meta.batches AS b ON b.id = t._batch
  LEFT JOIN standing AS l
  ON l.mapping = t._mapping AND l.scope = t._scope AND l.batch = t._batch
  WHERE {_key_hash(table)} IN (SELECT key_hash FROM contested)
), decided AS (
  SELECT row_id, _is_current AS was_current, qualifies AND 1 = row_number() OVER (
    PARTITION BY {key}
    ORDER BY qualifies DESC, place DESC, _batch DESC,
      _row DESC, _sheet DESC, _mapping DESC, row_id DESC
  ) AS is_current
  FROM candidates
)
SELECT row_id, is_current FROM decided WHERE is_current <> was_current
"""


def flipped_scopes_sql(table: Table, *, whole: bool) -> str:
    """Return the statement that makes FLIPPED: rows of touched scopes to be decided otherwise."""
    narrowed = (
        ""
        if whole
        else "SEMI JOIN touched_scopes AS s ON s.table_name = $table "
        "AND s.mapping = b.mapping AND s.scope = b.scope"
    )
    return f"""
CREATE OR REPLACE TEMP TABLE {FLIPPED} AS
WITH {_standing_sql(narrowed)}
SELECT t.rowid AS row_id, l.stands AS is_current
FROM facts.{quoted(table.name)} AS t JOIN standing AS l
ON l.mapping = t._mapping AND l.scope = t._scope AND l.batch = t._batch
WHERE t._is_current <> l.stands
"""


def flip_sql(table: Table) -> str:
    """Return the statement that brings the rows of FLIPPED into force, or out of it."""
    return (
        f"UPDATE facts.{quoted(table.name)} AS t SET _is_current = f.is_current "
        f"FROM {FLIPPED} AS f WHERE t.rowid = f.row_id"
    )


def overtaken_sql(table: Table) -> str:
    """Return the query of _index: incoming rows that a batch later than $batch has brought since.

    That is a row of the same key in force, or the whole of their scope.
    """
    later = "coalesce(b.extends, b.id) > $batch"
    by_scope = f"""
SELECT i._index FROM {INCOMING} AS i JOIN meta.scopes AS s
ON s.table_name = $table AND s.mapping = i._mapping AND s.scope = i._scope
JOIN meta.batches AS b ON b.id = s.batch WHERE {later}"""
    if not table.is_keyed:
        return f"SELECT DISTINCT _index FROM ({by_scope})"
    return f"""
SELECT DISTINCT _index FROM ({by_scope}
UNION ALL SELECT i._index FROM {INCOMING} AS i JOIN facts.{quoted(table.name)} AS s
ON s._is_current AND {same_sql(table.key)}
JOIN meta.batches AS b ON b.id = s._batch WHERE {later})
"""


def _standing_sql(narrowed: str = "") -> str:
    """Return the CTE of which batches of each scope stand: the last one and what extends it."""
    return f"""brought AS (
  SELECT DISTINCT b.mapping, b.scope, b.batch, coalesce(w.extends, b.batch) AS place
  FROM meta.scopes AS b LEFT JOIN meta.batches AS w ON w.id = b.batch {narrowed}
  WHERE b.table_name = $table
), standing AS (
  SELECT mapping, scope, batch, place = max(place) OVER (PARTITION BY mapping, scope) AS stands
  FROM brought
)"""


def _key_hash(table: Table) -> str:
    return f"hash({', '.join(quoted(column) for column in table.key)})"


def _first_key(table: Table) -> str:
    return f"CAST({quoted(table.key[0])} AS VARCHAR)"


def differs_sql(table: Table) -> str:
    """Return the condition that an incoming row `i` says something else than `s` of its key."""
    content = [name for name in table.column_names if name not in table.key]
    pairs = (f"i.{quoted(name)} IS DISTINCT FROM s.{quoted(name)}" for name in content)
    return f"({' OR '.join(pairs) or 'FALSE'})"


def same_sql(columns: Collection[str]) -> str:
    """Return the condition that an incoming row `i` and `s` have the same values there."""
    # Parts of a key may be empty (the slice of a monthly figure), and empty equals empty here.
    pairs = (f"i.{quoted(name)} IS NOT DISTINCT FROM s.{quoted(name)}" for name in columns)
    return " AND ".join(pairs)


def as_stored(table: Table, brought: Collection[str]) -> str:
    """Return the contract's columns as they will be stored, or a rounding counts as a change."""
    return ", ".join(
        f"CAST({quoted(column.name) if column.name in brought else 'NULL'} AS {sql_type(column)})"
        f" AS {quoted(column.name)}"
        for column in table.columns
    )
