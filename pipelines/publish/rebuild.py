"""Making the facts again from the archived files: every batch that stands, in the order it came."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from data.archive import Archive
from data.errors import Clause9Error, NotFoundError, RefusedInputError, near_miss
from data.records.access import require
from data.records.batches import Outcome, batches, note_rebuild, quarantined, reject_batch
from data.records.models import Batch
from data.tables import Table
from data.warehouse import DamagedWarehouseError, WarehouseBatch, Writer
from pipelines.clean.corrections import corrections_of
from pipelines.clean.failures import together
from pipelines.load.files import Found, Planned
from pipelines.load.loader import Loaded, Loader, fingerprint
from pipelines.load.prepare import Context, Prepared, slot_of
from pipelines.mapping import Mapping
from pipelines.mapping.periods import Period, period_named
from pipelines.publish.desk import Desk, received_on
from pipelines.publish.facts import insert, ready
from pipelines.publish.recover import INTERRUPTED, settle_interrupted
from pipelines.publish.told import MOST_REASONS, refusal_message, rows_as_json
from pipelines.readers.raw import Limits

NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Replayed:
    """One batch made again: the rows it brings now, and those it brought when it came."""

    id: int
    file: str
    accepted: int
    accepted_then: int


@dataclass(frozen=True)
class Rebuilt:
    """A version made from the archive alone, and the batches in it."""

    version: int
    batches: tuple[Replayed, ...]


@dataclass(frozen=True)
class Definitions:
    """What archived files are read with: as things are defined now."""

    archive: Archive
    tables: abc.Mapping[str, Table]
    mappings: abc.Mapping[str, Mapping]
    limits: Limits


def rebuild(
    desk: Desk,
    definitions: Definitions,
    recompute: abc.Callable[[Writer], None],
    *,
    accept_good: bool = False,
) -> Rebuilt:
    """Return the version that holds every published batch, read again; the old one stays till then.

    Raises NotFoundError or Clause9Error naming the batch whose bytes or mapping are gone, and
    RefusedInputError naming one that brings fewer rows than it did, unless `accept_good`.
    """
    require(desk.actor, "revert_batch")
    above = max((row.version or 0 for row in batches(desk.records)), default=0)
    holder = f"{desk.actor.name}, rebuilding"
    with desk.warehouse.publish(holder, fresh=True, above=above) as writer:
        _carry_over(desk, writer)
        standing = sorted(batches(desk.records, state="published"), key=lambda row: row.id or 0)
        replayed = [_replay(desk, definitions, writer, row, accept_good) for row in standing]
        writer.settle_all()
        recompute(writer)
        version = writer.version
    note_rebuild(desk.records, desk.actor, version, len(replayed), desk.at)
    return Rebuilt(version, tuple(replayed))


def _carry_over(desk: Desk, writer: Writer) -> None:
    """Settle what was interrupted, and keep what only the old version knows: since when it defines.

    An old version that cannot be read knows nothing: what it was to hold is to be sent again.
    """
    try:
        with desk.warehouse.read() as reader:
            settle_interrupted(desk, reader)
            writer.store_definitions(reader.definitions())
    except DamagedWarehouseError:
        for row in batches(desk.records, state="pending"):
            outcome = Outcome(report=row.report)
            reject_batch(desk.records, desk.actor, int(row.id or 0), INTERRUPTED, outcome, desk.at)


def _replay(
    desk: Desk,
    definitions: Definitions,
    writer: Writer,
    row: Batch,
    accept_good: bool,  # noqa: FBT001 passed on as it came
) -> Replayed:
    """Put one batch into the version as it reads now, but for the rows refused when it came."""
    period = period_named(row.period) if row.period else None
    fresh = _read(definitions, row, period)
    loaded = replace(fresh, parts=tuple(_as_then(desk, row, part) for part in fresh.parts))
    if loaded.refused > row.refused and not accept_good:
        raise RefusedInputError(
            f"{_named(row)}: the definitions of today refuse rows it brought. {NOTHING_CHANGED} "
            f"Correct them, or rebuild with the good rows alone: --accept-good\n"
            f"{refusal_message(fresh)}"
        )
    batch_id = int(row.id or 0)
    writer.add_batch(
        WarehouseBatch(batch_id, row.file_name, row.sha256, row.received_at, row.actor, row.source)
    )
    for each in ready(loaded, period, received_on(row)):
        insert(writer, each, batch_id)
    accepted = sum(part.good.height for part in loaded.parts)
    return Replayed(batch_id, row.file_name, accepted, row.accepted)


def _read(definitions: Definitions, row: Batch, period: Period | None) -> Loaded:
    """Return the archived file of a batch, read and prepared."""
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
            f"{_named(row)} cannot be read again: the archived bytes are no longer those that came "
            f"in (SHA-256 {row.sha256}). {NOTHING_CHANGED} Restore the archive from a backup."
        )
    # Which processes there are is asked when a file comes in; that answer stands.
    taken = replace(taken, corrections=corrections_of(row.report))
    loaded = loader.load(taken, Context(definitions.tables, loader.find_lookup, None, period))
    if loaded.refusal is not None:
        raise RefusedInputError(
            f"{_named(row)} cannot be read again: {loaded.refusal} {NOTHING_CHANGED}"
        )
    return loaded


def _archived(definitions: Definitions, row: Batch, sha256: str) -> Path:
    try:
        return definitions.archive.path(sha256)
    except NotFoundError as error:
        raise NotFoundError(
            f"{_named(row)} cannot be read again. {error} {NOTHING_CHANGED}"
        ) from error


def _planned(definitions: Definitions, row: Batch, found: Found, slot: str) -> Planned:
    """Return which of today's mappings read the file: those of the same names, or its headers."""
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
        f"{_named(row)} cannot be read again: sources/ has no mapping '{gone[0]}' any more."
        f"{near_miss(gone[0], definitions.mappings)} {NOTHING_CHANGED} Put the mapping back, or "
        f"take the batch back: clause9 batches revert {row.id}"
    )


def _as_then(desk: Desk, row: Batch, part: Prepared) -> Prepared:
    """Return the part with the rows refused that were refused when it came: they never counted.

    Where a later correction brought such a row, it counts in that batch.
    """
    if not row.refused:
        return part
    kept = quarantined(desk.records, int(row.id or 0), limit=MOST_REASONS).rows
    refused = pl.DataFrame(
        [(each.row, each.row_json) for each in kept if each.mapping == part.mapping.name],
        schema={"row": pl.Int64, "row_json": pl.String},
        orient="row",
    ).unique()
    texts = rows_as_json(part).with_columns(pl.col("row").cast(pl.Int64))
    found = texts.join(refused, on=["row", "row_json"], how="semi").select("index")
    new = found.join(part.failures, on="index", how="anti")
    told = new.with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("column", "value", "accepted")),
        rule=pl.lit("quarantine"),
        reason=pl.lit("was refused when it came"),
    )
    return replace(part, failures=together([part.failures, told]))


def _named(row: Batch) -> str:
    return f"Batch {row.id} ({row.file_name})"
