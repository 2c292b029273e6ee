"""PDCA cycles: opened, their plan fixed before the action, what was done kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from data.errors import NotFoundError, UsageError, near_miss
from data.records.access import Actor, Resource, require
from data.records.cycle_forms import CycleForm, DoForm, OpeningForm, PlanForm
from data.records.cycle_models import Cycle, CycleCheck
from data.records.models import Action, slice_text
from data.records.people import known_person, known_process
from data.records.records import Change, Records
from data.records.targets import Measured, refuse_unknown_part

PLANNED = ("title", "metric", "slice", "cause", "source_kind", "source", *PlanForm.model_fields)
"""What cannot change once the plan is fixed."""

NEEDED = ("criterion", "worthwhile", "check_on")
"""What a plan has to say before it can be fixed."""


def open_cycle(
    records: Records,
    actor: Actor,
    form: OpeningForm,
    at: datetime,
    measured: Measured | None = None,
) -> Cycle:
    """Open a cycle with its plan as far as it is known; the same one again changes nothing.

    Raises UsageError where its source has a cycle already, or another one is called the same.
    """
    with records.writing(actor, at) as change:
        values = _resolved(change, form, at, measured)
        require(actor, "run_cycle", Resource(values["process"], values["owner"]))
        found = _same(change.session, form)
        if found is not None:
            _refuse_other(found, form, values)
            return found
        _refuse_second(change.session, form)
        number = len(change.session.exec(select(Cycle.id)).all()) + 1
        row = Cycle(id=f"P-{number}", **values)
        change.added("open_cycle", row)
        return row


def fix_plan(
    records: Records,
    actor: Actor,
    cycle: str,
    form: PlanForm,
    at: datetime,
    measured: Measured | None = None,
) -> Cycle:
    """Fix the plan of a cycle, with what the form adds to it; from then on it cannot change.

    It is fixed today, whatever the file says: a plan written down afterwards is no plan. Raises
    UsageError for a plan that says too little to be judged by.
    """
    with records.writing(actor, at) as change:
        row = cycle_in(change.session, cycle)
        require(actor, "run_cycle", resource_of(row))
        given = _stored(form.model_dump(exclude_unset=True))
        if row.plan_fixed_on is not None:
            _refuse_changed_plan(row, given)
            return row
        _set(row, given)
        _refuse_unfit(row, measured)
        row.plan_fixed_on, row.plan_fixed_by, row.state = at.date(), actor.name, "do"
        change.updated("fix_plan", row)
        _plan_first_check(change, row)
        return row


def record_do(records: Records, actor: Actor, cycle: str, form: DoForm, at: datetime) -> Cycle:
    """Say what was done and when; from then on the cycle waits for its check."""
    with records.writing(actor, at) as change:
        row = cycle_in(change.session, cycle)
        require(actor, "run_cycle", resource_of(row))
        values = form.model_dump() | {"done_by": known_person(change.session, form.done_by).id}
        if all(getattr(row, name) == value for name, value in values.items()):
            return row
        _expect(row, "do", "its plan is not fixed yet: clause9 pdca plan")
        if form.implemented_on > at.date():
            raise UsageError(
                f"implemented_on {form.implemented_on} is in the future. Record what was done once "
                "it is done."
            )
        _set(row, values)
        row.state = "check"
        change.updated("record_do", row)
        return row


def save_cycle(
    records: Records,
    actor: Actor,
    form: CycleForm,
    at: datetime,
    measured: Measured | None = None,
) -> Cycle:
    """Open the cycle of a file of records, or bring it up to the file as far as that may be."""
    process = form.process or (measured.process if measured else None)
    require(actor, "run_cycle", Resource(process))
    with records.together() as joined:
        opening = _as_opening(form)
        row = _draft(joined, actor, opening, at, measured)
        row = row or open_cycle(joined, actor, opening, at, measured)
        if form.is_fixed and row.plan_fixed_on is None:
            row = fix_plan(joined, actor, row.id, PlanForm(), at, measured)
        if form.done is not None and row.state == "do":
            row = record_do(joined, actor, row.id, form.done, at)
        return row


def cycles(records: Records, metric: str | None = None) -> list[Cycle]:
    """Return every cycle in the order they were opened; those of one metric, or all."""
    query = select(Cycle) if metric is None else select(Cycle).where(Cycle.metric == metric)
    with records.reading() as session:
        return sorted(session.exec(query), key=lambda each: _number(each.id))


def checks(records: Records) -> dict[str, list[CycleCheck]]:
    """Return the checks of every cycle that has some, by cycle, planned and done, by their day."""
    query = select(CycleCheck).order_by(col(CycleCheck.due_on), col(CycleCheck.id))
    found: dict[str, list[CycleCheck]] = {}
    with records.reading() as session:
        for each in session.exec(query):
            found.setdefault(each.cycle, []).append(each)
    return found


def known_cycle(records: Records, cycle: str) -> Cycle:
    """Return one cycle; NotFoundError names the nearest one."""
    with records.reading() as session:
        return cycle_in(session, cycle)


def cycle_in(session: Session, cycle: str) -> Cycle:
    """Return one cycle of a session under way."""
    row = session.get(Cycle, cycle)
    if row is None:
        hint = near_miss(cycle, session.exec(select(Cycle.id)).all())
        raise NotFoundError(f"there is no cycle '{cycle}'.{hint} See them: clause9 pdca list")
    return row


def resource_of(row: Cycle) -> Resource:
    """Return what whoever acts on a cycle has to be allowed to."""
    return Resource(process=row.process, person=row.owner)


def copied_plan(change: Change, row: Cycle, title: str, hypothesis: str | None) -> Cycle:
    """Open the cycle after `row`: the same plan, not fixed, without days that are past."""
    kept = ("metric", "slice", "process", "owner", "cause", *PlanForm.model_fields)
    values = {name: getattr(row, name) for name in kept} | {
        "title": title,
        "hypothesis": hypothesis or row.hypothesis,
        "source": row.id,
        "opened_on": change.at.date(),
        "check_on": None,
    }
    if _titled(change.session, title, row.metric, row.slice) is not None:
        raise UsageError(f"another cycle on {row.metric} is called '{title}'. Give it a title.")
    number = len(change.session.exec(select(Cycle.id)).all()) + 1
    following = Cycle(id=f"P-{number}", **values)
    change.added("open_cycle", following)
    return following


def _resolved(
    change: Change, form: OpeningForm, at: datetime, measured: Measured | None
) -> dict[str, Any]:
    """Return the form's values as they are stored, with people as ids."""
    process = form.process or (measured.process if measured else None)
    if process is None:
        raise UsageError("process is missing: which process is the cycle to improve?")
    if measured is not None:
        refuse_unknown_part(form.slice, measured)
    if form.source_kind == "action" and change.session.get(Action, form.source) is None:
        hint = near_miss(form.source or "", change.session.exec(select(Action.id)).all())
        raise NotFoundError(f"there is no action '{form.source}'.{hint}")
    values = form.model_dump(include=set(OpeningForm.model_fields))
    return _stored(values) | {
        "process": known_process(change.session, process).id,
        "owner": known_person(change.session, form.owner).id,
        "opened_on": form.opened_on or at.date(),
    }


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of a form as their columns hold them."""
    kept = dict(values)
    if "slice" in kept:
        kept["slice"] = slice_text(kept["slice"])
    if "balancing" in kept:
        kept["balancing"] = list(kept["balancing"])
    return kept


def _titled(session: Session, title: str, metric: str, slice_: str) -> Cycle | None:
    query = select(Cycle).where(Cycle.title == title, Cycle.metric == metric, Cycle.slice == slice_)
    return session.exec(query).first()


def _same(session: Session, form: OpeningForm) -> Cycle | None:
    return _titled(session, form.title, form.metric, slice_text(form.slice))


def _draft(
    records: Records,
    actor: Actor,
    form: OpeningForm,
    at: datetime,
    measured: Measured | None,
) -> Cycle | None:
    """Return the cycle of a file that is there already, its plan as the file has it; or None."""
    with records.writing(actor, at) as change:
        row = _same(change.session, form)
        if row is None:
            return None
        require(actor, "run_cycle", resource_of(row))
        values = _resolved(change, form, at, measured) | {
            "opened_on": form.opened_on or row.opened_on
        }
        if row.plan_fixed_on is not None:
            _refuse_changed_plan(row, {name: values[name] for name in PLANNED if name in values})
        _set(row, values)
        change.updated("edit_cycle", row)
        return row


def _as_opening(form: CycleForm) -> OpeningForm:
    names = set(OpeningForm.model_fields)
    return OpeningForm.model_construct(
        form.model_fields_set & names, **{name: getattr(form, name) for name in names}
    )


def _set(row: Cycle, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _refuse_other(found: Cycle, form: OpeningForm, values: Mapping[str, Any]) -> None:
    said = set(_stored(form.model_dump(exclude_unset=True)))
    other = [name for name in sorted(said) if getattr(found, name) != values[name]]
    if other:
        raise UsageError(
            f"{found.id} on {form.metric} is called '{form.title}' already, and its "
            f"{', '.join(other)} is another. Give the new cycle a title of its own."
        )


def _refuse_second(session: Session, form: OpeningForm) -> None:
    if form.source is None:
        return
    query = select(Cycle).where(Cycle.source_kind == form.source_kind, Cycle.source == form.source)
    found = session.exec(query).first()
    if found is not None:
        raise UsageError(
            f"{form.source_kind.replace('_', ' ')} {form.source} has the cycle {found.id} "
            f"('{found.title}') already, and one holds its plan and verdict. Go on with that one; "
            "where it is over, open its next cycle: clause9 pdca act"
        )


def _refuse_changed_plan(row: Cycle, values: Mapping[str, Any]) -> None:
    """Raise UsageError that names what would change in a plan that is fixed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if changed:
        told = "; ".join(
            f"{name} is {_said(getattr(row, name))}, not {_said(values[name])}" for name in changed
        )
        raise UsageError(
            f"the plan of {row.id} is fixed since {row.plan_fixed_on} and does not change: {told}. "
            f"Open a next cycle with another plan: clause9 pdca act {row.id}, outcome next_cycle."
        )


