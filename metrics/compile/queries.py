"""The fused queries of cells, and the two that go with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from data.tables import Table, quoted
from metrics.compile.amounts import Amount, Context
from metrics.compile.dialect import dialect_of
from metrics.compile.holistic import compile_holistic
from metrics.compile.narrowing import falls_in, periods_of
from metrics.compile.query import (
    Aggregate,
    Columns,
    Query,
    Scan,
    day_of,
    period_start,
    scan_of,
)
from metrics.compile.spans import Spans
from metrics.model import Metric, Side, Source
from metrics.periods import COMMON, Calendar, Period, period_of


def compile_cells(
    metrics: Iterable[Metric],
    tables: Mapping[str, Table],
    through: date | None = None,
    calendar: Calendar = COMMON,
    periods: Collection[Period] | None = None,
) -> tuple[Query, ...]:
    """Return the fused queries that give every cell of `metrics`, finest slices, in fixed order.

    Those of holistic metrics come last and give every roll-up that is declared; a formula has none.
    Stocks and ages are followed up to the end of the period that holds `through`; without it their
    queries can be shown but give nothing. `periods`, of any grain, narrows each query to those of
    its own: it gives their cells alone and reads only what matters for them.
    """
    scans: dict[Scan, list[tuple[Metric, Side, Source]]] = {}
    every = list(metrics)
    for metric in every:
        for side, source in {} if metric.is_holistic else metric.sources.items():
            scans.setdefault(scan_of(metric, source, tables), []).append((metric, side, source))
    fused = (
        _fused(scan, scans[scan], tables[scan.table], through, calendar, periods)
        for scan in sorted(scans)
    )
    holistic = (metric for metric in every if metric.is_holistic)
    return (*fused, *compile_holistic(holistic, tables, calendar, periods))


def compile_days(name: str, tables: Mapping[str, Table]) -> Query:
    """Return the query of the first and last day (`first_day`, `last_day`) of a table's rows."""
    table, day = tables[name], day_of(tables[name].dated_by)
    rows = dialect_of(table).rows(table)
    sql = f"SELECT MIN({day}) AS first_day, MAX({day}) AS last_day FROM {rows} WHERE _is_current"
    return Query(sql, {}, engine=table.engine)


def compile_stored_cells(metrics: Iterable[str] | None = None) -> Query:
    """Return the query of the stored cells of `metrics` (None: of all), in fixed order."""
    where = "" if metrics is None else "WHERE list_contains($metrics, metric)"
    named = {} if metrics is None else {"metrics": sorted(metrics)}
    return Query(f"SELECT * FROM cells {where} ORDER BY metric, period, slice", named)


def _fused(
    scan: Scan,
    sides: Sequence[tuple[Metric, Side, Source]],
    table: Table,
    through: date | None,
    calendar: Calendar,
    periods: Collection[Period] | None,
) -> Query:
    context = Context(table)
    amounts = [(metric, side, Amount(metric, source, context)) for metric, side, source in sides]
    wanted = None if periods is None else periods_of(periods, scan.grain, calendar)
    if len(scan.dates) == 1:
        flow = Columns("a")
        found = [Aggregate(metric.name, side, a.flow(flow)) for metric, side, a in amounts]
        dated = quoted(scan.dates[0])
        chosen = [f"{dated} IS NOT NULL"] if wanted is None else falls_in(dated, wanted, context)
        start = period_start(day_of(scan.dates[0]), scan.grain, calendar)
        rows = context.dialect.rows(table)
        sql = flow.summed(start, scan.by, rows, ["_is_current", *chosen])
    else:
        last = None if through is None else period_of(through, scan.grain, calendar)
        spans = Spans(scan, context, last, calendar, wanted)
        found = [Aggregate(metric.name, side, spans.add(a)) for metric, side, a in amounts]
        sql = spans.sql()
    return Query(sql, context.parameters, scan.by, tuple(found), engine=table.engine)
