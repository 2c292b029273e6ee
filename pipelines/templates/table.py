"""The Excel template of a table: what an owner fills in, made from the contract alone.

Row 1 holds the columns' names with a comment each, row 2 an example in grey. A hidden sheet says
which contract the template was made from and that row 2 is an example, so that ingestion can leave
it out as long as nobody has written over it (`is_example`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data.durable import write_whole
from data.tables.cells import Cell, cell_of
from data.tables.contract import Column, ColumnType, Table

MARKER_SHEET = "_clause9"
"""The hidden sheet: no table may be called so, since names of tables start with a letter."""

EXAMPLE_ROW = 2
"""The row of the example, as a person counts rows."""

_LAST_ROW = 1_048_575
_FIRST_LIST_COLUMN = 3
_SHEET_NAME_LENGTH = 31


def write_template(table: Table, path: Path, *, as_of: date) -> None:
    """Write the template of `table` to `path`, an .xlsx file; the same day gives the same bytes."""
    # Constant, whatever a contract's texts hold: nothing written becomes a formula or a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    content = BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties(
            {
                "title": f"{table.title}: template",
                "created": datetime.combine(as_of, time()),
            }
        )
        sheet = book.add_worksheet(sheet_name(table))
        formats = _Formats(book)
        sheet.set_column(0, 16_383, 12, formats.cell())
        lists = _write_marker(book, table, as_of)
        example = example_row(table)
        for position, column in enumerate(table.columns):
            text = example.get(column.name, "")
            _write_column(sheet, position, column, formats)
            _write_example(sheet, position, column, text, formats)
            _validate(sheet, position, column, lists.get(column.name))
        sheet.freeze_panes(1, 0)
        sheet.protect("", _LEFT_TO_THE_OWNER)
    write_whole(path, content.getvalue())


_LEFT_TO_THE_OWNER = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}
"""Only the header is locked, against a renamed column; there is no password."""


def sheet_name(table: Table) -> str:
    """Return the name of the template's sheet: the table's, cut to what Excel takes."""
    return table.name[:_SHEET_NAME_LENGTH]


def template_marker(table: Table, as_of: date) -> dict[str, str]:
    """Return what the hidden sheet says, name to value, in its columns A and B."""
    return {
        "template": table.name,
        "contract": contract_hash(table),
        "example_row": str(EXAMPLE_ROW),
        "made_on": as_of.isoformat(),
    }


def contract_hash(table: Table) -> str:
    """Return the SHA-256 of the contract: another one means that the table has changed since."""
    return hashlib.sha256(table.model_dump_json().encode()).hexdigest()


def example_row(table: Table) -> dict[str, str]:
    """Return the example, column to text as it would be typed; columns without one are left out."""
    return {column.name: column.example for column in table.columns if column.example is not None}


def is_example(table: Table, row: Mapping[str, str | None]) -> bool:
    """Return whether a row read from a template still is its example.

    `row` is column to text as a reader gives it: dates may carry a time of midnight, numbers may be
    written otherwise (350 for 350.00). One changed cell makes it a row of the owner's.
    """
    example = example_row(table)
    return all(
        _same(column, example.get(column.name), row.get(column.name)) for column in table.columns
    )


def _same(column: Column, expected: str | None, found: str | None) -> bool:
    if not expected or not found:
        return (expected or None) == (found or None)
    try:
        return cell_of(column, expected) == cell_of(column, _plain(column, found))
    except ValueError:
        return False


def _plain(column: Column, found: str) -> str:
    text = found.strip()
    match column.type:
        case "boolean":
            return text.lower()
        case "date":
            return text[:10] if text[10:] in {" 00:00:00", "T00:00:00", " 00:00:00.000"} else text
        case _:
            return text if column.type == "text" else text.removesuffix(".0")


class _Formats:
    """The workbook's cell formats, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, bool], Format] = {}
        self.header = book.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "locked": True}
        )
        self.required_header = book.add_format(
            {"bold": True, "bg_color": "#CFE0F1", "bottom": 1, "locked": True}
        )

    def cell(self, number_format: str = "General", *, is_example: bool = False) -> Format:
        """Return the format of a cell the owner may fill in."""
        key = (number_format, is_example)
        if key not in self._made:
            look = {"italic": True, "font_color": "#7F7F7F"} if is_example else {}
            self._made[key] = self._book.add_format(
                {"num_format": number_format, "locked": False, **look}
            )
        return self._made[key]


