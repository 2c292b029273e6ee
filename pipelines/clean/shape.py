"""From a sheet as it is to rows a table can be filled from: lookups, wide to long, row filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import polars as pl

from data.errors import RefusedInputError, near_miss
from data.expressions import Expression
from data.expressions.frame import to_polars
from pipelines.clean.columns import convert, trimmed
from pipelines.clean.failures import INDEX, together
from pipelines.clean.formats import Formats, formats_of, target_of_theirs
from pipelines.mapping import Lookup, Unpivot
from pipelines.mapping import Mapping as Definition
from pipelines.mapping.theirs import (
    derived_of,
    needed_columns,
    needed_headers,
    sources_of,
    where_of,
)
from pipelines.readers.raw import ROW, Raw
from pipelines.report import rows

WIDE_HEADER = "clause9:header"
"""The column that keeps which wide column a long row came from."""

FindLookup = Callable[[Lookup], Raw]
"""Returns the sheet a lookup reads; RefusedInputError where the load has no such file."""


@dataclass(frozen=True)
class Shaped:
    """Their rows, before they are ours.

    `theirs` has their columns as they came, `typed` those that expressions read, by type; both have
    INDEX and ROW. `speaking` are the two for the rows whose dates say which periods the file is
    about: a filter that does not look at the date leaves out rows, not periods. `failures` are
    cells an expression needs and cannot read.
    """

    theirs: pl.DataFrame
    typed: pl.DataFrame
    speaking: tuple[pl.DataFrame, pl.DataFrame]
    failures: pl.DataFrame
    read: int
    left_out: int
    warnings: tuple[str, ...]


def shape(raw: Raw, mapping: Definition, dated_by: str, find_lookup: FindLookup) -> Shaped:
    """Return the rows of one sheet the mapping means.

    Raises RefusedInputError where a header is missing: all of them, with the nearest there is.
    """
    _refuse_missing(raw, mapping)
    formats = formats_of(mapping, raw.kind, has_controls=raw.has_controls)
    warnings = [*raw.warnings, *_unread(raw, mapping)]
    frame = raw.frame
    for lookup in mapping.lookup:
        frame, told = _looked_up(frame, lookup, find_lookup(lookup), formats)
        warnings += told
    if mapping.unpivot:
        frame = _long(frame, mapping.unpivot, raw)
        _refuse_melted(frame, raw, mapping)
    frame = frame.with_row_index(INDEX)
    typed, failures = _typed(frame, mapping, formats)
    failures = together([_flaws(frame, raw, mapping), failures])
    every = (frame, typed)
    where = where_of(mapping)
    if where is not None:
        is_kept = _is_kept(typed, where, failures)
        frame, typed = frame.filter(is_kept), typed.filter(is_kept)
        failures = failures.filter(pl.col("index").is_in(frame.get_column(INDEX).implode()))
    looks_at_date = where is not None and bool(where.columns & sources_of(mapping, dated_by))
    return Shaped(
        theirs=frame,
        typed=typed,
        speaking=(frame, typed) if looks_at_date else every,
        failures=failures,
        read=every[0].height,
        left_out=every[0].height - frame.height,
        warnings=tuple(warnings),
    )


def place_of(raw: Raw) -> str:
    """Return how the header row of a sheet is called in a message."""
    sheet = f"sheet '{raw.sheet}', " if raw.sheet else ""
    return f"{raw.file}: {sheet}row {raw.header_row}"


def _refuse_missing(raw: Raw, mapping: Definition) -> None:
    missing = [name for name in needed_headers(mapping) if name not in raw.headers]
    if not missing:
        return
    used = set(needed_headers(mapping))
    free = [name for name in raw.headers if name not in used]
    said = [f"'{name}'{_near(name, free)}" for name in missing]
    names = "columns" if len(missing) > 1 else "the column"
    raise RefusedInputError(
        f"{place_of(raw)}: {names} {', '.join(said)} not found, which the mapping "
        f"'{mapping.name}' reads. Rename the header, or correct the mapping."
    )


def _near(name: str, free: Sequence[str]) -> str:
    hint = near_miss(name, free)
    return f" ({hint.strip()})" if hint else ""


def _unread(raw: Raw, mapping: Definition) -> list[str]:
    used = {*needed_headers(mapping), *_wide_columns(raw.headers, mapping.unpivot)}
    unread = [name for name in raw.headers if name not in used]
    spoilt = [flaw.cell for flaw in raw.flaws if flaw.header in unread]
    told = [f"Columns not read: {', '.join(unread)}."] if unread else []
    if spoilt:
        told.append(f"Errors in columns that are not read: {', '.join(spoilt[:10])}.")
    return told


def _wide_columns(headers: Sequence[str], unpivot: Unpivot | None) -> dict[str, str]:
    """Return the wide headers that are there, each with what it stands for."""
    if unpivot is None:
        return {}
    if isinstance(unpivot.columns, tuple):
        patterns = unpivot.columns
        return {h: h for h in headers if any(fnmatchcase(h, pattern) for pattern in patterns)}
    return unpivot.columns


def _looked_up(
    frame: pl.DataFrame, lookup: Lookup, other: Raw, formats: Formats
) -> tuple[pl.DataFrame, list[str]]:
    """Return the frame with the columns taken; of several rows with one key the first counts."""
    needed = [*lookup.on.values(), *lookup.take.values()]
    missing = [f"'{n}'{_near(n, other.headers)}" for n in needed if n not in other.headers]
    if missing:
        raise RefusedInputError(
            f"{place_of(other)}: a lookup reads the columns {', '.join(missing)}, which are not "
            "there. Correct the lookup, or the file."
        )
    clash = [name for name in lookup.take if name in frame.columns]
    if clash:
        raise RefusedInputError(
            f"A lookup takes '{clash[0]}' from {other.file}, but the file has a column of that "
            "name itself. Give it another name in the lookup's `take`."
        )
    keys = [f"clause9:key {i}" for i in range(len(lookup.on))]
    table = other.frame.select(
        *(
            trimmed(other.frame.get_column(theirs), formats).alias(key)
            for key, theirs in zip(keys, lookup.on.values(), strict=True)
        ),
        *(pl.col(theirs).alias(new) for new, theirs in lookup.take.items()),
    ).drop_nulls(keys)
    unique = table.unique(keys, keep="first", maintain_order=True)
    ours = [
        trimmed(frame.get_column(name), formats).alias(key)
        for key, name in zip(keys, lookup.on, strict=True)
    ]
    keyed = frame.with_columns(ours)
    unmatched = keyed.join(unique, on=keys, how="anti").height
    joined = keyed.join(unique, on=keys, how="left", maintain_order="left").drop(keys)
    return joined, _told(other.file, table.height - unique.height, unmatched)


def _told(file: str, doubled: int, unmatched: int) -> list[str]:
    told = []
    if doubled:
        told.append(f"{file}: {rows(doubled)} with a key that came before; the first counts.")
    if unmatched:
        told.append(f"{rows(unmatched)} with nothing under its key in {file}.")
    return told


def _long(frame: pl.DataFrame, unpivot: Unpivot, raw: Raw) -> pl.DataFrame:
    """Return one row for every wide cell, in the order of the rows."""
    wide = _wide_columns(raw.headers, unpivot)
    if not wide:
        raise RefusedInputError(
            f"{place_of(raw)}: no header fits the patterns {', '.join(unpivot.columns)} that are "
            "to become rows. Correct `unpivot` in the mapping."
        )
    rest = [name for name in frame.columns if name not in wide]
    clash = [name for name in (unpivot.name_to, unpivot.value_to) if name in rest]
    if clash:
        raise RefusedInputError(
            f"{place_of(raw)}: `unpivot` makes a column '{clash[0]}', but the file has one itself. "
            "Give it another name in the mapping and take it up in `derive`."
        )
    columns = [frame.select(pl.col(list(wide)).cast(pl.String)), frame.select(rest)]
    melted = pl.concat(columns, how="horizontal").unpivot(
        on=list(wide), index=rest, variable_name=WIDE_HEADER, value_name=unpivot.value_to
    )
    labels = pl.col(WIDE_HEADER).replace(wide).alias(unpivot.name_to)
    return melted.with_columns(labels).sort(ROW, maintain_order=True)


def _refuse_melted(frame: pl.DataFrame, raw: Raw, mapping: Definition) -> None:
    wide = _wide_columns(raw.headers, mapping.unpivot)
    lost = [name for name in needed_columns(mapping) if name in wide and name not in frame.columns]
    if lost:
        raise RefusedInputError(
            f"{place_of(raw)}: the mapping '{mapping.name}' reads the column '{lost[0]}', but "
            "`unpivot` turns it into rows. Take it out of one of the two."
        )


def _typed(
    frame: pl.DataFrame, mapping: Definition, formats: Formats
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return INDEX, ROW and the columns expressions read, and the cells that cannot be read."""
    expressions = [*derived_of(mapping).values(), where_of(mapping)]
    read = sorted({name for e in expressions if e is not None for name in e.columns})
    columns, failures = [], []
    for name in read:
        kind = mapping.types.get(name, "text")
        converted = convert(frame.get_column(name), target_of_theirs(kind), formats)
        columns.append(converted.values.alias(name))
        if kind != "text" and converted.failures.height:
            failures.append(named(converted.failures, frame, name, mapping))
    return frame.select(INDEX, ROW).with_columns(columns), together(failures)


