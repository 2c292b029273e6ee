"""Events: what happened on a day and may explain a series."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select

from data.records.access import Actor, Resource, require
from data.records.forms import EventForm
from data.records.models import Event, slice_text
from data.records.people import known_process
from data.records.records import Records


def save_event(records: Records, actor: Actor, form: EventForm, at: datetime) -> Event:
    """Add the event, or give the one of that day, title and scope the form's detail."""
    require(actor, "record_event", Resource(process=form.process))
    with records.writing(actor, at) as change:
        if form.process is not None:
            known_process(change.session, form.process)
        query = select(Event).where(
            Event.on == form.on,
            Event.title == form.title,
            col(Event.process).is_not_distinct_from(form.process),
            col(Event.metric).is_not_distinct_from(form.metric),
            Event.slice == slice_text(form.slice),
        )
        row = change.session.exec(query).first()
        if row is None:
            values = form.model_dump() | {"slice": slice_text(form.slice)}
            row = Event(**values)
            change.added("add_event", row)
        else:
            row.detail = form.detail
            change.updated("edit_event", row)
        return row


def events(records: Records) -> list[Event]:
    """Return all events, oldest first."""
    with records.reading() as session:
        return list(session.exec(select(Event).order_by(col(Event.on), col(Event.id))))
