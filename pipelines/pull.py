"""A pull: what is new at a source, fetched by the kind of its definition, and how far it got."""

from __future__ import annotations

from data.errors import NotFoundError
from data.records.batches import batches
from data.records.records import Records
from pipelines.mapping import Mapping
from pipelines.sources.extract import Cursor, Errand, Extract
from pipelines.sources.sql import pull_rows


def cursor_of(records: Records, source: str) -> Cursor | None:
    """Return how far a source is published: what its newest published batch says.

    So it moves with a publish alone, and back when a batch is reverted.
    """
    for row in batches(records, state="published"):
        if row.source == source and row.report.get("cursor"):
            found: Cursor = row.report["cursor"]
            return found
    return None


def fetch(mapping: Mapping, errand: Errand, cursor: Cursor | None) -> tuple[Extract, ...]:
    """Return the files a source has to give from its cursor on, fetched into the errand's folder.

    Raises NotFoundError for a source nobody said how to pull, SourceError for what it answers.
    """
    if mapping.pull is None:
        raise NotFoundError(
            f"Source '{mapping.name}' has no [{mapping.name}.pull] section: it is sent, not pulled."
        )
    return pull_rows(mapping.pull, errand, cursor)
