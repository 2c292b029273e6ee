"""A small site that takes files in: its own records, archive, warehouse, and shipped tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from data.archive import Archive
from data.records.access import Actor, local_operator
from data.records.batches import batches
from data.records.models import Batch, QuarantinedRow
from data.records.quarantine import quarantined
from data.records.records import Records
from data.settings import WarehouseSettings
from data.tables import Table, load_tables
from data.warehouse import Warehouse, Writer, open_warehouse
from pipelines.mapping import Mapping as Definition
from pipelines.mapping.checks import mapping_findings
from pipelines.publish.again import Definitions
from pipelines.publish.desk import Desk
from pipelines.publish.rebuild import Rebuilt, rebuild
from pipelines.readers.raw import Limits
from pipelines.run import RunReport, ingest, reconcile, retry, revert
from tests.support.people import fresh_records

NOW = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
TABLES = load_tables()
OPERATOR = local_operator("Quality manager")

COMPLAINT_HEADER = "complaint_id,received_on,process,site,category,severity,cost,closed_on"


def a_mapping(**keys: object) -> Definition:
    """Return a mapping of complaints, `keys` over what does not matter; checked as a site's is."""
    usual: dict[str, object] = {
        "name": "crm",
        "table": "complaints",
        "files": "*",
        "constants": {"process": "customer-service"},
        "columns": {"complaint_id": "No", "received_on": "Date"},
    }
    mapping = Definition.model_validate(usual | keys)
    assert not list(mapping_findings(mapping, TABLES))
    return mapping


def nothing(_: Writer) -> None:
    """Compute no cells."""


@dataclass
class Site:
    """What ingestion needs, under one folder. `computed` counts how often cells were computed."""

    folder: Path
    mappings: dict[str, Definition] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=lambda: TABLES)
    actor: Actor = OPERATOR

    def __post_init__(self) -> None:
        self.records: Records = fresh_records(self.folder)
        self.archive = Archive(self.folder / "archive")
        self.warehouse: Warehouse = open_warehouse(
            self.folder / "warehouse", self.tables, WarehouseSettings(lock_seconds=30)
        )

    def knows(self, *mappings: Definition) -> Site:
        self.mappings |= {mapping.name: mapping for mapping in mappings}
        return self

    def ingest(self, *paths: Path, **options: object) -> RunReport:
        run = ingest(
            paths,
            tables=self.tables,
            mappings=self.mappings,
            records=self.records,
            archive=self.archive,
            warehouse=self.warehouse,
            **({"actor": self.actor, "at": NOW, "recompute": nothing} | options),  # type: ignore[arg-type]
        )
        assert isinstance(run, RunReport)
        return run

    def revert(self, batch_id: int) -> RunReport:
        return revert(
            batch_id,
            records=self.records,
            warehouse=self.warehouse,
            actor=self.actor,
            at=NOW,
            recompute=nothing,
            reason="it was the wrong file",
        )

    def retry(self, batch_id: int, **options: object) -> RunReport:
        run = retry(
            batch_id,
            tables=self.tables,
            mappings=self.mappings,
            records=self.records,
            archive=self.archive,
            warehouse=self.warehouse,
            **({"actor": self.actor, "at": NOW, "recompute": nothing} | options),  # type: ignore[arg-type]
        )
        assert isinstance(run, RunReport)
        return run

    def rebuild(self) -> Rebuilt:
        """Make the facts again from the archive alone, with the mappings of today."""
        definitions = Definitions(self.archive, self.tables, self.mappings, Limits())
        return rebuild(Desk(self.records, self.warehouse, self.actor, NOW), definitions, nothing)

    def reconcile(self) -> tuple[int, ...]:
        return reconcile(records=self.records, warehouse=self.warehouse, actor=self.actor, at=NOW)

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """Return the rows in force, in the order they came."""
        with self.warehouse.read() as reader:
            frame = reader.facts_frame(table)
        return frame.select(columns or frame.columns).rows()

    def facts(self, table: str) -> pl.DataFrame:
        with self.warehouse.read() as reader:
            return reader.facts_frame(table, only_current=False)

    def coverage(self) -> list[tuple[object, ...]]:
        with self.warehouse.read() as reader:
            return (
                reader.coverage().select("table_name", "covers_from", "covers_to", "slice").rows()
            )

    def batches(self) -> list[Batch]:
        return batches(self.records)

    def quarantine(self, batch_id: int) -> Sequence[QuarantinedRow]:
        return quarantined(self.records, batch_id).rows
