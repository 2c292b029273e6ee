"""Lists of records under an input: statistics first, then the cut, with "20 of 57" said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from data.tables.contract import Table
from metrics.periods import Period
from metrics.review.model import RecordTable
from metrics.review.wording import MASK, exact, short_day

SHOWN = 20
"""Rows of one list on one page: what a meeting can read; the rest is said and one click away."""


def record_table(
    name: str,
    title: str,
    frame: pl.DataFrame,
    columns: Sequence[tuple[str, str]],
    *,
    remark: str = "",
    contract: Table | None = None,
) -> RecordTable:
    """Return the first rows of `frame` as text; `columns` pairs a column with its heading.

    `remark` must come from the whole frame: it is computed by the caller before this cut.
    Personal columns of the contract are masked.
    """
    known = [(column, heading) for column, heading in columns if column in frame.columns]
    hidden, listed = personal_columns(contract), _listed_columns(contract)
    cut = frame.head(SHOWN).select(column for column, _ in known)
    rows = tuple(
        tuple(
            _shown(cell, is_hidden=column in hidden, is_listed=column in listed)
            for (column, _), cell in zip(known, row, strict=True)
        )
        for row in cut.rows()
    )
    return RecordTable(
        id=name,
        title=title,
        columns=tuple(heading for _, heading in known),
        rows=rows,
        shown=cut.height,
        total=frame.height,
        remark=remark,
        table=contract.name if contract else None,
    )


def personal_columns(contract: Table | None) -> frozenset[str]:
    """Return the names of the columns that may not leave the house unmasked."""
    if contract is None:
        return frozenset()
    return frozenset(column.name for column in contract.columns if column.personal)


def _listed_columns(contract: Table | None) -> frozenset[str]:
    """Return the columns whose values are words of a list, and read better with spaces."""
    columns = contract.columns if contract else ()
    return frozenset(column.name for column in columns if column.allowed)


def _shown(cell: object, *, is_hidden: bool, is_listed: bool) -> str:
    if is_hidden and cell is not None:
        return MASK
    return cell_text(cell).replace("_", " ") if is_listed else cell_text(cell)


def cell_text(cell: object) -> str:  # noqa: PLR0911 - one line a type
    """Return one cell as a reader expects it: days by name, "–" for nothing."""
    match cell:
        case None:
            return "–"
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return f"{short_day(cell.date())} {cell:%H:%M}"
        case date():
            return short_day(cell)
        case Decimal():
            return exact(cell)
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:,.1f}"
        case _:
            return str(cell)


def completed(frame: pl.DataFrame, **columns: pl.DataType | type[pl.DataType]) -> pl.DataFrame:
    """Return the frame with every named column present; an absent one is all null."""
    absent = [
        pl.lit(None, dtype=kind).alias(name)
        for name, kind in columns.items()
        if name not in frame.columns
    ]
    return frame.with_columns(absent)


def dated_in(frame: pl.DataFrame, column: str, period: Period) -> pl.DataFrame:
    """Return the rows dated within the period, both ends included."""
    on = pl.col(column).cast(pl.Date)
    return frame.filter(on.is_between(period.start, period.end))


def open_at(frame: pl.DataFrame, closed_column: str, on: date) -> pl.DataFrame:
    """Return the rows not closed by the end of the day, however old they are."""
    closed = pl.col(closed_column).cast(pl.Date)
    return frame.filter(closed.is_null() | (closed > on))


def with_overdue(frame: pl.DataFrame, due_column: str, on: date) -> pl.DataFrame:
    """Return the frame with `overdue_days` (whole days, 0 when not yet due or without due date)."""
    late = (pl.lit(on) - pl.col(due_column).cast(pl.Date)).dt.total_days()
    return frame.with_columns(late.clip(lower_bound=0).fill_null(0).alias("overdue_days"))


def weighed(frame: pl.DataFrame, contract: Table) -> pl.DataFrame:
    """Return the frame with `events`: how many each row stands for (1 unless the table counts)."""
    counted_by = contract.counted_by
    if counted_by and counted_by in frame.columns:
        return frame.with_columns(pl.col(counted_by).fill_null(1).alias("events"))
    return frame.with_columns(pl.lit(1).alias("events"))


def amount(frame: pl.DataFrame) -> int:
    """Return how many events the rows of a weighed frame stand for."""
    return round(frame["events"].sum() or 0)


def tally(frame: pl.DataFrame, column: str, *, after: bool = False) -> str:
    """Return "5 minor, 2 major" for a column of a weighed frame; "" for none.

    `after` puts the count behind: "minor 5, major 2".
    """
    counts = (
        frame.filter(pl.col(column).is_not_null())
        .group_by(column)
        .agg(pl.col("events").sum())
        .sort("events", column, descending=[True, False])
    )
    said = ((f"{round(count):,}", str(value).replace("_", " ")) for value, count in counts.rows())
    return ", ".join(f"{word} {count}" if after else f"{count} {word}" for count, word in said)
