"""Checking a PDCA cycle and acting on it: verdicts kept as they were read, and what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from data.errors import UsageError
from data.records.access import Actor, require
from data.records.cycle_forms import ActForm, CheckForm
from data.records.cycle_models import CheckKind, Cycle, CycleCheck
from data.records.cycles import copied_plan, cycle_in, resource_of
from data.records.people import known_person
from data.records.records import Change, Records


@dataclass(frozen=True)
class Follows:
    """What a verdict means for its cycle: whether it decides, reopens, and the checks to come.

    `again` are the checks it plans: the kind of each and its day.
    """

    decides: bool = True
    reopens: bool = False
    again: Sequence[tuple[CheckKind, date]] = ()


def record_check(
    records: Records, actor: Actor, cycle: str, form: CheckForm, follows: Follows, at: datetime
) -> CycleCheck:
    """Keep the verdict of a check that is due; whoever carried the action out cannot check it.

    A first check that decides opens the phase act; a later one that says the effect is gone takes
    a closed cycle back there, its outcome cleared.
    """
    with records.writing(actor, at) as change:
        row = cycle_in(change.session, cycle)
        require(actor, "check_cycle", resource_of(row))
        checker = known_person(change.session, form.done_by).id
        _refuse_doer(row, checker, actor)
        check = _to_be_done(change, row, form, follows)
        values = form.model_dump() | {"done_by": checker}
        for name, value in values.items():
            setattr(check, name, value)
        _kept(change, "record_check", check)
        _plan(change, row, follows.again)
        _move(change, row, check, follows)
        return check


def act(
    records: Records, actor: Actor, cycle: str, form: ActForm, phase: int | None, at: datetime
) -> Cycle:
    """Decide what follows from the check, and close the cycle; `phase` is the new standard's.

    An action that is adjusted goes back to Do with another check; the next cycle takes the plan
    along, to be fixed anew.
    """
    with records.writing(actor, at) as change:
        row = cycle_in(change.session, cycle)
        require(actor, "run_cycle", resource_of(row))
        refuse_acting_on(row)
        row.outcome, row.outcome_note = form.outcome, form.note
        row.outcome_on, row.outcome_by = at.date(), actor.name
        row.state, row.phase = "closed", phase or row.phase
        match form.outcome:
            case "adjust":
                row.state = "do"
                _plan(change, row, [("first", _ahead(form.check_on, at))])
            case "next_cycle":
                title = form.title or f"{row.title}, next cycle"
                row.next_cycle = copied_plan(change, row, title, form.hypothesis).id
            case "standardise" | "abandon":
                pass
        change.updated("act", row)
        return row


def refuse_acting_on(row: Cycle) -> None:
    """Raise UsageError for a cycle nothing is to be decided on now."""
    if row.state == "act":
        return
    if row.state == "closed":
        raise UsageError(f"{row.id} is closed since {row.outcome_on}: {row.outcome}.")
    ways = {
        "plan": f"fix its plan first: clause9 pdca plan {row.id}",
        "do": f"record what was done first: clause9 pdca do {row.id}",
        "check": f"check it first: clause9 pdca check {row.id}",
    }
    raise UsageError(f"{row.id} is in its phase {row.state}; {ways[row.state]}")


def refuse_checking(row: Cycle) -> None:
    """Raise UsageError for a cycle in which nothing was done yet."""
    if row.state in {"plan", "do"}:
        raise UsageError(
            f"{row.id} is in its phase {row.state}: there is nothing to check before something was "
            f"done. Record it: clause9 pdca do {row.id}"
        )


def _refuse_doer(row: Cycle, checker: str, actor: Actor) -> None:
    if checker == row.done_by or actor.person == row.done_by is not None:
        raise UsageError(
            f"{row.id} was carried out by {row.done_by}, who cannot check it as well. "
            "Somebody else has to look at the figures."
        )


def _to_be_done(change: Change, row: Cycle, form: CheckForm, follows: Follows) -> CycleCheck:
    """Return the check a verdict is of: the next one planned, or one more of a cycle in act."""
    refuse_checking(row)
    planned = _planned(change.session, row)
    if not planned and row.state == "act":
        return CycleCheck(cycle=row.id, due_on=form.done_on)
    if not planned or (row.state == "closed" and row.outcome != "standardise"):
        raise UsageError(f"{row.id} is closed ({row.outcome}), and no check of it is left.")
    check = planned[0]
    is_late_enough = check.due_on <= form.done_on
    if not is_late_enough and (check.kind != "first" or not follows.decides):
        raise UsageError(
            f"the next check of {row.id} is due on {check.due_on}. What the figures say until then "
            f"is shown by: clause9 pdca show {row.id}"
        )
    return check


def _planned(session: Session, row: Cycle) -> list[CycleCheck]:
    query = select(CycleCheck).where(CycleCheck.cycle == row.id, col(CycleCheck.done_on).is_(None))
    return list(session.exec(query.order_by(col(CycleCheck.due_on), col(CycleCheck.id))))


def _kept(change: Change, action: str, check: CycleCheck) -> None:
    if check.id is None:
        change.added(action, check)
    else:
        change.updated(action, check)


def _plan(change: Change, row: Cycle, again: Sequence[tuple[CheckKind, date]]) -> None:
    planned = {each.kind for each in _planned(change.session, row)}
    for kind, due_on in again:
        if kind not in planned:
            change.added("plan_check", CycleCheck(cycle=row.id, kind=kind, due_on=due_on))


def _move(change: Change, row: Cycle, check: CycleCheck, follows: Follows) -> None:
    if row.state == "check" and follows.decides:
        row.state = "act"
        change.updated("decide_cycle", row)
    elif row.state == "closed" and check.kind != "first" and follows.reopens:
        row.state = "act"
        row.outcome = row.outcome_on = row.outcome_by = row.outcome_note = None
        change.updated("reopen_cycle", row)


def _ahead(day: date | None, at: datetime) -> date:
    if day is None or day <= at.date():
        raise UsageError(f"check_on {day} is not ahead: write the day of the next check.")
    return day
