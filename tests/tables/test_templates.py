"""The template an owner gets is the contract: what it asks for, offers and explains."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile

import fastexcel
import openpyxl
import pytest

from data.tables import Table, load_tables
from pipelines.templates import (
    EXAMPLE_ROW,
    MARKER_SHEET,
    contract_hash,
    example_row,
    is_example,
    template_marker,
    write_template,
)
from tests.support.workspaces import a_column, a_table

SHIPPED = load_tables()
AS_OF = date(2026, 10, 1)


def template_of(table: Table, folder: Path) -> Path:
    path = folder / f"{table.name}.xlsx"
    write_template(table, path, as_of=AS_OF)
    return path


def read_rows(table: Table, path: Path) -> list[dict[str, str | None]]:
    sheet = fastexcel.read_excel(path).load_sheet(table.name[:31], dtypes="string")
    return sheet.to_polars().to_dicts()


@pytest.mark.parametrize("table", SHIPPED.values(), ids=SHIPPED)
def test_a_template_read_back_has_the_columns_and_the_example_of_the_contract(
    table: Table, tmp_path: Path
) -> None:
    rows = read_rows(table, template_of(table, tmp_path))
    assert tuple(rows[0]) == table.column_names
    assert len(rows) == 1
    assert is_example(table, rows[0])


def test_one_changed_cell_makes_the_example_a_row_of_the_owner(tmp_path: Path) -> None:
    table = SHIPPED["complaints"]
    row = read_rows(table, template_of(table, tmp_path))[0]
    for name in table.column_names:
        assert not is_example(table, row | {name: None}), name
        assert not is_example(table, row | {name: "2"}), name


def test_the_example_is_known_however_a_reader_writes_it() -> None:
    table = SHIPPED["complaints"]
    written = example_row(table)
    assert is_example(table, written)
    assert is_example(table, written | {"received_on": "2026-09-14T00:00:00", "cost": "350.0"})
    assert is_example(table, written | {"is_justified": "TRUE", "quantity": "1.0"})
    assert not is_example(table, written | {"received_on": "2026-09-14 10:00:00"})


def test_a_template_says_what_it_was_made_from(tmp_path: Path) -> None:
    table = SHIPPED["complaints"]
    book = openpyxl.load_workbook(template_of(table, tmp_path))
    assert book.sheetnames == ["complaints", MARKER_SHEET]
    assert book[MARKER_SHEET].sheet_state == "hidden"
    marker = {row[0].value: row[1].value for row in book[MARKER_SHEET].iter_rows(max_col=2)}
    assert marker == template_marker(table, AS_OF)
    assert marker["template"] == "complaints"
    assert marker["example_row"] == str(EXAMPLE_ROW)


def test_another_contract_has_another_hash() -> None:
    table = a_table("shifts", a_column("crew"))
    changed = a_table("shifts", a_column("crew", required=True))
    assert contract_hash(table) != contract_hash(changed)


def test_every_header_explains_itself(tmp_path: Path) -> None:
    table = SHIPPED["complaints"]
    sheet = openpyxl.load_workbook(template_of(table, tmp_path))["complaints"]
    comments = {cell.value: cell.comment.text for cell in sheet[1]}
    assert comments["received_on"] == (
        "The day the customer told you, not the day somebody typed it in.\n"
        "Required.\nA date, like 2026-09-30."
    )
    assert "One of: minor, major, critical." in comments["severity"]
    assert "Unit: currency of the site." in comments["cost"]
    assert "Empty means 1." in comments["quantity"]
    assert "Row 2 is an example: write over it." in comments["complaint_id"]


def test_allowed_values_and_truths_are_drop_downs(tmp_path: Path) -> None:
    table = SHIPPED["complaints"]
    book = openpyxl.load_workbook(template_of(table, tmp_path))
    assert drop_downs(book, table) == {
        "severity": ["minor", "major", "critical"],
        "is_justified": ["true", "false"],
    }


def test_a_drop_down_may_be_long_and_hold_commas(tmp_path: Path) -> None:
    reasons = tuple(f"reason {number}, of many that there are" for number in range(60))
    table = a_table("shifts", a_column("reason", allowed=reasons))
    book = openpyxl.load_workbook(template_of(table, tmp_path))
    assert drop_downs(book, table) == {"reason": list(reasons)}


def drop_downs(book: openpyxl.Workbook, table: Table) -> dict[str, list[str]]:
    found = {}
    for rule in book[table.name].data_validations.dataValidation:
        if rule.type == "list":
            sheet, cells = rule.formula1.replace("$", "").split("!")
            values = [row[0].value for row in book[sheet][cells]]
            column = next(iter(rule.sqref.ranges)).min_col - 1
            found[table.column_names[column]] = values
    return found


def test_dates_are_dates_and_look_the_same_everywhere(tmp_path: Path) -> None:
    table = SHIPPED["process_measurements"]
    sheet = openpyxl.load_workbook(template_of(table, tmp_path))[table.name]
    cell = sheet.cell(EXAMPLE_ROW, 1)
    assert cell.value == datetime.fromisoformat("2026-09-14 10:30")
    assert cell.number_format == "yyyy-mm-dd hh:mm"


def test_text_columns_are_text_so_that_0012_keeps_its_zeros(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(template_of(SHIPPED["complaints"], tmp_path))["complaints"]
    assert sheet.column_dimensions["A"].number_format == "@"


def test_the_header_is_locked_and_the_rows_are_not(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(template_of(SHIPPED["complaints"], tmp_path))["complaints"]
    assert sheet.protection.sheet
    assert sheet["A1"].protection.locked
    assert not sheet["A2"].protection.locked
    assert not sheet.column_dimensions["A"].protection.locked
    assert sheet.freeze_panes == "A2"


def test_nothing_in_a_contract_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    table = a_table(
        "shifts",
        a_column("note", example="=1+1", meaning="=cmd|' /C calc'!A0"),
        a_column("page", example="https://example.org/", allowed=("https://example.org/", "=2")),
    )
    path = template_of(table, tmp_path)
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if "worksheets/sheet" in name]
        text = "".join(archive.read(name).decode() for name in sheets)
    assert "<f>" not in text
    assert "hyperlink" not in text
    assert read_rows(table, path)[0]["note"] == "=1+1"


def test_a_long_table_name_fits_the_sheet(tmp_path: Path) -> None:
    table = a_table("a_table_with_a_name_longer_than_a_sheet_may_have")
    assert openpyxl.load_workbook(template_of(table, tmp_path)).sheetnames[0] == table.name[:31]


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first = template_of(SHIPPED["outputs"], tmp_path)
    second = template_of(SHIPPED["outputs"], tmp_path / "again")
    assert first.read_bytes() == second.read_bytes()
