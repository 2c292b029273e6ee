"""The opened workspace: definitions read, records and warehouse at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from data.archive import Archive
from data.errors import DefinitionError, Problem
from data.records.access import local_operator
from data.records.records import Records, open_records
from data.settings import Workspace, open_workspace
from data.tables import Table, load_tables
from data.warehouse import Warehouse, open_warehouse
from metrics.catalogue import Catalogue, load_metrics
from pipelines.mapping import Mapping as SourceMapping
from pipelines.mapping import load_mappings
from pipelines.run import reconcile

SYSTEM = "clause9"
"""Who acts when an interrupted run is settled at opening: nobody in particular."""


@dataclass(frozen=True)
class Company:
    """Everything of one organisation, opened; `as_of` is the day its pages are read on."""

    workspace: Workspace
    tables: Mapping[str, Table]
    mappings: Mapping[str, SourceMapping]
    catalogue: Catalogue
    records: Records
    warehouse: Warehouse
    archive: Archive
    as_of: date

    @classmethod
    def open(cls, root: Path, *, today: date, now: datetime) -> Company:
        """Return the workspace in `root`, opened, with interrupted ingestions settled.

        Raises NotFoundError where there is no workspace, DefinitionError with every problem of
        every definition file.
        """
        workspace = open_workspace(root)
        tables, mappings, catalogue = _definitions(workspace)
        records = open_records(workspace.records_url)
        warehouse = open_warehouse(workspace.warehouse_folder, tables, workspace.settings.warehouse)
        reconcile(records=records, warehouse=warehouse, actor=local_operator(SYSTEM), at=now)
        return cls(
            workspace,
            tables,
            mappings,
            catalogue,
            records,
            warehouse,
            Archive(workspace.archive_folder),
            workspace.settings.as_of or today,
        )


def _definitions(
    workspace: Workspace,
) -> tuple[Mapping[str, Table], Mapping[str, SourceMapping], Catalogue]:
    """Return tables, mappings and metrics; problems of mappings and metrics come in one report."""
    tables = load_tables(workspace.tables_folder)
    problems: list[Problem] = []
    mappings: Mapping[str, SourceMapping] = {}
    catalogue: Catalogue | None = None
    try:
        mappings = load_mappings(workspace.sources_folder, tables)
    except DefinitionError as error:
        problems += error.problems
    try:
        catalogue = load_metrics(tables, workspace.metrics_folder)
    except DefinitionError as error:
        problems += error.problems
    if problems or catalogue is None:
        raise DefinitionError(problems)
    return tables, mappings, catalogue
