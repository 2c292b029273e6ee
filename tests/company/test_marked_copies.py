"""A person's own file, its refused cells marked: what else it holds is as it was."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from dashboard.company import marked_copies
from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn
from data.errors import NotFoundError
from tests.support.pages import (
    AT,
    HEADER,
    OPERATOR,
    a_company,
    with_three_mistakes,
    without_mistakes,
)

ORANGE = "FBDCBC"


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_company(tmp_path_factory.mktemp("marked") / "works")


@pytest.fixture
def company(works: Path, tmp_path: Path) -> Company:
    shutil.copytree(works, tmp_path / "works")
    return Company.open(tmp_path / "works", today=AT.date(), now=AT)


def marked(company: Company, name: str, content: bytes) -> tuple[str, Workbook]:
    name, book = marked_copies.marked_copy(company, HandedIn(name, content), actor=OPERATOR)
    return name, openpyxl.load_workbook(io.BytesIO(book))


def told(book: Workbook) -> dict[str, str]:
    """Return the comments by cell, each of a cell that is filled."""
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {c.coordinate for c in cells if str(c.fill.start_color.rgb).endswith(ORANGE)} == {
        c.coordinate for c in cells if c.comment
    }
    return {cell.coordinate: cell.comment.text for cell in cells if cell.comment}


def test_each_refused_cell_is_filled_and_says_why_and_what_would_do(
    company: Company, tmp_path: Path
) -> None:
    file = with_three_mistakes(tmp_path / "in")
    name, book = marked(company, file.name, file.read_bytes())
    assert name == "complaints_porto_2026-09.xlsx"
    comments = told(book)
    assert set(comments) == {"C2", "D3", "E4"}
    assert "'serious' is not allowed here" in comments["D3"]
    assert "Expected: one of: critical, major, minor" in comments["D3"]


def test_formulas_texts_and_comments_of_the_file_stay_what_they_are(
    company: Company, tmp_path: Path
) -> None:
    file = with_three_mistakes(tmp_path / "in")
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    sheet["C2"].comment = Comment("Ask Kim", "Ann")
    notes = book.create_sheet("Notes")
    notes["A1"], notes.sheet_state = "=SUM(1,2)", "hidden"
    book.save(file)
    _, copy = marked(company, file.name, file.read_bytes())
    sheet = copy["September"]
    assert (sheet["G4"].value, sheet["G4"].data_type) == ("=1+1", "s")  # a text, as it was sent
    assert sheet["C2"].comment.text.startswith("Ask Kim\n\n")
    formula = copy["Notes"]["A1"]
    assert (formula.value, formula.data_type) == ("=SUM(1,2)", "f")


def test_a_copy_of_a_csv_file_shows_its_rows_where_they_are_and_no_formula(
    company: Company,
) -> None:
    row = "P-91,customer-service,2026-09-31,minor,10.00,Halden,=HYPERLINK(1)"
    text = f"{','.join(HEADER)}\n{row}\n"
    name, book = marked(company, "complaints_porto_2026-09.csv", text.encode())
    sheet = book.worksheets[0]
    assert name == "complaints_porto_2026-09.xlsx"
    assert [cell.value for cell in sheet[1]] == list(HEADER)
    assert [cell.value for cell in sheet[2]] == row.split(",")
    assert {cell.data_type for cell in sheet[2]} == {"s"}
    assert set(told(book)) == {"C2"}


def test_a_corrected_copy_is_read_like_the_file(company: Company, tmp_path: Path) -> None:
    file = with_three_mistakes(tmp_path / "in")
    name, book = marked(company, file.name, file.read_bytes())
    sheet = book.worksheets[0]
    sheet["C2"], sheet["D3"], sheet["E4"] = "2026-09-30", "major", "30.00"
    corrected = tmp_path / name
    book.save(corrected)
    with pytest.raises(NotFoundError, match=r"No cell of .* is refused"):
        marked(company, name, corrected.read_bytes())


def test_a_file_without_a_refused_cell_has_no_copy(company: Company, tmp_path: Path) -> None:
    file = without_mistakes(tmp_path / "in")
    with pytest.raises(NotFoundError, match="there is none to mark"):
        marked(company, file.name, file.read_bytes())
