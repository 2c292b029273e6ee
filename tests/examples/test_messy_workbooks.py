"""Every messy workbook becomes what its page says: figures that add up, or a refusal in words."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.company import describing, publishing
from dashboard.company.opened import Company
from data.errors import RefusedInputError
from data.records.access import local_operator
from data.settings import create_workspace
from pipelines.mapping import Mapping
from pipelines.run import BatchReport
from pipelines.understand import answered
from tests.support.ingesting import NOW
from tests.support.messy_cells import Kept, Workbook, figures, folder
from tests.support.messy_workbooks import DIMENSIONS, WORKBOOKS

ACTOR = local_operator("Quality manager")

TABLE = "".join(
    f'[columns.{name}]\ntype = "text"\ndimension = true\nmeaning = "{meaning}"\n'
    for name, meaning in DIMENSIONS.items()
)

IS_FULL = os.environ.get("CLAUSE9_MESSY") == "full"

MOST_TABLES = 2
"""Tables of one file that are published unless all are asked for by CLAUSE9_MESSY=full: five
sheets of 44,000 figures take minutes."""

READ = [workbook for workbook in WORKBOOKS if workbook.kept]
REFUSED = [workbook for workbook in WORKBOOKS if not workbook.kept]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not folder().is_dir():
        pytest.skip(f"There are no workbooks in {folder()}: name their folder in CLAUSE9_SOURCES.")
    root = tmp_path_factory.mktemp("messy") / "works"
    create_workspace(root, "A company of tests", synthetic=True)
    (root / "tables" / "metric_values.toml").write_text(TABLE, encoding="utf-8")
    return root


def opened(root: Path) -> Company:
    return Company.open(root, today=NOW.date(), now=NOW)


def mapped(company: Company, workbook: Workbook, kept: Kept) -> Mapping:
    """Return the mapping that the answers make of the one proposal for these cells."""
    path = folder() / workbook.file
    (proposal,) = [
        one for one in describing.propose_mappings(company, path) if one.place.startswith(kept.at)
    ]
    mapping = answered(proposal, kept.answers)
    assert isinstance(mapping, Mapping), [question.key for question in mapping.questions]
    return mapping


def ingested(root: Path, workbook: Workbook) -> BatchReport:
    """Return what became of the file, read by the mappings that name it."""
    upload = publishing.Upload((folder() / workbook.file,))
    (batch,) = publishing.ingest(opened(root), upload, actor=ACTOR, at=NOW).batches
    return batch


def published(root: Path, mapping: Mapping) -> tuple[int, Decimal]:
    """Return how many values of a mapping are in force, and their sum."""
    with opened(root).warehouse.read() as reader:
        frame = reader.frame(
            "SELECT count(value), sum(value) FROM facts.metric_values "
            f"WHERE _is_current AND _mapping = '{mapping.name}'"
        )
    count, total = frame.row(0)
    return count, Decimal(total or 0)


@pytest.mark.parametrize("workbook", READ, ids=lambda workbook: workbook.file)
def test_its_figures_are_published_as_they_stand_in_its_cells(
    root: Path, workbook: Workbook
) -> None:
    tables = workbook.kept if IS_FULL else workbook.kept[:MOST_TABLES]
    mappings = [mapped(opened(root), workbook, kept) for kept in tables]
    for mapping in mappings:
        describing.remember_mapping(opened(root), mapping, actor=ACTOR)
    batch = ingested(root, workbook)
    if workbook.refused:
        assert batch.state == "rejected"
        assert any(workbook.refused in reason.reason for reason in batch.reasons)
        return
    assert batch.state == "published", [str(reason) for reason in batch.reasons[:3]]
    for mapping, kept in zip(mappings, tables, strict=True):
        seen = figures(workbook, kept)
        assert published(root, mapping) == (len(seen), sum(seen))
        assert (len(seen), f"{sum(seen):,.6f}") == (kept.count, kept.total)


@pytest.mark.parametrize("workbook", REFUSED, ids=lambda workbook: workbook.file)
def test_it_is_refused_with_the_reason(root: Path, workbook: Workbook) -> None:
    with pytest.raises(RefusedInputError) as refused:
        describing.propose_mappings(opened(root), folder() / workbook.file)
    assert workbook.refused in str(refused.value)


def test_every_file_of_the_folder_has_its_row(root: Path) -> None:
    assert root.is_dir()
    present = {path.relative_to(folder()).as_posix() for path in folder().rglob("*.*")}
    assert {workbook.file for workbook in WORKBOOKS} == present - {"README.md"}
