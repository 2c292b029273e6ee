"""Sheets as people lay them out: titles above, headers of several rows, tables side by side."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import RefusedInputError
from pipelines.readers.layout import joined_headers
from pipelines.readers.open import read
from pipelines.readers.raw import ROW, Ask, Raw
from tests.support.files import Table, a_csv, a_workbook
from tests.support.submitting import Site, a_mapping

SHEET: Table = [
    ("Figures of the works", None, None, None, None, None),
    (None, None, None, None, None, None),
    ("Site", 2017, None, 2018, None, "Remark"),
    (None, "Jan", "Feb", "Jan", "Feb", None),
    ("Porto", 1, 2, 3, 4, "good"),
    (None, None, None, None, None, None),
    ("Lyon", 5, 6, 7, 8, None),
    ("Source: the works", None, None, None, None, None),
]

WIDE = ("Site", "2017 / Jan", "2017 / Feb", "2018 / Jan", "2018 / Feb", "Remark")


def as_csv(path: Path, sheet: Table) -> Path:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in sheet]
    return a_csv(path, "\n".join(lines) + "\n")


@pytest.fixture(params=["xlsx", "csv"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "csv":
        return as_csv(tmp_path / "a.csv", SHEET)
    return a_workbook(tmp_path / "a.xlsx", {"Figures": SHEET})


def one(path: Path, **keys: object) -> Raw:
    ((raw,),) = read(path, path.name, [Ask(**keys)])  # type: ignore[arg-type]
    return raw


def test_a_header_of_two_rows_is_one_header_a_column(file: Path) -> None:
    raw = one(file, header_row=3, header_rows=2, until="Source:")
    assert raw.headers == WIDE
    # The rows are those a person counts.
    assert raw.frame.select(ROW, "Site", "2018 / Feb").rows() == [
        (5, "Porto", "4"),
        (7, "Lyon", "8"),
    ]
    assert raw.warnings == ()


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([("2017", "", "2018"), ("Jan", "Feb", "Jan")], ["2017 / Jan", "2017 / Feb", "2018 / Jan"]),
        # A heading with nothing below it names its own column, and no other.
        ([("Site", "2017", ""), ("", "Jan", "")], ["Site", "2017 / Jan", None]),
        # The same word in both rows is said once.
        ([("Total", "2017"), ("Total", "Jan")], ["Total", "2017 / Jan"]),
        # A heading of the second row ends where the first begins another.
        (
            [("2017", "", "2018", ""), ("NSA", "", "", "SA"), ("Jan", "Feb", "Jan", "Feb")],
            ["2017 / NSA / Jan", "2017 / NSA / Feb", "2018 / Jan", "2018 / SA / Feb"],
        ),
        ([("A\nB", None)], ["A\nB", None]),
    ],
)
def test_headings_belong_to_the_columns_right_of_them(
    rows: list[tuple[str | None, ...]], names: list[str | None]
) -> None:
    assert joined_headers(rows) == names


def test_a_block_is_read_as_if_nothing_were_around_it(tmp_path: Path) -> None:
    sheet = [
        ("Rejects by machine", None, None, "Notes", None),
        (None, None, None, "=1/0", None),
        (None, "Machine", "Rejects", "Machine", "#REF!"),
        (None, "M1", 4, "x", "y"),
        (None, "M2", "#N/A", "x", "y"),
        (None, "Total", "#DIV/0!", "x", "y"),
    ]
    path = a_workbook(tmp_path / "a.xlsx", {"S": sheet})
    raw = one(path, block="B3:C5")
    assert raw.headers == ("Machine", "Rejects")
    assert raw.frame.rows() == [(4, "M1", "4"), (5, "M2", None)]
    # The error inside keeps its cell; those outside are nobody's.
    assert [(flaw.row, flaw.cell, flaw.value) for flaw in raw.flaws] == [(5, "S!C5", "#N/A")]
    assert raw.letters == {"Machine": "B", "Rejects": "C"}
    assert one(path, block="B3:C").frame.height == 3


def test_a_block_may_begin_left_of_the_first_cell(tmp_path: Path) -> None:
    sheet: Table = [(None, "No", "Date"), (None, 1, "x"), (None, None, "y")]
    raw = one(a_workbook(tmp_path / "a.xlsx", {"S": sheet}), block="A1:B")
    assert (raw.headers, raw.frame.rows()) == (("No",), [(2, "1")])


def test_letters_in_messages_are_those_of_the_sheet(tmp_path: Path) -> None:
    sheet: Table = [(None, None, "No", None, "Day"), (None, None, 1, 2, 3)]
    path = a_workbook(tmp_path / "a.xlsx", {"S": sheet})
    with pytest.raises(RefusedInputError, match="row 1, column D: there are values below"):
        one(path, block="C1:E2")
    with pytest.raises(RefusedInputError, match="columns F to G of the block"):
        one(path, block="F1:G2")


def test_a_block_of_a_csv_file_has_the_same_rows_and_columns(tmp_path: Path) -> None:
    text = 'title,,\n,No,Note\n,1,"a\nb"\n,2,c\n,3,d\nend\n'
    path = a_csv(tmp_path / "a.csv", text)
    raw = one(path, block="B2:C4")
    assert raw.headers == ("No", "Note")
    assert raw.frame.rows() == [(3, "1", "a\nb"), (4, "2", "c")]


def test_what_ends_the_data_is_no_data_however_ragged(tmp_path: Path) -> None:
    text = 'No,Note\n1,"x\nTotal"\n2,Total\n,,\n Total,3\nFootnote; with, commas, and "quotes\n'
    path = a_csv(tmp_path / "a.csv", text.replace(",,\n", "\n"))
    raw = one(path, until="Total")
    assert raw.frame.select("No", "Note").rows() == [("1", "x\nTotal"), ("2", "Total")]


def test_an_end_that_is_not_there_is_told(file: Path) -> None:
    raw = one(file, header_row=3, header_rows=2, until="Total")
    assert raw.warnings == ("No row begins with 'Total', so everything below the header was read.",)


def test_duplicate_and_absent_headers_are_refused_with_their_letters(tmp_path: Path) -> None:
    twice: Table = [("Site", 2017, None), (None, "Jan", "Jan"), ("Porto", 1, 2)]
    bare: Table = [("Site", 2017, None), (None, "Jan", None), ("Porto", 1, 2)]
    for name, sheet, told in (
        ("twice", twice, "2 columns are called '2017 / Jan' \\(B, C\\)"),
        ("bare", bare, "column C: there are values below but no header"),
    ):
        for path in (
            a_workbook(tmp_path / f"{name}.xlsx", {"S": sheet}),
            as_csv(tmp_path / f"{name}.csv", sheet),
        ):
            with pytest.raises(RefusedInputError, match=told):
                one(path, header_rows=2)


def test_header_rows_of_unequal_length_are_refused(tmp_path: Path) -> None:
    path = a_csv(tmp_path / "a.csv", "Site,2017\nPorto,1,2\nLyon,3\n")
    with pytest.raises(RefusedInputError, match="row 2 has 3 columns, but row 1 has 2"):
        one(path, header_rows=2)
    with pytest.raises(RefusedInputError, match="header in rows 1 to 5, but the file ends"):
        one(path, header_rows=5)


def test_percentages_of_excel_are_read_as_they_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("S")
    percent, own = book.add_format({"num_format": 10}), book.add_format({"num_format": '0.0 "%"'})
    sheet.write_row(2, 2, ["A", "B", "C"])
    for column, (value, style) in enumerate(
        [
            (0.952, percent),
            (95.2, own),
            (0.1 + 0.2, book.add_format({"num_format": "0.0%;[Red]-0%"})),
        ]
    ):
        sheet.write_number(3, 2 + column, value, style)
    sheet.write_string(4, 2, "none", percent)
    book.close()
    asked = {"header_row": 3}
    # A percent sign in quotes is only text: that cell holds 95.2.
    assert one(path, **asked, shows_percent=True).frame.rows() == [
        (4, "95.2 %", "95.2", "30 %"),
        (5, "none", None, None),
    ]
    assert one(path, **asked).frame.row(0)[:3] == (4, "0.952", "95.2")


MOIS = ("Janv.", "Fev", "Mars", "Avr", "Mai", "Juin", "Juil", "Aou", "Sept", "Oct", "Nov", "Déc")


def test_a_wide_table_of_months_becomes_figures_by_its_mapping_alone(
    site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "tableau.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("KPI")
    percent = book.add_format({"num_format": "0.0%"})
    sheet.write_string(0, 0, "Taux de service par filiale")
    sheet.merge_range(2, 1, 2, 12, "2025")
    sheet.write_row(2, 0, ["Filiale"])
    sheet.write_row(3, 1, [*MOIS, "Total"])
    for row, (name, shares) in enumerate({"Lyon": 9, "Porto": 12}.items(), start=4):
        sheet.write_string(row, 0, name)
        for month in range(shares):
            sheet.write_number(row, 1 + month, 0.9 + month / 1000, percent)
        sheet.write_formula(row, 13, "=NA()", percent, "#N/A")
    sheet.write_string(6, 0, "* hors retours")
    book.close()
    site.knows(
        a_mapping(
            table="metric_values",
            files="tableau*",
            header_row=3,
            header_rows=2,
            until="*",
            columns={"site": "Filiale"},
            constants={"process": "deliveries", "metric": "on_time"},
            unpivot={"columns": ["2025 / *"], "name_to": "period", "value_to": "value"},
            where="value is not null and period <> '2025 / Total'",
            percent=["value"],
            periods={"language": "fr"},
        )
    )
    report = site.ingest(path)
    assert not report.refused, report.message
    rows = site.rows("metric_values", "site", "period", "value", "_row")
    assert len(rows) == 9 + 12
    # A figure is found again in its cell.
    sheet_cell = site.facts("metric_values").row(0, named=True)
    assert (sheet_cell["_sheet"], sheet_cell["_row"]) == ("KPI", 5)
    assert rows[0] == ("Lyon", date(2025, 1, 1), Decimal(90), 5)
    assert rows[8] == ("Lyon", date(2025, 9, 1), Decimal("90.8"), 5)
    assert rows[-1] == ("Porto", date(2025, 12, 1), Decimal("91.1"), 6)
