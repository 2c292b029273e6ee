"""Stocks and ages: records followed from one date to another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from data.tables import quoted
from metrics.compile.amounts import Amount, Context
from metrics.compile.narrowing import falls_in
from metrics.compile.query import (
    Columns,
    Part,
    Scan,
    any_of,
    day_of,
    dimensions_of,
    grouped,
    next_start,
    period_start,
    starts_between,
)
from metrics.model import Stock
from metrics.periods import Calendar, Period, period_of

_NOUGHT = "DATE '1970-01-01'"
"""Days are counted from here: the sum of ages is the sum of ends less the sum of beginnings."""


class Spans:
    """Records followed from one date to another: what opened less what closed, period by period.

    Two scans, one by each date, then running sums along the periods of each slice; no record is
    ever multiplied by the periods it was open in. Narrowed to some periods, records that ended
    before the first are not read, and those begun before it make one opening balance.
    """

    def __init__(
        self,
        scan: Scan,
        context: Context,
        last: Period | None,
        calendar: Calendar,
        periods: Sequence[Period] | None = None,
    ) -> None:
        self._scan, self._context = scan, context
        self._dialect = context.dialect
        self._facts = context.dialect.rows(context.table)
        self._calendar = calendar
        self._wanted = periods
        if periods is not None:
            self._wanted = [period for period in periods if last and period.start <= last.start]
            last = self._wanted[-1] if self._wanted else None
        self._start = context.day(last.start if last else None) if scan.followed else ""
        self._end = context.day(last.end if last else None)
        self._opened, self._closed, self._result = Columns("o"), Columns("c"), Columns("a")

    def add(self, amount: Amount) -> dict[Part, str]:
        """Return the columns of a side that follows records."""
        rows = self._running("COUNT", "1", amount)
        left_out = self._opened.name(f"COUNT({self._opened.taken('1', amount.lost)})")
        if isinstance(amount.measure, Stock):
            is_counted = amount.weight == "1"
            value = rows if is_counted else self._running("SUM", amount.weight, amount)
            n = rows
        else:
            value, n = self._elapsed(amount, rows)
        return {
            "amount": self._result.name(self._dialect.exact(value)),
            "n": self._result.name(f"CAST({n} AS BIGINT)"),
            "left_out": self._result.name(f"CAST({left_out} AS BIGINT)"),
        }

    def _elapsed(self, amount: Amount, running_rows: str) -> tuple[str, str]:
        opened, closed = amount.dates
        ages = self._dialect.days(opened, closed)
        days = self._sum(self._closed, "SUM", ages, amount)
        n = self._sum(self._closed, "COUNT", "1", amount)
        if not self._scan.followed:
            return days, n
        beginnings = self._running("SUM", self._dialect.days(_NOUGHT, opened), amount)
        following = next_start("period", self._scan.grain, self._calendar)
        end = f"{self._dialect.days(_NOUGHT, following)} - 1"
        return f"{days} + {running_rows} * ({end}) - {beginnings}", f"{n} + {running_rows}"

    def _running(self, aggregate: str, value: str, amount: Amount) -> str:
        """Return the sum over what opened so far less the sum over what closed so far."""
        opened = self._sum(self._opened, aggregate, value, amount)
        closed = self._sum(self._closed, aggregate, value, amount)
        return f"SUM({opened} - {closed}) OVER line"

    def _sum(self, columns: Columns, aggregate: str, value: str, amount: Amount) -> str:
        return columns.name(f"{aggregate}({columns.taken(value, amount.followed)})")

    def sql(self) -> str:
        """Return the query of everything added."""
        dimensions = "".join(f", d{index}" for index in range(len(self._scan.by)))
        sums = "".join(f", COALESCE(SUM({name}), 0) AS {name}" for name in self._names)
        partition = f"PARTITION BY {dimensions[2:]} " if dimensions else ""
        moved = "\nUNION ALL\n".join(self._moved())
        found = (
            f"SELECT period{dimensions}{self._result.text()}\nFROM lined\n"
            f"WINDOW line AS ({partition}ORDER BY period ROWS UNBOUNDED PRECEDING)"
        )
        if self._wanted is not None:
            within = " AND ".join(falls_in("period", self._wanted, self._context))
            found = f"SELECT * FROM (\n{found}\n) AS line\nWHERE {within}"
        return (
            f"WITH moved AS (\n{moved}\n){self._gridded(dimensions)},\n"
            f"lined AS (SELECT period{dimensions}{sums}"
            f" FROM gridded {grouped(self._scan.by)})\n{found}"
        )

    def _moved(self) -> list[str]:
        """Return the queries of what opened and what closed; narrowed, of what had begun too."""
        opened, closed = (day_of(name) for name in self._scan.dates)
        known = ["_is_current", f"{opened} <= {self._end}"]
        ended = [*known, f"{closed} <= {self._end}", f"{closed} >= {opened}"]
        if self._wanted:
            return self._moved_since(self._wanted[0], known, ended)
        return [self._side(0, self._opened, known), self._side(1, self._closed, ended)]

    def _moved_since(self, first: Period, known: list[str], ended: list[str]) -> list[str]:
        """Return the same from `first` on; what is still open then counts in the period before."""
        start = self._context.day(first.start)
        begun_since, ended_since = (f"{quoted(name)} >= {start}" for name in self._scan.dates)
        moved = self._side(1, self._closed, [*ended, ended_since])
        if not self._scan.followed:
            return [self._side(0, self._opened, [*known, begun_since]), moved]
        grain, day_before = self._scan.grain, first.start - timedelta(days=1)
        before = self._context.day(period_of(day_before, grain, self._calendar).start)
        touching = any_of([f"{quoted(self._scan.dates[1])} IS NULL", ended_since, begun_since])
        # A slice has a cell from its first record on, also where all of its records have ended.
        begun = (
            f"SELECT DISTINCT {before} AS period{dimensions_of(self._scan.by)}{self._nulls(())}\n"
            f"FROM {self._facts}\nWHERE _is_current AND NOT {begun_since}"
        )
        return [self._side(0, self._opened, [*known, touching], since=before), moved, begun]

    def _side(self, index: int, columns: Columns, chosen: list[str], since: str = "") -> str:
        period = period_start(day_of(self._scan.dates[index]), self._scan.grain, self._calendar)
        period = f"GREATEST({period}, {since})" if since else period
        shown = self._beside(columns)
        return columns.summed(period, self._scan.by, self._facts, chosen, shown)

    @property
    def _names(self) -> tuple[str, ...]:
        return (*self._opened.names(), *self._closed.names())

    def _beside(self, columns: Columns) -> str:
        """Return one side's columns and NULL for the other's, in one order for every side."""
        if columns is self._opened:
            return columns.text() + self._nulls(self._opened.names())
        return "".join(f", NULL AS {name}" for name in self._opened.names()) + columns.text()

    def _nulls(self, known: Sequence[str]) -> str:
        return "".join(f", NULL AS {name}" for name in self._names[len(known) :])

    def _gridded(self, dimensions: str) -> str:
        """Return the CTE in which every slice has every period from its first one on."""
        if not self._scan.followed:
            return ",\ngridded AS (SELECT * FROM moved)"
        step, period = starts_between(self._scan.grain, self._calendar)
        each = self._dialect.each_of("beginning", self._start, step)
        by = f" GROUP BY {dimensions[2:]}" if dimensions else ""
        return (
            f",\nbegun AS (SELECT MIN(period) AS beginning{dimensions} FROM moved{by}),\n"
            f"days AS (SELECT {each} AS day{dimensions} FROM begun),\n"
            f"gridded AS (SELECT * FROM moved UNION ALL"
            f" SELECT {period} AS period{dimensions}{self._nulls(())} FROM days)"
        )
