"""Every measure kind read plainly: row by row where the compiled query sums, no SQL at all.

Slow and obvious on purpose. It shares with the compiler the definitions and the meaning of an
expression (which has its own parity test), and nothing else: open records are copied into every
period they are open in, where the compiler keeps running sums.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl

from data.expressions import parse
from data.expressions.frame import to_polars
from data.tables import Rule, Table
from metrics.model import (
    Elapsed,
    Mean,
    Metric,
    Percentile,
    Proportion,
    Rate,
    Ratio,
    Reported,
    Source,
    Stock,
)
from metrics.periods import grid, period_of

Key = tuple[date, str]

Frames = Mapping[str, pl.DataFrame]


@dataclass
class Tally:
    """What one side of a cell adds up to."""

    amount: Fraction = Fraction(0)
    n: int = 0
    left_out: int = 0
    marks: set[object] = field(default_factory=set)
    reasons: set[object] = field(default_factory=set)

    def add(self, amount: Decimal | float | None, said: object = None) -> None:
        """Count a row; one without an amount is left out. `said` is the status it came with."""
        if amount is None:
            self.left_out += 1
            self.reasons.add(said)
        else:
            self.marks.add(said)
            self.amount += Fraction(amount)
            self.n += 1


@dataclass(frozen=True)
class Cell:
    """One cell as the reference sees it; a denominator only where the kind has one.

    A percentile of no row has no numerator either.
    """

    numerator: Fraction | None
    denominator: Fraction | None
    n: int
    left_out: int
    status: str


@dataclass
class Sides:
    """Both sides of a cell."""

    numerator: Tally = field(default_factory=Tally)
    denominator: Tally = field(default_factory=Tally)


def cells_by_hand(
    metric: Metric, frames: Frames, tables: Mapping[str, Table], through: date
) -> dict[Key, Cell]:
    """Return the cells of `metric` by period start and slice."""
    if metric.is_holistic:
        return _holistic(metric, frames, tables)
    if isinstance(metric.measure, Stock | Elapsed):
        found = _followed(metric, frames, tables, through)
    else:
        found = _dated(metric, frames, tables)
    cells = ((key, _cell(metric, sides)) for key, sides in found.items())
    return {key: cell for key, cell in cells if cell is not None}


def _holistic(metric: Metric, frames: Frames, tables: Mapping[str, Table]) -> dict[Key, Cell]:
    """Return the cells of a percentile or a count of different values, roll-up by roll-up."""
    source = metric.sources["numerator"]
    dated_by = source.dated_by or tables[source.table].dated_by
    groups: dict[Key, list[object]] = {}
    for row in _rows(metric, source, frames, tables, {dated_by}):
        if row.get(dated_by) is None:
            continue
        start = period_of(_day(row[dated_by]), metric.period, metric.calendar).start
        for names in metric.kept_by:
            taken = groups.setdefault((start, _slice(names, row)), [])
            if row["_counts"] is True:
                taken.append(None if row["_is_spoiled"] else row["_amount"])
    cells = ((key, _taken(metric, values)) for key, values in groups.items())
    return {key: cell for key, cell in cells if cell is not None}


def _taken(metric: Metric, values: list[object]) -> Cell | None:
    """Return the cell that the values of its rows make, None being a row without one."""
    known = [value for value in values if value is not None]
    left_out = len(values) - len(known)
    status = "missing" if left_out and not known else "ok"
    if not isinstance(metric.measure, Percentile):
        return Cell(Fraction(len(set(known))), None, len(known), left_out, status)
    if not values:
        return None
    found = _percentile([Fraction(_number(value) or 0) for value in known], metric.measure.percent)
    return Cell(found, None, len(known), left_out, status)


def _percentile(values: list[Fraction], percent: float) -> Fraction | None:
    """Return the value at `percent` of the way from the least to the greatest, in ranks."""
    if not values:
        return None
    ranked = sorted(values)
    rank = Fraction(str(percent)) / 100 * (len(ranked) - 1)
    below = ranked[math.floor(rank)]
    return below + (ranked[math.ceil(rank)] - below) * (rank - math.floor(rank))


def _dated(metric: Metric, frames: Frames, tables: Mapping[str, Table]) -> dict[Key, Sides]:
    found: dict[Key, Sides] = {}
    for side, source in metric.sources.items():
        table = tables[source.table]
        dated_by = source.dated_by or table.dated_by
        for row in _rows(metric, source, frames, tables, {dated_by}):
            if row.get(dated_by) is None:
                continue
            start = period_of(_day(row[dated_by]), metric.period, metric.calendar).start
            tally: Tally = getattr(found.setdefault((start, _slice(metric.by, row)), Sides()), side)
            if row["_counts"] is True:
                amount = None if row["_is_spoiled"] else _number(row["_amount"])
                tally.add(amount, row.get("status"))
    return found


def _followed(
    metric: Metric, frames: Frames, tables: Mapping[str, Table], through: date
) -> dict[Key, Sides]:
    measure = metric.measure
    assert isinstance(measure, Stock | Elapsed)
    found: dict[Key, Sides] = {}
    rows = [
        row
        for row in _rows(metric, measure.numerator, frames, tables, {measure.from_, measure.to})
        if row[measure.from_] is not None
        and _day(row[measure.from_]) <= period_of(through, metric.period, metric.calendar).end
    ]
    firsts: dict[str, date] = {}
    for row in rows:
        begun = _day(row[measure.from_])
        firsts[_slice(metric.by, row)] = min(begun, firsts.get(_slice(metric.by, row), begun))
    is_followed = isinstance(measure, Stock) or measure.open == "aged"
    for part, first in firsts.items() if is_followed else ():
        for period in grid(first, through, metric.period, metric.calendar):
            found[period.start, part] = Sides()
    for row in rows:
        if row["_counts"] is True:
            _follow(metric, row, found, through)
    return found


def _follow(
    metric: Metric, row: Mapping[str, object], found: dict[Key, Sides], through: date
) -> None:
    """Add one record to every period it is seen in."""
    measure = metric.measure
    assert isinstance(measure, Stock | Elapsed)
    begun, part = _day(row[measure.from_]), _slice(metric.by, row)
    ended = None if row[measure.to] is None else _day(row[measure.to])
    if row["_is_spoiled"] or (ended is not None and ended < begun):
        start = period_of(begun, metric.period, metric.calendar).start
        found.setdefault((start, part), Sides()).numerator.add(None)
        return
    for period in grid(begun, through, metric.period, metric.calendar):
        is_open = ended is None or ended > period.end
        ends_here = ended is not None and period.holds(ended)
        tally = found.setdefault((period.start, part), Sides()).numerator
        match measure:
            case Stock() if is_open:
                tally.add(_number(row["_amount"]))
            case Elapsed() if ends_here and ended is not None:
                tally.add((ended - begun).days)
            case Elapsed(open="aged") if is_open:
                tally.add((period.end - begun).days)
            case _:
                pass


def _rows(
    metric: Metric,
    source: Source,
    frames: Frames,
    tables: Mapping[str, Table],
    dates: set[str],
) -> Iterator[dict[str, object]]:
    """Yield the rows in force with _counts, _amount and _is_spoiled."""
    table = tables[source.table]
    read, columns = set(dates), {}
    columns["_counts"] = pl.lit(value=True)
    if source.where is not None:
        where = parse(source.where, table.column_types)
        columns["_counts"] = to_polars(where)
        read |= where.columns
    columns["_amount"] = pl.lit(1)
    given = source.value or source.sum or source.distinct
    if given is not None:
        amount = parse(given, table.column_types)
        columns["_amount"] = to_polars(amount)
        read |= amount.columns
    elif table.counted_by and not isinstance(metric.measure, Elapsed):
        columns["_amount"] = pl.col(table.counted_by).fill_null(1)
        read.add(table.counted_by)
    spoiling = [rule.name for rule in table.rules if _spoils(rule, table, read)]
    warnings = pl.col("_warnings").fill_null("").str.split(",")
    columns["_is_spoiled"] = warnings.list.set_intersection(spoiling).list.len() > 0
    frame = frames[table.name].filter(pl.col("_is_current")).with_columns(**columns)
    yield from frame.iter_rows(named=True)


def _spoils(rule: Rule, table: Table, read: set[str]) -> bool:
    if rule.severity == "refuse":
        return table.engine is not None  # rows there were never checked: none of them was refused
    return not rule.spoils or bool(read & set(rule.spoils))


def _cell(metric: Metric, sides: Sides) -> Cell | None:
    """Return the cell, None where nothing says that there should be one."""
    own, other = sides.numerator, sides.denominator
    whole: Fraction | None = None
    n, left_out, seen = own.n, own.left_out, own.n + own.left_out
    match metric.measure:
        case Rate() | Proportion() | Ratio():
            is_unread = own.n == 0 and own.left_out > 0
            whole, n = (Fraction(0), 0) if is_unread else (other.amount, other.n)
            left_out += other.left_out
            seen += other.n + other.left_out
        case Mean() | Elapsed():
            whole = Fraction(own.n)
        case Reported():
            whole = other.amount if other.n == own.n else None
        case _:
            status = "missing" if own.n == 0 and own.left_out > 0 else "ok"
            return Cell(own.amount, None, own.n, own.left_out, status)
    if seen == 0:
        return None
    status = _judged(metric, own.amount, whole, n, left_out)
    if isinstance(metric.measure, Reported):
        status = _as_said(status, own)
    return Cell(own.amount, whole, n, left_out, status)


def _as_said(status: str, own: Tally) -> str:
    """Return the status with what was said of the figures, or of their absence."""
    match status:
        case "ok" if "partial" in own.marks:
            return "partial"
        case "ok" if "estimated" in own.marks:
            return "estimated"
        case "missing" if own.reasons <= {"not_applicable"}:
            return "not_applicable"
        case "missing" if own.reasons <= {"not_applicable", "no_opportunity"}:
            return "no_opportunity"
        case _:
            return status


def _judged(
    metric: Metric, numerator: Fraction, denominator: Fraction | None, n: int, left_out: int
) -> str:
    if denominator is None:
        adds_up = isinstance(metric.measure, Reported) and metric.measure.adds_up
        return "ok" if n <= 1 or adds_up else "not_applicable"
    match metric.measure:
        case Proportion():
            is_share = True
        case Reported():
            is_share = metric.measure.is_share
        case _:
            is_share = False
    above = is_share and denominator != 0 and numerator > denominator
    if denominator < 0 or above or (is_share and numerator < 0):
        return "invalid"
    if n == 0 and left_out > 0:
        return "missing"
    return "no_opportunity" if denominator == 0 else "ok"


def _slice(names: Iterable[str], row: Mapping[str, object]) -> str:
    part = {name: row[name] for name in sorted(names)}
    return json.dumps(part, separators=(",", ":"), ensure_ascii=False)


def _day(value: object) -> date:
    assert isinstance(value, date)
    return date(value.year, value.month, value.day)


def _number(value: object) -> Decimal | float | None:
    assert value is None or isinstance(value, int | float | Decimal)
    return value
