"""From a figure to its rows: the first page of what a cell is made of, and of the records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from benchmarks.facts import ROWS, TABLES, counted, stored
from benchmarks.figures import Figure, seconds
from data.warehouse import Reader
from metrics.compile import compile_rows
from metrics.model import Count, Metric, Source, Stock
from metrics.periods import Period, period_of

PAGE = 200

GOAL = 0.3
"""Seconds to the first page: what a person takes for the click itself."""

RUNS = 3


def measure() -> Iterator[Figure]:
    """Time the first page of few rows, of a year's, of all that is open, and of the records."""
    month, year = (period_of(date(2025, 3, 1), grain) for grain in ("month", "year"))
    one = counted("category 3")
    every = one.model_copy(update={"measure": Count(numerator=Source(table="complaints"))})
    span = {"from": "received_on", "to": "closed_on", "numerator": {"table": "complaints"}}
    stock = Stock.model_validate(span)
    still_open = one.model_copy(update={"measure": stock})
    with stored().warehouse.read() as reader:
        for what, metric, period, part in (
            ("a month's cell of one site", one, month, {"site": "Porto"}),
            ("a year's total", every, year, {}),
            ("what was open at the end of a month", still_open, month, {}),
        ):
            total, taken = _first_page(reader, metric, period, part)
            yield Figure(f"page 1 of {total:,} rows: {what}", taken, "s", GOAL)
        taken = seconds(lambda: reader.browse("complaints", limit=PAGE), RUNS)
        yield Figure(f"page 1 of {ROWS:,} records, newest first", taken, "s", GOAL)


def _first_page(
    reader: Reader, metric: Metric, period: Period, part: Mapping[str, str]
) -> tuple[int, float]:
    query = compile_rows(metric, "numerator", period, part, TABLES, PAGE)
    total = int(reader.frame(query.sql, query.parameters)["_total"][0])
    return total, seconds(lambda: reader.frame(query.sql, query.parameters), RUNS)
