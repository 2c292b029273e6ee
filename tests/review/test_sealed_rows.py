"""The rows a pack holds: every one that feeds a shown cell, as often as it is in force."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl

from data.tables import load_tables
from data.warehouse import memory_warehouse
from metrics.model import Metric
from metrics.periods import Period
from metrics.review.sealed_rows import Shown, sealed_facts
from tests.support.reviews import a_metric

TABLES = load_tables()
SEPTEMBER = Period(date(2026, 9, 1), date(2026, 9, 30), "September 2026")


def pieces(name: str, **source: object) -> Metric:
    measure = {"kind": "total", "numerator": {"table": "outputs", "sum": "quantity"} | source}
    return a_metric(name, unit="pieces", measure=measure)


def outputs(*days: date) -> pl.DataFrame:
    """Return rows of one sheet row, as `unpivot` makes them of a wide one."""
    rows = [{"output_on": day, "process": "moulding", "quantity": Decimal(5)} for day in days]
    return pl.DataFrame(rows).with_columns(_row=pl.lit(2, pl.Int32))


def sealed(rows: pl.DataFrame, *metrics: Metric) -> pl.DataFrame:
    shown = Shown({each.name: SEPTEMBER for each in metrics})
    with memory_warehouse(TABLES, {"outputs": rows}) as reader:
        return sealed_facts(reader, metrics, TABLES, shown)["outputs"]


def test_two_rows_alike_that_came_from_one_row_of_a_sheet_are_both_sealed() -> None:
    rows = outputs(date(2026, 9, 1), date(2026, 9, 1), date(2026, 10, 1))
    assert sealed(rows, pieces("pieces"))["output_on"].to_list() == [date(2026, 9, 1)] * 2


def test_a_row_that_two_metrics_count_is_sealed_once() -> None:
    rows = outputs(date(2026, 9, 1), date(2026, 9, 1))
    open_pieces = {
        "kind": "stock",
        "from": "output_on",
        "to": "output_on",
        "numerator": {"table": "outputs"},
    }
    stock = a_metric("open_pieces", unit="pieces", measure=open_pieces)
    assert sealed(rows, pieces("pieces"), pieces("again"), stock).height == 2
