"""Workspaces whose complaints are pulled, and the command that pulls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from data.records.batches import batches
from data.records.models import Batch
from data.records.records import open_records
from data.settings import create_workspace, open_workspace
from data.tables.loader import read_tables
from data.warehouse import Reader, open_warehouse
from tests.support.command_line import Answer, clause9
from tests.support.ingesting import METRIC
from tests.support.workspaces import write_definitions

COLUMNS = """
[{name}.columns]
complaint_id = "id"
received_on = "received_on"
site = "plant"
category = "kind"
cost = "cost"
description = "said"

[{name}.constants]
process = "sales"
"""

ERP = """
[erp]
title = "Complaints of the ERP system"
table = "complaints"

[erp.pull]
kind = "sql"
url_from = "ERP_URL"
table = "complaints"
cursor = "changed_at"
"""

FACTS = """
SELECT complaint_id, received_on, process, site, category, cost, description
FROM facts.complaints WHERE _is_current ORDER BY complaint_id
"""


@dataclass(frozen=True)
class Site:
    """A workspace, and the secrets its pulls find in the environment."""

    root: Path
    secrets: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | Path) -> Answer:
        """Run one command on the workspace."""
        return clause9("--workspace", self.root, *arguments, environment=self.secrets)

    def pull(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Pull the one source and return its report; the command must end with `code`."""
        answer = self.run("pull", *arguments, "--json")
        assert answer.code == code, answer.err
        (found,) = answer.json["sources"]
        assert isinstance(found, dict)
        return found

    def defines(self, text: str) -> None:
        """Write the workspace's sources anew."""
        write_definitions(self.root / "sources", {"pulled": text})

    def batches(self) -> list[Batch]:
        """Return every batch, newest first."""
        with open_records(open_workspace(self.root).records_url) as records:
            return batches(records)

    def facts(self) -> pl.DataFrame:
        """Return the complaints in force, by number."""
        with self._reading() as reader:
            return reader.frame(FACTS)

    def coverage(self) -> pl.DataFrame:
        """Return the days that batches speak for."""
        with self._reading() as reader:
            return reader.coverage()

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        workspace = open_workspace(self.root)
        tables = read_tables(self.root / "tables").tables
        folder, settings = workspace.warehouse_folder, workspace.settings.warehouse
        with open_warehouse(folder, tables, settings).read() as reader:
            yield reader


def a_site(root: Path, sources: str, secrets: Mapping[str, str]) -> Site:
    """Return a workspace with one metric over complaints and the sources given."""
    create_workspace(root, "A company of tests", synthetic=True)
    write_definitions(root / "metrics", {"complaints": METRIC})
    site = Site(root, secrets)
    site.defines(sources)
    return site


def a_pull(name: str, *lines: str) -> str:
    """Return a source of complaints whose pull says `lines`."""
    head = f'[{name}]\ntable = "complaints"\n\n[{name}.pull]\n'
    return head + "\n".join(lines) + "\n" + COLUMNS.format(name=name)


def erp(*lines: str) -> str:
    """Return the source `erp`: a table of the database ERP_URL, with more lines to its pull."""
    return ERP + "\n".join(lines) + "\n" + COLUMNS.format(name="erp")


def numbers(facts: pl.DataFrame) -> list[str]:
    """Return the numbers of complaints."""
    return facts["complaint_id"].to_list()


def every_byte(folder: Path) -> Iterable[tuple[Path, bytes]]:
    """Yield each file below a folder with what is in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def joined(answers: Sequence[Answer]) -> str:
    """Return everything the commands said."""
    return "\n".join(answer.out + answer.err for answer in answers)