def _said(value: object) -> str:
    match value:
        case None | []:
            return "not set"
        case float():
            return f"{value:g}"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _refuse_unfit(row: Cycle, measured: Measured | None) -> None:
    """Raise UsageError for a plan that nothing could be judged by, with all it lacks."""
    missing = [name for name in NEEDED if getattr(row, name) is None]
    if missing:
        raise UsageError(
            f"the plan of {row.id} cannot be fixed yet: write {', '.join(missing)}. A plan says "
            "before the action what it is judged by."
        )
    if row.check_on is not None and row.check_on <= row.opened_on:
        raise UsageError(f"check_on {row.check_on} is not after {row.opened_on}, its first day.")
    if measured is not None and measured.better is not None:
        _refuse_direction(row, measured)


def _refuse_direction(row: Cycle, measured: Measured) -> None:
    if measured.better not in {"lower", "higher"}:
        raise UsageError(
            f'{measured.title} has no good side (better = "{measured.better}"), so no change of '
            'it can be judged. Write better = "lower" or "higher" in its definition, or take '
            "another metric."
        )
    change, sign = row.expected_change, -1 if measured.better == "lower" else 1
    if change is not None and change * sign <= 0:
        raise UsageError(
            f"expected_change {change:g} is no improvement: of {measured.title}, {measured.better} "
            f"is better. Write {sign * abs(change):g}."
            if change
            else "expected_change 0 is no change: leave it out, or write what is expected."
        )


def _plan_first_check(change: Change, row: Cycle) -> None:
    if row.check_on is not None:
        change.added("plan_check", CycleCheck(cycle=row.id, due_on=row.check_on))


def _expect(row: Cycle, state: str, otherwise: str) -> None:
    if row.state == state:
        return
    told = otherwise if row.state == "plan" else f"it is in its phase {row.state}"
    raise UsageError(f"nothing can be recorded as done for {row.id}: {told}.")


def _number(cycle: str) -> int:
    return int(cycle.removeprefix("P-"))
