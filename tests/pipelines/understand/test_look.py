"""A first look shows a sheet as it lies: nothing is demanded of it, and no doubt is settled."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from data.errors import RefusedInputError
from pipelines.readers.look import LAST_ROWS, MOST_ROWS
from pipelines.readers.raw import ROW, Limits
from pipelines.understand import look
from tests.support.files import a_csv, a_parquet, a_workbook


def test_cells_stand_under_their_letters_and_beside_their_row_numbers(tmp_path: Path) -> None:
    path = a_workbook(
        tmp_path / "k.xlsx",
        {"KPI": [[], [], [None, None, "Month", "Late"], [None, None, date(2026, 1, 1), 4.5]]},
    )
    (sheet,) = look(path, "k.xlsx")
    assert (sheet.name, sheet.kind, sheet.rows) == ("KPI", "xlsx", 4)
    assert sheet.letters == ("A", "B", "C", "D")
    assert sheet.top.get_column(ROW).to_list() == [1, 2, 3, 4]
    assert sheet.top.select("C", "D").rows()[2:] == [
        ("Month", "Late"),
        ("2026-01-01 00:00:00", "4.5"),
    ]


def test_every_sheet_is_shown_hidden_ones_too_with_merges_and_errors(tmp_path: Path) -> None:
    path = tmp_path / "k.xlsx"
    book = xlsxwriter.Workbook(str(path))
    first, second = book.add_worksheet("Seen"), book.add_worksheet("Unseen")
    first.merge_range("B1:D1", "January")
    first.write_formula("B2", "=1/0", None, "#DIV/0!")
    first.write_number("D2", 1)
    second.write_string("A1", "x")
    second.hide()
    book.close()
    seen, unseen = look(path, "k.xlsx")
    assert seen.merges == ("B1:D1",)
    assert seen.cells == [[None, "January", None, None], [None, "#DIV/0!", None, "1"]]
    assert (seen.is_hidden, unseen.is_hidden) == (False, True)


def test_percentages_are_shown_as_excel_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "k.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("KPI")
    sheet.write_number("B1", 0.952, book.add_format({"num_format": "0.0%"}))
    sheet.write_number("B2", 0.952)
    book.close()
    (shown,) = look(path, "k.xlsx")
    assert shown.cells == [[None, "95.2 %"], [None, "0.952"]]


def test_of_a_long_sheet_the_top_and_the_end_are_shown(tmp_path: Path) -> None:
    height = MOST_ROWS + LAST_ROWS + 500
    path = a_csv(tmp_path / "k.csv", "a,b\n" + "".join(f"{i},1\n" for i in range(2, height + 1)))
    (sheet,) = look(path, "k.csv")
    shown = sheet.top.get_column(ROW)
    assert (sheet.rows, len(shown), shown[-1]) == (height, MOST_ROWS + LAST_ROWS, height)
    assert sheet.top.filter(pl.col(ROW) == height).row(0)[:2] == (str(height), "1")


@pytest.mark.parametrize(
    ("content", "encodings", "separators", "second_row"),
    [
        (b"a;b\n1,5;2\n3,5;4\n", ("utf-8",), (";",), ["1,5", "2"]),
        ("a\tb\nÅ\t1\n".encode("utf-16"), ("utf-16",), ("\t",), ["Å", "1"]),
        ("a,b\nÅ,1\n".encode("cp1252"), ("cp1252", "latin-1", "cp1250"), (",",), ["Å", "1"]),
        (b"a;b,c\n1;2,3\n", ("utf-8",), (",", ";"), ["1;2", "3"]),
        (b"\xef\xbb\xbfa,b\n1,2\n", ("utf-8",), (",",), ["1", "2"]),
    ],
)
def test_a_csv_file_is_shown_with_what_is_certain_of_it_and_what_is_not(
    tmp_path: Path,
    content: bytes,
    encodings: tuple[str, ...],
    separators: tuple[str, ...],
    second_row: list[str],
) -> None:
    (sheet,) = look(a_csv(tmp_path / "k.csv", content), "k.csv")
    assert sheet.encodings == encodings
    assert sheet.separators == separators
    assert sheet.cells[1] == second_row


def test_rows_of_a_csv_file_are_numbered_by_their_lines(tmp_path: Path) -> None:
    (sheet,) = look(a_csv(tmp_path / "k.csv", 'Title\n\n"a\nb",c\n1,2\n'), "k.csv")
    assert sheet.cells == [["Title", None], [None, None], [None, None], ["a\nb", "c"], ["1", "2"]]


def test_a_parquet_file_is_shown_below_its_headers(tmp_path: Path) -> None:
    path = a_parquet(tmp_path / "k.parquet", pl.DataFrame({"a": [1, 2], "b": ["x", None]}))
    (sheet,) = look(path, "k.parquet")
    assert sheet.cells == [["a", "b"], ["1", "x"], ["2", None]]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 99])
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(RefusedInputError, match=r"^k\.csv: "):
        look(a_csv(tmp_path / "k.csv", content), "k.csv")


def test_a_look_costs_no_more_than_a_reading_may(tmp_path: Path) -> None:
    path = a_csv(tmp_path / "k.csv", "a,b\n" * 2000)
    with pytest.raises(RefusedInputError, match="at most"):
        look(path, "k.csv", Limits(max_bytes=100))
