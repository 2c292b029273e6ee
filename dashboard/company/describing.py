"""Describing a file nobody has mapped yet: what it seems to hold, and the mapping remembered."""

from __future__ import annotations

from pathlib import Path

from dashboard.company.opened import Company
from data.errors import DefinitionError, NotFoundError, Problem, near_miss
from data.records.access import Actor, require
from data.records.people import processes
from pipelines.mapping import Mapping
from pipelines.mapping.checks import mapping_findings
from pipelines.mapping.write import remember
from pipelines.readers.raw import Limits
from pipelines.understand import Proposal, propose


def propose_mappings(
    company: Company,
    path: Path,
    name: str | None = None,
    *,
    table: str | None = None,
    language: str | None = None,
) -> tuple[Proposal, ...]:
    """Return what each table of a file could become, the surest first; nothing is written.

    `name` is what the file is called where `path` does not say it, `table` the table of ours it is
    for. Raises RefusedInputError where the file holds nothing that can be read.
    """
    if table is not None and table not in company.tables:
        hint = near_miss(table, company.tables)
        raise NotFoundError(f"There is no table '{table}'.{hint}")
    return propose(
        path,
        name or path.name,
        company.tables,
        table=table,
        language=language,
        limits=Limits(**company.workspace.settings.upload.model_dump()),
        metrics=sorted(company.catalogue.metrics),
        processes=[process.id for process in processes(company.records)],
    )


def remember_mapping(company: Company, mapping: Mapping, *, actor: Actor) -> Path:
    """Write a mapping into the workspace's sources/ and return the file it stands in.

    It takes the right to edit definitions. One of the same name is replaced. Raises DefinitionError
    for a mapping that would not load.
    """
    require(actor, "edit_definitions")
    found = [
        Problem("sources/", f"{mapping.name}.{key}", message)
        for key, message in mapping_findings(mapping, company.tables)
    ]
    if found:
        raise DefinitionError(found)
    return remember(company.workspace.root / "sources", mapping)
