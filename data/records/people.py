"""People, processes, and who answers for which part of which process since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from data.errors import NotFoundError, near_miss
from data.records.access import Actor, Role, require
from data.records.forms import OwnerForm, PersonForm, ProcessForm
from data.records.models import Owner, Person, Process
from data.records.records import Records


def save_person(records: Records, actor: Actor, form: PersonForm, at: datetime) -> Person:
    """Add the person, or bring what is known of them up to the form."""
    require(actor, "edit_people")
    with records.writing(actor, at) as change:
        row = change.session.get(Person, form.id)
        if row is None:
            row = Person(**form.model_dump())
            change.added("add_person", row)
        else:
            row.name, row.role, row.title, row.email = form.name, form.role, form.title, form.email
            change.updated("edit_person", row)
        return row


def save_process(records: Records, actor: Actor, form: ProcessForm, at: datetime) -> Process:
    """Add the process, or give it the form's title."""
    require(actor, "edit_processes")
    with records.writing(actor, at) as change:
        row = change.session.get(Process, form.id)
        if row is None:
            row = Process(id=form.id, title=form.title)
            change.added("add_process", row)
        else:
            row.title = form.title
            change.updated("edit_process", row)
        return row


def assign_owner(records: Records, actor: Actor, form: OwnerForm, at: datetime) -> Owner:
    """Say who answers for a process, or for a part of it, from a day on.

    A later assignment of the same part takes over; the earlier one stays for the days before. The
    same part and day again corrects the person and the last day.
    """
    require(actor, "edit_processes")
    with records.writing(actor, at) as change:
        process = known_process(change.session, form.process).id
        person = known_person(change.session, form.person).id
        row = _assignment(change.session, form)
        if row is None:
            values = form.model_dump() | {"process": process, "person": person}
            row = Owner(**values)
            change.added("assign_owner", row)
        else:
            row.person, row.to_on = person, form.to_on
            change.updated("correct_owner", row)
        return row


def people(records: Records) -> list[Person]:
    """Return everybody, by name."""
    with records.reading() as session:
        return list(session.exec(select(Person).order_by(func.lower(Person.name), Person.id)))


def processes(records: Records) -> list[Process]:
    """Return all processes, by title."""
    with records.reading() as session:
        return list(session.exec(select(Process).order_by(func.lower(Process.title), Process.id)))


def owners(records: Records) -> list[Owner]:
    """Return every assignment there ever was, by process and first day."""
    with records.reading() as session:
        query = select(Owner).order_by(Owner.process, col(Owner.from_on), col(Owner.id))
        return list(session.exec(query))


def owner_in_force(
    assignments: Iterable[Owner], process: str, slice_: Mapping[str, str], on: date
) -> Owner | None:
    """Return the assignment that holds for a slice of a process on a day, or None.

    One that names a dimension of the slice goes before one of the whole process; of equally
    specific ones the latest to begin holds.
    """
    holding = [each for each in assignments if _holds(each, process, slice_, on)]
    return max(holding, key=_precedence, default=None)


def owner_of(records: Records, process: str, slice_: Mapping[str, str], on: date) -> Person | None:
    """Return who answers for a slice of a process on a day, or None when nobody does."""
    with records.reading() as session:
        assignments = session.exec(select(Owner).where(Owner.process == process)).all()
        found = owner_in_force(assignments, process, slice_, on)
        return None if found is None else session.get(Person, found.person)


def actor_of(records: Records, person: str, on: date) -> Actor:
    """Return the person (id or name) as an actor, with the processes owned whole or in part.

    Raises NotFoundError for somebody the records do not know.
    """
    with records.reading() as session:
        row = known_person(session, person)
        held = session.exec(select(Owner).where(Owner.person == row.id))
        own = frozenset(each.process for each in held if _in_force(each, on))
        roles: frozenset[Role] = frozenset({row.role})
        return Actor(row.name, roles, own, row.id)


def known_person(session: Session, word: str) -> Person:
    """Return the person with this id or name; NotFoundError names the nearest one."""
    row = session.get(Person, word)
    if row is not None:
        return row
    named = session.exec(select(Person).where(Person.name == word)).all()
    if len(named) == 1:
        return named[0]
    if named:
        ids = ", ".join(sorted(each.id for each in named))
        raise NotFoundError(f"'{word}' is the name of several people: {ids}. Write the id.")
    everybody = [*session.exec(select(Person.id)), *session.exec(select(Person.name))]
    hint = near_miss(word, everybody) or " Add them to [[people]] first."
    raise NotFoundError(f"there is no person '{word}'.{hint}")


def known_process(session: Session, word: str) -> Process:
    """Return the process with this id; NotFoundError names the nearest one."""
    row = session.get(Process, word)
    if row is None:
        hint = near_miss(word, session.exec(select(Process.id)).all())
        raise NotFoundError(
            f"there is no process '{word}'.{hint or ' Add it to [[processes]] first.'}"
        )
    return row


def _assignment(session: Session, form: OwnerForm) -> Owner | None:
    query = select(Owner).where(
        Owner.process == form.process,
        col(Owner.dimension).is_not_distinct_from(form.dimension),
        col(Owner.value).is_not_distinct_from(form.value),
        Owner.from_on == form.from_on,
    )
    return session.exec(query).first()


def _holds(each: Owner, process: str, slice_: Mapping[str, str], on: date) -> bool:
    if each.process != process or not _in_force(each, on):
        return False
    return each.dimension is None or slice_.get(each.dimension) == each.value


def _in_force(each: Owner, on: date) -> bool:
    # The last day still counts: a period is inclusive at both ends.
    return each.from_on <= on and (each.to_on is None or on <= each.to_on)


def _precedence(each: Owner) -> tuple[bool, date, int]:
    return each.dimension is not None, each.from_on, each.id or 0
