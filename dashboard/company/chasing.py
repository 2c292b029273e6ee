"""Who still owes a review what: late uploads, holes, and inputs without a word from their owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.company.meetings import Meeting
from metrics.review.model import Input


@dataclass(frozen=True)
class Thing:
    """One thing somebody owes; `days_late` is None for what has no day of its own."""

    what: str
    days_late: int | None = None


@dataclass(frozen=True)
class Owed:
    """What one person owes; without a name, what nobody is asked for."""

    name: str | None
    things: tuple[Thing, ...]


def owed(meeting: Meeting) -> tuple[Owed, ...]:
    """Return what is owed by person: who has late things first, longest overdue leading."""
    by_name: dict[str | None, list[Thing]] = {}
    for name, thing in _owed(meeting):
        by_name.setdefault(name, []).append(thing)
    found = [
        Owed(name, tuple(sorted(things, key=lambda each: -(each.days_late or 0))))
        for name, things in by_name.items()
    ]
    return tuple(sorted(found, key=lambda each: (-(each.things[0].days_late or 0), not each.name)))


def _owed(meeting: Meeting) -> Iterator[tuple[str | None, Thing]]:
    for late in meeting.evidence.late_uploads:
        days = (meeting.evidence.as_of - late.due_on).days
        yield late.owner, Thing(f"{late.title}, {late.label}", max(0, days))
    for item in meeting.assembly.inputs:
        if what := _missing(item):
            yield item.owner, Thing(what)


def _missing(item: Input) -> str | None:
    if item.state == "gap":
        return f"{item.title}: feed it, or leave it out with a reason"
    if item.state != "waived" and item.narrative is None and item.signals:
        signals = "a signal" if len(item.signals) == 1 else f"{len(item.signals)} signals"
        return f"{item.title}: a word on {signals}"
    return None
