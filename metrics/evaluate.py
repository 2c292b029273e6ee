"""From facts to cells: every metric's queries run, their sides brought together, stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Protocol, assert_never

import polars as pl

from data.errors import SourceError
from data.tables import Table
from metrics.cells import status_of
from metrics.compile import MARKS, REASONS, Aggregate, Query, compile_cells, compile_days
from metrics.model import (
    Count,
    Elapsed,
    Formula,
    Mean,
    Metric,
    Percentile,
    Proportion,
    Rate,
    Ratio,
    Reported,
    Side,
    Stock,
    Total,
    slice_key,
)
from metrics.periods import COMMON, Calendar, Period
from metrics.schema import CELL_SCHEMA, EXACT

Sides = Mapping[tuple[str, Side], pl.DataFrame]


class FactReader(Protocol):
    """What facts are read through: a warehouse reader is one."""

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Return the rows of a query."""
        ...

    def coverage(self) -> pl.DataFrame:
        """Return batch, mapping, table_name, covers_from, covers_to, slice."""
        ...

    def batches(self) -> pl.DataFrame:
        """Return id, received_at and more of every published batch."""
        ...


class EngineReader(Protocol):
    """What an external engine is read through: `data.engines` has one."""

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Return the rows of a query in the engine's dialect."""
        ...


Engines = Mapping[str, EngineReader]
"""The external engines that are open, by the name tables call them."""

NO_ENGINES: Engines = MappingProxyType({})


def cells_of(  # noqa: PLR0913 - what is computed, of what, up to when, and who counts it
    reader: FactReader,
    metrics: Sequence[Metric],
    tables: Mapping[str, Table],
    through: date | None = None,
    calendar: Calendar = COMMON,
    periods: Collection[Period] | None = None,
    *,
    engines: Engines = NO_ENGINES,
) -> pl.DataFrame:
    """Return the cells of `metrics` as CELL_SCHEMA, ordered by metric, period and slice.

    A formula has none of its own; the cells its values are made of are among them instead.

    What is open is followed up to the period of `through`; without it, to the last period any
    upload covers, or else the last day there is a row of. `periods`, of any grain, asks for the
    cells of those alone. Rows of external tables are counted by `engines`; both sides of a metric
    come together here, whoever counted them.
    """
    last = through or last_day(reader, metrics, tables, engines, calendar)
    sides: dict[tuple[str, Side], pl.DataFrame] = {}
    measured = measured_for(metrics)
    for query in compile_cells(measured, tables, last, calendar, periods):
        found = _with_slices(answered(reader, engines, query), query)
        for aggregate in query.aggregates:
            sides[aggregate.metric, aggregate.side] = _side(found, aggregate)
    frames = [_cells(metric, sides) for metric in measured]
    empty = pl.DataFrame(schema=CELL_SCHEMA)
    return pl.concat([empty, *frames]).sort("metric", "period", "slice")


def measured_for(metrics: Iterable[Metric]) -> tuple[Metric, ...]:
    """Return the metrics whose cells `metrics` need: each itself, a formula's parts for it."""
    leaves = {leaf.name: leaf for metric in metrics for leaf in metric.leaf_metrics}
    return tuple(leaves.values())


def definitions_of(metrics: Iterable[Metric], actor: str, at: datetime) -> pl.DataFrame:
    """Return definition_hash, metric, canonical_json, first_seen_at, actor: one row a metric."""
    rows = [(m.definition_hash, m.name, m.canonical_json, at, actor) for m in metrics]
    texts = ("definition_hash", "metric", "canonical_json")
    kinds = {**dict.fromkeys(texts, pl.String()), "first_seen_at": pl.Datetime("us", "UTC")}
    return pl.DataFrame(rows, schema={**kinds, "actor": pl.String()}, orient="row")


def last_day(
    reader: FactReader,
    metrics: Sequence[Metric],
    tables: Mapping[str, Table],
    engines: Engines = NO_ENGINES,
    calendar: Calendar = COMMON,
) -> date | None:
    """Return the last day any upload covers, or any row has where nothing is said of coverage.

    A table of due dates reaches into the future; when it came in, nobody knew what would still be
    open then, so such an upload counts to the day it was received.
    """
    local = pl.col("received_at").dt.convert_time_zone(calendar.time_zone)
    received = reader.batches().select(batch="id", day=local.dt.date())
    uploads = reader.coverage().join(received, on="batch", how="left")
    is_ahead = pl.col("day").is_between("covers_from", "covers_to")
    covered = uploads.select(pl.when(is_ahead).then("day").otherwise("covers_to").max()).item()
    if isinstance(covered, date):
        return covered
    used = sorted({name for metric in metrics for name in metric.tables})
    days = [
        answered(reader, engines, compile_days(name, tables))["last_day"].item() for name in used
    ]
    return max((day for day in days if isinstance(day, date)), default=None)


def answered(reader: FactReader, engines: Engines, query: Query) -> pl.DataFrame:
    """Return the rows of a query, asked of whoever keeps them; SourceError where it is closed."""
    if query.engine is None:
        return reader.frame(query.sql, query.parameters)
    if query.engine not in engines:
        raise SourceError(
            f"The rows are kept by {query.engine}, which is not asked here. Its cells are brought "
            "up to date by clause9 compute and clause9 pull."
        )
    return engines[query.engine].frame(query.sql, query.parameters)


