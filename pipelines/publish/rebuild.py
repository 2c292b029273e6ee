"""Making the facts again from the archived files: every batch that stands, in the order it came."""

from __future__ import annotations

from collections import abc
from contextlib import suppress
from dataclasses import dataclass, replace

import polars as pl

from data.errors import NotFoundError, RefusedInputError
from data.records.access import require
from data.records.batches import Outcome, batches, note_rebuild, reject_batch
from data.records.models import Batch
from data.records.quarantine import ever_refused, taken_up
from data.records.retries import TOOK_UP
from data.warehouse import DamagedWarehouseError, Reader, WarehouseBatch, Writer
from pipelines.clean.failures import together
from pipelines.load.loader import Loaded
from pipelines.load.prepare import Prepared
from pipelines.mapping.periods import period_named
from pipelines.publish.again import (
    NOTHING_CHANGED,
    Definitions,
    named,
    only_rows,
    read_again,
    rows_among,
    whole,
)
from pipelines.publish.desk import Desk, extended_by, received_on
from pipelines.publish.facts import insert, ready
from pipelines.publish.recover import INTERRUPTED, settle_interrupted
from pipelines.publish.told import MOST_REASONS, refusal_message


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
    """Settle what was interrupted, and keep what only the old version knows: what was defined when.

    An old version that cannot be read knows nothing: what it was to hold is to be sent again, and
    definitions are those of the last version before it that can be read.
    """
    try:
        with desk.warehouse.read() as reader:
            settle_interrupted(desk, reader)
            _keep_definitions(writer, reader)
    except DamagedWarehouseError:
        for row in batches(desk.records, state="pending"):
            outcome = Outcome(report=row.report)
            reject_batch(desk.records, desk.actor, int(row.id or 0), INTERRUPTED, outcome, desk.at)
        _keep_older_definitions(desk, writer)


def _keep_definitions(writer: Writer, reader: Reader) -> None:
    writer.store_definitions(reader.definitions())
    writer.store_definition_changes(reader.definition_changes())


def _keep_older_definitions(desk: Desk, writer: Writer) -> None:
    with suppress(NotFoundError, DamagedWarehouseError):  # no version before it, or no pointer
        for number in range(desk.warehouse.version() - 1, 0, -1):
            with suppress(DamagedWarehouseError), desk.warehouse.read(number) as reader:
                _keep_definitions(writer, reader)
                return


def _replay(
    desk: Desk,
    definitions: Definitions,
    writer: Writer,
    row: Batch,
    accept_good: bool,  # noqa: FBT001 passed on as it came
) -> Replayed:
    """Put one batch into the version as it reads now, but for the rows refused when it came."""
    period = period_named(row.period) if row.period else None
    fresh = whole(read_again(definitions, row, period), row)
    loaded = _as_then(desk, row, fresh)
    if loaded.refused > _refused_then(desk, row) and not accept_good:
        raise RefusedInputError(
            f"{named(row)}: the definitions of today refuse rows it brought. {NOTHING_CHANGED} "
            f"Correct them, or rebuild with the good rows alone: --accept-good\n"
            f"{refusal_message(fresh)}"
        )
    batch_id = int(row.id or 0)
    writer.add_batch(
        WarehouseBatch(
            batch_id,
            row.file_name,
            row.sha256,
            row.received_at,
            row.actor,
            row.source,
            extended_by(row),
        )
    )
    for each in ready(loaded, period, received_on(row)):
        insert(writer, each, batch_id)
    accepted = sum(part.good.height for part in loaded.parts)
    return Replayed(batch_id, row.file_name, accepted, row.accepted)


def _as_then(desk: Desk, row: Batch, loaded: Loaded) -> Loaded:
    """Return the file with the rows that count in this batch: not those refused when it came.

    Of a batch that extends another, those are the rows it took up. Where a later correction brought
    a row refused here, it counts in that batch.
    """
    batch_id = int(row.id or 0)
    if extended_by(row) is not None:
        kept = taken_up(desk.records, batch_id, MOST_REASONS).rows
        chosen = (only_rows(part, rows_among(part, kept)) for part in loaded.parts)
        return replace(loaded, parts=tuple(part for part in chosen if part.read))
    kept = ever_refused(desk.records, batch_id, MOST_REASONS).rows
    if not kept:
        return loaded
    found = [(part, rows_among(part, kept)) for part in loaded.parts]
    return replace(loaded, parts=tuple(_without(part, refused) for part, refused in found))


def _without(part: Prepared, refused: pl.DataFrame) -> Prepared:
    new = refused.select("index").unique().join(part.failures, on="index", how="anti")
    told = new.with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("column", "value", "accepted")),
        rule=pl.lit("quarantine"),
        reason=pl.lit("was refused when it came"),
    )
    return replace(part, failures=together([part.failures, told]))


def _refused_then(desk: Desk, row: Batch) -> int:
    """Return how many rows of a batch were refused when it came, those tried again since too."""
    since = (
        int(each.report.get(TOOK_UP, 0))
        for each in batches(desk.records, state="published")
        if extended_by(each) == row.id
    )
    return row.refused + sum(since)
