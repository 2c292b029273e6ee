"""Batches: what was ingested, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from data.errors import UsageError
from data.records.access import Actor, Resource, require
from data.records.models import Batch, BatchState
from data.records.quarantine import batch_of
from data.records.records import Records
from data.records.retries import count_in_retry, give_back


@dataclass(frozen=True)
class Submission:
    """A file as it came in; `process` is set when all of it belongs to one.

    `retries` is the batch whose refused rows are tried again.
    """

    file_name: str
    sha256: str
    bytes: int
    source: str
    period: str | None = None
    process: str | None = None
    note: str | None = None
    late_reason: str | None = None
    retries: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a batch's rows; `report` holds its parts and seconds, as JSON values."""

    accepted: int = 0
    refused: int = 0
    restated: int = 0
    unchanged: int = 0
    new: int = 0
    removed: int = 0
    left_out: int = 0
    report: Mapping[str, Any] = field(default_factory=dict)


def create_batch(records: Records, actor: Actor, submission: Submission, at: datetime) -> Batch:
    """Register a file before its facts are written; the batch is pending until finished."""
    require(actor, "submit", Resource(process=submission.process))
    with records.writing(actor, at) as change:
        row = Batch(**asdict(submission), state="pending", actor=actor.name, received_at=at)
        change.added("submit", row)
        return row


def finish_batch(
    records: Records, actor: Actor, batch_id: int, version: int, outcome: Outcome, at: datetime
) -> Batch:
    """Say that a pending batch is published in a warehouse version.

    One that is said to be published already stays as it is: after an interruption another process
    may have settled it first.
    """
    require(actor, "submit", Resource(process=batch(records, batch_id).process))
    with records.writing(actor, at) as change:
        if (known := batch_of(change.session, batch_id)).state == "published":
            return known
        row = _in_state(change.session, batch_id, "pending", "published")
        _take(row, outcome)
        row.state, row.version, row.published_at = "published", version, at
        change.updated("publish_batch", row)
        count_in_retry(change, row)
        return row


def reject_batch(
    records: Records, actor: Actor, batch_id: int, reason: str, outcome: Outcome, at: datetime
) -> Batch:
    """Say why a pending batch was refused; nothing of it is in the warehouse."""
    require(actor, "submit", Resource(process=batch(records, batch_id).process))
    with records.writing(actor, at) as change:
        row = _in_state(change.session, batch_id, "pending", "rejected")
        _take(row, outcome)
        row.state, row.reason = "rejected", reason
        change.updated("reject_batch", row)
        give_back(change, row, counted=False)
        return row


def mark_reverted(
    records: Records, actor: Actor, batch_id: int, reason: str, at: datetime
) -> Batch:
    """Say that the facts of a published batch were taken out of the warehouse again.

    One that is said to be reverted already stays as it is, as with `finish_batch`.
    """
    require(actor, "revert_batch")
    with records.writing(actor, at) as change:
        if (known := batch_of(change.session, batch_id)).state == "reverted":
            return known
        row = _in_state(change.session, batch_id, "published", "reverted")
        row.state, row.reason = "reverted", reason
        row.reverted_at, row.reverted_by = at, actor.name
        change.updated("revert_batch", row)
        give_back(change, row, counted=True)
        return row


def note_rebuild(
    records: Records, actor: Actor, version: int, batch_count: int, at: datetime
) -> None:
    """Say in the audit log that the facts were made again from the archived files."""
    require(actor, "revert_batch")
    with records.writing(actor, at) as change:
        change.noted("rebuild", f"warehouse:{version}", None, {"batches": batch_count})


def batch(records: Records, batch_id: int) -> Batch:
    """Return one batch; NotFoundError for a number never given."""
    with records.reading() as session:
        return batch_of(session, batch_id)


def batches(
    records: Records,
    state: BatchState | None = None,
    sha256: str | None = None,
    limit: int | None = None,
) -> list[Batch]:
    """Return batches, newest first: all, or those in one state or of one file's bytes."""
    query = select(Batch).order_by(col(Batch.id).desc()).limit(limit)
    if state is not None:
        query = query.where(Batch.state == state)
    if sha256 is not None:
        query = query.where(Batch.sha256 == sha256)
    with records.reading() as session:
        return list(session.exec(query))


def _in_state(session: Session, batch_id: int, state: BatchState, wanted: BatchState) -> Batch:
    row = batch_of(session, batch_id)
    if row.state != state:
        raise UsageError(
            f"batch {batch_id} ({row.file_name}) is {row.state} and cannot become {wanted}: "
            f"only a {state} batch can."
        )
    return row


def _take(row: Batch, outcome: Outcome) -> None:
    for name, value in asdict(outcome).items():
        setattr(row, name, dict(value) if name == "report" else value)
