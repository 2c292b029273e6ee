"""The quarantine: refused rows of a batch, each with every reason it was refused for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert
from sqlmodel import Session, col, select

from data.errors import NotFoundError
from data.records.access import Actor, Resource, require
from data.records.models import Batch, QuarantinedRow
from data.records.records import Records


@dataclass(frozen=True)
class Page:
    """Some of the refused rows of a batch, in file order, and how many there are in all."""

    rows: tuple[QuarantinedRow, ...]
    total: int


def quarantine_rows(
    records: Records,
    actor: Actor,
    batch_id: int,
    rows: Iterable[Mapping[str, Any]],
    at: datetime,
) -> int:
    """Keep refused rows, one mapping a reason, and return how many.

    Keys: mapping, table_name, row, rule, reason; where known sheet, column, value, accepted,
    row_json. One audit entry counts them all.
    """
    with records.reading() as session:
        process = batch_of(session, batch_id).process
    require(actor, "submit", Resource(process=process))
    complete = complete_rows(batch_id, rows)
    if not complete:
        return 0
    with records.writing(actor, at) as change:
        change.session.connection().execute(insert(QuarantinedRow), complete)
        change.noted("quarantine", f"batch:{batch_id}", None, {"reasons": len(complete)})
    return len(complete)


def quarantined(records: Records, batch_id: int, limit: int = 100, offset: int = 0) -> Page:
    """Return `limit` refused rows of a batch from `offset` on, in file order, and the total.

    Those that count in another batch since they were tried again are not among them.
    """
    still = (
        (col(QuarantinedRow.batch) == batch_id)
        & col(QuarantinedRow.retried_by).is_(None)
        & col(QuarantinedRow.replaced_at).is_(None)
    )
    return _page(records, still, limit, offset)


def ever_refused(records: Records, batch_id: int, limit: int) -> Page:
    """Return every reason for which a row of the batch was ever refused, first to last."""
    return _page(records, col(QuarantinedRow.batch) == batch_id, limit, 0)


def taken_up(records: Records, retry: int, limit: int) -> Page:
    """Return the reasons of the rows that a retrying batch brings."""
    return _page(records, col(QuarantinedRow.retried_by) == retry, limit, 0)


def complete_rows(batch_id: int, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of the quarantine with every column that is stored."""
    return [_EMPTY | dict(row) | {"batch": batch_id} for row in rows]


def batch_of(session: Session, batch_id: int) -> Batch:
    """Return one batch; NotFoundError for a number never given."""
    row = session.get(Batch, batch_id)
    if row is None:
        raise NotFoundError(f"there is no batch {batch_id}. See them: clause9 batches list")
    return row


def _page(records: Records, chosen: ColumnElement[bool], limit: int, offset: int) -> Page:
    query = select(QuarantinedRow).where(chosen).order_by(col(QuarantinedRow.id))
    with records.reading() as session:
        total = session.exec(select(func.count()).where(chosen)).one()
        return Page(tuple(session.exec(query.limit(limit).offset(offset))), total)


_EMPTY: dict[str, Any] = {
    "sheet": None,
    "column": None,
    "value": None,
    "accepted": None,
    "row_json": "{}",
    "retried_by": None,
    "replaced_at": None,
}
