"""Events of a metric: what happened on a day and may explain its series, on every chart of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from dashboard.company import definition_history
from dashboard.company.definition_history import DefinitionChange
from dashboard.company.opened import Company
from data.records import actions as action_records
from data.records import cycles as cycle_records
from data.records import events as event_records
from data.records import phases as phase_records
from data.records.cycle_models import Cycle

Kind = Literal["note", "action", "cycle", "definition", "phase"]

EVENT_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "on": pl.Date,
    "kind": pl.String,
    "label": pl.String,
    "what": pl.String,
}

CHANGES_TOLD = 3
"""Keys of a changed definition that its event names; the page Metric has them all."""


class Event(NamedTuple):
    """One event: its day, what kind of thing it is, its name on the chart, and all of it."""

    on: date
    kind: Kind
    label: str
    what: str


def events_of(company: Company, metric: str, part: Mapping[str, str]) -> pl.DataFrame:
    """Return the events of a metric in a part of it, as EVENT_SCHEMA, by day.

    Notes of the metric, of its process or of everything; actions done that name the metric; what
    cycles carried out; days on which another definition came into force; starts of phases. An event
    of a part stands on the charts of that part, of narrower and of wider ones, never on those of
    another. What a cycle carried out is told once: not the action it answers as well, nor a note of
    the same name on the same day.
    """
    cycles = [
        each
        for each in cycle_records.cycles(company.records, metric)
        if _meet(json.loads(each.slice), part)
    ]
    found = [
        *_actions(company, metric, {each.source for each in cycles}),
        *_carried_out(cycles, part),
        *_definitions(company, metric),
        *_phases(company, metric, part),
    ]
    found += [each for each in _notes(company, metric, part) if not _is_told(each, found)]
    known = [each for each in found if each.on <= company.as_of]
    return pl.DataFrame(sorted(known), schema=dict(EVENT_SCHEMA), orient="row")


def _notes(company: Company, metric: str, part: Mapping[str, str]) -> Iterator[Event]:
    process = company.catalogue.metrics[metric].process
    for each in event_records.events(company.records):
        own: dict[str, str] = json.loads(each.slice)
        is_meant = each.metric in {None, metric} and each.process in {None, process}
        if is_meant and _meet(own, part):
            label = _named(each.title, own, part)
            yield Event(each.on, "note", label, f"{label}: {each.detail}" if each.detail else label)


def _meet(own: Mapping[str, str], part: Mapping[str, str]) -> bool:
    """Return whether some rows may be in both parts."""
    return all(part.get(name, value) == value for name, value in own.items())


def _named(title: str, own: Mapping[str, str], part: Mapping[str, str]) -> str:
    """Return the title, with the part it is of where the chart shows more than that."""
    beyond = [value for name, value in own.items() if name not in part]
    return f"{title} ({', '.join(beyond)})" if beyond else title


def _is_told(note: Event, others: Sequence[Event]) -> bool:
    return any(note.on == each.on and note.label in each.label for each in others)


def _actions(company: Company, metric: str, told: Collection[str | None]) -> Iterator[Event]:
    for each in action_records.actions(company.records):
        is_own = each.metric == metric and each.id not in told
        stands = action_records.state_on(each, company.as_of) if is_own else None
        if each.done_on and stands in {"done", "verified"}:
            label = f"{each.id} {each.title}"
            yield Event(each.done_on, "action", label, f"{label}, done")


def _carried_out(cycles: Iterable[Cycle], part: Mapping[str, str]) -> Iterator[Event]:
    for each in cycles:
        done_on = each.implemented_on or each.implemented_from
        if done_on is not None:
            label = _named(f"{each.id} {each.title}", json.loads(each.slice), part)
            done = f": {each.done_text}" if each.done_text else ""
            yield Event(done_on, "cycle", label, f"{label}, carried out{done}")


def _definitions(company: Company, metric: str) -> Iterator[Event]:
    zone = ZoneInfo(company.workspace.settings.time_zone)
    for each in definition_history.history(company, metric):
        if not each.is_first and each.changes_figures:
            day = each.at.astimezone(zone).date()
            yield Event(day, "definition", "Definition changed", _changed(each))


def _changed(each: DefinitionChange) -> str:
    keys = [change.key for change in each.changes]
    more = f" and {len(keys) - CHANGES_TOLD} more" if len(keys) > CHANGES_TOLD else ""
    told = f": {', '.join(keys[:CHANGES_TOLD])}{more}" if keys else ""
    return f"Definition changed{told}"


def _phases(company: Company, metric: str, part: Mapping[str, str]) -> Iterator[Event]:
    for each in phase_records.in_force(phase_records.phases(company.records)):
        own: dict[str, str] = json.loads(each.slice)
        # A phase is of its slice and every narrower one: a wider chart has other limits.
        if each.metric == metric and own.items() <= part.items():
            yield Event(each.from_on, "phase", each.label, f"{each.label}: {each.cause}")
