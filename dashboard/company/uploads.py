"""What came in, what is due and what is late: by source, with its owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.company.deadlines import Upload, expected, senders
from dashboard.company.opened import Company
from data.records import batches
from data.records.models import Batch, Person
from data.warehouse import Reader
from metrics.review.model import LateUpload
from pipelines.mapping import Mapping

SHOWN_BATCHES = 200
"""Batches a page lists; the count of all is shown with them."""


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
    missing: dict[str, list[Upload]] = {}
    for upload in expected(company, coverage, day):
        if upload.is_missing:
            missing.setdefault(upload.mapping.name, []).append(upload)
    owners = senders(company, day)
    for mapping in company.mappings.values():
        spans = coverage.filter(pl.col("mapping") == mapping.name)
        first, last = (
            (spans["covers_from"].min(), spans["covers_to"].max()) if spans.height else (None, None)
        )
        absent = tuple(missing.get(mapping.name, ()))
        yield Source(mapping, _as_date(first), _as_date(last), absent, owners[mapping.name])


def _as_date(value: object) -> date | None:
    return value if isinstance(value, date) else None
