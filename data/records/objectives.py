"""Quality objectives."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from data.errors import NotFoundError, near_miss
from data.records.access import Actor, require
from data.records.forms import ObjectiveForm
from data.records.models import Objective
from data.records.people import known_person, known_process
from data.records.records import Records


def save_objective(records: Records, actor: Actor, form: ObjectiveForm, at: datetime) -> Objective:
    """Add the objective, or bring it up to the form; what it said before stays in the audit log."""
    require(actor, "edit_objectives")
    with records.writing(actor, at) as change:
        values = form.model_dump() | {"owner": known_person(change.session, form.owner).id}
        if form.process is not None:
            known_process(change.session, form.process)
        row = change.session.get(Objective, form.id)
        if row is None:
            row = Objective(**values)
            change.added("add_objective", row)
        else:
            row.sqlmodel_update(values)
            change.updated("edit_objective", row)
        return row


def objectives(records: Records) -> list[Objective]:
    """Return all objectives, the next due first."""
    with records.reading() as session:
        return list(session.exec(select(Objective).order_by(col(Objective.due_on), Objective.id)))


def known_objective(session: Session, word: str) -> Objective:
    """Return the objective with this id; NotFoundError names the nearest one."""
    row = session.get(Objective, word)
    if row is None:
        hint = near_miss(word, session.exec(select(Objective.id)).all())
        raise NotFoundError(
            f"there is no objective '{word}'.{hint or ' Add it to [[objectives]] first.'}"
        )
    return row