def named(
    failures: pl.DataFrame, frame: pl.DataFrame, header: str, mapping: Definition
) -> pl.DataFrame:
    """Return the failures of one column under its header; a melted cell's is the wide one."""
    at = failures.get_column("index")
    unpivot = mapping.unpivot
    is_melted = unpivot is not None and header in {unpivot.value_to, unpivot.name_to}
    column = frame.get_column(WIDE_HEADER).gather(at) if is_melted else pl.lit(header)
    index = frame.get_column(INDEX).gather(at)
    return failures.with_columns(index.alias("index"), column=column)


def _flaws(frame: pl.DataFrame, raw: Raw, mapping: Definition) -> pl.DataFrame:
    """Return the file's own broken cells in columns that are read."""
    wide = _wide_columns(raw.headers, mapping.unpivot)
    used = {*needed_headers(mapping), *wide}
    flaws = [flaw for flaw in raw.flaws if flaw.header in used]
    broken = pl.DataFrame(
        {
            "row": [flaw.row for flaw in flaws],
            "column": [flaw.header for flaw in flaws],
            "value": [flaw.value for flaw in flaws],
            "reason": [f"cell {flaw.cell} {flaw.reason}" for flaw in flaws],
        },
        schema={"row": pl.UInt32, "column": pl.String, "value": pl.String, "reason": pl.String},
    )
    found = frame.select(INDEX, ROW, *([WIDE_HEADER] if wide else [])).join(
        broken, left_on=ROW, right_on="row"
    )
    if wide:
        is_here = ~pl.col("column").is_in(list(wide)) | (pl.col("column") == pl.col(WIDE_HEADER))
        found = found.filter(is_here)
    return found.select(
        pl.col(INDEX).alias("index"),
        "column",
        "value",
        pl.lit("error cell").alias("rule"),
        "reason",
        pl.lit("a value: correct the formula, or type what it should give").alias("accepted"),
    )


def _is_kept(typed: pl.DataFrame, where: Expression, failures: pl.DataFrame) -> pl.Series:
    """Return which rows stay: those the filter means, and those it cannot be asked of."""
    unreadable = failures.filter(pl.col("column").is_in(sorted(where.columns)))
    cannot_say = pl.col(INDEX).is_in(unreadable.get_column("index").implode())
    meant = to_polars(where).fill_null(value=False)
    return typed.select((meant | cannot_say).alias("kept")).to_series()


__all__ = ["INDEX", "FindLookup", "Shaped", "named", "place_of", "shape"]
