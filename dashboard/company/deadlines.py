"""What each source is expected to send, by period: due, late, submitted or locked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from dashboard.company.opened import Company
from dashboard.company.series import constant_dimensions
from data.records import people
from data.records.closings import closings
from data.records.models import Owner, PeriodClosing, Person
from data.warehouse import Reader
from metrics.periods import Calendar, Period, grid
from pipelines.mapping import Mapping

State = Literal["due", "late", "submitted", "locked"]
"""due: there is still time. late: the day has passed. submitted: rows or a word came in. locked:
the period is closed, and nothing of it changes until it is reopened."""


@dataclass(frozen=True)
class Upload:
    """One expected sending of one source for one period, as it stands on a day.

    `is_missing`: the period is over, its day has passed and nothing came, locked or not.
    """

    mapping: Mapping
    period: Period
    due_on: date
    owner: Person | None
    state: State
    is_missing: bool
    closing: PeriodClosing | None = None

    def days_late(self, day: date) -> int:
        """Return the days it is late on a day; negative while it is not due."""
        return (day - self.due_on).days


def deadlines(company: Company) -> tuple[Upload, ...]:
    """Return every expected sending since each source began, by source and period."""
    with company.warehouse.read() as reader:
        coverage = reader.coverage()
    return tuple(expected(company, coverage, company.as_of))


def due_from(company: Company, reader: Reader, person: str) -> tuple[Upload, ...]:
    """Return the expected sendings a person answers for, the one due first at the front."""
    found = [
        upload
        for upload in expected(company, reader.coverage(), company.as_of)
        if upload.owner and upload.owner.id == person
    ]
    return tuple(sorted(found, key=lambda upload: upload.due_on))


def expected(company: Company, coverage: pl.DataFrame, day: date) -> Iterator[Upload]:
    """Yield what every source with a cadence is expected to have sent by a day."""
    known = _Known.of(company)
    for mapping in company.mappings.values():
        if mapping.cadence is not None:
            spans = coverage.filter(pl.col("mapping") == mapping.name)
            yield from _of_source(mapping, spans, known, known.sender(company, mapping, day), day)


def senders(company: Company, day: date) -> dict[str, Person | None]:
    """Return who sends each source: who the mapping names, else who owns the process it is of.

    Without a process of its own, that is the one process whose metrics its table feeds.
    """
    known = _Known.of(company)
    return {name: known.sender(company, mapping, day) for name, mapping in company.mappings.items()}


@dataclass(frozen=True)
class _Known:
    """What is known of people, closed periods and the calendar, read once for all sources."""

    people: dict[str, Person]
    owners: Sequence[Owner]
    closings: Sequence[PeriodClosing]
    calendar: Calendar

    @classmethod
    def of(cls, company: Company) -> _Known:
        everybody = {each.id: each for each in people.people(company.records)}
        owners = people.owners(company.records)
        standing = closings(company.records, standing=True)
        return cls(everybody, owners, standing, company.catalogue.calendar)

    def sender(self, company: Company, mapping: Mapping, day: date) -> Person | None:
        if mapping.owner in self.people:
            return self.people[mapping.owner]
        fed = {
            metric.process
            for metric in company.catalogue.metrics.values()
            if mapping.table in metric.tables
        }
        process = mapping.constants.get("process") or (fed.pop() if len(fed) == 1 else None)
        if process is None:
            return None
        part = constant_dimensions(company, mapping.name)
        found = people.owner_in_force(self.owners, str(process), part, day)
        return None if found is None else self.people.get(found.person)

    def closing_of(self, mapping: Mapping, period: Period) -> PeriodClosing | None:
        """Return the closing that locks a whole period for a source, if there is one."""
        process = mapping.constants.get("process")
        for row in self.closings:
            is_meant = row.source in (None, mapping.name) and row.process in (None, process)
            if is_meant and row.first_on <= period.start and period.end <= row.last_on:
                return row
        return None


def _of_source(
    mapping: Mapping, spans: pl.DataFrame, known: _Known, owner: Person | None, day: date
) -> Iterator[Upload]:
    """Yield the periods since the first sending, up to the one under way."""
    if mapping.cadence is None or spans.is_empty():
        return
    covered = list(spans.select("covers_from", "covers_to").iter_rows())
    begun = min(first for first, _ in covered)
    for period in grid(begun, day, mapping.cadence, known.calendar):
        due_on = period.end + timedelta(days=mapping.due_days or 0)
        is_over = period.end < day
        # Of a period under way something may have come in, and the rest is still to come.
        is_there = is_over and any(
            first <= period.end and last >= period.start for first, last in covered
        )
        is_missing = is_over and due_on < day and not is_there
        closing = known.closing_of(mapping, period)
        state = _state(closing, is_missing=is_missing, is_there=is_there)
        yield Upload(mapping, period, due_on, owner, state, is_missing, closing)


def _state(closing: PeriodClosing | None, *, is_missing: bool, is_there: bool) -> State:
    if closing is not None:
        return "locked"
    if is_there:
        return "submitted"
    return "late" if is_missing else "due"
