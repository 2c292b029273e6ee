"""Targets: added, never edited, so that what was judged stays judged as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from data.errors import UsageError, near_miss
from data.records.access import Actor, require
from data.records.forms import TargetForm
from data.records.models import WHOLE, Target, slice_text
from data.records.objectives import known_objective
from data.records.records import Records


@dataclass(frozen=True)
class Measured:
    """What a metric's values, parts and periods can be: what a record about it has to fit.

    `least` and `most` are the bounds of its values, None without one. `adds_up`: a target of the
    whole holds for the whole alone; otherwise for every part without a target of its own.
    `better` is its good side; `starts_around` gives the first days of the period a day lies in and
    of the one after it.
    """

    title: str
    by: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    adds_up: bool = False
    process: str | None = None
    better: str | None = None
    starts_around: Callable[[date], tuple[date, date]] | None = None


def add_target(
    records: Records,
    actor: Actor,
    form: TargetForm,
    at: datetime,
    measured: Measured | None = None,
) -> Target:
    """Add a target; the same one again changes nothing and is returned as it is.

    `measured` is what is known of its metric. Raises UsageError for a target that no value of the
    metric can meet, or of a part it does not have, and when it would take over days before today
    from a target that was in force then: changing a target today must not change last quarter's
    status.
    """
    require(actor, "set_target")
    if measured is not None:
        _refuse_misfit(form, measured)
    with records.writing(actor, at) as change:
        if form.objective is not None:
            known_objective(change.session, form.objective)
        earlier = _of(change.session, form.metric, form.slice_text)
        for each in earlier:
            if _is_same(each, form):
                return each
        if form.slice and measured is not None and not measured.adds_up:
            # Until now the part was judged by the target of the whole.
            earlier = _with_those_of_the_whole(earlier, _of(change.session, form.metric, WHOLE))
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


def targets_of_part(
    targets: Sequence[Target], metric: str, slice_: Mapping[str, str], *, adds_up: bool
) -> tuple[Target, ...]:
    """Return the targets a part is judged by, in the order they came into force.

    A ratio's part is judged by the targets of the whole until it has one of its own.
    """
    own = _begun([each for each in targets if _is_of(each, metric, slice_text(slice_))])
    whole = _begun([each for each in targets if _is_of(each, metric, WHOLE)])
    if adds_up or slice_text(slice_) == WHOLE:
        return tuple(own)
    return tuple(_with_those_of_the_whole(own, whole))


def target_words(target: Target) -> str:
    """Return the target as it is said: "at most 3", "at least 95", "between 2 and 4"."""
    match target.kind:
        case "at_most":
            return f"at most {target.high:g}"
        case "at_least":
            return f"at least {target.low:g}"
        case "band":
            return f"between {target.low:g} and {target.high:g}"


def refuse_unknown_part(part: Mapping[str, str], measured: Measured) -> None:
    """Raise UsageError for a part of a metric by what it is not kept by."""
    for name in part:
        if name not in measured.by:
            kept = f"It is kept by {', '.join(measured.by)}." if measured.by else "It has no parts."
            hint = near_miss(name, measured.by)
            raise UsageError(f"{measured.title} is not kept by '{name}'.{hint} {kept}")


def _of(session: Session, metric: str, slice_: str) -> list[Target]:
    query = select(Target).where(Target.metric == metric, Target.slice == slice_)
    return list(session.exec(query))


def _is_same(each: Target, form: TargetForm) -> bool:
    kept = each.model_dump(exclude={"id", "set_at"})
    return kept == form.model_dump() | {"slice": form.slice_text}


def _is_of(each: Target, metric: str, slice_: str) -> bool:
    return each.metric == metric and each.slice == slice_


def _begun(found: Iterable[Target]) -> list[Target]:
    return sorted(found, key=lambda each: (each.from_on, each.set_at, each.id or 0))


def _with_those_of_the_whole(own: Sequence[Target], whole: Sequence[Target]) -> list[Target]:
    first = min((each.from_on for each in own), default=date.max)
    return [*(each for each in whole if each.from_on < first), *own]


def _refuse_misfit(form: TargetForm, measured: Measured) -> None:
    """Raise UsageError for a part the metric does not have, or a bound no value can keep."""
    refuse_unknown_part(form.slice, measured)
    least, most = measured.least, measured.most
    if form.high is not None and least is not None and form.high < least:
        raise UsageError(
            f"at most {form.high:g} can never be kept: {measured.title} is never below {least:g}. "
            f"Write {least:g} or more."
        )
    if form.low is not None and most is not None and form.low > most:
        raise UsageError(
            f"at least {form.low:g} can never be reached: {measured.title} is never above "
            f"{most:g}. Write {most:g} or less."
        )


def _refuse_rewriting_the_past(earlier: list[Target], form: TargetForm, at: datetime) -> None:
    # Targets set at the same instant are one history being loaded: none has judged anything yet.
    before = [each for each in earlier if each.set_at < at]
    today = at.date()
    begun = [each for each in _begun(before) if each.from_on <= form.from_on]
    held = begun[-1] if begun else None
    if form.from_on >= today or held is None:
        return
    raise UsageError(
        f"from_on {form.from_on} is before today, {today}, and {form.metric} already had a target "
        f"then ({target_words(held)}, from {held.from_on}, set by {held.approver}). A target set "
        f"today must not change what past periods were judged by: write from_on = {today} or later."
    )
