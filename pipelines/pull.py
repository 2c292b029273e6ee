"""A pull: what is new at a source, fetched by the kind of its definition, and how far it got."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import assert_never

from data.errors import NotFoundError
from data.records.batches import batches
from data.records.records import Records
from pipelines.mapping import Mapping
from pipelines.mapping.pull import FolderPull, RestPull, SqlPull
from pipelines.sources.extract import Cursor, Errand, Extract
from pipelines.sources.folder import pull_files
from pipelines.sources.rest import pull_records
from pipelines.sources.sql import pull_rows

Cursors = Dictionary[str, Cursor]
"""How far a source is read: for a folder by the names of its files, else by the empty name."""


def cursors_of(records: Records, source: str) -> Cursors:
    """Return how far a source is published: what its newest published batches say.

    So a cursor moves with a publish alone, and back when a batch is reverted.
    """
    found: dict[str, Cursor] = {}
    for row in batches(records, state="published"):
        cursor = row.report.get("cursor")
        if cursor and row.source == source:
            found.setdefault(cursor.get("object", ""), cursor)
    return found


def fetch(mapping: Mapping, errand: Errand, cursors: Cursors) -> tuple[Extract, ...]:
    """Return the files a source has to give from its cursors on, fetched into the errand's folder.

    Raises NotFoundError for a source nobody said how to pull, SourceError for what it answers.
    """
    match mapping.pull:
        case SqlPull() as pull:
            return pull_rows(pull, errand, cursors.get(""))
        case RestPull() as pull:
            return pull_records(pull, errand, cursors.get(""))
        case FolderPull() as pull:
            return pull_files(pull, errand, mapping.files, cursors)
        case None:
            raise NotFoundError(
                f"Source '{mapping.name}' has no [{mapping.name}.pull] section: it is sent, not "
                "pulled."
            )
        case _:
            assert_never(mapping.pull)
