"""Templates to fill in: that of a table, and that of an owner's figures of one period."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dashboard.company import calendar_periods, people, reported
from dashboard.company.opened import Company
from data.errors import NotFoundError, UsageError, near_miss
from data.records.access import Actor, require
from pipelines.mapping.periods import Period
from pipelines.templates import Figure, HandedOut, write_owner_template, write_template
from pipelines.templates.figures import TABLE


def table_template(company: Company, table: str, path: Path, *, actor: Actor) -> Path:
    """Write the Excel template of a table and return its path."""
    require(actor, "read")
    if table not in company.tables:
        raise NotFoundError(f"No table '{table}'.{near_miss(table, company.tables)}")
    write_template(company.tables[table], path, as_of=company.as_of)
    return path


def owner_template(
    company: Company, owner: str, period: str | None, path: Path, *, actor: Actor
) -> Path:
    """Write the template of an owner's figures (id or name) of a period and return its path.

    Without a period it is the last one that is over. Raises NotFoundError for an unknown owner or
    one who hands nothing in, UsageError for a period that has not begun.
    """
    require(actor, "read")
    out = handed_out(company, owner, period, actor=actor)
    if not out.figures:
        raise NotFoundError(
            f"{out.owner_name} has no figure to hand in for {out.title}: no reported metric "
            "belongs to a process, or a part of one, they answer for."
        )
    write(company, out, path)
    return path


def handed_out(company: Company, owner: str, period: str | None, *, actor: Actor) -> HandedOut:
    """Return what an owner is asked for in a period, by default the last one that is over."""
    person = reported.person_named(company, owner)
    asked = calendar_periods.named(company, period) if period else last_over(company, person.id)
    if asked.first > company.as_of:
        raise UsageError(f"{asked.label} has not begun; today is {company.as_of}.")
    figures = reported.figures_of(company, person.id, asked, actor)
    return with_figures(company, (person.id, person.name), asked, figures)


def with_figures(
    company: Company, owner: tuple[str, str], period: Period, figures: Sequence[Figure]
) -> HandedOut:
    """Return the same with figures that are filled in already; `owner` is an id and a name."""
    before = calendar_periods.spoken(company, calendar_periods.before(company, period))
    title = calendar_periods.spoken(company, period)
    return HandedOut(*owner, period, title, before, tuple(figures))


def write(company: Company, out: HandedOut, path: Path) -> None:
    """Write a template of an owner's figures to a path."""
    titles = people.process_titles(company)
    table = company.tables[TABLE]
    write_owner_template(out, table, path, as_of=company.as_of, process_titles=titles)


def last_over(company: Company, owner: str) -> Period:
    """Return the last period that is over, of the length most of an owner's figures have."""
    own = reported.metrics_of(company, owner)
    grains = [metric.period for metric in own] or ["month"]
    return calendar_periods.last_over(company, max(grains, key=grains.count))


def file_name(out: HandedOut) -> str:
    """Return the name of the file: a folder that is ingested knows it by the table's name."""
    return f"{TABLE}_{out.period.label}_{out.owner}.xlsx"
