"""Handing in figures without a spreadsheet: what is asked for, what was typed, what it changed.

What is typed goes the way of a file: it is written into the owner's own template, archived and
ingested like one, so that a figure typed here leads back to a file and a row like any other, and
is held against the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dashboard.company import calendar_periods, handing_in, people, publishing, reported, templates
from dashboard.company.handing_in import Checked, Published
from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn
from data.records.access import Actor
from metrics.periods import Grain
from pipelines.mapping.periods import Period
from pipelines.report import BatchReport
from pipelines.templates import Amounts, HandedOut
from pipelines.templates.figures import TABLE, part_headers
from pipelines.templates.marker import FIRST_ROW

OFFERED = 12
"""Periods one can go back to; what is older is corrected with a template or a table."""

NOTHING = Amounts()

UNCHANGED = "Nothing has changed, so nothing was handed in."
STAYS = "An emptied figure stays as it was handed in. To take one back, choose the status missing."


@dataclass(frozen=True)
class Standing:
    """How far an owner is with a period: its title, how many figures it asks for and has."""

    period: str
    title: str
    asked: int
    filled: int

    @property
    def missing(self) -> int:
        """Return how many figures are not handed in yet."""
        return self.asked - self.filled


@dataclass(frozen=True)
class Asked:
    """What the page asks an owner for in a period.

    `parts` are the dimensions the figures have and how they are headed; `several` says whether
    they belong to several processes.
    """

    out: HandedOut
    parts: dict[str, str]
    process_titles: dict[str, str]
    several: bool

    @property
    def standing(self) -> Standing:
        """Return how far the owner is."""
        figures = self.out.figures
        done = reported.filled(figures)
        return Standing(self.out.period.label, self.out.title, len(figures), done)


@dataclass(frozen=True)
class ToFix:
    """What is wrong with one figure: its place among those asked for, None for all of them."""

    index: int | None
    column: str
    said: str


@dataclass(frozen=True)
class Submitted:
    """What became of what was typed: published, or what is to be put right first."""

    published: Published | None
    to_fix: tuple[ToFix, ...] = ()
    remarks: tuple[str, ...] = ()


def owners(company: Company) -> list[str]:
    """Return the names of everybody who answers for a process with reported metrics, in order."""
    return reported.owners_of_reported(company)


def offered(company: Company, owner: str) -> list[str]:
    """Return the periods an owner may hand figures in for: the last one over first."""
    person = reported.person_named(company, owner)
    grains: list[Grain] = [metric.period for metric in reported.metrics_of(company, person.id)]
    return [
        period.label
        for grain in sorted(set(grains), key=grains.count, reverse=True)
        for period in _back_from(company, grain)
    ]


def _back_from(company: Company, grain: Grain) -> Iterator[Period]:
    period = calendar_periods.last_over(company, grain)
    yield period
    yield calendar_periods.holding(company, company.as_of, grain)
    for _ in range(OFFERED - 2):
        period = calendar_periods.before(company, period)
        yield period


def title_of(company: Company, label: str) -> str:
    """Return a period as people say it, and whether it is over."""
    period = calendar_periods.named(company, label)
    running = " (not over yet)" if period.last >= company.as_of else ""
    return f"{calendar_periods.spoken(company, period)}{running}"


def asked(company: Company, owner: str, period: str, *, actor: Actor) -> Asked:
    """Return what an owner is asked for in a period."""
    out = templates.handed_out(company, owner, period, actor=actor)
    table = company.tables[TABLE]
    titles = people.process_titles(company)
    several = len({figure.process for figure in out.figures}) > 1
    return Asked(out, part_headers(out.figures, table), titles, several)


def standing(company: Company, owner: str, *, actor: Actor) -> Standing | None:
    """Return how far an owner is with the last period that is over; None where nothing is asked."""
    person = reported.person_named(company, owner)
    if not reported.metrics_of(company, person.id):
        return None
    period = templates.last_over(company, person.id)
    found = asked(company, owner, period.label, actor=actor).standing
    return found if found.asked else None


def submit(
    company: Company,
    out: HandedOut,
    entries: Sequence[Amounts],
    told: Callable[[str], None],
    *,
    actor: Actor,
    at: datetime,
) -> Submitted:
    """Hand in what was typed for each figure of `out`; nothing is published unless all of it can.

    Figures that say what they said before are left out, so that two people at one form do not put
    each other's figures back. `told` is told each stage.
    """
    changed = [
        replace(figure, given=entry if entry != (figure.given or NOTHING) else None)
        for figure, entry in zip(out.figures, entries, strict=True)
    ]
    emptied = any(figure.given == NOTHING for figure in changed)
    remarks = (STAYS,) if emptied else ()
    if all(figure.given in (None, NOTHING) for figure in changed):
        return Submitted(None, remarks=remarks or (UNCHANGED,))
    given = _as_file(company, replace(out, figures=tuple(changed)))
    report = publishing.try_upload(company, given, actor=actor)
    (tried,) = report.batches
    if to_fix := tuple(_to_fix(tried)):
        return Submitted(None, to_fix)
    checked = Checked(tried, report.version)
    published = handing_in.publish(
        company, given, checked, told, accept_good=False, actor=actor, at=at
    )
    (batch,) = published.report.batches
    if batch.state == "rejected":
        return Submitted(None, tuple(_to_fix(batch)))
    return Submitted(published, remarks=remarks)


def _as_file(company: Company, out: HandedOut) -> HandedIn:
    with TemporaryDirectory(prefix="clause9-form-") as folder:
        path = Path(folder) / templates.file_name(out)
        templates.write(company, out, path)
        return HandedIn(path.name, path.read_bytes())


def _to_fix(batch: BatchReport) -> Iterator[ToFix]:
    """Yield what stands in the way, by the figure it is about."""
    for reason in batch.reasons:
        index = None if reason.row is None else reason.row - FIRST_ROW
        yield ToFix(index, reason.column or "", _plainly(reason.reason))
    if batch.state == "rejected" and not batch.reasons:
        yield ToFix(None, "", batch.message)


def _plainly(said: str) -> str:
    """Return a reason without the name of a cell: the form has none."""
    return re.sub(r"^cell (?:.*!)?[A-Z]{1,3}\d+ ", "", said)