def _with_slices(found: pl.DataFrame, query: Query) -> pl.DataFrame:
    """Return the result of a fused query with its dimensions as one canonical `slice`."""
    dimensions = [f"d{index}" for index in range(len(query.by))]
    if not dimensions:
        return found.with_columns(slice=pl.lit("{}"))
    found = found if query.roll_ups else found.with_columns(kept=pl.lit(0))
    slices = found.select("kept", *dimensions).unique()
    keys = [
        slice_key(_kept(int(kept), dict(zip(query.by, part, strict=True))))
        for kept, *part in slices.iter_rows()
    ]
    slices = slices.with_columns(slice=pl.Series(keys, dtype=pl.String))
    return found.join(slices, on=["kept", *dimensions], how="left", nulls_equal=True)


def _kept(rolled_up: int, part: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the part of a slice that was not rolled up: its bits are those not set."""
    bits = reversed([1 << index for index in range(len(part))])
    pairs = zip(bits, part.items(), strict=True)
    return {name: value for bit, (name, value) in pairs if not rolled_up & bit}


def _side(found: pl.DataFrame, aggregate: Aggregate) -> pl.DataFrame:
    named = {part: pl.col(column) for part, column in aggregate.columns.items()}
    nothing = pl.lit(None)
    squares, left_out = named.get("squares", nothing), named.get("left_out", pl.lit(0))
    return found.select(
        "period",
        "slice",
        amount=pl.when(named["n"] > 0).then(named["amount"]).otherwise(0).cast(EXACT),
        n=named["n"].cast(pl.Int64),
        squares=squares.cast(pl.Float64),
        left_out=left_out.cast(pl.Int64),
        mark=named.get("mark", nothing).cast(pl.Int64),
        reason=named.get("reason", nothing).cast(pl.Int64),
    )


def _cells(metric: Metric, sides: Sides) -> pl.DataFrame:
    own = sides[metric.name, "numerator"]
    nothing = pl.lit(None, dtype=EXACT)
    match metric.measure:
        case Count() | Total() | Stock():
            found = own.with_columns(denominator=nothing)
        case Mean() | Elapsed():
            found = own.with_columns(denominator=pl.col("n").cast(EXACT))
            found = found.filter((pl.col("n") > 0) | (pl.col("left_out") > 0))
        case Percentile():
            found = own.filter((pl.col("n") > 0) | (pl.col("left_out") > 0))
            value = pl.when(pl.col("n") > 0).then(pl.col("amount"))
            found = found.with_columns(denominator=nothing, amount=value)
        case Rate() | Proportion() | Ratio():
            found = _ratio(own, sides[metric.name, "denominator"])
        case Reported():
            found = _handed_in(own, sides[metric.name, "denominator"])
        case Formula():
            return pl.DataFrame(schema=CELL_SCHEMA)
        case _:
            assert_never(metric.measure)
    stated = found.with_columns(
        metric=pl.lit(metric.name),
        definition_hash=pl.lit(metric.definition_hash),
        numerator=pl.col("amount"),
        sum_of_squares=pl.col("squares"),
    )
    judged = stated.with_columns(status=status_of(metric))
    if isinstance(metric.measure, Reported):
        judged = judged.with_columns(status=_as_handed_in(pl.col("status")))
    return judged.select(*CELL_SCHEMA)


def _as_handed_in(status: pl.Expr) -> pl.Expr:
    """Return the status with what was said of the figures, or of why there is none."""
    marks = pl.col("mark").replace_strict(dict(enumerate(MARKS)), default="ok")
    reasons = pl.col("reason").replace_strict(dict(enumerate(REASONS)), default="missing")
    said = pl.when(status == "ok").then(marks)
    return said.when(status == "missing").then(reasons).otherwise(status)


def _ratio(own: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Return the two sides together; a side without rows in a period is zero there.

    Where every record of the numerator is left out, so is the denominator: a share of records that
    nobody could read is unknown, not 0.
    """
    joined = own.join(other, on=["period", "slice"], how="full", coalesce=True, suffix="_other")
    counts = ("n", "n_other", "left_out", "left_out_other")
    sides = (("n", "amount"), ("n_other", "amount_other"))
    joined = joined.with_columns(
        # A side that is absent is zero; one that is there but overflowed must stay unknown.
        *(pl.when(pl.col(n).is_null()).then(0).otherwise(pl.col(a)).alias(a) for n, a in sides)
    ).with_columns(pl.col(counts).fill_null(0))
    unread = (pl.col("n") == 0) & (pl.col("left_out") > 0)
    return joined.filter(pl.sum_horizontal(counts) > 0).with_columns(
        amount=pl.col("amount").cast(EXACT),
        denominator=pl.when(unread).then(0).otherwise(pl.col("amount_other")).cast(EXACT),
        n=pl.when(unread).then(0).otherwise(pl.col("n_other")),
        left_out=pl.col("left_out") + pl.col("left_out_other"),
    )


def _handed_in(own: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Return reported figures; the denominator only where every row of the cell has one."""
    joined = own.join(other, on=["period", "slice"], how="left", suffix="_other")
    whole = pl.col("n_other") == pl.col("n")
    joined = joined.with_columns(denominator=pl.when(whole).then(pl.col("amount_other")))
    return joined.filter((pl.col("n") > 0) | (pl.col("left_out") > 0))
