"""Phases and excluded points: what people know of a series that its numbers do not say.

Only ever added, or withdrawn with a reason; never changed and never deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from sqlmodel import Session, col, select

from data.errors import NotFoundError, UsageError, near_miss
from data.records.access import Actor, Resource, require
from data.records.forms import ExclusionForm, PhaseForm
from data.records.models import slice_text
from data.records.phase_models import Exclusion, Phase
from data.records.records import Records
from data.records.targets import Measured, refuse_unknown_part

Kept = TypeVar("Kept", Phase, Exclusion)


def add_phase(
    records: Records,
    actor: Actor,
    form: PhaseForm,
    at: datetime,
    measured: Measured | None = None,
) -> Phase:
    """Add a phase; the same one again changes nothing and is returned as it is.

    `measured` is what is known of its metric. Raises UsageError for a day on which none of its
    periods begins, a part it does not have, and for a phase beside another one of the same slice
    from the same day.
    """
    require(actor, "set_phase", _of_process(measured))
    _refuse_unknown(form.from_on, form.slice, measured, "A phase begins where a period begins.")
    values = form.model_dump() | {
        "slice": slice_text(form.slice),
        "author": form.author or actor.name,
    }
    with records.writing(actor, at) as change:
        for each in _standing(change.session, Phase, form.metric, values["slice"]):
            if each.from_on != form.from_on:
                continue
            if _says(each, values):
                return each
            raise UsageError(
                f"{form.metric} already has a phase from {form.from_on} ('{each.label}', recorded "
                f"by {each.author}). Withdraw it first, with a reason, or choose another day."
            )
        row = Phase(**values, recorded_at=at)
        change.added("add_phase", row)
        return row


def exclude_point(
    records: Records,
    actor: Actor,
    form: ExclusionForm,
    at: datetime,
    measured: Measured | None = None,
) -> Exclusion:
    """Exclude a point from the limits; one that is excluded already changes nothing.

    `measured` is what is known of its metric. Raises UsageError for a day on which none of its
    periods begins and for a part it does not have.
    """
    require(actor, "set_phase", _of_process(measured))
    _refuse_unknown(form.period_on, form.slice, measured, "A point is named by its first day.")
    values = form.model_dump() | {
        "slice": slice_text(form.slice),
        "author": form.author or actor.name,
    }
    with records.writing(actor, at) as change:
        for each in _standing(change.session, Exclusion, form.metric, values["slice"]):
            if each.period_on == form.period_on:
                return each
        row = Exclusion(**values, recorded_at=at)
        change.added("exclude_point", row)
        return row


def withdraw_phase(
    records: Records,
    actor: Actor,
    phase: int,
    reason: str,
    at: datetime,
    measured: Measured | None = None,
) -> Phase:
    """Take a phase back, with the reason; it stays on record, and counts for the days before."""
    require(actor, "set_phase", _of_process(measured))
    return _withdrawn(records, actor, (Phase, phase, "withdraw_phase"), reason, at)


def include_point(
    records: Records,
    actor: Actor,
    exclusion: int,
    reason: str,
    at: datetime,
    measured: Measured | None = None,
) -> Exclusion:
    """Let a point count again, with the reason; that it was excluded stays on record."""
    require(actor, "set_phase", _of_process(measured))
    return _withdrawn(records, actor, (Exclusion, exclusion, "include_point"), reason, at)


def phases(records: Records) -> list[Phase]:
    """Return every phase ever recorded, withdrawn ones too, by metric, slice and first day."""
    query = select(Phase).order_by(Phase.metric, Phase.slice, col(Phase.from_on), col(Phase.id))
    with records.reading() as session:
        return list(session.exec(query))


def exclusions(records: Records) -> list[Exclusion]:
    """Return every exclusion ever recorded, taken back ones too, by metric, slice and period."""
    query = select(Exclusion).order_by(
        Exclusion.metric, Exclusion.slice, col(Exclusion.period_on), col(Exclusion.id)
    )
    with records.reading() as session:
        return list(session.exec(query))


def in_force(rows: Iterable[Kept], known_on: date | None = None) -> list[Kept]:
    """Return what stands now or, with `known_on`, what stood at the end of that day (UTC)."""
    if known_on is None:
        return [each for each in rows if each.withdrawn_at is None]
    return [
        each
        for each in rows
        if each.recorded_at.date() <= known_on
        and (each.withdrawn_at is None or each.withdrawn_at.date() > known_on)
    ]


def _of_process(measured: Measured | None) -> Resource:
    return Resource(process=measured.process if measured is not None else None)


def _refuse_unknown(
    day: date, part: Mapping[str, str], measured: Measured | None, rule: str
) -> None:
    """Raise UsageError for a part the metric does not have, or a day no period of it begins on."""
    if measured is None:
        return
    refuse_unknown_part(part, measured)
    if measured.starts_around is None:
        return
    here, following = measured.starts_around(day)
    if day != here:
        raise UsageError(
            f"{day} is not the first day of a period of {measured.title}; the nearest are {here} "
            f"and {following}. {rule}"
        )


def _standing(session: Session, kind: type[Kept], metric: str, slice_: str) -> list[Kept]:
    query = select(kind).where(
        kind.metric == metric, kind.slice == slice_, col(kind.withdrawn_at).is_(None)
    )
    return list(session.exec(query))


def _says(row: Phase, values: Mapping[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in values.items() if name != "author")


def _withdrawn(
    records: Records,
    actor: Actor,
    which: tuple[type[Kept], int, str],
    reason: str,
    at: datetime,
) -> Kept:
    kind, number, action = which
    word = kind.__name__.lower()
    if not reason.strip():
        raise UsageError(f"Say why the {word} is taken back; it is kept on record.")
    with records.writing(actor, at) as change:
        row = change.session.get(kind, number)
        if row is None:
            known = [str(each) for each in change.session.exec(select(kind.id))]
            raise NotFoundError(f"There is no {word} {number}.{near_miss(str(number), known)}")
        if row.withdrawn_at is not None:
            raise UsageError(
                f"The {word} {number} was taken back on {row.withdrawn_at.date()} "
                f"by {row.withdrawn_by}."
            )
        row.withdrawn_at, row.withdrawn_by = at, actor.name
        row.withdrawn_reason = reason.strip()
        change.updated(action, row)
        return row
