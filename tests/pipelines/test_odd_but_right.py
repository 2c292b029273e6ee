"""Files that look like trouble and are none: taken, and every value as it was meant."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest

from data.errors import RefusedInputError
from pipelines.load.files import plain_name
from pipelines.readers.columnar import _refuse_large
from pipelines.readers.open import read
from pipelines.readers.raw import Ask, Limits
from tests.support import files
from tests.support.examples import sources
from tests.support.malformed import COLUMNS, GOOD, HEADER
from tests.support.other_workbooks import an_ods, an_xls
from tests.support.submitting import Site, a_mapping

DAY = date(2026, 9, 1)


def costs(site: Site) -> list[tuple[object, ...]]:
    return site.rows("complaints", "complaint_id", "received_on", "cost")


def test_emoji_and_letters_from_right_to_left_are_texts(site: Site, tmp_path: Path) -> None:
    text = f"{HEADER},description\nC-1,2026-09-01,p,1,🛠️ broken 👩‍🔧\nC-2,2026-09-01,p,1,شكوى وارد\n"
    site.ingest(files.a_csv(tmp_path / "complaints.csv", text))
    assert site.rows("complaints", "description") == [("🛠️ broken 👩‍🔧",), ("شكوى وارد",)]


def test_a_sep_line_and_a_decimal_comma_are_read_as_declared(site: Site, tmp_path: Path) -> None:
    columns = {"complaint_id": "No", "received_on": "Date", "cost": "Cost"}
    site.knows(a_mapping(decimal=",", thousands=".", dates="evidence", columns=columns))
    text = "sep=;\r\nNo;Date;Cost\r\n1;30.09.2026;1.250,50\r\n2;01.10.2026;3\r\n"
    site.ingest(files.a_csv(tmp_path / "crm.csv", text))
    assert costs(site) == [
        ("1", date(2026, 9, 30), Decimal("1250.50")),
        ("2", date(2026, 10, 1), Decimal("3.00")),
    ]


def test_blank_rows_keep_the_numbers_of_the_rows_below(site: Site, tmp_path: Path) -> None:
    rows: files.Table = [COLUMNS, GOOD, [None], [None], ["C-2", DAY, "p", "x"]]
    report = site.ingest(files.a_workbook(tmp_path / "complaints.xlsx", {"complaints": rows}))
    (reason,) = report.batches[0].reasons
    assert (reason.sheet, reason.cell, reason.row) == ("complaints", "D5", 5)
    assert str(reason) == (
        "sheet 'complaints', cell D5, column 'cost': 'x' is not a number. Accepted: a number like "
        "1250.5 with at most 2 decimals; say round = true in the mapping to round."
    )


def test_a_cell_is_named_where_the_sheet_begins_further_right(site: Site, tmp_path: Path) -> None:
    rows: files.Table = [[None, None, *COLUMNS], [None, None, "C-2", DAY, "p", "x"]]
    report = site.ingest(files.a_workbook(tmp_path / "complaints.xlsx", {"complaints": rows}))
    assert [reason.cell for reason in report.batches[0].reasons] == ["F2"]


def test_columns_may_stand_in_another_order(site: Site, tmp_path: Path) -> None:
    rows: files.Table = [COLUMNS[::-1], GOOD[::-1]]
    site.ingest(files.a_workbook(tmp_path / "complaints.xlsx", {"complaints": rows}))
    assert costs(site) == [("C-1", DAY, Decimal("10.50"))]


def test_days_counted_from_1904_are_the_same_days(site: Site, tmp_path: Path) -> None:
    path = files.a_workbook(tmp_path / "complaints.xlsx", {"complaints": [COLUMNS, GOOD]})
    serial = (DAY - date(1899, 12, 30)).days
    files.reworked(
        path,
        lambda _, data: data.replace(b"<workbookPr ", b'<workbookPr date1904="1" ').replace(
            f"<v>{serial}</v>".encode(), f"<v>{serial - 1462}</v>".encode()
        ),
        {},
    )
    site.ingest(path)
    assert costs(site) == [("C-1", DAY, Decimal("10.50"))]


def test_the_longest_cell_excel_allows_is_kept_whole(site: Site, tmp_path: Path) -> None:
    text = "é" * 32_767
    rows: files.Table = [[*COLUMNS, "description"], [*GOOD, text]]
    site.ingest(files.a_workbook(tmp_path / "complaints.xlsx", {"complaints": rows}))
    assert site.rows("complaints", "description") == [(text,)]


def test_hidden_rows_are_read_and_told(site: Site, tmp_path: Path) -> None:
    rows: files.Table = [COLUMNS, GOOD, ["C-2", DAY, "p", 1]]
    report = site.ingest(an_ods(tmp_path / "x.ods", {"complaints": rows}, hidden_rows=[3]))
    assert report.batches[0].accepted == 2
    assert (
        "Sheet 'complaints': row 3 is hidden, but read like the others."
        in report.batches[0].warnings
    )


def test_what_an_old_workbook_cannot_show_is_told(site: Site, tmp_path: Path) -> None:
    rows: files.Table = [COLUMNS, ["C-1", "2026-09-01", "p", 10.5]]
    report = site.ingest(an_xls(tmp_path / "x.xls", {"complaints": rows}))
    assert costs(site) == [("C-1", DAY, Decimal("10.50"))]
    assert report.batches[0].warnings == (
        "Only the values of this .xls file were read. Hidden rows and columns, merged cells and "
        "formulas that were never calculated cannot be seen in this kind of file: save it as .xlsx "
        "to have them looked for.",
    )


def test_macros_are_told_and_never_run(site: Site, tmp_path: Path) -> None:
    path = files.a_workbook(tmp_path / "complaints.xlsm", {"complaints": [COLUMNS, GOOD]})
    files.reworked(path, lambda _, data: data, {"xl/vbaProject.bin": b"Sub Auto_Open()"})
    report = site.ingest(path)
    assert costs(site) == [("C-1", DAY, Decimal("10.50"))]
    assert report.batches[0].warnings == ("The workbook holds macros; only its values were read.",)


TTC = sources() / "ttc_transit_delays" / "subway"


@pytest.mark.skipif(not TTC.is_dir(), reason="the downloaded workbooks are not here")
def test_a_workbook_of_69_000_rows_is_read_within_the_limits() -> None:
    path = TTC / "ttc-subway-delay-jan-2014-april-2017.xlsx"
    ((raw,),) = read(path, path.name, [Ask()], Limits(seconds=20, memory_mb=1024))
    assert raw.frame.height == 69_016
    assert (raw.letters["Date"], raw.letters["Vehicle"]) == ("A", "J")


def test_an_error_in_a_column_nobody_reads_is_told_and_refuses_nothing(
    site: Site, tmp_path: Path
) -> None:
    columns = {"complaint_id": "No", "received_on": "Date"}
    site.knows(a_mapping(columns=columns))
    rows: files.Table = [["No", "Date", "Index"], [1, DAY, "#REF!"]]
    report = site.ingest(files.a_workbook(tmp_path / "crm.xlsx", {"S": rows}))
    assert report.batches[0].accepted == 1
    assert "Errors in columns that are not read: S!C2." in report.batches[0].warnings


def test_a_million_rows_are_read_within_the_limits(tmp_path: Path) -> None:
    path = files.a_csv(tmp_path / "x.csv", "a,b\n" + "12345,some text\n" * 1_000_000)
    started = perf_counter()
    ((raw,),) = read(path, "x.csv", [Ask()])
    assert (raw.frame.height, raw.frame.row(-1)) == (1_000_000, (1_000_001, "12345", "some text"))
    assert perf_counter() - started <= 20


def test_more_cells_than_a_table_has_are_refused_by_what_a_parquet_file_says_of_itself() -> None:
    with pytest.raises(RefusedInputError, match="550,000 rows by 2,000 columns"):
        _refuse_large(2_000, 550_000)
    _refuse_large(30, 30_000_000)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x.xlsx", "x.xlsx"),
        ("C:\\reports\\September.xlsx", "September.xlsx"),
        ("..", "file"),
        ("", "file"),
        ("a\0b\n.csv", "ab.csv"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
        ("ü" * 300, "ü" * 100),
        ("Beschwerden September.csv.gz", "Beschwerden September.csv.gz"),
    ],
)
def test_a_name_from_elsewhere_is_kept_as_its_last_part(name: str, kept: str) -> None:
    assert plain_name(name) == kept


def test_larger_files_get_more_and_a_boastful_gzip_file_does_not(tmp_path: Path) -> None:
    usual = Limits()
    small = files.a_csv(tmp_path / "small.csv", "a\n1\n")
    assert usual.for_file(small) == usual
    large = tmp_path / "large.csv"
    with large.open("wb") as sparse:
        sparse.truncate(200 << 20)
    assert usual.for_file(large).memory_mb == 16 * 200
    packed = files.a_gzip(tmp_path / "packed.gz", "a\n" + "1\n" * 50_000)
    packed.write_bytes(packed.read_bytes()[:-4] + b"\xff\xff\xff\xff")
    assert usual.for_file(packed) == usual
