"""How the audit log is chained: one row a change, each holding the hash of the row before it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import inspect, text
from sqlmodel import Session, SQLModel, col, select

from data.records.models import AuditEntry

FIRST_PREVIOUS = "0" * 64
"""What the first entry names as the hash before it."""


def canonical(values: object) -> str:
    """Return `values` as JSON that is the same for the same content: keys in order, no spaces."""
    return json.dumps(
        values,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
        default=_plain,
    )


def entry_hash(entry: AuditEntry) -> str:
    """Return the SHA-256 of the previous hash and this entry's content."""
    content = canonical(
        [
            entry.seq,
            entry.at,
            entry.actor,
            entry.action,
            entry.subject,
            entry.before,
            entry.after,
        ]
    )
    return hashlib.sha256((entry.previous_hash + content).encode()).hexdigest()


def append_entry(
    session: Session,
    at: datetime,
    what: tuple[str, str, str],
    *,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    """Append one entry; `what` is actor, action and subject. The session must hold the write lock.

    Order is that of `seq`, never of the clock, which may be set back.
    """
    last = session.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1)).first()
    actor, action, subject = what
    entry = AuditEntry(
        seq=1 if last is None or last.seq is None else last.seq + 1,
        at=at.astimezone(UTC).isoformat(timespec="microseconds"),
        actor=actor,
        action=action,
        subject=subject,
        before=None if before is None else canonical(before),
        after=None if after is None else canonical(after),
        previous_hash=FIRST_PREVIOUS if last is None else last.hash,
        hash="",
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()


def last_seq(session: Session) -> int:
    """Return the seq of the newest entry, 0 when there is none."""
    query = select(AuditEntry.seq).order_by(col(AuditEntry.seq).desc()).limit(1)
    return session.exec(query).first() or 0


def first_broken(session: Session) -> int | None:
    """Return the seq of the first entry that is changed or absent, None when the chain is whole."""
    expected, previous = 1, FIRST_PREVIOUS
    for entry in _entries(session):
        if entry.seq != expected:
            return expected
        if entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return expected
        expected, previous = expected + 1, entry.hash
    return expected if expected <= _highest_ever(session) else None


def row_values(row: SQLModel) -> dict[str, object]:
    """Return what a row holds, column by column."""
    return row.model_dump()


def changed_values(row: SQLModel) -> tuple[dict[str, object], dict[str, object]]:
    """Return the old and the new values of the columns changed since the row was read."""
    before: dict[str, object] = {}
    after: dict[str, object] = {}
    for attribute in inspect(row).attrs:
        history = attribute.history
        if history.has_changes():
            before[attribute.key] = history.deleted[0] if history.deleted else None
            after[attribute.key] = attribute.value
    return before, after


def subject_of(row: SQLModel) -> str:
    """Return how the log names a row: its kind and its key ("review_input:2026-q3/resources")."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(row).__name__).lower()
    key = inspect(row).identity or inspect(type(row)).primary_key_from_instance(row)
    return f"{kind}:{'/'.join(str(part) for part in key)}"


def _entries(session: Session) -> Iterable[AuditEntry]:
    query = select(AuditEntry).order_by(col(AuditEntry.seq)).execution_options(yield_per=1000)
    return session.exec(query)


def _highest_ever(session: Session) -> int:
    """Return the highest seq SQLite ever gave, which stays when the last entries are cut off."""
    query = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_log'")
    return int(session.connection().execute(query).scalar() or 0)


def _plain(value: object) -> str:
    if isinstance(value, date):  # datetime is one too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be kept in the audit log.")
