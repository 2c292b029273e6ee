"""An archived batch read again, with the definitions of today, and its rows told apart."""

from __future__ import annotations

import json
from collections import abc
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from data.archive import Archive
from data.calendars import COMMON, Calendar
from data.errors import Clause9Error, NotFoundError, RefusedInputError, near_miss
from data.records.models import Batch, QuarantinedRow
from data.tables import Table
from pipelines.clean.corrections import corrections_of
from pipelines.clean.failures import INDEX
from pipelines.load.context import Context, FiguresOf
from pipelines.load.files import Choice, Found, Planned, plan
from pipelines.load.loader import Loaded, Loader, fingerprint
from pipelines.load.prepare import Prepared, slot_of
from pipelines.mapping import Mapping
from pipelines.mapping.periods import Period
from pipelines.readers.raw import ROW, Limits

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Definitions:
    """What archived files are read with: as things are defined now."""

    archive: Archive
    tables: abc.Mapping[str, Table]
    mappings: abc.Mapping[str, Mapping]
    limits: Limits
    calendar: Calendar = COMMON


@dataclass(frozen=True)
class Known:
    """What is known today: processes, whose figures are whose, and how figures may be called."""

    processes: abc.Collection[str] | None = None
    figures_of: FiguresOf | None = None
    metrics: abc.Collection[str] | None = None


def read_again(
    definitions: Definitions,
    row: Batch,
    period: Period | None,
    known: Known | None = None,
) -> Loaded:
    """Return the archived file of a batch, read and prepared, or with its refusal.

    Raises NotFoundError where its bytes or its mapping are gone. Without `known` the answers stand
    that were given when the file came in.
    """
    found = Found(_archived(definitions, row, row.sha256), row.file_name, is_named=True)
    looked_up = [
        Found(_archived(definitions, row, sha256), name, is_named=False)
        for name, sha256 in row.report.get("lookups", {}).items()
    ]
    planned = _planned(definitions, row, found, slot_of(row.file_name, period))
    loader = Loader(
        definitions.archive,
        definitions.tables,
        (found, *looked_up),
        definitions.limits,
        is_kept=False,
    )
    taken = loader.take(planned, slot_of(row.file_name, period))
    if taken.stored.sha256 != row.sha256 or taken.lookups != row.report.get("lookups", {}):
        raise Clause9Error(
            f"{named(row)} cannot be read again: the archived bytes are no longer those that came "
            f"in (SHA-256 {row.sha256}). {NOTHING_CHANGED} Restore the archive from a backup."
        )
    taken = replace(taken, corrections=corrections_of(row.report))
    asked = known or Known()
    context = Context(
        definitions.tables,
        loader.find_lookup,
        asked.processes,
        period,
        asked.figures_of,
        asked.metrics,
        definitions.calendar,
    )
    return loader.load(taken, context)


def whole(loaded: Loaded, row: Batch) -> Loaded:
    """Return the file; RefusedInputError where it can no longer be read at all."""
    if loaded.refusal is not None:
        raise RefusedInputError(
            f"{named(row)} cannot be read again: {loaded.refusal} {NOTHING_CHANGED}"
        )
    return loaded


def _archived(definitions: Definitions, row: Batch, sha256: str) -> Path:
    try:
        return definitions.archive.path(sha256)
    except NotFoundError as error:
        raise NotFoundError(
            f"{named(row)} cannot be read again. {error} {NOTHING_CHANGED}"
        ) from error


def _planned(definitions: Definitions, row: Batch, found: Found, slot: str) -> Planned:
    """Return which of today's mappings read the file: those of the same names, or its headers."""
    if not row.source:
        # No mapping read it when it came; one may name it now.
        (planned, *_), _ = plan((found,), definitions.mappings, definitions.tables, Choice())
        if planned.mappings:
            return planned
    names = row.source.split(", ")
    for table in (None, names[0]):
        # A mapping may be called like a table; the fingerprint tells which of them read the file.
        by_headers = Planned(found, (), table)
        if fingerprint(row.sha256, by_headers, slot, {}) == row.report.get("fingerprint"):
            return by_headers
    gone = [name for name in names if name not in definitions.mappings]
    if not gone:
        return Planned(found, tuple(definitions.mappings[name] for name in names))
    if names[0] in definitions.tables and len(names) == 1:
        return Planned(found, (), names[0])
    raise NotFoundError(
        f"{named(row)} cannot be read again: sources/ has no mapping '{gone[0]}' any more."
        f"{near_miss(gone[0], definitions.mappings)} {NOTHING_CHANGED} Put the mapping back, or "
        f"take the batch back: clause9 batches revert {row.id}"
    )


def named(row: Batch) -> str:
    """Return how a sentence calls a batch."""
    return f"Batch {row.id} ({row.file_name})"


def rows_among(part: Prepared, kept: abc.Iterable[QuarantinedRow]) -> pl.DataFrame:
    """Return index (UInt32) and id of the rows of a part that quarantined reasons are about.

    Both are of the same bytes, so sheet and row say which; where a row was turned into several, the
    cells they have in common with what was kept do.
    """
    own = [each for each in kept if each.mapping == part.mapping.name and each.sheet == part.sheet]
    told = pl.DataFrame(
        [(each.id, each.row, each.row_json) for each in own],
        schema={"id": pl.Int64, ROW: pl.Int64, "row_json": pl.String},
        orient="row",
    )
    theirs = part.theirs.with_columns(pl.col(ROW).cast(pl.Int64))
    columns = _common(told, [name for name in theirs.columns if ":" not in name])
    cells = pl.Struct(dict.fromkeys(columns, pl.String()))
    if columns:
        read = pl.col("row_json").str.json_decode(cells)
        told = told.select("id", ROW, read.alias("cells")).unnest("cells")
    texts = theirs.select(INDEX, ROW, *(pl.col(name).cast(pl.String) for name in columns))
    found = texts.join(told, on=[ROW, *columns], how="inner", nulls_equal=True)
    return found.select(pl.col(INDEX).cast(pl.UInt32).alias("index"), "id")


def only_rows(part: Prepared, chosen: pl.DataFrame) -> Prepared:
    """Return the part as if it had only the rows of `index` (UInt32)."""
    is_chosen = pl.col(INDEX).is_in(chosen.get_column("index").unique().to_list())
    rows, theirs, spoken = (
        frame.filter(is_chosen) for frame in (part.rows, part.theirs, part.spoken)
    )
    failures = part.failures.join(chosen, on="index", how="semi")
    return replace(
        part,
        rows=rows,
        theirs=theirs,
        spoken=spoken,
        failures=failures,
        read=rows.height,
        left_out=0,
        warnings=(),
    )


def _common(told: pl.DataFrame, columns: abc.Sequence[str]) -> list[str]:
    """Return the columns that every row that was kept has, too: a mapping may look up more now."""
    if told.is_empty():
        return []
    known: set[str] | None = None
    for text in told.get_column("row_json").unique():
        names = set(json.loads(text))
        known = names if known is None else known & names
    return [name for name in columns if name in (known or ())]
