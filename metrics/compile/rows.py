"""The rows behind one side of a cell."""

from __future__ import annotations

from collections.abc import Mapping

from data.tables import Table, quoted
from metrics.compile.amounts import Amount, Context
from metrics.compile.query import Query, as_text
from metrics.model import Elapsed, Metric, Percentile, Side
from metrics.periods import Period


def compile_rows(
    metric: Metric,
    side: Side,
    period: Period,
    slice: Mapping[str, str | None],  # noqa: A002 - the word of the glossary
    tables: Mapping[str, Table],
    limit: int | None = None,
) -> Query:
    """Return the rows behind one side of a cell, in the order they came.

    Rows of an external engine come in order of their date and key. Of what ranks or ages records
    the largest amounts come first.

    Columns: the table's own, _batch, _mapping, _sheet, _row, `_amount` (what the row adds; the
    amounts sum to the side, but for a percentile, which ranks them) and `_total` (how many rows
    there are, whatever the limit). `slice` gives the value of dimensions, None for rows without
    one.
    """
    source = metric.sources.get(side, metric.sources["numerator"])
    context = Context(tables[source.table])
    amount = Amount(metric, source, context)
    adds = amount.in_period(period) if side in metric.sources else "1"
    if source.distinct is not None:
        adds = _first_of_each(amount.weight, context.table)
    columns = ", ".join(quoted(name) for name in context.table.column_names)
    largest = "_amount DESC, " if isinstance(metric.measure, Percentile | Elapsed) else ""
    # Counted apart, the rows shown are all that is read whole; a window would read every one.
    found = _found(context, amount, period, slice)
    sql = (
        f"SELECT {columns}, _batch, _mapping, _sheet, _row,\n"
        f"  {context.dialect.exact(adds)} AS _amount, (SELECT COUNT(*) {found}) AS _total\n"
        f"{found}\nORDER BY {largest}{_order(context.table)}"
    )
    if limit is not None:
        sql += f"\nLIMIT {int(limit)}"
    return Query(sql, context.parameters, engine=context.table.engine)


def compile_amounts(
    metric: Metric,
    side: Side,
    period: Period,
    slice: Mapping[str, str | None],  # noqa: A002 - the word of the glossary
    tables: Mapping[str, Table],
) -> Query:
    """Return what the rows behind one side add up to on each day: `day` and `amount`, by day.

    `period` may be of any length. For measures dated by one day alone: of what is followed from one
    date to another no day is the day.
    """
    source = metric.sources[side]
    context = Context(tables[source.table])
    amount = Amount(metric, source, context)
    (day,) = amount.dates
    total = context.dialect.exact(f"SUM({amount.weight})")
    sql = (
        f"SELECT {day} AS day, {total} AS amount\n{_found(context, amount, period, slice)}\n"
        "GROUP BY 1 ORDER BY 1"
    )
    return Query(sql, context.parameters, engine=context.table.engine)


def _found(context: Context, amount: Amount, period: Period, part: Mapping[str, str | None]) -> str:
    """Return FROM and WHERE of the rows behind a side in a period and slice."""
    chosen = ["_is_current", *amount.behind(period)]
    chosen += [
        f"{as_text(name)} IS NOT DISTINCT FROM {context.bound(value)}"
        for name, value in part.items()
    ]
    return f"FROM {context.dialect.rows(context.table)}\nWHERE {' AND '.join(chosen)}"


def _order(table: Table) -> str:
    came = ("_batch", "_mapping", "_sheet", "_row")
    names = came if table.engine is None else (table.dated_by, *table.key)
    return ", ".join(quoted(name) for name in names)


def _first_of_each(value: str, table: Table) -> str:
    """Return 1 for the first row of each different value, and 0 for the others."""
    place = f"ROW_NUMBER() OVER (PARTITION BY {value} ORDER BY {_order(table)})"
    return f"CASE WHEN {place} = 1 THEN 1 ELSE 0 END"
