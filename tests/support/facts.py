"""Facts for tests: builders that fill what does not matter, and a warehouse in memory of them.

warehouse.fill(complaints=[a_complaint(received_on=date(2026, 1, 5))], outputs=[])
assert value_of(complaint_rate, JANUARY, warehouse) is None
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import polars as pl

from data.tables import ColumnType, Table, load_tables
from data.warehouse import Reader, memory_warehouse
from metrics.cells import roll_up
from metrics.evaluate import cells_of
from metrics.model import Metric
from metrics.periods import Period, period_of

TABLES: Mapping[str, Table] = load_tables()

JANUARY, FEBRUARY, MARCH, APRIL = (period_of(date(2026, m, 1), "month") for m in (1, 2, 3, 4))

Row = dict[str, Any]

_numbers = count(1)


def a_complaint(**given: object) -> Row:
    """Return a justified complaint of 5 January 2026, open, of one event."""
    start = {"received_on": date(2026, 1, 5), "process": "customer-service", "site": "Porto"}
    return {"complaint_id": _id("C"), **start, "is_justified": True, "quantity": 1, **given}


def a_nonconformance(**given: object) -> Row:
    """Return a nonconformance of 5 January 2026, open, of one event."""
    start = {"raised_on": date(2026, 1, 5), "process": "quality", "site": "Porto"}
    return {"nonconformance_id": _id("N"), **start, "quantity": 1, **given}


def a_corrective_action(**given: object) -> Row:
    """Return a corrective action of 5 January 2026, not in place."""
    start = {"raised_on": date(2026, 1, 5), "process": "quality", "site": "Porto"}
    return {"corrective_action_id": _id("A"), **start, "quantity": 1, **given}


def an_output(**given: object) -> Row:
    """Return 1,000 outputs of 15 January 2026."""
    start = {"output_on": date(2026, 1, 15), "process": "operations", "site": "Porto"}
    return {**start, "quantity": 1000, **given}


def a_survey_response(**given: object) -> Row:
    """Return an answer of 15 January 2026: 8 of 10."""
    start = {"responded_on": date(2026, 1, 15), "process": "customer-service", "site": "Porto"}
    return {**start, "instrument": "csat", "score": 8, "scale_max": 10, **given}


def a_metric_value(**given: object) -> Row:
    """Return a figure handed in for January 2026, without numerator, denominator or value."""
    start = {"metric": "energy", "period": date(2026, 1, 1), "process": "operations"}
    return {**start, "site": "Porto", "status": "ok", **given}


class Facts:
    """A warehouse in memory, filled table by table; opened anew for every question."""

    def __init__(self, tables: Mapping[str, Table] = TABLES) -> None:
        self.tables = tables
        self.frames: dict[str, pl.DataFrame] = {}

    def fill(self, **rows: Sequence[Row]) -> Facts:
        """Put rows into tables; what a row leaves out is empty."""
        for name, given in rows.items():
            self.frames[name] = frame_of(self.tables[name], given)
        return self

    @contextmanager
    def read(self, *metrics: Metric) -> Iterator[Reader]:
        """Hold the warehouse open: the tables filled, and those `metrics` read besides."""
        needed = {*self.frames, *(name for metric in metrics for name in metric.tables)}
        tables = {name: self.tables[name] for name in sorted(needed)}
        with memory_warehouse(tables, self.frames) as reader:
            yield reader

    def cells(self, *metrics: Metric, through: date | None = None) -> pl.DataFrame:
        """Return the cells of `metrics`."""
        with self.read(*metrics) as reader:
            return cells_of(reader, metrics, self.tables, through)

    def values(
        self, metric: Metric, *by: str, through: date | None = None, **slice_: str | None
    ) -> pl.DataFrame:
        """Return the metric's values by period and `by`."""
        return roll_up(self.cells(metric, through=through), metric, by, slice_)


def cell_of(
    metric: Metric,
    period: Period,
    warehouse: Facts,
    through: date | None = None,
    **slice_: str | None,
) -> Row:
    """Return the roll-up of one period and slice, empty where there is none."""
    values = warehouse.values(metric, through=through, **slice_)
    rows = values.filter(pl.col("period") == period.start).to_dicts()
    return rows[0] if rows else {"value": None, "status": None}


def value_of(
    metric: Metric,
    period: Period,
    warehouse: Facts,
    through: date | None = None,
    **slice_: str | None,
) -> float | None:
    """Return the value of one period and slice, None where there is none."""
    value = cell_of(metric, period, warehouse, through, **slice_)["value"]
    return None if value is None else float(value)


def frame_of(table: Table, rows: Sequence[Row]) -> pl.DataFrame:
    """Return `rows` as the warehouse takes them; bookkeeping columns may be among them."""
    kinds = {column.name: _kind(column.type, column.decimals) for column in table.columns}
    extra = {"_batch": pl.Int32(), "_row": pl.Int32(), "_is_current": pl.Boolean()}
    extra |= dict.fromkeys(("_mapping", "_sheet", "_scope", "_warnings"), pl.String())
    used = {name: kind for name, kind in extra.items() if any(name in row for row in rows)}
    schema = {**kinds, **used}
    values = {
        name: [_value(row.get(name, _IN_FORCE.get(name)), kind) for row in rows]
        for name, kind in schema.items()
    }
    return pl.DataFrame(values, schema=schema)


_IN_FORCE = {"_is_current": True, "_batch": 1, "_row": 2, "_mapping": "memory"}


def _id(letter: str) -> str:
    return f"{letter}{next(_numbers)}"


def _kind(kind: ColumnType, decimals: int | None) -> pl.DataType:
    kinds: dict[ColumnType, pl.DataType] = {
        "text": pl.String(),
        "integer": pl.Int64(),
        "decimal": pl.Decimal(18, decimals or 0),
        "float": pl.Float64(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "timestamp": pl.Datetime("us"),
    }
    return kinds[kind]


def _value(value: object, kind: pl.DataType) -> object:
    is_decimal = isinstance(kind, pl.Decimal) and value is not None
    return Decimal(str(value)) if is_decimal else value
