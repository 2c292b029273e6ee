"""The SQL of touched days: on which days a version being made says something else than before.

Every row that comes into force or goes out of it is noted by what it says, as a number, on each of
its days: with a plus when it comes, with a minus when it goes. A day on which these add up to
nothing says what it said, however many rows were replaced by their like. What is kept is a line a
day, not a line a row.
"""

from __future__ import annotations

from collections.abc import Collection

from data.tables.contract import Table
from data.tables.ddl import quoted
from data.warehouse.changes import FLIPPED, INCOMING, as_stored

CREATE_TOUCHED_DAYS = (
    "CREATE TEMP TABLE touched_days "
    "(table_name VARCHAR, figure VARCHAR, column_name VARCHAR, day DATE, change HUGEINT)"
)

TOUCHED_DAYS = """
SELECT table_name, figure, column_name, day FROM touched_days
GROUP BY ALL HAVING sum(change) <> 0 ORDER BY ALL
"""

FIGURE = "metric"
"""The key column of a table that holds many figures: a row of one says nothing of the others."""


def note_incoming_sql(table: Table, brought: Collection[str]) -> str:
    """Return the statement that notes the incoming rows of `table` as coming into force."""
    stored = as_stored(table, brought)
    return _note_sql(table, f"SELECT {stored}, _warnings, 1 AS sign FROM {INCOMING}")


def note_flipped_sql(table: Table) -> str:
    """Return the statement that notes the rows of `table` that are about to flip."""
    sign = "CASE WHEN f.is_current THEN 1 ELSE -1 END"
    facts = f"facts.{quoted(table.name)} AS t JOIN {FLIPPED} AS f ON t.rowid = f.row_id"
    return _note_sql(table, f"SELECT t.*, {sign} AS sign FROM {facts}")


def note_leaving_sql(table: Table) -> str:
    """Return the statement that notes the rows of batch $batch in force, about to be deleted."""
    facts = f"facts.{quoted(table.name)} WHERE _is_current AND _batch = $batch"
    return _note_sql(table, f"SELECT *, -1 AS sign FROM {facts}")


def _note_sql(table: Table, changed: str) -> str:
    said = ", ".join(quoted(name) for name in (*table.column_names, "_warnings"))
    figure = quoted(FIGURE) if FIGURE in table.key else "CAST(NULL AS VARCHAR)"
    dates = [name for name, kind in table.column_types.items() if kind in {"date", "timestamp"}]
    days = "\nUNION ALL ".join(
        f"SELECT '{name}' AS column_name, figure, CAST({quoted(name)} AS DATE) AS day, "
        f"sum(said) AS change FROM changed WHERE {quoted(name)} IS NOT NULL GROUP BY ALL"
        for name in dates
    )
    # Hashed twice: a hash of several columns mixes them so little that two rows which exchange a
    # value could add up to the same.
    return f"""
INSERT INTO touched_days BY NAME
WITH changed AS (
  SELECT {", ".join(quoted(name) for name in dates)}, {figure} AS figure,
    sign * CAST(hash(hash({said})) AS HUGEINT) AS said
  FROM ({changed})
)
SELECT '{table.name}' AS table_name, * FROM ({days})
"""
