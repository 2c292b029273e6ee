"""Workbooks nobody could read rightly: one clear message, place and way out, nothing written."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.support import files
from tests.support.malformed import COLUMNS, GOOD, Malformed, raw, refused, sheet
from tests.support.other_workbooks import an_ods, an_xls, an_xlsb, compound, ods_of
from tests.support.submitting import Site, a_mapping

WORKBOOK_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


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


def _many_parts(path: Path) -> None:
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    files.reworked(path, lambda _, data: data, {f"xl/media/{i}.png": b"" for i in range(1000)})


def _liar(path: Path) -> None:
    """Write a workbook whose directory says that the 200 MB of its sheet are 900 bytes."""
    _bomb(path)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    at = data.find(size)
    while at >= 0:
        data[at : at + 4] = (900).to_bytes(4, "little")
        at = data.find(size, at + 4)
    path.write_bytes(data)


def _all_hidden(path: Path) -> None:
    files.a_workbook(path, {"A": [["x"]], "B": [["x"]]})
    files.reworked(
        path, lambda _, data: data.replace(b"<sheet name", b'<sheet state="hidden" name'), {}
    )


def _laughs(path: Path) -> None:
    """Write a workbook whose shared texts are entities that double thirty times."""
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    doubled = "".join(f'<!ENTITY l{i} "&l{i - 1};&l{i - 1};">' for i in range(1, 31))
    attack = f'<!DOCTYPE sst [<!ENTITY l0 "ha">{doubled}]><sst'.encode()
    files.reworked(
        path,
        lambda _, data: data.replace(b"<sst", attack).replace(b"<t>C-1</t>", b"<t>&l30;</t>"),
        {},
    )


def _without(path: Path, part: str) -> None:
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if name != part}
    path.write_bytes(files.zipped(kept))


def _repeated(path: Path) -> None:
    """Write a spreadsheet of 1 kB that says its one row and cell are repeated without end."""
    cell = '<table:table-cell office:value-type="float" office:value="1" '
    cell += 'table:number-columns-repeated="16384"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    ods_of(path, f'<table:table table:name="complaints">{row}</table:table>')


def _ods_entities(path: Path) -> None:
    an_ods(path, {"complaints": [COLUMNS, GOOD]})
    files.reworked(
        path,
        lambda _, data: data.replace(
            b"<office:document-content", b'<!DOCTYPE x [<!ENTITY y "z">]><office:document-content'
        ),
        {},
    )


def _long_text(path: Path) -> None:
    files.a_workbook(path, {"complaints": [COLUMNS, GOOD]})
    files.reworked(
        path, lambda _, data: data.replace(b"<t>C-1</t>", b"<t>" + b"x" * 140_000 + b"</t>"), {}
    )


def _wide(path: Path) -> None:
    pl.DataFrame({f"c{i}": [1] for i in range(2001)}).write_parquet(path)


OLD: list[files.Cell] = ["C-1", "2026-09-01", "p"]

MALFORMED = [
    raw("no_workbook.xls", WORKBOOK_MARK, "an old Office file without a workbook",
         "Save it as .xlsx"),
    raw("locked.xlsx", WORKBOOK_MARK + "EncryptedPackage".encode("utf-16-le"),
         "protected by a password", "Remove the password"),
    raw("hollow.xlsb", files.zipped({"xl/workbook.bin": b"x"}),
         "the workbook is damaged", "Save it in Excel as .xlsx"),
    raw("text.odt", files.zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}),
         "an OpenDocument file, but no spreadsheet", "Save it as .xlsx"),
    raw("archive.xlsx", files.zipped({"a.csv": b"a,b"}), "a zip archive, not a workbook",
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
    sheet("error_cell.xlsx", [COLUMNS, GOOD, ["C-2", date(2026, 9, 2), "p", "#DIV/0!"]],
           "cell complaints!D3 holds the error #DIV/0! (sheet 'complaints', cell D3)",
           "correct the formula"),
    sheet("not_available.xlsx", [COLUMNS, ["C-2", "#N/A", "p", 1]],
           "column 'received_on': cell complaints!B2 holds the error #N/A", "correct the formula"),
    sheet("not_calculated.xlsx", [COLUMNS, ["C-2", date(2026, 9, 2), "p", "=1+1"]],
           "cell complaints!D2 holds a formula that was never calculated", "type what it should"),
    sheet("only_title.xlsx", [[None], [None], COLUMNS, GOOD],
           "sheet 'complaints', row 1 is empty, but the header is expected there",
           "header_row = 3"),
    Malformed("two_sheets.xlsx",
              lambda path: files.a_workbook(path, {"A": [COLUMNS], "B": [COLUMNS]}),
              "2 sheets ('A', 'B')", 'sheet = "…"'),
    Malformed("lists.parquet", _lists, "column 'cost' holds List(Int64) values", "Flatten it"),
    raw("cut_short.parquet", b"PAR1 no more", "the Parquet file is damaged", "Write it again"),
    Malformed("many_parts.xlsx", _many_parts, "parts; at most 1,000 are read",
              "keep only the sheet"),
    Malformed("liar.xlsx", _liar, "damaged or cut short", "Save it again in Excel"),
    Malformed("laughs.xlsx", _laughs, "the workbook", "Excel"),
    Malformed("no_sheet_part.xlsx", lambda path: _without(path, "xl/worksheets/sheet1.xml"),
              "the workbook is damaged or cut short", "Save it again in Excel"),
    Malformed("no_relations.xlsx", lambda path: _without(path, "xl/_rels/workbook.xml.rels"),
              "the workbook is damaged", "Save it again in Excel"),
    Malformed("no_sheet.xlsx", lambda path: files.a_workbook(path, {"_clause9": [["x"]]}),
              "the workbook has no sheet with cells", "Export it again"),
    Malformed("empty_sheet.xlsx", lambda path: files.a_workbook(path, {"complaints": []}),
              "sheet 'complaints', there are 0 rows", "the header is expected in row 1"),
    Malformed("all_hidden.xlsx", _all_hidden, "hidden ones only", 'sheet = "…"'),
    Malformed("other_sheet.xlsx",
              lambda path: files.a_workbook(path, {"Date": [["No", "Date"], [1, "x"]]}),
              "there is no sheet 'Data', only 'Date'", "Did you mean 'Date'?",
              mappings=(a_mapping(sheet="Data"),)),
    sheet("renamed.xlsx", [["No", "Dates"], [1, date(2026, 9, 1)]],
          "sheet 'complaints', row 1: the column 'Date' (Did you mean 'Dates'?) not found",
          "Rename the header, or correct the mapping", a_mapping()),
    sheet("twice.xlsx", [[*COLUMNS, "cost"], [*GOOD, 2]],
          "sheet 'complaints', row 1: 2 columns are called 'cost' (D, E)", "Rename them"),
    sheet("unnamed.xlsx", [[*COLUMNS, None], [*GOOD, 2]],
          "sheet 'complaints', row 1, column E: there are values below but no header",
          "Give the column a name"),
    sheet("offset.xlsx", [[None, *COLUMNS, "cost"], [None, *GOOD, 2]],
          "sheet 'complaints', row 1: 2 columns are called 'cost' (E, F)", "Rename them"),
    sheet("comma.xlsx", [COLUMNS, ["C-2", date(2026, 9, 2), "p", "1,5"]],
          "column 'cost': '1,5' is not a number (sheet 'complaints', cell D2)",
          "a number like 1250.5"),
    sheet("text_date.xlsx", [COLUMNS, GOOD, ["C-2", "2 Sept. 26", "p", 1]],
          "'2 Sept. 26' is not a date as declared (sheet 'complaints', cell B3)",
          "a date written like 2026-09-30"),
    sheet("note_below.xlsx", [COLUMNS, GOOD, [None], ["Source: the ERP system"]],
          "column 'received_on': is empty, but every row needs it (sheet 'complaints', cell B4)",
          "a value like"),
    sheet("same_key.xlsx", [COLUMNS, GOOD, GOOD],
          "sheet 'complaints', row 3 has the same key (sheet 'complaints', cell A2)",
          "delete one of them"),
    Malformed("long_text.xlsx", _long_text,
              "row 2, column 'complaint_id': the cell holds more than 32,767 characters",
              "Shorten it"),
    Malformed("old.xls",
              lambda path: an_xls(path, {"complaints": [COLUMNS, [*OLD, "#NUM!"]]}),
              "cell complaints!D2 holds the error #NUM! (sheet 'complaints', cell D2)",
              "correct the formula"),
    Malformed("binary.xlsb",
              lambda path: an_xlsb(path, {"complaints": [COLUMNS, [*OLD, "#REF!"]]}),
              "cell complaints!D2 holds the error #REF! (sheet 'complaints', cell D2)",
              "correct the formula"),
    Malformed("open.ods",
              lambda path: an_ods(path, {"complaints": [COLUMNS, [*GOOD[:3], "=1+1"]]}),
              "cell complaints!D2 holds a formula that was never calculated",
              "type what it should give"),
    Malformed("repeated.ods", _repeated, "sheet 'complaints', its last cell is in row 1,048,576",
              "Delete the rows and columns far from the data"),
    Malformed("entities.ods", _ods_entities, "the spreadsheet declares a document type",
              "Save it again in LibreOffice"),
    raw("damaged.xls", compound(b"\x09\x08\x10\x00nonsense"),
        "the workbook has no sheet with cells", "Export it again"),
    raw("letter.doc", compound(b"Dear Sir", "WordDocument"),
        "an old Office file without a workbook", "Save it as .xlsx"),
    raw("nothing.zip", b"PK\x05\x06" + bytes(18), "a packed archive", "Unpack it first"),
    Malformed("wide.parquet", _wide, "has 2,001 columns; at most 2,000 are read",
              "Keep the columns that are needed"),
]  # fmt: skip


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda malformed: malformed.name)
def test_a_malformed_workbook_gives_one_clear_message_and_writes_nothing(
    malformed: Malformed, site: Site, tmp_path: Path
) -> None:
    refused(malformed, site, tmp_path)


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
