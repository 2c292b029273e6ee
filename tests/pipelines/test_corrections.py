"""Cells put right while a file is handed in: published with it, kept, and replayed by a rebuild."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from data.errors import UsageError
from pipelines.clean.corrections import Correction, corrections_of
from pipelines.load.watch import Watch
from pipelines.publish.again import Definitions
from pipelines.publish.desk import Desk
from pipelines.publish.rebuild import rebuild
from pipelines.readers.raw import Limits
from tests.support.files import a_csv
from tests.support.submitting import NOW, Site, a_mapping, nothing

HEADER = "No,Date"
TEXT = f"{HEADER}\nC-1,2026-10-31\nC-2,2026-11-31\n"
"""Row 3 has a day that November does not have."""

RIGHT = Correction(None, 3, "Date", "2026-11-31", "2026-11-30")


def a_list(folder: Path, text: str = TEXT) -> Path:
    return a_csv(folder / "complaints.csv", text)


def days(site: Site) -> list[str]:
    return [str(day) for (day,) in site.rows("complaints", "received_on")]


def test_a_corrected_cell_is_published_and_the_file_is_archived_as_it_came(
    site: Site, tmp_path: Path
) -> None:
    file = a_list(tmp_path)
    refused = site.knows(a_mapping()).ingest(file)
    assert refused.batches[0].refused == 1

    report = site.ingest(file, corrections=[RIGHT])

    assert report.batches[0].accepted == 2
    assert days(site) == ["2026-10-31", "2026-11-30"]
    published = site.batches()[0]
    assert corrections_of(published.report) == (RIGHT,)
    assert site.archive.path(published.sha256).read_text(encoding="utf-8") == TEXT


def test_a_rebuild_puts_the_same_cells_right_again(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping()).ingest(a_list(tmp_path), corrections=[RIGHT])
    before = days(site)
    definitions = Definitions(site.archive, site.tables, site.mappings, Limits())

    rebuild(Desk(site.records, site.warehouse, site.actor, NOW), definitions, nothing)

    assert days(site) == before == ["2026-10-31", "2026-11-30"]


def test_the_same_file_is_the_same_with_or_without_what_was_put_right(
    site: Site, tmp_path: Path
) -> None:
    file = a_list(tmp_path)
    site.knows(a_mapping()).ingest(file, corrections=[RIGHT])

    without = site.ingest(file).batches[0]
    again = site.ingest(file, corrections=[RIGHT]).batches[0]

    assert (without.state, again.state) == ("unchanged", "unchanged")
    assert "by Quality manager, 1 of its cells corrected; nothing changed" in without.message


def test_another_correction_of_the_same_file_is_a_change(site: Site, tmp_path: Path) -> None:
    file = a_list(tmp_path)
    site.knows(a_mapping()).ingest(file, corrections=[RIGHT])
    other = Correction(None, 3, "Date", "2026-11-31", "2026-11-01")

    report = site.ingest(file, corrections=[other]).batches[0]

    assert (report.restated, report.unchanged) == (1, 1)
    assert days(site) == ["2026-10-31", "2026-11-01"]


def test_an_error_cell_is_put_right_by_its_sheet_row_and_header(site: Site, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "October"
    for row in (("No", "Date", "Cost"), ("C-1", "2026-10-31", "#DIV/0!")):
        sheet.append(row)
    sheet["C2"].data_type = "e"
    file = tmp_path / "complaints.xlsx"
    book.save(file)
    columns = {"complaint_id": "No", "received_on": "Date", "cost": "Cost"}
    site.knows(a_mapping(columns=columns))
    assert site.ingest(file).batches[0].refused == 1

    emptied = Correction("October", 2, "Cost", "#DIV/0!", None)
    assert site.ingest(file, corrections=[emptied]).batches[0].accepted == 1
    assert site.rows("complaints", "cost") == [(None,)]


def test_a_correction_is_checked_like_any_cell(site: Site, tmp_path: Path) -> None:
    wrong = Correction(None, 3, "Date", "2026-11-31", "30.11.2026")
    batch = site.knows(a_mapping()).ingest(a_list(tmp_path), corrections=[wrong]).batches[0]
    assert (batch.state, batch.reasons[0].value) == ("rejected", "30.11.2026")
    hidden = Correction(None, 3, "No", "C-2", "C-2\u202e")
    batch = site.ingest(a_list(tmp_path), corrections=[RIGHT, hidden]).batches[0]
    assert "invisible control character" in batch.message


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        (Correction(None, 3, "Data", None, "x"), "column 'Data' is to be corrected, and there is"),
        (Correction("Oct", 3, "Date", None, "x"), "sheet 'Oct', row 3, column 'Date'"),
        (Correction(None, 9, "Date", None, "x"), "row 9, column 'Date' is to be corrected"),
        (Correction(None, 3, "Date", None, "x" * 32_768), "more than 32,767 characters"),
    ],
)
def test_a_correction_of_no_cell_of_the_file_is_refused(
    site: Site, tmp_path: Path, correction: Correction, said: str
) -> None:
    batch = site.knows(a_mapping()).ingest(a_list(tmp_path), corrections=[correction]).batches[0]
    assert batch.state == "rejected"
    assert said in batch.message
    assert site.rows("complaints") == []


def test_corrections_are_for_one_file(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping())
    files = [a_csv(tmp_path / name, TEXT) for name in ("a.csv", "b.csv")]
    with pytest.raises(UsageError, match="the cells of one file, not of 2"):
        site.ingest(*files, corrections=[RIGHT])


def test_each_stage_is_told_as_it_begins_and_each_file_shown(site: Site, tmp_path: Path) -> None:
    said: list[str] = []
    read: list[str] = []
    site.knows(a_mapping()).ingest(
        a_list(tmp_path, f"{HEADER}\nC-1,2026-10-31\n"),
        watch=Watch(said.append, lambda file: read.append(file.found.name)),
    )
    assert said == ["Reading and checking complaints.csv", "Publishing", "Computing the figures"]
    assert read == ["complaints.csv"]
