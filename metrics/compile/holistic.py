"""What parts do not add up to: percentiles and counts of different values, at every roll-up.

One scan gives all of a table's, with a group for each slice of each declared roll-up. `kept` says
which roll-up a row belongs to: a bit for each dimension, set where it was rolled up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from data.tables import Table, quoted
from metrics.compile.amounts import Amount, Context
from metrics.compile.narrowing import falls_in, periods_of
from metrics.compile.query import (
    Aggregate,
    Columns,
    Part,
    Query,
    Scan,
    any_of,
    as_text,
    day_of,
    filtered,
    period_start,
    scan_of,
)
from metrics.model import Metric, Percentile
from metrics.periods import COMMON, Calendar, Period

RollUps = tuple[tuple[str, ...], ...]


def compile_holistic(
    metrics: Iterable[Metric],
    tables: Mapping[str, Table],
    calendar: Calendar = COMMON,
    periods: Collection[Period] | None = None,
) -> tuple[Query, ...]:
    """Return the queries of holistic metrics: one per table, date, grain and set of roll-ups.

    `periods` narrows each to those of its own grain.
    """
    scans: dict[tuple[Scan, RollUps], list[Metric]] = {}
    for metric in metrics:
        scan = scan_of(metric, metric.sources["numerator"], tables)
        scans.setdefault((scan, metric.kept_by), []).append(metric)
    queries = []
    for (scan, roll_ups), found in sorted(scans.items(), key=lambda each: each[0]):
        wanted = None if periods is None else periods_of(periods, scan.grain, calendar)
        start = period_start(day_of(scan.dates[0]), scan.grain, calendar)
        queries.append(_grouped(scan, roll_ups, found, Context(tables[scan.table]), start, wanted))
    return tuple(queries)


def _grouped(
    scan: Scan,
    roll_ups: RollUps,
    metrics: Sequence[Metric],
    context: Context,
    start: str,
    wanted: Sequence[Period] | None,
) -> Query:
    columns = Columns("a")
    found = [
        Aggregate(metric.name, "numerator", _taken(metric, context, columns)) for metric in metrics
    ]
    by = tuple(name for name in scan.by if any(name in part for part in roll_ups))
    named = {name: f"_d{index}" for index, name in enumerate(by)}
    shown = "".join(f", {own} AS {own[1:]}" for own in named.values())
    placed = "".join(f", {as_text(name)} AS {own}" for name, own in named.items())
    kept = f"GROUPING({', '.join(named.values())})" if named else "0"
    sets = (", ".join(["_period", *(named[name] for name in part)]) for part in roll_ups)
    date = quoted(scan.dates[0])
    dated = [f"{date} IS NOT NULL"] if wanted is None else falls_in(date, wanted, context)
    sql = (
        f"SELECT _period AS period{shown}, {kept} AS kept{columns.text()}\n"
        f"FROM (SELECT *, {start} AS _period{placed}\n"
        f"  FROM {context.dialect.rows(context.table)}"
        f" WHERE _is_current AND {' AND '.join(dated)}) AS placed\n"
        f"GROUP BY GROUPING SETS ({', '.join(f'({each})' for each in sets)})"
    )
    return Query(sql, context.parameters, by, tuple(found), roll_ups, context.table.engine)


def _taken(metric: Metric, context: Context, columns: Columns) -> dict[Part, str]:
    """Return the columns of one metric: what it takes from the rows of a group."""
    amount = Amount(metric, metric.sources["numerator"], context)
    kept = [*amount.counts, *amount.sound]
    lost = [f"{amount.weight} IS NULL", *([amount.spoiled] if amount.spoiled else [])]
    taken = f"COUNT(DISTINCT {amount.weight})"
    if isinstance(metric.measure, Percentile):
        share = f"{Decimal(str(metric.measure.percent)) / 100:f}"
        double = context.dialect.expressions.types["float"]
        ranked = f"ORDER BY CAST({amount.weight} AS {double})"
        taken = f"PERCENTILE_CONT({share}) WITHIN GROUP ({ranked})"
    return {
        "amount": columns.name(context.dialect.exact(filtered(taken, kept))),
        "n": columns.name(filtered(f"COUNT({amount.weight})", kept)),
        "left_out": columns.name(filtered("COUNT(*)", [*amount.counts, any_of(lost)])),
    }
