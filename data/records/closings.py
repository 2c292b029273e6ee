"""Closing a period, so that what it says stays as it is, and reopening it with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from data.errors import NotFoundError, UsageError
from data.records.access import Actor, require
from data.records.models import PeriodClosing
from data.records.people import known_process
from data.records.records import Records


@dataclass(frozen=True)
class Extent:
    """What is closed: the days of a period, of one source, of one process, or of everything."""

    period: str
    first_on: date
    last_on: date
    source: str | None = None
    process: str | None = None


def close_period(
    records: Records, actor: Actor, extent: Extent, note: str, at: datetime
) -> PeriodClosing:
    """Close a period; one that is closed already stays as it is.

    Whoever calls this holds writers off, so that nothing is published on both sides of it.
    """
    require(actor, "close_period")
    with records.writing(actor, at) as change:
        if extent.process is not None:
            known_process(change.session, extent.process)
        known = _standing(change.session, extent)
        if known is not None:
            return known
        row = PeriodClosing(
            period=extent.period,
            first_on=extent.first_on,
            last_on=extent.last_on,
            source=extent.source,
            process=extent.process,
            note=note.strip() or None,
            closed_by=actor.name,
            closed_at=at,
        )
        change.added("close_period", row)
        return row


def reopen_period(
    records: Records, actor: Actor, extent: Extent, reason: str, at: datetime
) -> PeriodClosing:
    """Open a closed period again; the closing stays on record with who reopened it and why.

    Raises NotFoundError, which names what is closed on those days, for one that is not closed.
    """
    require(actor, "close_period")
    if not reason.strip():
        raise UsageError("Say why the period is reopened; it is kept on record.")
    with records.writing(actor, at) as change:
        row = _standing(change.session, extent)
        if row is None:
            raise NotFoundError(_not_closed(change.session, extent))
        row.reopened_by, row.reopened_at, row.reopened_reason = actor.name, at, reason.strip()
        change.updated("reopen_period", row)
        return row


def closings(records: Records, *, standing: bool = False) -> list[PeriodClosing]:
    """Return every closing there ever was, the newest period first; `standing` those in force."""
    query = select(PeriodClosing).order_by(
        col(PeriodClosing.first_on).desc(), col(PeriodClosing.id).desc()
    )
    if standing:
        query = query.where(col(PeriodClosing.reopened_at).is_(None))
    with records.reading() as session:
        return list(session.exec(query))


def closing_words(row: PeriodClosing) -> str:
    """Return what is closed, by whom and since when: "2026-09 of the source crm is closed …"."""
    of = ""
    if row.source is not None:
        of = f" of the source '{row.source}'"
    elif row.process is not None:
        of = f" of the process '{row.process}'"
    return f"{row.period}{of} is closed since {row.closed_at.date()} (by {row.closed_by})"


def reopening_words(row: PeriodClosing) -> str:
    """Return the command that reopens a closed period."""
    scope = ""
    if row.source is not None:
        scope = f" --source {row.source}"
    elif row.process is not None:
        scope = f" --process {row.process}"
    return f'clause9 periods reopen {row.period}{scope} --reason "…"'


def _standing(session: Session, extent: Extent) -> PeriodClosing | None:
    query = select(PeriodClosing).where(
        PeriodClosing.first_on == extent.first_on,
        PeriodClosing.last_on == extent.last_on,
        col(PeriodClosing.source).is_not_distinct_from(extent.source),
        col(PeriodClosing.process).is_not_distinct_from(extent.process),
        col(PeriodClosing.reopened_at).is_(None),
    )
    return session.exec(query).first()


def _not_closed(session: Session, extent: Extent) -> str:
    """Return that nothing of this extent is closed, and which closings hold on its days."""
    query = select(PeriodClosing).where(
        PeriodClosing.first_on <= extent.last_on,
        PeriodClosing.last_on >= extent.first_on,
        col(PeriodClosing.reopened_at).is_(None),
    )
    held = [reopening_words(row) for row in session.exec(query)]
    if held:
        return f"{extent.period} itself is not closed. What is closed on its days: {held[0]}"
    return f"{extent.period} is not closed. See what is: clause9 periods list"
