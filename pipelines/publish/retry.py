"""The quarantine of a batch tried again: its archived bytes, read by the mappings of today.

Rows that are good now become a batch of their own, which names the one it retries and takes its
place in the order of batches: what came in later still counts. A row counts in one of them only.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace

import polars as pl

from data.errors import RefusedInputError, UsageError
from data.records.batches import batch
from data.records.models import Batch, QuarantinedRow
from data.records.quarantine import quarantined
from data.records.retries import replace_reasons
from data.warehouse import Reader, Writer
from pipelines.clean.failures import INDEX, together
from pipelines.load.loader import Loaded
from pipelines.load.prepare import Prepared, slot_of, stored_rows
from pipelines.publish.again import named, only_rows, rows_among
from pipelines.publish.closed import ClosedPeriods, without_closed
from pipelines.publish.desk import Desk, Retrial, abandon, check_access, finish_planned, received_on
from pipelines.publish.facts import Entry
from pipelines.publish.publish import NothingChangedError
from pipelines.publish.recover import settle_interrupted
from pipelines.publish.told import MOST_REASONS, batch_report, part_report, quarantine, told_retry
from pipelines.publish.told import NONE as NOTHING_COMPARED
from pipelines.report import BatchReport


@dataclass(frozen=True)
class _Tried:
    """Rows of a batch tried again: those good now, and those that are still refused."""

    good: Loaded
    refused: Loaded
    good_reasons: tuple[int, ...]
    refused_reasons: tuple[QuarantinedRow, ...]

    @property
    def rows(self) -> int:
        return sum(part.read for part in self.good.parts)


def retry_rows(
    desk: Desk, loaded: Loaded, batch_id: int, recompute: abc.Callable[[Writer], None]
) -> tuple[BatchReport, int]:
    """Return what became of the refused rows of a published batch, and the version that stands.

    `loaded` is the file of the batch read again. Raises UsageError for a batch that is no longer
    published, RefusedInputError where a closed period would be spoken of.
    """
    opened: list[int] = []
    tried: _Tried | None = None
    report: BatchReport | None = None
    version = 0
    try:
        with desk.warehouse.publish(f"{desk.actor.name}, retrying batch {batch_id}") as writer:
            version = writer.version
            settle_interrupted(desk, writer)
            first = published(desk, batch_id)
            tried = _tried(desk, writer, loaded, first)
            if not tried.rows:
                raise NothingChangedError  # noqa: TRY301 it leaves the publish without a trace
            check_access(desk, [tried.good])
            retrial = Retrial(batch_id, tried.good_reasons, tried.rows, extends=True)
            entry = Entry(replace(desk, retrial=retrial), writer, batch_ids=opened)
            report = entry.enter(tried.good)
            writer.settle_all()
            recompute(writer)
    except NothingChangedError:
        version = desk.warehouse.version()
    except Exception as error:
        if desk.warehouse.version() < version:
            abandon(desk, opened, error)
        raise
    for each in opened:
        finish_planned(desk.records, desk.actor, each, version, desk.at)
    assert tried is not None  # noqa: S101 the block above ended or raised
    _keep_reasons(desk, batch_id, tried)
    return _report(batch_id, tried, report), version


def published(desk: Desk, batch_id: int) -> Batch:
    """Return a batch that is published; UsageError for any other."""
    row = batch(desk.records, batch_id)
    if row.state != "published":
        raise UsageError(f"{named(row)} is {row.state}: nothing of it can be tried again.")
    return row


def still_refused(desk: Desk, row: Batch, loaded: Loaded) -> None:
    """Keep why a rejected file is refused today, if that is not what was kept before."""
    former = quarantined(desk.records, int(row.id or 0), limit=MOST_REASONS).rows
    _replace_where_different(desk, int(row.id or 0), former, loaded)


def _tried(desk: Desk, writer: Writer, loaded: Loaded, first: Batch) -> _Tried:
    """Return the rows in quarantine as they read today, told apart."""
    kept = quarantined(desk.records, int(first.id or 0), limit=MOST_REASONS).rows
    among = [rows_among(part, kept) for part in loaded.parts]
    file = replace(
        loaded,
        parts=tuple(only_rows(part, at) for part, at in zip(loaded.parts, among, strict=True)),
    )
    file = _without_overtaken(desk, writer, file, int(first.id or 0))
    file = without_closed(desk, writer, file, ClosedPeriods.of(desk.records), replaces=False)
    if file.refusal is not None:
        raise RefusedInputError(f"{named(first)}: {file.refusal}")
    good, bad, good_ids, bad_ids = [], [], set[int](), set[int]()
    for part, at in zip(file.parts, among, strict=True):
        failed = part.failures.select("index").unique()
        is_bad, is_good = (
            at.join(failed, on="index", how="semi"),
            at.join(failed, on="index", how="anti"),
        )
        good.append(only_rows(part, is_good))
        bad.append(only_rows(part, is_bad))
        good_ids |= set(is_good.get_column("id"))
        bad_ids |= set(is_bad.get_column("id"))
    return _Tried(
        replace(file, parts=tuple(part for part in good if part.read)),
        replace(file, parts=tuple(part for part in bad if part.read)),
        tuple(sorted(good_ids)),
        tuple(each for each in kept if each.id in bad_ids),
    )


def _without_overtaken(desk: Desk, reader: Reader, file: Loaded, batch_id: int) -> Loaded:
    """Return the file with the rows refused that a later batch has brought since."""
    slot = slot_of(file.found.name, desk.period)
    parts = []
    for part in file.parts:
        rows = stored_rows(part, slot).with_columns(part.good.get_column(INDEX).alias("_index"))
        late = reader.overtaken(part.table.name, rows, batch_id)
        parts.append(_overtaken(part, late) if len(late) else part)
    return replace(file, parts=tuple(parts))


def _overtaken(part: Prepared, late: pl.Series) -> Prepared:
    told = (
        late.cast(pl.UInt32)
        .alias("index")
        .to_frame()
        .with_columns(
            *(pl.lit(None, pl.String).alias(name) for name in ("column", "value")),
            rule=pl.lit("came later"),
            reason=pl.lit("a later batch has brought this row since, and counts"),
            accepted=pl.lit("nothing is to be done"),
        )
    )
    return replace(part, failures=together([part.failures, told]))


def _keep_reasons(desk: Desk, batch_id: int, tried: _Tried) -> None:
    _replace_where_different(desk, batch_id, tried.refused_reasons, tried.refused)


def _replace_where_different(
    desk: Desk, batch_id: int, former: abc.Sequence[QuarantinedRow], refused: Loaded
) -> None:
    rows = list(quarantine(refused))
    names = ("mapping", "sheet", "row", "column", "value", "rule", "reason", "accepted")
    now = {tuple(row.get(name) for name in names) for row in rows}
    if {tuple(getattr(row, name) for name in names) for row in former} != now:
        ids = [int(row.id or 0) for row in former]
        replace_reasons(desk.records, desk.actor, batch_id, ids, rows, desk.at)


def _report(batch_id: int, tried: _Tried, made: BatchReport | None) -> BatchReport:
    """Return the report: of the batch that was made, or that none of the rows is good yet."""
    parts = [part_report(part, NOTHING_COMPARED, None) for part in tried.refused.parts]
    refused = batch_report(tried.refused, "rejected", parts, "", batch_id)
    return told_retry(batch_id, made, refused)


def desk_of(desk: Desk, row: Batch) -> Desk:
    """Return the desk at which a batch is tried again: what was said of it, and when it came."""
    return replace(
        desk,
        note=row.note or "",
        late_reason=row.late_reason or "",
        came_on=received_on(row),
    )
