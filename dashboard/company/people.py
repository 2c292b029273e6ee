"""People, owners, targets and actions: loading them, writing them out, listing what is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dashboard.company import deadlines, figures
from dashboard.company.deadlines import Upload
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from dashboard.company.targets import measured
from data.errors import NotFoundError, near_miss
from data.records import actions as action_records
from data.records import objectives, people
from data.records.access import Actor, require
from data.records.export import export_records
from data.records.load import load_records
from data.records.models import Action, ActionState, Owner

MOST_OWNERS = 5_000
"""Values of one dimension that may each have an owner."""


def load(company: Company, file: Path, *, actor: Actor, at: datetime) -> dict[str, int]:
    """Add or update the records in a file; return how many of each kind it had.

    Beside them stand `changed` and `unchanged`: what was new to the records, and what was not.
    """

    def values_of(table: str, dimension: str) -> list[str]:
        with company.warehouse.read() as reader:
            found = reader.summarise(table, dimension, limit=MOST_OWNERS)["value"]
        return [value for value in found if value is not None]

    report = load_records(
        company.records,
        actor,
        file,
        at,
        metrics={name: measured(each) for name, each in company.catalogue.metrics.items()},
        values_of=values_of,
    )
    return {**report.by_section, "changed": report.changed, "unchanged": report.unchanged}


def export(company: Company, file: Path, *, actor: Actor) -> int:
    """Write the records to a TOML file that `load` reads back, and return how many."""
    # The file names people and how to reach them.
    require(actor, "see_personal_data")
    return export_records(company.records, file)


STANDINGS: Mapping[ActionState, str] = {"done": "done, not verified"}
"""How a state is said where its name alone would sound like the end of it."""


def actions(company: Company, *, open_only: bool) -> list[dict[str, Any]]:
    """Return the actions as they stand on the company's day, oldest due date first.

    Open are those that are neither verified nor cancelled (data.records.actions.is_open_on).
    `days_over` is None for those that are done or given up, `standing` the state in words.
    """
    on = company.as_of
    rows = [
        _action(each, on)
        for each in action_records.actions(company.records)
        if not open_only or action_records.is_open_on(each, on)
    ]
    return sorted(rows, key=lambda row: row["due_on"])


def _action(action: Action, on: date) -> dict[str, Any]:
    state = action_records.state_on(action, on)
    over = action_records.overdue_days(action, on) if state == "open" else None
    shown = state or "open"
    return action.model_dump() | {
        "state": shown,
        "standing": STANDINGS.get(shown, shown),
        "due_on": action_records.due_on(action, on),
        "re_dated": action_records.times_re_dated(action, on),
        "days_over": over,
    }


def process_titles(company: Company) -> dict[str, str]:
    """Return the title of every process by its id: those on record, and those metrics name."""
    known = {each.id: each.title for each in people.processes(company.records)}
    named = {metric.process for metric in company.catalogue.metrics.values()}
    return known | {
        name: name.replace("-", " ").capitalize() for name in sorted(named - set(known))
    }


def owner_names(company: Company) -> list[str]:
    """Return the names of everybody who owns a process or a part of one, in order."""
    holders = {each.person for each in people.owners(company.records)}
    return sorted(each.name for each in people.people(company.records) if each.id in holders)


def people_names(company: Company) -> list[str]:
    """Return the names of everybody on record, in order."""
    return sorted(each.name for each in people.people(company.records))


def objective_titles(company: Company) -> dict[str, str]:
    """Return the title of every objective by its id, the next due first."""
    return {each.id: each.title for each in objectives.objectives(company.records)}


@dataclass(frozen=True)
class Work:
    """What one owner answers for, and what they are expected to send, the first due in front."""

    remits: tuple[str, ...]
    views: tuple[MetricView, ...]
    uploads: tuple[Upload, ...]
    actions: tuple[dict[str, Any], ...]


def work_of(company: Company, name: str) -> Work:
    """Return the remits, metrics, expected uploads and open actions of a person."""
    person = next((each for each in people.people(company.records) if each.name == name), None)
    if person is None:
        raise NotFoundError(f"Nobody is called '{name}'.{near_miss(name, people_names(company))}")
    mine = [
        each
        for each in people.owners(company.records)
        if each.person == person.id and _holds(each, company.as_of)
    ]
    titles = process_titles(company)
    remits = tuple(_remit(each, titles) for each in mine)
    wanted = [
        (metric, _part(each))
        for each in mine
        for metric in company.catalogue.metrics.values()
        if metric.process == each.process and metric.has_values_by(_part(each))
    ]
    with company.warehouse.read() as reader:
        views = tuple(figures.views(company, reader, wanted).values()) if wanted else ()
        uploads = deadlines.due_from(company, reader, person.id)
    open_actions = tuple(
        row for row in actions(company, open_only=True) if row["owner"] == person.id
    )
    return Work(remits, tuple(sorted(views, key=_need)), uploads, open_actions)


def _holds(owner: Owner, day: date) -> bool:
    return owner.from_on <= day and (owner.to_on is None or day <= owner.to_on)


def _remit(owner: Owner, titles: Mapping[str, str]) -> str:
    """Return a remit in words: "Flight operations (site ATL)"."""
    process = titles.get(owner.process, owner.process)
    if not owner.dimension or not owner.value:
        return process
    return f"{process} ({owner.dimension.replace('_', ' ')} {owner.value})"


def _part(owner: Owner) -> dict[str, str]:
    return {owner.dimension: owner.value} if owner.dimension and owner.value else {}


def _need(view: MetricView) -> tuple[int, str]:
    order = {"concern": 0, "mixed": 1, "stale": 2, "no_data": 2, "improvement": 3}
    return order.get(view.summary.state, 4), view.metric.title