def _number_format(column: Column) -> str:
    match column.type:
        case "text":
            # As text, so that 0012 keeps its zeros and 3-4 does not become a date.
            return "@"
        case "date":
            return "yyyy-mm-dd"
        case "timestamp":
            return "yyyy-mm-dd hh:mm"
        case "decimal" if column.decimals == 2:
            return "0.00"
        case _:
            return "General"


def _write_column(sheet: Worksheet, position: int, column: Column, formats: _Formats) -> None:
    width = min(max(len(column.name), len(column.example or "")) + 3, 40)
    sheet.set_column(position, position, width, formats.cell(_number_format(column)))
    header = formats.required_header if column.required else formats.header
    sheet.write_string(0, position, column.name, header)
    lines = [*_comment(column)]
    if position == 0:
        lines.append("Row 2 is an example: write over it. It is not read while it is unchanged.")
    text = "\n".join(lines)
    height = 20 * (2 + sum(1 + len(line) // 45 for line in lines))
    sheet.write_comment(0, position, text, {"author": "Clause9", "width": 300, "height": height})


def _comment(column: Column) -> Iterator[str]:
    yield column.meaning
    yield "Required." if column.required else "May be left empty."
    if column.unit:
        yield f"Unit: {column.unit}."
    if column.allowed:
        yield f"One of: {', '.join(column.allowed)}."
    if column.default is not None:
        yield f"Empty means {column.default}."
    if column.type == "decimal":
        yield f"A number with at most {column.decimals} decimals."
    elif column.type in _HOW_TO_WRITE:
        yield _HOW_TO_WRITE[column.type]


_HOW_TO_WRITE: Mapping[ColumnType, str] = {
    "integer": "A whole number.",
    "float": "A number.",
    "boolean": "true or false.",
    "date": "A date, like 2026-09-30.",
    "timestamp": "A date and time, like 2026-09-30 14:00.",
}


def _write_example(
    sheet: Worksheet, position: int, column: Column, text: str, formats: _Formats
) -> None:
    look = formats.cell(_number_format(column), is_example=True)
    row = EXAMPLE_ROW - 1
    if not text:
        sheet.write_blank(row, position, None, look)
        return
    value: Cell = cell_of(column, text)
    match value:
        case bool():
            sheet.write_boolean(row, position, value, look)
        case date():
            sheet.write_datetime(row, position, value, look)
        case int() | float() | Decimal():
            sheet.write_number(row, position, float(value), look)
        case str():
            sheet.write_string(row, position, value, look)


def _validate(sheet: Worksheet, position: int, column: Column, source: str | None) -> None:
    """Let Excel refuse at the keyboard what ingestion would refuse later."""
    rule: dict[str, object]
    if source is not None:
        values = ", ".join(column.allowed or _TRUTHS)
        wanted = f"One of: {values}." if len(values) < 200 else "Choose one from the list."
        rule = {"validate": "list", "source": source}
    elif column.type in _TYPED_AT_THE_KEYBOARD:
        rule = dict(_TYPED_AT_THE_KEYBOARD[column.type])
        wanted = _HOW_TO_WRITE.get(column.type, "A number.")
    else:
        return
    rule |= {"error_title": column.name[:32], "error_message": wanted}
    sheet.data_validation(EXAMPLE_ROW - 1, position, _LAST_ROW, position, rule)


_A_DATE = {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
_BETWEEN = {"criteria": "between", "minimum": -1e15, "maximum": 1e15}
_TYPED_AT_THE_KEYBOARD: Mapping[ColumnType, Mapping[str, object]] = {
    "date": _A_DATE,
    "timestamp": _A_DATE,
    "integer": {"validate": "integer", **_BETWEEN},
    "decimal": {"validate": "decimal", **_BETWEEN},
    "float": {"validate": "decimal", **_BETWEEN},
}
_TRUTHS = ("true", "false")


def _write_marker(book: xlsxwriter.Workbook, table: Table, as_of: date) -> dict[str, str]:
    """Write the hidden sheet; return the range that holds each column's drop-down values."""
    sheet = book.add_worksheet(MARKER_SHEET)
    sheet.hide()
    for row, (name, value) in enumerate(template_marker(table, as_of).items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    ranges: dict[str, str] = {}
    for column in table.columns:
        values = _TRUTHS if column.type == "boolean" else column.allowed
        if values:
            position = _FIRST_LIST_COLUMN + len(ranges)
            sheet.write_column(0, position, values)
            letters = xlsxwriter.utility.xl_col_to_name(position, col_abs=True)
            ranges[column.name] = f"={MARKER_SHEET}!{letters}$1:{letters}${len(values)}"
    return ranges
