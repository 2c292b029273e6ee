"""One run: files in, a report out; either every file of the run is published or none."""

from __future__ import annotations

from collections import abc
from datetime import datetime
from pathlib import Path

from data.archive import Archive
from data.records.access import Actor
from data.records.records import Records
from data.tables import Table
from data.warehouse import Warehouse, Writer
from pipelines.mapping import Mapping
from pipelines.report import BatchReport, BatchState, PartReport, Reason, RunReport

__all__ = [
    "BatchReport",
    "BatchState",
    "PartReport",
    "Reason",
    "RunReport",
    "ingest",
    "reconcile",
    "revert",
]


def ingest(
    paths: abc.Sequence[Path],
    *,
    tables: abc.Mapping[str, Table],
    mappings: abc.Mapping[str, Mapping],
    records: Records,
    archive: Archive,
    warehouse: Warehouse,
    actor: Actor,
    at: datetime,
    recompute: abc.Callable[[Writer], None],
    period: str | None = None,
    table: str | None = None,
    mapping: str | None = None,
    dry_run: bool = False,
    accept_good: bool = False,
) -> RunReport:
    """Return what became of every file of `paths` (files or folders); one publish for all of them."""
    raise NotImplementedError


def revert(
    batch_id: int,
    *,
    records: Records,
    warehouse: Warehouse,
    actor: Actor,
    at: datetime,
    recompute: abc.Callable[[Writer], None],
    reason: str = "",
) -> RunReport:
    """Take one published batch back; the warehouse is then what it would be without it."""
    raise NotImplementedError


def reconcile(
    *, records: Records, warehouse: Warehouse, actor: Actor, at: datetime
) -> tuple[int, ...]:
    """Return the ids of batches an interruption left pending, settled by what the warehouse holds."""
    raise NotImplementedError
