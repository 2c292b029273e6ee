"""One file made ready to publish: every mapping's rows, and everything that is wrong with them."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from data.calendars import COMMON, Calendar
from data.errors import RefusedInputError
from data.tables import Table
from pipelines.clean.failures import INDEX, together
from pipelines.clean.fill import DAY, fill, headers_of
from pipelines.clean.shape import shape
from pipelines.clean.spellings import spelling_hints
from pipelines.load.context import Context
from pipelines.mapping import Mapping
from pipelines.mapping.periods import Cadence, Period, end_of, start_of
from pipelines.readers.raw import ROW, SPREADSHEETS, Raw
from pipelines.report import rows
from pipelines.templates import EXAMPLE_ROW, is_example
from pipelines.validate import WARNINGS, duplicate_keys, validate


@dataclass(frozen=True)
class Prepared:
    """What one mapping makes of one sheet.

    `rows` has INDEX, ROW, the table's columns and `_warnings`, refused rows included; `theirs` the
    same rows as they came; `spoken` INDEX and DAY of those and of the rows left out. `letters` are
    the letters of their columns in a workbook, by header.
    """

    mapping: Mapping
    table: Table
    sheet: str | None
    rows: pl.DataFrame
    theirs: pl.DataFrame
    failures: pl.DataFrame
    read: int
    left_out: int
    spoken: pl.DataFrame
    warnings: tuple[str, ...]
    letters: abc.Mapping[str, str] = field(default_factory=dict)
    called: abc.Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar = COMMON

    @property
    def headers(self) -> dict[str, str]:
        """Return our column to the header that fills it as it is, by its name in this file."""
        return {our: self.in_file(name) for our, name in headers_of(self.mapping).items()}

    def in_file(self, header: str) -> str:
        """Return what a column of the mapping is called in this file."""
        return self.called.get(header, header)

    @property
    def refused(self) -> int:
        """Return how many rows are refused."""
        return self.failures.get_column("index").n_unique()

    @property
    def good(self) -> pl.DataFrame:
        """Return the rows that are not refused."""
        return self._not_refused(self.rows)

    @property
    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day of the rows that are not refused, if there are any."""
        days = self._not_refused(self.spoken).get_column(DAY)
        first, last = days.min(), days.max()
        return (first, last) if isinstance(first, date) and isinstance(last, date) else None

    def _not_refused(self, frame: pl.DataFrame) -> pl.DataFrame:
        if self.failures.is_empty():
            return frame
        return frame.join(self.failures, left_on=INDEX, right_on="index", how="anti")


def prepare(sheets: abc.Sequence[tuple[Mapping, Raw]], context: Context) -> tuple[Prepared, ...]:
    """Return what the mappings make of the sheets of one file.

    Raises RefusedInputError for what no row can be blamed for.
    """
    parts = [_part(mapping, raw, context) for mapping, raw in sheets]
    return tuple(_without_duplicates(parts))


def _part(mapping: Mapping, raw: Raw, context: Context) -> Prepared:
    table = context.tables[mapping.table]
    raw, told = _without_example(replace(raw, zone=context.calendar.time_zone), table)
    shaped = shape(raw, mapping, table.dated_by, context.find_lookup)
    filled = fill(shaped, raw, mapping, table)
    validated = validate(
        filled, table, context.known_processes, context.period, context.known_metrics
    )
    hints = spelling_hints(filled.rows, table, raw.file)
    return Prepared(
        mapping=mapping,
        table=table,
        sheet=raw.sheet,
        rows=validated.rows,
        theirs=shaped.theirs.rename(dict(shaped.called), strict=False),
        failures=shaped.as_called(validated.failures),
        read=shaped.read,
        left_out=shaped.left_out,
        spoken=filled.spoken,
        warnings=(*told, *shaped.warnings, *filled.told, *_repeated(validated.rows, table), *hints),
        letters=raw.letters,
        called=shaped.called,
        calendar=context.calendar,
    )


def _repeated(filled: pl.DataFrame, table: Table) -> abc.Iterator[str]:
    """Say how many rows without a key are the same in every column: counted, never dropped."""
    if not table.is_keyed and filled.height:
        repeated = filled.height - filled.select(table.column_names).n_unique()
        if repeated:
            yield f"{rows(repeated)} the same as one before in every column; all of them count."


def _without_example(raw: Raw, table: Table) -> tuple[Raw, tuple[str, ...]]:
    """Return the sheet without the template's example row, as long as nobody wrote over it."""
    names = set(table.column_names)
    if raw.kind not in SPREADSHEETS or not names.issubset(raw.headers) or raw.frame.is_empty():
        return raw, ()
    first = raw.frame.row(0, named=True)
    if first[ROW] != EXAMPLE_ROW or not is_example(table, {name: first[name] for name in names}):
        return raw, ()
    told = f"Row {EXAMPLE_ROW} is the template's example and was not read."
    return replace(raw, frame=raw.frame.slice(1)), (told,)


