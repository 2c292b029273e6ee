"""Stocks and ages: records followed from one date to another."""

from __future__ import annotations

from data.tables import quoted
from metrics.compile.amounts import Amount, Context
from metrics.compile.query import (
    STEPS,
    Columns,
    Part,
    Scan,
    day_of,
    dimensions_of,
    exact,
    filtered,
    period_start,
)
from metrics.model import Stock
from metrics.periods import Period

_NOUGHT = "DATE '1970-01-01'"
"""Days are counted from here: the sum of ages is the sum of ends less the sum of beginnings."""


class Spans:
    """Records followed from one date to another: what opened less what closed, period by period.

    Two scans, one by each date, then running sums along the periods of each slice; no record is
    ever multiplied by the periods it was open in.
    """

    def __init__(
        self, scan: Scan, context: Context, last: Period | None, fiscal_year_start: int
    ) -> None:
        self._scan, self._table = scan, quoted(context.table.name)
        self._fiscal_year_start = fiscal_year_start
        self._start = ""
        if scan.followed:
            self._start = f"CAST({context.bound(last and last.start)} AS DATE)"
        self._end = f"CAST({context.bound(last and last.end)} AS DATE)"
        self._opened, self._closed, self._result = Columns("o"), Columns("c"), Columns("a")

    def add(self, amount: Amount) -> dict[Part, str]:
        """Return the columns of a side that follows records."""
        rows = self._running("COUNT(*)", amount)
        left_out = self._opened.name(filtered("COUNT(*)", amount.lost))
        if isinstance(amount.measure, Stock):
            total = "COUNT(*)" if amount.weight == "1" else f"SUM({amount.weight})"
            value, n = self._running(total, amount), rows
        else:
            value, n = self._elapsed(amount, rows)
        return {
            "amount": self._result.name(exact(value)),
            "n": self._result.name(f"CAST({n} AS BIGINT)"),
            "left_out": self._result.name(f"CAST({left_out} AS BIGINT)"),
        }

    def _elapsed(self, amount: Amount, running_rows: str) -> tuple[str, str]:
        opened, closed = amount.dates
        days = f"SUM(date_diff('day', {opened}, {closed}))"
        days = self._closed.name(filtered(days, amount.followed))
        n = self._closed.name(filtered("COUNT(*)", amount.followed))
        if not self._scan.followed:
            return days, n
        beginnings = self._running(f"SUM(date_diff('day', {_NOUGHT}, {opened}))", amount)
        end = f"date_diff('day', {_NOUGHT}, CAST(period + {STEPS[self._scan.grain]} AS DATE)) - 1"
        return f"{days} + {running_rows} * ({end}) - {beginnings}", f"{n} + {running_rows}"

    def _running(self, aggregate: str, amount: Amount) -> str:
        """Return the sum over what opened so far less the sum over what closed so far."""
        opened = self._opened.name(filtered(aggregate, amount.followed))
        closed = self._closed.name(filtered(aggregate, amount.followed))
        return f"SUM({opened} - {closed}) OVER line"

    def sql(self) -> str:
        """Return the query of everything added."""
        opened, closed = (day_of(name) for name in self._scan.dates)
        known = f"_is_current AND {opened} <= {self._end}"
        ended = f"{known} AND {closed} <= {self._end} AND {closed} >= {opened}"
        dimensions = "".join(f", d{index}" for index in range(len(self._scan.by)))
        names = (*self._opened.names(), *self._closed.names())
        sums = "".join(f", COALESCE(SUM({name}), 0) AS {name}" for name in names)
        partition = f"PARTITION BY {dimensions[2:]} " if dimensions else ""
        return (
            f"WITH moved AS (\n{self._side(0, self._opened, known)}\nUNION ALL BY NAME\n"
            f"{self._side(1, self._closed, ended)}\n){self._gridded(dimensions)},\n"
            f"lined AS (SELECT period{dimensions}{sums} FROM gridded GROUP BY ALL)\n"
            f"SELECT period{dimensions}{self._result.text()}\nFROM lined\n"
            f"WINDOW line AS ({partition}ORDER BY period ROWS UNBOUNDED PRECEDING)"
        )

    def _side(self, index: int, columns: Columns, where: str) -> str:
        period = period_start(self._scan.dates[index], self._scan.grain, self._fiscal_year_start)
        return (
            f"SELECT {period} AS period{dimensions_of(self._scan.by)}{columns.text()}\n"
            f"FROM facts.{self._table}\nWHERE {where}\nGROUP BY ALL"
        )

    def _gridded(self, dimensions: str) -> str:
        """Return the CTE in which every slice has every period from its first one on."""
        if not self._scan.followed:
            return ",\ngridded AS (SELECT * FROM moved)"
        series = f"generate_series(beginning, {self._start}, {STEPS[self._scan.grain]})"
        return (
            f",\nbegun AS (SELECT MIN(period) AS beginning{dimensions} FROM moved GROUP BY ALL),\n"
            f"gridded AS (SELECT * FROM moved UNION ALL BY NAME"
            f" SELECT CAST(UNNEST({series}) AS DATE) AS period{dimensions} FROM begun)"
        )
