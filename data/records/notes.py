"""Notes: what somebody says about a figure, a point, a batch or an action."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from data.records.access import Actor, Resource, require
from data.records.forms import NoteForm
from data.records.models import Note
from data.records.people import known_process
from data.records.records import Records


def add_note(records: Records, actor: Actor, form: NoteForm, at: datetime) -> Note:
    """Add a note; it is never changed."""
    require(actor, "comment", Resource(process=form.process))
    with records.writing(actor, at) as change:
        if form.process is not None:
            known_process(change.session, form.process)
        row = Note(**form.model_dump(), by=actor.name, at=at)
        change.added("add_note", row)
        return row


def notes(records: Records, subject: str) -> list[Note]:
    """Return what was said about a subject, oldest first."""
    query = select(Note).where(Note.subject == subject).order_by(col(Note.at), col(Note.id))
    with records.reading() as session:
        return list(session.exec(query))
