"""What comes out of a file: headers, texts, row numbers, and what is said about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.errors import RefusedInputError
from pipelines.readers.open import read
from pipelines.readers.raw import Ask, Limits, Raw
from tests.support import files


def the_sheet(path: Path, ask: Ask | None = None) -> Raw:
    ((raw,),) = read(path, path.name, [ask or Ask()])
    return raw


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        "a;b\n1;2\n",
        "a\tb\n1\t2\n",
        "a|b\n1|2\n",
        "sep=;\na;b\n1;2\n",
        "\ufeffa,b\n1,2\n",
        "a,b\r\n1,2\r\n",
        "a,b\r\n1,2",
        '"a","b"\n"1","2"\n',
        " a , b \n1,2\n",
    ],
)
def test_the_header_decides_how_a_csv_file_is_split(text: str, tmp_path: Path) -> None:
    raw = the_sheet(files.a_csv(tmp_path / "x.csv", text))
    assert raw.headers == ("a", "b")
    assert raw.frame.rows() == [(2, "1", "2")]


def test_quoted_texts_may_hold_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    text = 'a,b\n"1,5","say ""no"""\n"two\nlines",\n"",x\n'
    raw = the_sheet(files.a_csv(tmp_path / "x.csv", text))
    assert raw.frame.rows() == [
        (2, "1,5", 'say "no"'),
        (3, "two\nlines", None),
        (4, "", "x"),
    ]


def test_an_expected_header_settles_which_separator_is_meant(tmp_path: Path) -> None:
    path = files.a_csv(tmp_path / "x.csv", "city, state;zip\nPorto, PT;1\n")
    assert the_sheet(path, Ask(expected=("zip",))).headers == ("city, state", "zip")
    assert the_sheet(path, Ask(separator=";")).frame.rows() == [(2, "Porto, PT", "1")]


def test_a_declared_encoding_is_obeyed(tmp_path: Path) -> None:
    path = files.a_csv(tmp_path / "x.csv", "a\ncaf\xe9\n".encode("cp1252"))
    assert the_sheet(path, Ask(encoding="cp1252")).frame.rows() == [(2, "café")]
    with pytest.raises(RefusedInputError, match="encoding 'cp12520' is not known"):
        the_sheet(path, Ask(encoding="cp12520"))


def test_gzip_is_read_by_its_content(tmp_path: Path) -> None:
    raw = the_sheet(files.a_gzip(tmp_path / "x.csv", "a,b\n1,2\n"))
    assert raw.frame.rows() == [(2, "1", "2")]
    assert raw.kind == "csv"


def test_rows_without_values_and_columns_without_anything_are_left_out(tmp_path: Path) -> None:
    raw = the_sheet(files.a_csv(tmp_path / "x.csv", "a,b,\n1,2,\n,,\n\n3,4,\n"))
    assert raw.headers == ("a", "b")
    assert raw.frame.rows() == [(2, "1", "2"), (5, "3", "4")]


def test_a_header_further_down_is_read_where_the_mapping_says(tmp_path: Path) -> None:
    raw = the_sheet(files.a_csv(tmp_path / "x.csv", "Report\n\na,b\n1,2\n"), Ask(header_row=3))
    assert raw.frame.rows() == [(4, "1", "2")]


def test_a_file_is_read_by_its_content_not_its_name(tmp_path: Path) -> None:
    path = files.a_workbook(tmp_path / "x.csv", {"S": [["a"], [1]]})
    assert the_sheet(path).kind == "xlsx"
    assert the_sheet(files.a_csv(tmp_path / "y.xlsx", "a\n1\n")).kind == "csv"


def test_a_sheet_keeps_excels_row_numbers(tmp_path: Path) -> None:
    rows: files.Table = [[None], [None, "a", "b"], [None, 1, "x"], [None], [None, 2.5, None]]
    raw = the_sheet(files.a_workbook(tmp_path / "x.xlsx", {"S": rows}), Ask(header_row=2))
    assert raw.headers == ("a", "b")
    assert raw.frame.rows() == [(3, "1", "x"), (5, "2.5", None)]
    assert raw.sheet == "S"


def test_cells_of_a_sheet_become_texts(tmp_path: Path) -> None:
    rows: files.Table = [["d", "n", "b", "t"], [date(2026, 1, 5), 1234567.25, True, "0012"]]
    raw = the_sheet(files.a_workbook(tmp_path / "x.xlsx", {"S": rows}))
    assert raw.frame.rows() == [(2, "2026-01-05 00:00:00", "1234567.25", "true", "0012")]