def _without_duplicates(parts: list[Prepared]) -> abc.Iterator[Prepared]:
    """Yield the parts with the failures of keys that several rows of the file have."""
    by_table: dict[str, list[int]] = {}
    for number, part in enumerate(parts):
        by_table.setdefault(part.table.name, []).append(number)
    for numbers in by_table.values():
        group = [parts[number] for number in numbers]
        for part, failures in zip(group, _duplicates(group), strict=True):
            yield replace(part, failures=together([part.failures, failures]))


def _duplicates(parts: list[Prepared]) -> list[pl.DataFrame]:
    table = parts[0].table
    if not table.is_keyed:
        return [together([]) for _ in parts]
    keys, offsets, offset = [], [], 0
    for part in parts:
        columns = (INDEX, ROW, *table.key)
        moved = part.rows.select(columns).with_columns(
            (pl.col(INDEX) + offset).cast(pl.UInt32),
            pl.lit(part.sheet, dtype=pl.String).alias("_sheet"),
        )
        # A key that could not be read is no key, and was refused for that.
        keys.append(moved.filter(~pl.all_horizontal(pl.col(table.key).is_null())))
        offsets.append(offset)
        offset += _height(part)
    failures = duplicate_keys(pl.concat(keys), table)
    ends = [*offsets[1:], offset]
    return [
        failures.filter(pl.col("index").is_between(first, end, closed="left")).with_columns(
            (pl.col("index") - first).cast(pl.UInt32)
        )
        for first, end in zip(offsets, ends, strict=True)
    ]


def _height(part: Prepared) -> int:
    return part.read + 1


def slot_of(file: str, period: Period | None) -> str:
    """Return what a resubmission replaces where rows have no key: the period, or else the file."""
    return period.label if period else file


def stored_rows(part: Prepared, slot: str) -> pl.DataFrame:
    """Return the good rows as the warehouse takes them, but for the batch."""
    day = pl.col(part.table.dated_by).cast(pl.Date)
    match part.mapping.replace:
        case "period":
            scope = start_of(day, cadence_of(part.mapping), part.calendar).cast(pl.String)
        case "slot":
            scope = pl.lit(slot)
        case None:
            scope = pl.lit(None if part.table.is_keyed else slot, dtype=pl.String)
    return part.good.select(
        *part.table.column_names,
        pl.lit(part.mapping.name).alias("_mapping"),
        pl.lit(part.sheet, dtype=pl.String).alias("_sheet"),
        pl.col(ROW).cast(pl.Int32).alias("_row"),
        scope.alias("_scope"),
        pl.col(WARNINGS),
    )


def replaced_scopes(part: Prepared, slot: str, period: Period | None) -> tuple[str, ...]:
    """Return the scopes the file replaces even where it brings no row."""
    if part.mapping.replace == "period":
        if period is None:
            return ()
        days = pl.date_range(period.first, period.last, "1d", eager=True).alias("day").to_frame()
        starts = days.select(start_of(pl.col("day"), cadence_of(part.mapping), part.calendar))
        return tuple(day.isoformat() for day in starts.to_series().unique().sort())
    if part.mapping.replace == "slot" or not part.table.is_keyed:
        return (slot,)
    return ()


def cadence_of(mapping: Mapping) -> Cadence:
    """Return the period a mapping's rows are reckoned in; months where it does not say."""
    return mapping.cadence or "month"


def covered(part: Prepared, period: Period | None, received_on: date) -> Period | None:
    """Return the days the part speaks for: the declared period, or the periods it has rows in.

    Rows may be dated ahead (a due date, a slip of the pen); nobody can say of a day to come that
    nothing happened on it, so without a declared period the day of receipt is the last.
    """
    if period is not None:
        return period
    days = part.days
    if days is None:
        return None
    cadence = cadence_of(part.mapping)
    ends = pl.select(
        start_of(pl.lit(days[0]), cadence, part.calendar).alias("first"),
        end_of(pl.lit(days[1]), cadence, part.calendar).alias("last"),
    )
    first, last = ends.row(0)
    last = min(last, received_on)
    return Period(f"{first} to {last}", first, last) if first <= last else None


def refuse_empty(parts: abc.Sequence[Prepared], file: str, period: Period | None) -> None:
    """Raise RefusedInputError for a file without rows, unless it is said which period had none."""
    if period is None and not any(part.read for part in parts):
        raise RefusedInputError(
            f"{file}: there is a header, but no row below it. If nothing happened, say when: "
            "--period 2026-09"
        )


__all__ = [
    "Context",
    "Prepared",
    "cadence_of",
    "covered",
    "prepare",
    "refuse_empty",
    "replaced_scopes",
    "slot_of",
    "stored_rows",
]
