"""Setting a company up from a file: who there is, what they aim for and what they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from data.definitions import read_toml
from data.errors import Problem, UsageError, near_miss
from data.records.access import Actor, require
from data.records.cycle_forms import CycleForm
from data.records.cycles import save_cycle
from data.records.events import save_event
from data.records.forms import (
    EventForm,
    ExclusionForm,
    Form,
    ObjectiveForm,
    OwnerForm,
    PersonForm,
    PhaseForm,
    ProcessForm,
    TargetForm,
)
from data.records.intake import Intake
from data.records.objectives import save_objective
from data.records.owners_of_values import ValuesOf, with_owners_of_values
from data.records.people import assign_owner, save_person, save_process
from data.records.phases import add_phase, exclude_point
from data.records.records import Records
from data.records.sheets import Rows, read_sheets
from data.records.targets import Measured, add_target


@dataclass(frozen=True)
class LoadReport:
    """How many entries a file had that changed the records, and that were in them already."""

    changed: int
    unchanged: int
    by_section: Mapping[str, int]


@dataclass(frozen=True)
class Section:
    """A section of a file: its form, what stores one entry, and which keys make it that entry.

    `fits` says that what stores it holds it against what is known of its metric.
    """

    form: type[Form]
    save: Callable[..., object]
    identity: tuple[str, ...]
    fits: bool = False


SECTIONS: Mapping[str, Section] = {
    "people": Section(PersonForm, save_person, ("id",)),
    "processes": Section(ProcessForm, save_process, ("id",)),
    "owners": Section(OwnerForm, assign_owner, ("process", "dimension", "value", "from_on")),
    "objectives": Section(ObjectiveForm, save_objective, ("id",)),
    "targets": Section(TargetForm, add_target, ("metric", "slice", "from_on"), fits=True),
    "phases": Section(PhaseForm, add_phase, ("metric", "slice", "from_on"), fits=True),
    "exclusions": Section(
        ExclusionForm, exclude_point, ("metric", "slice", "period_on"), fits=True
    ),
    "events": Section(EventForm, save_event, ("on", "title", "process", "metric", "slice")),
    "cycles": Section(CycleForm, save_cycle, ("title", "metric", "slice"), fits=True),
}
"""The sections in the order they are stored: what is named comes before what names it."""


def load_records(
    records: Records,
    actor: Actor,
    path: Path,
    at: datetime,
    metrics: Mapping[str, Measured] | None = None,
    values_of: ValuesOf | None = None,
) -> LoadReport:
    """Bring the records up to a TOML file or a workbook; loading it twice changes nothing more.

    `metrics` are the metrics there are, where the caller knows them; a name that is none of them
    is a problem, and so is a target no value of its metric can meet. `values_of` answers what
    [[owner_of_each]] asks of the facts. Raises DefinitionError with every problem of the file, and
    then stores nothing.
    """
    require(actor, "load_records")
    written, rows, problems = _read(path)
    intake = Intake(path.name, list(problems), rows=rows)
    written = with_owners_of_values(intake, written, values_of)
    _refuse_unknown_sections(intake, written)
    counts = dict.fromkeys(SECTIONS, 0)
    with records.together() as joined:
        for name, section in SECTIONS.items():
            for key, form in _forms(intake, written, name, section):
                _refuse_unknown_metric(intake, key, form, metrics)
                counts[name] += 1
                save = partial(_saver(section, form, metrics), joined, actor, form, at)
                if intake.store(joined, key, save) is None:
                    intake.reject(form.model_dump())
        intake.finish()
    return LoadReport(intake.changed, intake.unchanged, counts)


def _saver(
    section: Section, form: Form, metrics: Mapping[str, Measured] | None
) -> Callable[[Records, Actor, Any, datetime], object]:
    """Return what stores an entry, with what is known of its metric where that has to fit."""
    if section.fits and metrics is not None:
        return partial(section.save, measured=metrics.get(getattr(form, "metric", "")))
    return section.save


def _read(path: Path) -> tuple[Mapping[str, Any], Rows, list[Problem]]:
    match path.suffix.lower():
        case ".toml":
            content, problems = read_toml(path, path.name)
            return content, {}, problems
        case ".xlsx":
            return read_sheets(path)
        case _:
            raise UsageError(f"{path.name} is neither .toml nor .xlsx; records load reads these.")


def _refuse_unknown_sections(intake: Intake, written: Mapping[str, Any]) -> None:
    for name in written:
        if name not in SECTIONS:
            hint = near_miss(name, SECTIONS) or f" Known are: {', '.join(SECTIONS)}."
            intake.problem(name, f"unknown section '{name}'.{hint}")


def _forms(
    intake: Intake, written: Mapping[str, Any], name: str, section: Section
) -> list[tuple[str, Form]]:
    """Return the entries of a section that can be read, each with its place."""
    seen: dict[str, str] = {}
    forms: list[tuple[str, Form]] = []
    for key, values in intake.entries(written, name):
        form = intake.form(section.form, values, key)
        if form is None:
            continue
        identity = str([getattr(form, part) for part in section.identity])
        if identity in seen:
            same = ", ".join(section.identity)
            intake.problem(key, f"is {seen[identity]} again: the same {same}. Keep one of them.")
            continue
        seen[identity] = key
        forms.append((key, form))
    return forms


def _refuse_unknown_metric(
    intake: Intake, key: str, form: Form, metrics: Mapping[str, Measured] | None
) -> None:
    balancing = [("balancing", name) for name in getattr(form, "balancing", ())]
    for field, name in [("metric", getattr(form, "metric", None)), *balancing]:
        if metrics is not None and name is not None and name not in metrics:
            told = f"there is no metric '{name}'.{near_miss(name, metrics)}"
            intake.problem(f"{key}.{field}", told)
