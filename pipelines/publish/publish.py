"""The one transaction of a run, and the taking back of a batch."""

from __future__ import annotations

from collections import abc

from data.errors import Clause9Error, UsageError
from data.records.access import require
from data.records.batches import batch, batches, mark_reverted
from data.records.models import Batch
from data.warehouse import Writer
from pipelines.load.loader import Loaded
from pipelines.publish.closed import (
    ClosedPeriods,
    changes_closed,
    closed_state,
    refuse_changed,
)
from pipelines.publish.desk import (
    Desk,
    abandon,
    extended_by,
    finish_planned,
    published_before,
    unchanged,
)
from pipelines.publish.facts import Entry
from pipelines.publish.recover import settle_interrupted
from pipelines.report import BatchReport


def publish(
    desk: Desk, files: abc.Sequence[Loaded], recompute: abc.Callable[[Writer], None]
) -> tuple[tuple[BatchReport, ...], int]:
    """Return the reports, and the version in which all files are published; or none is.

    A file that somebody else published since it was read is reported unchanged.
    """
    names = ", ".join(file.found.name for file in files[:3])
    reports: list[BatchReport] = []
    opened: list[int] = []
    version = 0
    try:
        with desk.warehouse.publish(f"{desk.actor.name}, ingesting {names}") as writer:
            version = writer.version
            settle_interrupted(desk, writer)
            _refuse_closed(desk, writer, files)
            entry = Entry(desk, writer, batch_ids=opened)
            for file in files:
                before = published_before(desk, file)
                reports.append(unchanged(file, before, desk.zone) if before else entry.enter(file))
            if not opened:
                raise NothingChangedError  # noqa: TRY301 it leaves the publish without a trace
            writer.settle_all()
            recompute(writer)
    except NothingChangedError:
        return tuple(reports), desk.warehouse.version()
    except Exception as error:
        # What failed after the version became current leaves batches that recovery settles.
        if desk.warehouse.version() < version:
            abandon(desk, opened, error)
        raise
    for batch_id in opened:
        finish_planned(desk.records, desk.actor, batch_id, version, desk.at)
    return tuple(reports), version


def _refuse_extended(desk: Desk, row: Batch) -> None:
    """Raise UsageError for a batch some of whose refused rows stand in another one since."""
    for each in batches(desk.records, state="published"):
        if extended_by(each) == row.id:
            raise UsageError(
                f"Batch {row.id} ({row.file_name}) has rows that were tried again in batch "
                f"{each.id}. Take that back first: clause9 batches revert {each.id} --reason …"
            )


class ClosedMeanwhileError(Clause9Error):
    """A period was closed, or what is published of it changed, since the files were checked."""


def _refuse_closed(desk: Desk, writer: Writer, files: abc.Sequence[Loaded]) -> None:
    """Raise ClosedMeanwhileError where a file would change a closed period; nothing is open yet.

    Nobody closes one while somebody publishes (data.warehouse, hold), so this is the last word.
    """
    closed = ClosedPeriods.of(desk.records)
    for file in files:
        if changes_closed(desk, writer, file, closed):
            raise ClosedMeanwhileError(
                f"{file.found.name}: a period it would change was closed while it was read. "
                "Nothing was published. Send it again to see which rows."
            )


class NothingChangedError(Exception):
    """Raised inside a publish so that a run that changes nothing leaves no version."""


def take_back(
    desk: Desk, batch_id: int, reason: str, recompute: abc.Callable[[Writer], None]
) -> int:
    """Return the version without the rows of a published batch.

    Raises UsageError for a batch that is not published, NotFoundError for one that never was,
    RefusedInputError for one that says something of a closed period.
    """
    require(desk.actor, "revert_batch")
    with desk.warehouse.publish(f"{desk.actor.name}, reverting batch {batch_id}") as writer:
        settle_interrupted(desk, writer)
        row = batch(desk.records, batch_id)
        if row.state != "published":
            raise UsageError(
                f"Batch {batch_id} ({row.file_name}) is {row.state}; only a published batch can be "
                "reverted. See them: clause9 batches list"
            )
        _refuse_extended(desk, row)
        closed = ClosedPeriods.of(desk.records)
        before = closed_state(writer, closed)
        writer.remove_batch(batch_id)
        refuse_changed(before, closed_state(writer, closed), closed, row)
        recompute(writer)
        version = writer.version
    mark_reverted(desk.records, desk.actor, batch_id, reason, desk.at)
    return version
