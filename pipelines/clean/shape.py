"""From a sheet as it is to rows a table can be filled from: lookups, wide to long, groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from data.expressions import Expression
from data.expressions.frame import to_polars
from pipelines.clean.columns import convert
from pipelines.clean.drift import Mapped, as_mapped, place_of
from pipelines.clean.failures import INDEX, together
from pipelines.clean.formats import Formats, formats_of, target_of_theirs
from pipelines.clean.groups import grouped
from pipelines.clean.lookups import FindLookup, looked_up
from pipelines.clean.wide import broken_cells, long, named, refuse_melted, wide_columns
from pipelines.mapping import Mapping as Definition
from pipelines.mapping.theirs import dating_columns, derived_of, needed_headers, where_of
from pipelines.readers.raw import ROW, Raw


@dataclass(frozen=True)
class Shaped:
    """Their rows, before they are ours.

    `theirs` has their columns as they came, `typed` those that expressions read, by type; both have
    INDEX and ROW. `speaking` are the two for the rows whose dates say which periods the file is
    about: a filter that does not look at the date leaves out rows, not periods. `failures` are
    cells an expression needs and cannot read. `called` says how a column is called in the file
    where the mapping has another name for it.
    """

    theirs: pl.DataFrame
    typed: pl.DataFrame
    speaking: tuple[pl.DataFrame, pl.DataFrame]
    failures: pl.DataFrame
    read: int
    left_out: int
    warnings: tuple[str, ...]
    called: Mapping[str, str] = field(default_factory=dict)

    def as_called(self, failures: pl.DataFrame) -> pl.DataFrame:
        """Return failures under the headers the person sees, where the mapping has other names."""
        return failures.with_columns(pl.col("column").replace(dict(self.called)))


def shape(raw: Raw, mapping: Definition, dated_by: str, find_lookup: FindLookup) -> Shaped:
    """Return the rows of one sheet the mapping means.

    Raises RefusedInputError where a header is missing: all of them, with the nearest there is.
    """
    mapped = as_mapped(raw, mapping)
    raw = mapped.raw
    formats = formats_of(mapping, raw.kind, has_controls=raw.has_controls, zone=raw.zone)
    warnings = [*raw.warnings, *mapped.told, *_unread(mapped, mapping)]
    frame = _mended(raw.frame, mapping)
    for lookup in mapping.lookup:
        frame, told = looked_up(frame, lookup, find_lookup(lookup), formats)
        warnings += told
    if mapping.unpivot:
        frame = long(frame, mapping.unpivot, raw)
        refuse_melted(frame, raw, mapping)
    frame, told = grouped(frame, mapping, raw, formats)
    warnings += told
    frame = frame.with_row_index(INDEX)
    typed, failures = _typed(frame, mapping, formats)
    failures = together([broken_cells(frame, raw, mapping), failures])
    every = (frame, typed)
    where = where_of(mapping)
    if where is not None:
        is_kept = _is_kept(typed, where, failures)
        frame, typed = frame.filter(is_kept), typed.filter(is_kept)
        failures = failures.filter(pl.col("index").is_in(frame.get_column(INDEX).implode()))
    looks_at_date = where is not None and bool(where.columns & dating_columns(mapping, dated_by))
    return Shaped(
        theirs=frame,
        typed=typed,
        speaking=(frame, typed) if looks_at_date else every,
        failures=failures,
        read=every[0].height,
        left_out=every[0].height - frame.height,
        warnings=tuple(warnings),
        called=mapped.called,
    )


def _mended(frame: pl.DataFrame, mapping: Definition) -> pl.DataFrame:
    """Return the texts that are read, with what came out wrong on the way put right."""
    if not mapping.mend:
        return frame
    read = [name for name in needed_headers(mapping) if frame.schema.get(name) == pl.String]
    wrong, meant = list(mapping.mend), list(mapping.mend.values())
    return frame.with_columns(pl.col(read).str.replace_many(wrong, meant))


def _unread(mapped: Mapped, mapping: Definition) -> list[str]:
    raw = mapped.raw
    used = {*needed_headers(mapping), *wide_columns(raw.headers, mapping.unpivot)}
    unread = [name for name in raw.headers if name not in used]
    spoilt = [flaw.cell for flaw in raw.flaws if flaw.header in unread]
    told = [f"Columns not read: {', '.join(unread)}."] if unread else []
    if spoilt:
        told.append(f"Errors in columns that are not read: {', '.join(spoilt[:10])}.")
    return told


def _typed(
    frame: pl.DataFrame, mapping: Definition, formats: Formats
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return INDEX, ROW and the columns expressions read, and the cells that cannot be read."""
    expressions = [*derived_of(mapping).values(), where_of(mapping)]
    read = sorted({name for e in expressions if e is not None for name in e.columns})
    columns, failures = [], []
    for name in read:
        kind = mapping.types.get(name, "text")
        # A text is looked at once it is ours: an expression may mend it, and must not see nothing.
        read_as = replace(formats, has_controls=formats.has_controls and kind != "text")
        converted = convert(frame.get_column(name), target_of_theirs(kind), read_as)
        columns.append(converted.values.alias(name))
        if converted.failures.height:
            failures.append(named(converted.failures, frame, name, mapping))
    return frame.select(INDEX, ROW).with_columns(columns), together(failures)


def _is_kept(typed: pl.DataFrame, where: Expression, failures: pl.DataFrame) -> pl.Series:
    """Return which rows stay: those the filter means, and those it cannot be asked of."""
    unreadable = failures.filter(pl.col("column").is_in(sorted(where.columns)))
    cannot_say = pl.col(INDEX).is_in(unreadable.get_column("index").implode())
    meant = to_polars(where).fill_null(value=False)
    return typed.select((meant | cannot_say).alias("kept")).to_series()


__all__ = ["INDEX", "FindLookup", "Shaped", "named", "place_of", "shape"]
