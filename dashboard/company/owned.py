"""What a person owns of a metric: as owned now, with all its history, or as owned then.

Then: in each period only what the person owned at its end, in the one under way today.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Literal, get_args

import polars as pl

from dashboard.company.opened import Company
from dashboard.company.reported import person_named
from dashboard.company.series import EVERYTHING, Held, held, series_of
from data.errors import UsageError
from data.records import people
from data.records.models import Owner, Person
from metrics.model import Metric

Reading = Literal["now", "then"]

READINGS: tuple[Reading, ...] = get_args(Reading)


def checked_reading(word: str) -> Reading:
    """Return the word as a reading of ownership; UsageError for any other."""
    for each in READINGS:
        if each == word:
            return each
    raise UsageError(f"'{word}' is no reading of what is owned. Possible are now, then.")


def owned_series(
    company: Company,
    given: Held,
    metric: Metric,
    person: Person,
    reading: Reading,
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Return the series of what a person owns of a metric, without periods in which it is nothing.

    Its columns are those of metrics.status.series. Raises UsageError where parts of several owners
    cannot be told apart in a value that does not add up.
    """
    known = _Known(people.owners(company.records), person.id, metric)
    whole = series_of(company, given, metric, by=by)
    if reading == "now":
        return (
            known.read(company, given, company.as_of, by)
            if known.owns(company.as_of)
            else (whole.clear())
        )
    found = [whole.clear()]
    starts: list[date] = whole["period"].unique().sort().to_list()
    days = [(min(_end(metric, start), company.as_of), start) for start in starts]
    for _, group in groupby(days, lambda each: known.in_force(each[0])):
        own = list(group)
        if known.owns(own[-1][0]):
            series = known.read(company, given, own[-1][0], by)
            found.append(series.filter(pl.col("period").is_in([start for _, start in own])))
    return pl.concat(found).sort("slice", "period")


@dataclass(frozen=True)
class Tenure:
    """What somebody answered for in a metric, then: the periods, and the value of each."""

    metric: Metric
    first: str
    last: str
    is_over: bool
    values: tuple[float | None, ...]
    last_value: float | None
    last_known: str

    @property
    def periods(self) -> str:
        """Return the first and the last of them in words."""
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


def tenures(company: Company, name: str) -> tuple[Tenure, ...]:
    """Return what a person (by name) ever owned of each metric, by title, as owned then."""
    person = person_named(company, name)
    assignments = people.owners(company.records)
    processes = {each.process for each in assignments if each.person == person.id}
    metrics = [each for each in company.catalogue.metrics.values() if each.process in processes]
    with company.warehouse.read() as reader:
        given = held(company, reader, metrics)
    found = []
    for metric in sorted(metrics, key=lambda metric: metric.title):
        known = _Known(assignments, person.id, metric)
        if known.is_told_apart():
            series = owned_series(company, given, metric, person, "then")
            found += [_tenure(metric, series, is_over=not known.owns(company.as_of))]
    return tuple(each for each in found if each is not None)


def _tenure(metric: Metric, series: pl.DataFrame, *, is_over: bool) -> Tenure | None:
    if series.is_empty():
        return None
    labels, numbers = series["label"].to_list(), series["value"].to_list()
    known = [at for at, number in enumerate(numbers) if number is not None]
    last = (numbers[known[-1]], labels[known[-1]]) if known else (None, "")
    return Tenure(metric, labels[0], labels[-1], is_over, tuple(numbers), *last)


def _end(metric: Metric, start: date) -> date:
    return metric.calendar.next_start(start, metric.period) - timedelta(days=1)


@dataclass(frozen=True)
class _Known:
    """Who owned which part of a metric's process, as far as its dimensions tell parts apart."""

    assignments: Sequence[Owner]
    person: str
    metric: Metric

    def is_told_apart(self) -> bool:
        """Whether a value can be said of a part alone, or none ever had an owner of its own."""
        has_parts = any(each.dimension in self.metric.by for each in self.assignments)
        is_holistic = any(leaf.is_holistic for leaf in self.metric.leaf_metrics)
        return not (has_parts and is_holistic)

    def in_force(self, day: date) -> tuple[int | None, ...]:
        """Return the assignments of the process in force on a day, by number."""
        return tuple(each.id for each in self._standing(day))

    def owns(self, day: date) -> bool:
        """Whether the person owns the whole or a part of it on a day."""
        parts = [{}, *self._parts(day)]
        return any(self._is_theirs(part, day) for part in parts)

    def read(self, company: Company, given: Held, day: date, by: Sequence[str]) -> pl.DataFrame:
        """Return the series of what the person owns on a day, every period of it."""
        parts = self._parts(day)
        theirs = [part for part in parts if self._is_theirs(part, day)]
        is_whole = self._is_theirs({}, day)
        if is_whole and len(theirs) == len(parts):
            return series_of(company, given, self.metric, by=by)
        if not is_whole and len(theirs) == 1:
            return series_of(company, given, self.metric, by=by, part=theirs[0])
        self._refuse_what_does_not_add_up()
        own = replace(
            given,
            cells=self._only_theirs(given.cells, day),
            coverage=self._only_theirs(given.coverage, day),
            expected=self._only_theirs(given.expected, day),
        )
        return series_of(company, own, self.metric, by=by, part=EVERYTHING)

    def _standing(self, day: date) -> list[Owner]:
        return [
            each
            for each in self.assignments
            if each.process == self.metric.process
            and each.from_on <= day
            and (each.to_on is None or day <= each.to_on)
        ]

    def _parts(self, day: date) -> list[dict[str, str]]:
        """Return the parts with an owner of their own, of the dimensions the metric is kept by."""
        found = {
            (each.dimension, each.value)
            for each in self._standing(day)
            if each.dimension and each.value and each.dimension in self.metric.by
        }
        return [{dimension: value} for dimension, value in sorted(found)]

    def _is_theirs(self, part: Mapping[str, str], day: date) -> bool:
        found = people.owner_in_force(self.assignments, self.metric.process, part, day)
        return found is not None and found.person == self.person

    def _only_theirs(self, rows: pl.DataFrame, day: date) -> pl.DataFrame:
        """Return the rows whose `slice` the person owns, and those that speak of every owner."""
        told_apart = {name for part in self._parts(day) for name in part}
        is_cell = "numerator" in rows.columns
        kept = []
        for text in rows["slice"].unique():
            part = {name: value for name, value in json.loads(text).items() if value is not None}
            speaks_of_all = not is_cell and not told_apart & part.keys()
            if speaks_of_all or self._is_theirs(part, day):
                kept.append(text)
        return rows.filter(pl.col("slice").is_in(kept))

    def _refuse_what_does_not_add_up(self) -> None:
        if any(leaf.is_holistic for leaf in self.metric.leaf_metrics):
            raise UsageError(
                f"{self.metric.title} does not add up over the parts of several owners. See it by "
                f"part: clause9 metrics values {self.metric.name} --by {self.metric.by[0]}"
            )
