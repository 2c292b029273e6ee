"""Reading the audit log, and checking that nobody changed it."""

from __future__ import annotations

from sqlmodel import col, select

from data.records.access import Actor, require
from data.records.chain import first_broken
from data.records.models import AuditEntry
from data.records.records import Records


def audit_log(
    records: Records, actor: Actor, subject: str | None = None, limit: int | None = None
) -> list[AuditEntry]:
    """Return the entries, newest first; those of one subject ("target:12"), or all."""
    require(actor, "read_audit_log")
    query = select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(limit)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    with records.reading() as session:
        return list(session.exec(query))


def verify_audit(records: Records) -> int | None:
    """Return the seq of the first entry that was changed or removed, None when none was."""
    with records.reading() as session:
        return first_broken(session)
