"""Files nobody could read rightly: one clear message with place and way out, nothing written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.support import files
from tests.support.submitting import Site

COLUMNS = ["complaint_id", "received_on", "process", "cost"]
HEADER = ",".join(COLUMNS)
GOOD: list[files.Cell] = ["C-1", date(2026, 9, 1), "p", 10.5]
WORKBOOK_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@dataclass(frozen=True)
class Malformed:
    """A file, and what its one message must say: the place (or the fact) and the way out."""

    name: str
    write: Callable[[Path], object]
    place: str
    way: str


def _csv(name: str, text: str | bytes, place: str, way: str) -> Malformed:
    return Malformed(name, lambda path: files.a_csv(path, text), place, way)


def _sheet(name: str, rows: files.Table, place: str, way: str) -> Malformed:
    return Malformed(name, lambda path: files.a_workbook(path, {"complaints": rows}), place, way)


def _raw(name: str, data: bytes, place: str, way: str) -> Malformed:
    return Malformed(name, lambda path: path.write_bytes(data), place, way)


def _far_cell(path: Path) -> None:
    """Write a workbook of 5 kB whose last cell is the last one a sheet can have."""
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    files.reworked(path, lambda _, data: data.replace(b"</sheetData>", far), {})


def _bomb(path: Path) -> None:
    """Write a workbook of half a megabyte that unpacks to 200 MB of blanks."""
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    blanks = b" " * 200_000_000 + b"</sheetData>"
    files.reworked(
        path,
        lambda name, data: data.replace(b"</sheetData>", blanks) if "sheet1" in name else data,
        {},
    )


def _entities(path: Path) -> None:
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    attack = b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><worksheet'
    files.reworked(
        path,
        lambda name, data: data.replace(b"<worksheet", attack) if "sheet1" in name else data,
        {},
    )


def _merged_title(path: Path) -> None:
    rows: files.Table = [["Complaints 2026", None, None, None], COLUMNS, GOOD]
    files.a_workbook(path, {"complaints": rows})
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells>'
    files.reworked(path, lambda _, data: data.replace(b"</sheetData>", merge), {})


def _cut_short(path: Path) -> None:
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    path.write_bytes(path.read_bytes()[:3000])


def _lists(path: Path) -> None:
    frame = pl.DataFrame({name: ["x"] for name in COLUMNS}).with_columns(cost=pl.lit([1]))
    frame.write_parquet(path)


MALFORMED = [
    _raw("empty.csv", b"", "the file is empty (0 bytes)", "Export it again"),
    _csv("cp1252.csv", f"{HEADER}\nC-1,2026-09-01,caf\xe9,1\n".encode("cp1252"),
         "line 2: byte 0xe9 is not UTF-8", 'encoding = "cp1252"'),
    _csv("utf16.csv", f"{HEADER}\nC-1,2026-09-01,p,1\n".encode("utf-16"),
         "encoded as UTF-16", "Save it as 'CSV UTF-8'"),
    _csv("nul.csv", f"{HEADER}\nC-1,2026-09-01,p,1\nC-2,\0,p,1\n",
         "line 3 holds a NUL byte", "Export it anew"),
    _csv("open_quote.csv",
         f'{HEADER}\nC-1,2026-09-01,p,1\n"C-2,2026-09-01,p,1\nC-3,2026-09-01,p,1\n',
         "row 3: a quote", "Close it"),
    _csv("stray_quote.csv", f'{HEADER}\n12" hose,2026-09-01,p,1\n',
         "row 2: a quote", 'write a quote inside a text twice ("")'),
    _csv("ragged.csv", f"{HEADER}\nC-1,2026-09-01,p,1\nC-2,2026-09-01,p\n",
         "row 3 has 3 fields, but the header in row 1 has 4", "Correct the row"),
    _csv("too_long.csv", f"{HEADER}\nC-1,2026-09-01,p,1,5\n",
         "row 2 has 5 fields, but the header in row 1 has 4", "Correct the row"),
    _csv("two_separators.csv", "a;b,c\n1;2,3\n",
         "row 1: the header can be split by comma (2 columns) or semicolon (2 columns)",
         'separator = ";"'),
    _csv("twice.csv", f"{HEADER},cost\nC-1,2026-09-01,p,1,2\n",
         "row 1: 2 columns are called 'cost' (D, E)", "Rename them"),
    _csv("no_header.csv", "complaint_id,,process\nC-1,2026-09-01,p\n",
         "row 1, column B: there are values below but no header", "Give the column a name"),
    _csv("huge_cell.csv", f"{HEADER}\n{'x' * 3_000_000},2026-09-01,p,1\n",
         "row 2, column 'complaint_id': the cell holds 3,000,000 characters", "Shorten it"),
    _csv("title_row.csv", f"Complaints 2026\n\n{HEADER}\nC-1,2026-09-01,p,1\n",
         "row 3 has 4 fields, but the header in row 1 has 1", "header_row = 3"),
    _csv("only_header.csv", f"{HEADER}\n", "there is a header, but no row below it",
         "--period 2026-09"),
    _csv("no_date.csv", f"{HEADER}\nC-1,31.02.2026,p,1\n",
         "column 'received_on': '31.02.2026' is not a date as declared (row 2)",
         "Accepted: a date written like 30.09.2026"),
    _csv("comma.csv", f'{HEADER}\nC-1,2026-09-01,p,"1,5"\n',
         "column 'cost': '1,5' is not a number (row 2)", "Accepted: a number like 1250.5"),
    _csv("infinite.csv", f"{HEADER}\nC-1,2026-09-01,p,1e400\n",
         "column 'cost': '1e400' is not a number that can be kept (row 2)", "Accepted: a number"),
    _csv("decimals.csv", f"{HEADER}\nC-1,2026-09-01,p,1.555\n",
         "column 'cost': '1.555' has more than 2 decimals (row 2)", "round = true"),
    _csv("turned_text.csv", f"{HEADER}\nC-\u202e1,2026-09-01,p,1\n",
         "column 'complaint_id': the text holds an invisible control character (row 2)",
         "type the cell again"),
    _csv("same_key.csv", f"{HEADER}\nC-1,2026-09-01,p,1\nC-2,2026-09-01,p,1\nC-1,2026-09-02,p,1\n",
         "column 'complaint_id': row 4 has the same key (row 2)", "delete one of them"),
    _csv("no_required.csv", "complaint_id,received_on\nC-1,2026-09-01\n",
         "its headers are no table's columns", "--table T or --mapping M"),
    _raw("old.xls", WORKBOOK_MARK, "an old Excel file (.xls)", "Save it as .xlsx"),
    _raw("locked.xlsx", WORKBOOK_MARK + "EncryptedPackage".encode("utf-16-le"),
         "protected by a password", "Remove the password"),
    _raw("page.xls", b"<html><table><tr><td>1</td></tr></table></html>",
         "a web page (HTML or XML)", "Save it as .xlsx"),
    _raw("report.pdf", b"%PDF-1.7 ...", "this is a PDF", "Save it as .xlsx"),
    _raw("binary.xlsb", files.zipped({"xl/workbook.bin": b"x"}),
         "a binary workbook (.xlsb)", "Save it as .xlsx"),
    _raw("open.ods", files.zipped({"mimetype": b"x", "content.xml": b"x"}),
         "an OpenDocument file (.ods)", "Save it as .xlsx"),
    _raw("archive.xlsx", files.zipped({"a.csv": b"a,b"}), "a zip archive, not a workbook",
         "give the files inside"),
    Malformed("cut_short.xlsx", _cut_short, "damaged or cut short", "Save it again in Excel"),
    Malformed("far_cell.xlsx", _far_cell, "sheet 'complaints', its last cell is in row 1,048,576",
              "Delete the rows and columns far from the data"),
    Malformed("bomb.xlsx", _bomb, "times its size, as a zip bomb does", "save it as CSV UTF-8"),
    Malformed("entities.xlsx", _entities, "sheet 'complaints', the workbook declares a document",
              "Save it again in Excel"),
    Malformed("merged_title.xlsx", _merged_title,
              "sheet 'complaints', row 1 does not name the columns: it holds 'Complaints 2026'",
              "Row 2 looks like the header: header_row = 2"),
    _sheet("error_cell.xlsx", [COLUMNS, GOOD, ["C-2", date(2026, 9, 2), "p", "#DIV/0!"]],
           "column 'cost': cell complaints!D3 holds the error #DIV/0! (sheet 'complaints', row 3)",
           "correct the formula"),
    _sheet("not_available.xlsx", [COLUMNS, ["C-2", "#N/A", "p", 1]],
           "column 'received_on': cell complaints!B2 holds the error #N/A", "correct the formula"),
    _sheet("not_calculated.xlsx", [COLUMNS, ["C-2", date(2026, 9, 2), "p", "=1+1"]],
           "cell complaints!D2 holds a formula that was never calculated", "type what it should"),
    _sheet("only_title.xlsx", [[None], [None], COLUMNS, GOOD],
           "sheet 'complaints', row 1 is empty, but the header is expected there",
           "header_row = 3"),
    Malformed("two_sheets.xlsx",
              lambda path: files.a_workbook(path, {"A": [COLUMNS], "B": [COLUMNS]}),
              "2 sheets ('A', 'B')", 'sheet = "…"'),
    Malformed("lists.parquet", _lists, "column 'cost' holds List(Int64) values", "Flatten it"),
    _raw("cut_short.parquet", b"PAR1 no more", "the Parquet file is damaged", "Write it again"),
]  # fmt: skip


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda malformed: malformed.name)
def test_a_malformed_file_gives_one_clear_message_and_writes_nothing(
    malformed: Malformed, site: Site, tmp_path: Path
) -> None:
    path = tmp_path / malformed.name
    malformed.write(path)
    report = site.ingest(path)
    assert report.refused
    (batch,) = report.batches
    assert malformed.place in batch.message
    assert malformed.way in batch.message
    assert site.warehouse.version() == 0
    (row,) = site.batches()
    assert (row.state, row.accepted) == ("rejected", 0)
    assert site.archive.contains(row.sha256)


def test_a_file_that_kills_its_reader_is_refused_and_nothing_else_dies(
    site: Site, tmp_path: Path
) -> None:
    path = files.a_workbook(tmp_path / "wide.xlsx", {"complaints": [COLUMNS, GOOD]})
    # Within the columns and rows the scan lets pass, and still 700 million cells to make room for.
    far = b'<row r="999999"><c r="ZZ999999"><v>1</v></c></row></sheetData>'
    files.reworked(path, lambda _, data: data.replace(b"</sheetData>", far), {})
    report = site.ingest(path)
    assert report.refused
    assert "could not be read safely" in report.message
    assert "save it as CSV UTF-8" in report.message