def test_error_cells_are_named_by_sheet_and_cell(tmp_path: Path) -> None:
    rows: files.Table = [[None, "a", "b"], [None, 1, "#DIV/0!"], [None, "=1+1", 2]]
    raw = the_sheet(files.a_workbook(tmp_path / "x.xlsx", {"S": rows}))
    assert [(flaw.row, flaw.header, flaw.cell, flaw.value) for flaw in raw.flaws] == [
        (2, "b", "S!C2", "#DIV/0!"),
        (3, "a", "S!B3", "=1+1"),
    ]


def test_hidden_rows_and_merged_cells_are_told(tmp_path: Path) -> None:
    path = files.a_workbook(tmp_path / "x.xlsx", {"S": [["a", "b"], [1, 2], [3, 4]]})
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    files.reworked(
        path,
        lambda _, data: data.replace(b'<row r="3"', b'<row r="3" hidden="1"').replace(
            b"</sheetData>", merge
        ),
        {},
    )
    assert the_sheet(path).warnings == (
        "Sheet 'S': row 3 is hidden, but read like the others.",
        "Sheet 'S': 1 groups of cells below the header are merged (the first is A2:A3); only the "
        "first cell of each holds the value.",
    )


def test_a_hidden_sheet_is_read_only_when_it_is_named(tmp_path: Path) -> None:
    path = files.a_workbook(
        tmp_path / "x.xlsx", {"S": [["a"], [1]], "H": [["b"], [2]]}, hidden=["H"]
    )
    raw = the_sheet(path)
    assert raw.headers == ("a",)
    assert raw.warnings == ("The hidden sheet 'H' was not read.",)
    assert the_sheet(path, Ask(sheet="H")).headers == ("b",)


def test_sheets_are_named_by_pattern_and_without_caring_for_blanks(tmp_path: Path) -> None:
    path = files.a_workbook(
        tmp_path / "x.xlsx", {"Jan 2026 ": [["a"], [1]], "Feb 2026": [["a"], [2]], "Notes": [["x"]]}
    )
    ((january, february),) = read(path, "x.xlsx", [Ask(sheet="* 2026")])
    assert (january.sheet, february.sheet) == ("Jan 2026 ", "Feb 2026")
    assert the_sheet(path, Ask(sheet="jan 2026")).frame.rows() == [(2, "1")]
    with pytest.raises(RefusedInputError, match=r"no sheet 'Note', only .* Did you mean 'Notes'"):
        the_sheet(path, Ask(sheet="Note"))


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = files.a_csv(tmp_path / "x.csv", "a\n1\n")
    with pytest.raises(
        RefusedInputError, match=r"x.csv: the file could not be read safely: .*time"
    ):
        read(path, "x.csv", [Ask()], Limits(seconds=0.0001))


def test_a_file_above_the_limit_is_not_opened(tmp_path: Path) -> None:
    path = files.a_csv(tmp_path / "x.csv", "a\n" + "1\n" * 1000)
    with pytest.raises(RefusedInputError, match=r"x.csv: the file has 0 MB; at most 0 MB are read"):
        read(path, "x.csv", [Ask()], Limits(max_bytes=1000))


def test_a_packed_file_above_the_limit_is_not_unpacked(tmp_path: Path) -> None:
    path = files.a_gzip(tmp_path / "x.csv.gz", "a\n" + "1\n" * 100_000)
    with pytest.raises(RefusedInputError, match="unpacks to more than"):
        read(path, "x.csv.gz", [Ask()], Limits(max_bytes=100_000))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_columns_without_a_header_are_called_by_letters_a_mapping_uses(
    kind: str, tmp_path: Path
) -> None:
    path = files.a_csv(tmp_path / "x.csv", ",,Jan,Feb\n2025,Index,1,2\n")
    if kind == "xlsx":
        rows: files.Table = [[None, None, "Jan", "Feb"], [2025, "Index", 1, 2]]
        path = files.a_workbook(tmp_path / "x.xlsx", {"S": rows})
    assert the_sheet(path, Ask(expected=("A", "Jan"))).headers == ("A", "B", "Jan", "Feb")
    with pytest.raises(RefusedInputError, match=r"have no name|no header"):
        the_sheet(path, Ask(expected=("Jan",)))
