"""Refused rows tried again: each counts in one batch only, and a revert gives it back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import col, select

from data.records.access import Actor, Resource, require
from data.records.models import Batch, QuarantinedRow
from data.records.quarantine import batch_of, complete_rows
from data.records.records import Change, Records

TOOK_UP = "took_up"
"""In the report of a batch that retries another: how many rows of that one it brings."""


def take_up(
    records: Records, actor: Actor, retry: int, reasons: Collection[int], at: datetime
) -> None:
    """Say of reasons (their ids) that the rows they refused are brought by a retrying batch."""
    with records.writing(actor, at) as change:
        row = batch_of(change.session, retry)
        require(actor, "submit", Resource(process=row.process))
        _marked(change, reasons, retried_by=retry)
        change.noted(
            "take_up", f"batch:{row.retries}", None, {"by": retry, "reasons": len(reasons)}
        )


def replace_reasons(
    records: Records,
    actor: Actor,
    batch_id: int,
    former: Collection[int],
    rows: Iterable[Mapping[str, Any]],
    at: datetime,
) -> None:
    """Put what is wrong with refused rows now beside what was wrong (ids), which is set aside."""
    with records.writing(actor, at) as change:
        row = batch_of(change.session, batch_id)
        require(actor, "submit", Resource(process=row.process))
        complete = complete_rows(batch_id, rows)
        if complete:
            change.session.connection().execute(insert(QuarantinedRow), complete)
        _marked(change, former, replaced_at=at)
        counts: dict[str, object] = {"former": len(former), "reasons": len(complete)}
        change.noted("replace_reasons", f"batch:{batch_id}", None, counts)


def count_in_retry(change: Change, retry: Batch) -> None:
    """Let the rows a published batch took up count there, and no longer where they were refused."""
    if retry.retries is not None:
        _recount(change, retry, -int(retry.report.get(TOOK_UP, 0)))


def give_back(change: Change, retry: Batch, *, counted: bool) -> None:
    """Return the rows of a batch that does not stand to the quarantine they came from."""
    if retry.retries is None:
        return
    taken = select(QuarantinedRow.id).where(QuarantinedRow.retried_by == retry.id)
    _marked(change, [int(each or 0) for each in change.session.exec(taken)], retried_by=None)
    if counted:
        _recount(change, retry, int(retry.report.get(TOOK_UP, 0)))


def _recount(change: Change, retry: Batch, by: int) -> None:
    first = batch_of(change.session, int(retry.retries or 0))
    first.refused += by
    change.updated("recount", first)


CHUNK = 500
"""Ids in one statement: SQLite takes a limited number of values."""


def _marked(change: Change, reasons: Collection[int], **values: object) -> None:
    ids = sorted(reasons)
    for first in range(0, len(ids), CHUNK):
        chosen = col(QuarantinedRow.id).in_(ids[first : first + CHUNK])
        change.session.connection().execute(update(QuarantinedRow).where(chosen).values(**values))
