"""The figures people hand in ready made: whose they are, for which part, and what is known of them.

A reported metric is handed in by whoever answers for its process, or for a part of it. Its parts
are those it was handed in for during the last year; before the first time, one for each value its
dimensions have among the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import polars as pl

from dashboard.company.calendar_periods import before, grain_of
from dashboard.company.figure_names import names_given, names_read
from dashboard.company.opened import Company
from data.errors import NotFoundError, near_miss
from data.records import people
from data.records.access import Actor, Resource, can
from data.records.models import Person
from data.tables import Table
from data.warehouse import Reader
from metrics.model import Metric, Reported
from metrics.periods import Grain
from pipelines.mapping.periods import Period
from pipelines.templates import Amounts, Figure
from pipelines.templates.figures import TABLE, figure_key

REMEMBERED = 12
"""Periods a part is remembered for after it was last handed in: a year of months."""

MOST_ROWS = 20_000
"""Rows looked at for one metric: a year of a thousand parts."""

MOST_PARTS = 200
"""Parts offered for a metric nobody has handed in yet; more are no form for a person."""

MOST_VALUES = 50
"""Values of one dimension taken from the facts for such a metric."""


def reported_metrics(company: Company, grain: Grain | None = None) -> list[Metric]:
    """Return the metrics that are handed in, by title, of every grain or of one."""
    found = [
        metric
        for metric in company.catalogue.metrics.values()
        if isinstance(metric.measure, Reported) and grain in (None, metric.period)
    ]
    return sorted(found, key=lambda metric: metric.title)


def names_known(company: Company) -> frozenset[str] | None:
    """Return the names figures are handed in under: those metrics read and mappings give.

    None, which checks no name, where nothing is handed in to an owner's template or form, or where
    a definition reads names it does not spell out.
    """
    if not reported_metrics(company):
        return None
    names = set(names_given(company))
    for metric in company.catalogue.metrics.values():
        read = names_read(company, metric)
        if read is None:
            return None
        names |= read
    return frozenset(names)


def person_named(company: Company, word: str) -> Person:
    """Return the person of an id or a name; raises NotFoundError with the nearest there is."""
    everybody = people.people(company.records)
    named = [each for each in everybody if word in (each.id, each.name)]
    if len(named) != 1:
        many = f"'{word}' is the name of several people. Write the id." if named else ""
        miss = near_miss(word, [each.name for each in everybody])
        raise NotFoundError(many or f"Nobody is called '{word}'.{miss}")
    return named[0]


def figures_of(
    company: Company, owner: str, period: Period, actor: Actor | None = None
) -> tuple[Figure, ...]:
    """Return the figures a person answers for in a period, by title and part.

    `owner` is an id or a name. Notes may name people: without an `actor` who may see them, they are
    left out. Raises NotFoundError for somebody the records do not know.
    """
    person = person_named(company, owner)
    assignments = people.owners(company.records)
    with company.warehouse.read() as reader:
        every = [
            figure
            for metric in reported_metrics(company, grain_of(company, period))
            for figure in _figures(company, reader, metric, period)
        ]
    mine: dict[str, Figure] = {}
    for figure in every:
        held = people.owner_in_force(assignments, figure.process, figure.part, company.as_of)
        if held is not None and held.person == person.id:
            # Two metrics may read one figure; it is handed in once.
            mine.setdefault(figure.key, _seen_by(actor, figure))
    return tuple(mine.values())


def _figures(company: Company, reader: Reader, metric: Metric, period: Period) -> Iterator[Figure]:
    measure = metric.measure
    if not isinstance(measure, Reported):
        return
    table = company.tables[TABLE]
    rows = _known_rows(company, reader, measure.metric, period)
    last = before(company, period)
    amounts = {
        (row[table.dated_by], _key(table, row)): _amounts(row) for row in rows.iter_rows(named=True)
    }
    known = {_key(table, row): _part(table, row) for row in rows.iter_rows(named=True)}
    parts = list(known.values()) or list(_possible_parts(company, reader, metric))
    for part in sorted(parts, key=lambda part: sorted(part.items())):
        process = part.get("process", metric.process)
        rest = {name: value for name, value in part.items() if name != "process"}
        key = figure_key("", process, rest)
        yield Figure(
            name=measure.metric,
            title=metric.title,
            unit=metric.unit,
            process=process,
            part=rest,
            per=measure.per,
            decimals=metric.decimals,
            is_share=measure.is_share,
            is_amount=measure.adds_up,
            about=metric.why,
            last=amounts.get((last.first, key)),
            given=amounts.get((period.first, key)),
        )


def _known_rows(company: Company, reader: Reader, name: str, period: Period) -> pl.DataFrame:
    """Return the rows in force of the period and of those within a year before it."""
    first = period
    for _ in range(REMEMBERED):
        first = before(company, first)
    return reader.browse(
        TABLE, equals={"metric": name}, first=first.first, last=period.last, limit=MOST_ROWS
    ).rows


def _part(table: Table, row: Mapping[str, object]) -> dict[str, str]:
    return {name: str(row[name]) for name in table.dimensions if row[name] is not None}


def _key(table: Table, row: Mapping[str, object]) -> str:
    part = _part(table, row)
    return figure_key("", part.pop("process", ""), part)


def _amounts(row: Mapping[str, Any]) -> Amounts:
    status = row["status"] if row["status"] != "ok" else None
    return Amounts(
        row["numerator"],
        row["denominator"],
        row["value"],
        status,
        row["note"],
    )


def _possible_parts(company: Company, reader: Reader, metric: Metric) -> Iterable[dict[str, str]]:
    """Return one part for each combination of values the metric's dimensions have among the facts.

    Raises NotFoundError where there are too many for a form.
    """
    values = {name: _values(company, reader, name) for name in metric.by if name != "process"}
    many = 1
    for found in values.values():
        many *= max(1, len(found))
    if many > MOST_PARTS:
        raise NotFoundError(
            f"{metric.title} has {many:,} possible parts, and none was handed in yet. Send the "
            f"first period as a table: clause9 template {TABLE}"
        )
    named = [[(name, value) for value in found] for name, found in values.items() if found]
    return [dict(combination) for combination in product(*named)]


def _values(company: Company, reader: Reader, dimension: str) -> list[str]:
    """Return the values of a dimension among the facts of any table, in order."""
    found: set[str] = set()
    for table in company.tables.values():
        if dimension in table.dimensions:
            told = reader.summarise(table.name, dimension, limit=MOST_VALUES)["value"]
            found |= {value for value in told if value is not None}
    return sorted(found)


def _seen_by(actor: Actor | None, figure: Figure) -> Figure:
    if actor is not None and can(actor, "see_personal_data", Resource(process=figure.process)):
        return figure
    return _without_notes(figure)


def _without_notes(figure: Figure) -> Figure:
    last, given = (
        None if each is None else replace(each, note=None) for each in (figure.last, figure.given)
    )
    return replace(figure, last=last, given=given)


def metrics_of(company: Company, owner: str) -> list[Metric]:
    """Return the metrics handed in of the processes a person (by id) owns whole or in part."""
    own = {each.process for each in people.owners(company.records) if each.person == owner}
    return [metric for metric in reported_metrics(company) if metric.process in own]


def owners_of_reported(company: Company) -> list[str]:
    """Return the names of everybody who owns a process of a reported metric, whole or in part."""
    processes = {metric.process for metric in reported_metrics(company)}
    holders = {each.person for each in people.owners(company.records) if each.process in processes}
    return sorted(each.name for each in people.people(company.records) if each.id in holders)


def filled(figures: Sequence[Figure]) -> int:
    """Return how many of the figures were handed in."""
    return sum(1 for figure in figures if figure.given is not None)
