"""Builders of records: each fills what does not matter to the test that uses it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp

from data.records.access import ROLES, Actor, local_operator
from data.records.forms import (
    ActionForm,
    ConclusionForm,
    DecisionForm,
    OwnerForm,
    PersonForm,
    ProcessForm,
    ReviewForm,
    TargetForm,
)
from data.records.models import TargetKind
from data.records.people import save_person, save_process
from data.records.records import Records, open_records

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""When tests happen."""

OPERATOR = local_operator("operator")
"""Somebody with every role."""


def fresh_records(folder: Path) -> Records:
    """Return the records in `folder`, empty if there are none; migrations run once a process."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "records.sqlite"
    if not path.exists():
        shutil.copy(_migrated(), path)
    return open_records(f"sqlite:///{path}")


def with_people(records: Records, *names: str, at: datetime = NOW) -> Records:
    """Return the records with these people and the processes casting and delivery in them."""
    for name in names:
        save_person(records, OPERATOR, a_person(name), at)
    for process in ("casting", "delivery"):
        save_process(records, OPERATOR, ProcessForm(id=process, title=process.title()), at)
    return records


def a_person(name: str = "Head of casting") -> PersonForm:
    return PersonForm.model_validate({"name": name})


def an_owner(
    person: str = "Head of casting",
    process: str = "casting",
    from_on: date = date(2025, 1, 1),
    to_on: date | None = None,
    only: tuple[str, str] | None = None,
) -> OwnerForm:
    dimension, value = only or (None, None)
    return OwnerForm(
        process=process,
        dimension=dimension,
        value=value,
        person=person,
        from_on=from_on,
        to_on=to_on,
    )


def a_target(
    high: float | None = 3.0,
    from_on: date = date(2026, 1, 1),
    kind: TargetKind = "at_most",
    low: float | None = None,
    slice_: Mapping[str, str] | None = None,
) -> TargetForm:
    return TargetForm(
        metric="scrap_percent",
        slice=dict(slice_ or {}),
        kind=kind,
        low=low,
        high=high,
        from_on=from_on,
        approver="Head of quality",
        reason="agreed in the plan for the year",
    )


def a_review(
    review: str = "2026-q3",
    period_from: date = date(2026, 7, 1),
    period_to: date = date(2026, 9, 30),
) -> ReviewForm:
    return ReviewForm(
        id=review, title=f"Review {review}", period_from=period_from, period_to=period_to
    )


def a_decision(owner: str = "Head of casting", topic: str = "resources") -> DecisionForm:
    return DecisionForm(
        topic=topic,
        kind="resources",
        text="Fill the vacancy in the foundry.",
        owner=owner,
        due_on=date(2027, 1, 31),
    )


def an_action(
    title: str = "Replace the moulds of line 2",
    owner: str = "Head of casting",
    opened_on: date | None = date(2026, 10, 14),
    due_on: date = date(2026, 12, 31),
    review: str | None = None,
) -> ActionForm:
    return ActionForm(
        title=title,
        owner=owner,
        due_on=due_on,
        expected_effect="scrap of line 2 falls below 3 %",
        opened_on=opened_on,
        review=review,
    )


def a_conclusion() -> ConclusionForm:
    return ConclusionForm(
        suitable=True, adequate=True, effective=False, aligned=True, text="Delivery needs work."
    )


def an_actor(*roles: str, processes: tuple[str, ...] = (), person: str | None = None) -> Actor:
    """Return somebody with these roles; the words are checked against the matrix."""
    return Actor(
        "somebody",
        frozenset(role for role in ROLES if role in roles),
        frozenset(processes),
        person,
    )


def in_processes(work: Callable[..., object], *arguments: Sequence[object]) -> list[object]:
    """Return what `work` gives for each set of arguments, each in one of eight processes."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.support.people", "pytest"])  # imported only once
    with ProcessPoolExecutor(8, mp_context=context) as pool:
        return list(pool.map(work, *arguments))


@cache
def _migrated() -> Path:
    path = Path(mkdtemp(prefix="records-")) / "records.db"
    open_records(f"sqlite:///{path}").close()
    return path
