"""What an extractor hands over: files to ingest, and how far each of them brings the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from data.engines.question import Mark
from data.errors import NotFoundError, SourceError, near_miss
from data.secrets import Secrets

Cursor = Mapping[str, Any]
"""How far a source is read, as JSON values: it is kept in the batch that brought it so far."""


@dataclass(frozen=True)
class Errand:
    """One pull to make: which source of which workspace, into which folder, with what secrets."""

    source: str
    workspace: Path
    folder: Path
    secrets: Secrets


@dataclass(frozen=True)
class Extract:
    """One file fetched; `cursor` is None where the source is read whole every time."""

    path: Path
    rows: int | None
    cursor: Cursor | None = None
    notes: tuple[str, ...] = ()


def since(cursor: Cursor | None, column: str, lag: timedelta, steps: int) -> Mark | None:
    """Return from where on to read: the mark of the cursor, less what is to be read again.

    None is from the beginning: nothing was pulled yet, or by another column. Raises SourceError
    where the lag is no distance in such a mark.
    """
    if cursor is None or cursor.get("column") != column:
        return None
    mark = _mark(cursor)
    match mark:
        case int() if not lag:
            return mark - steps
        case datetime() if not steps:
            return mark - lag
        case date() if not steps:
            return mark - timedelta(days=-(-lag // timedelta(days=1)))
        case str() if lag and not steps:
            return _earlier(mark, lag, column)
        case _ if not lag and not steps:
            return mark
        case _:
            key = "lag_minutes" if lag else "lag_steps"
            raise SourceError(
                f"`{key}` cannot be counted back from {column} = {mark}. lag_minutes goes with "
                "times and dates, lag_steps with whole numbers."
            )


def reached(path: Path, column: str) -> tuple[Cursor | None, tuple[str, ...]]:
    """Return how far the rows of a Parquet file reach, and what is to be said about the others.

    None where no row says. Raises NotFoundError where there is no such column.
    """
    names = pl.read_parquet_schema(path)
    if column not in names:
        hint = near_miss(column, names) or f" There are: {', '.join(names)}."
        raise NotFoundError(f"The cursor column '{column}' is not among those pulled.{hint}")
    highest, empty = (
        pl.scan_parquet(path)
        .select(pl.col(column).max().alias("highest"), pl.col(column).null_count().alias("empty"))
        .collect()
        .row(0)
    )
    notes = (
        (f"{empty:,} rows have no {column}: once changed, only a full pull brings them again.",)
        if empty
        else ()
    )
    if highest is None:
        return None, notes
    return {"column": column, "type": _type(highest), "value": _text(highest)}, notes


def _mark(cursor: Cursor) -> Mark:
    value = cursor["value"]
    match cursor["type"]:
        case "integer":
            return int(value)
        case "decimal":
            return Decimal(value)
        case "timestamp":
            return datetime.fromisoformat(value)
        case "date":
            return date.fromisoformat(value)
        case _:
            return str(value)


def _type(value: object) -> str:
    match value:
        case bool():
            raise SourceError("A cursor that is true or false says nothing about how far.")
        case int():
            return "integer"
        case Decimal():
            return "decimal"
        case datetime():
            return "timestamp"
        case date():
            return "date"
        case str():
            return "text"
        case _:
            raise SourceError(
                f"A cursor of the type {type(value).__name__} cannot be compared safely. Take a "
                "column of times, dates, texts or whole numbers."
            )


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _earlier(mark: str, lag: timedelta, column: str) -> str:
    """Return a time written as text, earlier by the lag, written the same way."""
    try:
        at = datetime.fromisoformat(mark) - lag
    except ValueError:
        raise SourceError(
            f"`lag_minutes` cannot be counted back from {column} = {mark}, which is not a time."
        ) from None
    if len(mark) == len("2026-09-30"):
        return at.date().isoformat()
    digits = "microseconds" if "." in mark else "seconds"
    text = at.isoformat(sep=" " if " " in mark else "T", timespec=digits)
    return text.removesuffix("+00:00") + "Z" if mark.endswith("Z") else text
