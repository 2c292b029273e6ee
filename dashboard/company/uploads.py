"""What came in, what is due and what is late: by source, with its owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from dashboard.company import figures
from dashboard.company.opened import Company
from data.records import batches, people
from data.records.models import Batch, Person
from data.warehouse import Reader
from metrics.periods import Period, grid
from metrics.review.model import LateUpload
from pipelines.mapping import Mapping

SHOWN_BATCHES = 200
"""Batches a page lists; the count of all is shown with them."""


@dataclass(frozen=True)
class Upload:
    """One expected sending of one source for one period."""

    mapping: Mapping
    period: Period
    due_on: date
    owner: Person | None

    def days_late(self, day: date) -> int:
        """Return the days it is late on a day; negative while it is not due."""
        return (day - self.due_on).days


@dataclass(frozen=True)
class Source:
    """One source: how far it reaches, and what of it is missing on the day."""

    mapping: Mapping
    first: date | None
    last: date | None
    missing: tuple[Upload, ...]
    owner: Person | None


@dataclass(frozen=True)
class Health:
    """The state of the data: every source, every batch (newest first), and what is late."""

    sources: tuple[Source, ...]
    batches: tuple[Batch, ...]
    batches_total: int

    @property
    def late(self) -> tuple[Upload, ...]:
        """Return the missing uploads, longest overdue first."""
        found = [upload for source in self.sources for upload in source.missing]
        return tuple(sorted(found, key=lambda upload: upload.due_on))


def health(company: Company) -> Health:
    """Return the state of the data on the company's day."""
    every = batches.batches(company.records)
    with company.warehouse.read() as reader:
        sources = tuple(_sources(company, reader, company.as_of))
    return Health(sources, tuple(every[:SHOWN_BATCHES]), len(every))


def due_of(company: Company, reader: Reader, person: str) -> tuple[Upload, ...]:
    """Return the missing uploads a person answers for, longest overdue first."""
    found = [
        upload
        for source in _sources(company, reader, company.as_of)
        for upload in source.missing
        if upload.owner and upload.owner.id == person
    ]
    return tuple(sorted(found, key=lambda upload: upload.due_on))


def late_for(company: Company, reader: Reader, until: date) -> tuple[LateUpload, ...]:
    """Return what of the periods up to a day should be there on the company's day and is not."""
    return tuple(
        LateUpload(
            upload.mapping.name,
            upload.mapping.title or upload.mapping.name,
            upload.mapping.table,
            upload.period.label,
            upload.due_on,
            upload.owner.name if upload.owner else None,
        )
        for source in _sources(company, reader, company.as_of)
        for upload in source.missing
        if upload.period.start <= until
    )


def _sources(company: Company, reader: Reader, day: date) -> Iterator[Source]:
    coverage = reader.coverage()
    for mapping in company.mappings.values():
        spans = coverage.filter(pl.col("mapping") == mapping.name)
        first, last = (
            (spans["covers_from"].min(), spans["covers_to"].max()) if spans.height else (None, None)
        )
        owner = _owner(company, mapping, day)
        missing = tuple(_missing(mapping, spans, day, owner)) if mapping.cadence else ()
        yield Source(mapping, _as_date(first), _as_date(last), missing, owner)


def _missing(
    mapping: Mapping, spans: pl.DataFrame, day: date, owner: Person | None
) -> Iterator[Upload]:
    """Yield the periods since the first sending that are over, due by the day, and not covered."""
    if mapping.cadence is None or spans.is_empty():
        return
    covered = list(spans.select("covers_from", "covers_to").iter_rows())
    for period in grid(min(first for first, _ in covered), day, mapping.cadence):
        due_on = period.end + timedelta(days=mapping.due_days or 0)
        held = any(first <= period.end and last >= period.start for first, last in covered)
        if not held and period.end < day and due_on < day:
            yield Upload(mapping, period, due_on, owner)


def _owner(company: Company, mapping: Mapping, day: date) -> Person | None:
    """Return who sends a source: who the mapping names, else who owns the process it speaks for.

    Without a process of its own, that is the one process whose metrics its table feeds.
    """
    named = [each for each in people.people(company.records) if each.id == mapping.owner]
    if named:
        return named[0]
    fed = {
        metric.process
        for metric in company.catalogue.metrics.values()
        if mapping.table in metric.tables
    }
    process = mapping.constants.get("process") or (fed.pop() if len(fed) == 1 else None)
    if process is None:
        return None
    part = figures.constant_dimensions(company, mapping.name)
    return people.owner_of(company.records, str(process), part, day)


def _as_date(value: object) -> date | None:
    return value if isinstance(value, date) else None
