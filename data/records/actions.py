"""Actions: opened, done by one person, verified by another on evidence; never lost by age."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, select

from data.errors import NotFoundError, UsageError, near_miss
from data.records.access import Actor, Resource, require
from data.records.forms import ActionForm, VerificationForm
from data.records.meetings import known_decision
from data.records.models import Action, ActionState
from data.records.people import known_person, known_process
from data.records.records import Change, Records
from data.records.reviews import open_review


def add_action(records: Records, actor: Actor, form: ActionForm, at: datetime) -> Action:
    """Open an action; the same one again changes nothing and is returned as it is."""
    require(actor, "add_action")
    with records.writing(actor, at) as change:
        values = _resolved(change, form, at)
        known = change.session.exec(select(Action)).all()
        for each in known:
            asked_for = each.model_dump(include=set(values)) | {"due_on": each.original_due_on}
            if asked_for == values:
                return each
        row = Action(id=f"A-{len(known) + 1}", **values, original_due_on=form.due_on)
        change.added("add_action", row)
        return row


def complete_action(
    records: Records, actor: Actor, action: str, done_by: str, done_on: date, at: datetime
) -> Action:
    """Say that an open action was carried out; it stays among the open ones until verified."""
    row = known_action(records, action)
    require(actor, "complete_action", Resource(process=row.process, person=row.owner))
    with records.writing(actor, at) as change:
        row = _action(change.session, action)
        doer = known_person(change.session, done_by).id
        if (row.done_by, row.done_on) == (doer, done_on):
            return row
        _expect(row, "open", "completed")
        _refuse_before(done_on, row.opened_on, "done_on", "was opened")
        row.done_by = doer
        row.done_on, row.state = done_on, "done"
        change.updated("complete_action", row)
        return row


def verify_action(
    records: Records, actor: Actor, action: str, form: VerificationForm, at: datetime
) -> Action:
    """Say on what evidence an action worked; the verifier is somebody else than the doer."""
    require(actor, "verify_action")
    with records.writing(actor, at) as change:
        row = _action(change.session, action)
        verifier = known_person(change.session, form.verified_by)
        said = (row.verified_by, row.verified_on, row.evidence)
        if said == (verifier.id, form.verified_on, form.evidence):
            return row
        _expect(row, "done", "verified")
        if verifier.id == row.done_by or actor.person == row.done_by is not None:
            raise UsageError(
                f"{action} was done by {row.done_by}, who cannot verify it as well. "
                "Somebody else has to look at the evidence."
            )
        if row.done_on is not None:
            _refuse_before(form.verified_on, row.done_on, "verified_on", "was done")
        row.verified_by, row.verified_on = verifier.id, form.verified_on
        row.evidence, row.state = form.evidence, "verified"
        change.updated("verify_action", row)
        return row


def redate_action(
    records: Records, actor: Actor, action: str, due_on: date, reason: str, at: datetime
) -> Action:
    """Give an open action another due date; the original one is kept and the changes counted."""
    require(actor, "add_action")
    with records.writing(actor, at) as change:
        row = _action(change.session, action)
        _expect(row, "open", "given another date")
        _refuse_before(due_on, row.opened_on, "due_on", "was opened")
        if due_on != row.due_on:
            step = {
                "on": at.date().isoformat(),
                "from": row.due_on.isoformat(),
                "to": due_on.isoformat(),
                "by": actor.name,
                "reason": _reason(reason),
            }
            row.re_dates, row.re_dated = [*row.re_dates, step], row.re_dated + 1
            row.due_on = due_on
        change.updated("redate_action", row)
        return row


def cancel_action(records: Records, actor: Actor, action: str, reason: str, at: datetime) -> Action:
    """Give an action up, with a reason; it stays on record."""
    require(actor, "add_action")
    with records.writing(actor, at) as change:
        row = _action(change.session, action)
        if row.state in {"verified", "cancelled"}:
            raise UsageError(f"{action} is {row.state} and cannot be cancelled.")
        row.cancelled_on, row.cancelled_reason = at.date(), _reason(reason)
        row.state = "cancelled"
        change.updated("cancel_action", row)
        return row


def actions(records: Records) -> list[Action]:
    """Return every action there ever was, in the order they were opened."""
    with records.reading() as session:
        return sorted(
            session.exec(select(Action)), key=lambda each: int(each.id.removeprefix("A-"))
        )


def open_actions_at(records: Records, on: date) -> list[Action]:
    """Return the actions that were open on a day, however old, the longest due first."""
    still_open = [each for each in actions(records) if is_open_on(each, on)]
    return sorted(still_open, key=lambda each: (due_on(each, on), int(each.id.removeprefix("A-"))))


def state_on(action: Action, on: date) -> ActionState | None:
    """Return the state an action had on a day, None before it was opened."""
    if on < action.opened_on:
        return None
    if action.verified_on is not None and action.verified_on <= on:
        return "verified"
    if action.cancelled_on is not None and action.cancelled_on <= on:
        return "cancelled"
    return "done" if action.done_on is not None and action.done_on <= on else "open"


def is_open_on(action: Action, on: date) -> bool:
    """Return whether an action had been asked for by a day, and neither verified nor cancelled.

    One that is done and waits for its verification is still open, but no longer overdue.
    """
    return state_on(action, on) in {"open", "done"}


def overdue_days(action: Action, on: date) -> int:
    """Return the days an action that was not done was over its due date on a day, as it was then.

    Never below 0.
    """
    if state_on(action, on) != "open":
        return 0
    return max(0, (on - due_on(action, on)).days)


def times_re_dated(action: Action, on: date) -> int:
    """Return how often an action had been given another due date by a day."""
    return sum(date.fromisoformat(step["on"]) <= on for step in action.re_dates)


def due_on(action: Action, on: date) -> date:
    """Return the due date an action had on a day."""
    due = action.original_due_on
    for step in action.re_dates:
        if date.fromisoformat(step["on"]) <= on:
            due = date.fromisoformat(step["to"])
    return due


def known_action(records: Records, action: str) -> Action:
    """Return one action; NotFoundError names the nearest one."""
    with records.reading() as session:
        return _action(session, action)


def _action(session: Session, action: str) -> Action:
    row = session.get(Action, action)
    if row is None:
        hint = near_miss(action, session.exec(select(Action.id)).all())
        raise NotFoundError(f"there is no action '{action}'.{hint}")
    return row


def _resolved(change: Change, form: ActionForm, at: datetime) -> dict[str, Any]:
    """Return the form's values with people as ids and the day the action was opened."""
    decision = None if form.decision is None else known_decision(change, form.decision)
    review_id = form.review or (decision.review if decision is not None else None)
    review = None if review_id is None else open_review(change.session, review_id)
    if form.process is not None:
        known_process(change.session, form.process)
    held_on = None if review is None else review.held_on
    opened_on = form.opened_on or held_on or at.date()
    _refuse_before(form.due_on, opened_on, "due_on", "is opened")
    return form.model_dump() | {
        "owner": known_person(change.session, form.owner).id,
        "review": review_id,
        "opened_on": opened_on,
    }


def _expect(row: Action, state: ActionState, what: str) -> None:
    if row.state == state:
        return
    done_first = " It has to be completed first." if (row.state, state) == ("open", "done") else ""
    raise UsageError(f"{row.id} is {row.state} and cannot be {what}.{done_first}")


def _refuse_before(day: date, earliest: date, key: str, what: str) -> None:
    if day < earliest:
        raise UsageError(f"{key} {day} is before {earliest}, the day the action {what}.")


def _reason(reason: str) -> str:
    if not reason.strip():
        raise UsageError("the reason is empty. Say why in a sentence.")
    return reason.strip()
