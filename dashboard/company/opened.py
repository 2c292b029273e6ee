"""The opened workspace: definitions read, records and warehouse at hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from data.archive import Archive
from data.calendars import COMMON, Calendar
from data.errors import DefinitionError, NotFoundError, Problem, near_miss
from data.records.access import local_operator
from data.records.records import Records, open_records
from data.settings import Workspace, open_workspace
from data.tables import Table
from data.tables.loader import read_tables
from data.warehouse import DamagedWarehouseError, Warehouse, open_warehouse
from metrics.catalogue import Catalogue, load_metrics
from metrics.in_force import in_force
from pipelines.mapping import Mapping as SourceMapping
from pipelines.mapping import load_mappings
from pipelines.run import reconcile

SYSTEM = "clause9"
"""Who acts when an interrupted run is settled at opening: nobody in particular."""

Definitions = tuple[Mapping[str, Table], Mapping[str, SourceMapping], Catalogue]


@dataclass(frozen=True)
class Company:
    """Everything of one organisation, opened; `as_of` is the day its pages are read on."""

    workspace: Workspace
    tables: Mapping[str, Table]
    mappings: Mapping[str, SourceMapping]
    defined: Catalogue
    records: Records
    warehouse: Warehouse
    archive: Archive
    as_of: date
    _in_force: dict[int, Catalogue] = field(default_factory=dict, repr=False, compare=False)

    @property
    def catalogue(self) -> Catalogue:
        """Return the metrics as the cells are to be read: by the definitions in force.

        What the files define today is `defined`; the two differ from an edit of a definition until
        `clause9 compute`.
        """
        try:
            version = self.warehouse.version()
        except DamagedWarehouseError:  # whoever reads a figure is told so
            return self.defined
        if version not in self._in_force:
            # A published version never changes, so what was read of it holds.
            self._in_force.clear()
            self._in_force[version] = self._read_in_force(version)
        return self._in_force[version]

    def _read_in_force(self, version: int) -> Catalogue:
        try:
            with self.warehouse.read(version or None) as reader:
                return in_force(reader, self.defined)
        except (DamagedWarehouseError, NotFoundError):
            return self.defined

    @classmethod
    def open(cls, root: Path, *, today: date, now: datetime, settles: bool = True) -> Company:
        """Return the workspace in `root`, opened, with interrupted ingestions settled.

        `settles` is off where the warehouse need not be readable.
        Raises NotFoundError where there is no workspace, DefinitionError with every problem of
        every definition file.
        """
        workspace, (tables, mappings, catalogue) = _workspace(root)
        records = open_records(workspace.records_url)
        warehouse = open_warehouse(workspace.warehouse_folder, tables, workspace.settings.warehouse)
        if settles:
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


def _workspace(root: Path) -> tuple[Workspace, Definitions]:
    """Return the settings and the definitions; every problem of all files comes in one report."""
    problems: list[Problem] = []
    workspace: Workspace | None = None
    definitions: Definitions | None = None
    try:
        workspace = open_workspace(root)
    except DefinitionError as error:
        problems += error.problems
    calendar = workspace.settings.calendar if workspace else COMMON
    try:
        definitions = _definitions(root, calendar)
    except DefinitionError as error:
        problems += error.problems
    if workspace is not None and definitions is not None:
        problems += _unknown_engines(workspace, definitions[0])
    if workspace is None or definitions is None or problems:
        raise DefinitionError(problems)
    return workspace, definitions


def _unknown_engines(workspace: Workspace, tables: Mapping[str, Table]) -> list[Problem]:
    known = workspace.settings.engines
    return [
        Problem(
            f"tables/{table.name}.toml",
            "table.engine",
            f"clause9.toml has no engine '{table.engine}'.{near_miss(table.engine, known)} "
            f"Name its URL there: [engines.{table.engine}]",
        )
        for table in tables.values()
        if table.engine is not None and table.engine not in known
    ]


def _definitions(root: Path, calendar: Calendar) -> Definitions:
    read = read_tables(root / "tables")
    problems: list[Problem] = []
    mappings: Mapping[str, SourceMapping] = {}
    catalogue = Catalogue({})
    try:
        mappings = load_mappings(root / "sources", read.tables)
    except DefinitionError as error:
        problems += error.problems
    try:
        catalogue = load_metrics(read.tables, root / "metrics", calendar)
    except DefinitionError as error:
        problems += error.problems
    if read.problems or problems:
        own = [each for each in problems if not _follows(each, read.unread)]
        raise DefinitionError([*read.problems, *own])
    return read.tables, mappings, catalogue


def _follows(problem: Problem, unread: Collection[str]) -> bool:
    """Return whether it may be no problem of its own: what it misses stands in an unread file."""
    said, _, _ = problem.message.partition(" Did you mean")
    return any(f"'{word}'" in said for word in unread)
