"""Targets: added, never edited, so that what was judged stays judged as it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlmodel import Session, col, select

from data.errors import UsageError
from data.records.access import Actor, require
from data.records.forms import TargetForm
from data.records.models import Target, slice_text
from data.records.objectives import known_objective
from data.records.records import Records


def add_target(records: Records, actor: Actor, form: TargetForm, at: datetime) -> Target:
    """Add a target; the same one again changes nothing and is returned as it is.

    Raises UsageError when it would take over days before today from a target that was in force
    then: changing a target today must not change last quarter's status.
    """
    require(actor, "set_target")
    with records.writing(actor, at) as change:
        if form.objective is not None:
            known_objective(change.session, form.objective)
        earlier = _of(change.session, form.metric, form.slice_text)
        for each in earlier:
            if _is_same(each, form):
                return each
        _refuse_rewriting_the_past(earlier, form, at)
        values = form.model_dump() | {"slice": form.slice_text, "set_at": at}
        row = Target(**values)
        change.added("add_target", row)
        return row


def targets(records: Records, metric: str | None = None) -> list[Target]:
    """Return every target ever set, by metric, slice and first day; those of one metric, or all."""
    query = select(Target).order_by(
        Target.metric, Target.slice, col(Target.from_on), col(Target.set_at), col(Target.id)
    )
    if metric is not None:
        query = query.where(Target.metric == metric)
    with records.reading() as session:
        return list(session.exec(query))


def target_in_force(
    targets: Iterable[Target], metric: str, slice_: Mapping[str, str], on: date
) -> Target | None:
    """Return the target of exactly this metric and slice that holds on a day, or None.

    That is the latest to begin by then; of two from the same day, the one set later.
    """
    wanted = slice_text(slice_)
    begun = (
        each
        for each in targets
        if each.metric == metric and each.slice == wanted and each.from_on <= on
    )
    return max(begun, key=lambda each: (each.from_on, each.set_at, each.id or 0), default=None)


def target_words(target: Target) -> str:
    """Return the target as it is said: "at most 3", "at least 95", "between 2 and 4"."""
    match target.kind:
        case "at_most":
            return f"at most {target.high:g}"
        case "at_least":
            return f"at least {target.low:g}"
        case "band":
            return f"between {target.low:g} and {target.high:g}"


def _of(session: Session, metric: str, slice_: str) -> list[Target]:
    query = select(Target).where(Target.metric == metric, Target.slice == slice_)
    return list(session.exec(query))


def _is_same(each: Target, form: TargetForm) -> bool:
    kept = each.model_dump(exclude={"id", "set_at"})
    return kept == form.model_dump() | {"slice": form.slice_text}


def _refuse_rewriting_the_past(earlier: list[Target], form: TargetForm, at: datetime) -> None:
    # Targets set at the same instant are one history being loaded: none has judged anything yet.
    before = [each for each in earlier if each.set_at < at]
    today = at.date()
    held = target_in_force(before, form.metric, form.slice, form.from_on)
    if form.from_on >= today or held is None:
        return
    raise UsageError(
        f"from_on {form.from_on} is before today, {today}, and {form.metric} already had a target "
        f"then ({target_words(held)}, from {held.from_on}, set by {held.approver}). A target set "
        f"today must not change what past periods were judged by: write from_on = {today} or later."
    )
