"""The template of one owner for one period: a row for every figure they hand in.

What says which figure a row is stands there and is locked; numerator, denominator, value, status
and note are left to the owner. A hidden sheet says whose template it is, for which period, what it
asks for, and what the locked cells hold, so that ingestion needs no mapping and sees every change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from data.durable import write_whole
from data.tables import Column, Table
from pipelines.templates.figures import (
    FILLED,
    METRIC,
    PERIOD,
    PROCESS,
    UNIT,
    Figure,
    HandedOut,
    amount_words,
    part_headers,
)
from pipelines.templates.marker import FIRST_ROW, owner_marker
from pipelines.templates.table import MARKER_SHEET

_WIDTHS = {METRIC: 38, UNIT: 24, PERIOD: 10, "Note": 44}
_NUMBERS = ("numerator", "denominator", "value")
_BETWEEN = {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15}


def write_owner_template(
    out: HandedOut,
    table: Table,
    path: Path,
    *,
    as_of: date,
    process_titles: Mapping[str, str] | None = None,
) -> None:
    """Write the template to `path`, an .xlsx file; the same day and figures give the same bytes.

    `table` is the contract of metric values. Figures handed in before stand in their cells.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    rows = filled_in(out, table, process_titles or {})
    content = BytesIO()
    with xlsxwriter.Workbook(content, options) as book:
        title = f"{out.owner_name}, {out.title}: template"
        book.set_properties({"title": title, "created": datetime.combine(as_of, time())})
        sheet = book.add_worksheet(_sheet_name(out.title))
        looks = _Looks(book)
        headers = [*rows[0], *FILLED.values()] if rows else [*FILLED.values()]
        for position, header in enumerate(headers):
            _write_header(sheet, position, header, table, looks)
        locked = len(headers) - len(FILLED)
        for at, (figure, shown) in enumerate(zip(out.figures, rows, strict=True), FIRST_ROW - 1):
            _write_shown(sheet, at, figure, shown, looks)
            _write_given(sheet, (at, locked), figure, looks)
        _validate(sheet, out.figures, table, locked)
        _finish(sheet, out, locked)
        _write_marker(book, owner_marker(out, table, rows, as_of))
    write_whole(path, content.getvalue())


def filled_in(
    out: HandedOut, table: Table, process_titles: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return the locked cells of every row, header to text; no two rows show the same."""
    parts = part_headers(out.figures, table)
    several = len({figure.process for figure in out.figures}) > 1
    titles = _titles(out.figures)
    rows = []
    for figure in out.figures:
        row = {METRIC: titles[figure.name]}
        if several:
            row[PROCESS] = process_titles.get(figure.process, figure.process)
        row |= {header: figure.part.get(name, "") for name, header in parts.items()}
        row |= {UNIT: figure.unit, PERIOD: out.period.label}
        rows.append(row | {out.last_title: amount_words(figure.last, figure)})
    return rows


def _titles(figures: Sequence[Figure]) -> dict[str, str]:
    """Return name to title; two metrics of one title are told apart by their names."""
    names_of: dict[str, set[str]] = {}
    for figure in figures:
        names_of.setdefault(figure.title, set()).add(figure.name)
    return {
        figure.name: figure.title
        if len(names_of[figure.title]) == 1
        else f"{figure.title} ({figure.name})"
        for figure in figures
    }


def _sheet_name(title: str) -> str:
    return "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31]


class _Looks:
    """The workbook's cell formats."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        line = {"bottom": 1, "bottom_color": "#D5DCE4", "valign": "top"}
        head = {"bold": True, "bottom": 1, "locked": True, "text_wrap": True, "valign": "top"}
        self.header = book.add_format({**head, "bg_color": "#E8EEF4"})
        self.asked = book.add_format({**head, "bg_color": "#CFE0F1"})
        self.name = book.add_format({**line, "bg_color": "#F5F7F9", "text_wrap": True})
        grey = {"font_color": "#7F7F7F", "bg_color": "#F5F7F9", "text_wrap": True}
        self.grey = book.add_format({**line, **grey})
        self.number = book.add_format({**line, "num_format": "#,##0.######", "locked": False})
        self.text = book.add_format({**line, "num_format": "@", "locked": False, "text_wrap": True})

    def filled(self, name: str) -> Format:
        """Return the format of a cell the owner fills in."""
        return self.number if name in _NUMBERS else self.text


def _write_header(
    sheet: Worksheet, position: int, header: str, table: Table, looks: _Looks
) -> None:
    ours = next((name for name, said in FILLED.items() if said == header), None)
    width = _WIDTHS.get(header, 14 if ours else 18)
    sheet.set_column(position, position, width)
    sheet.write_string(0, position, header, looks.asked if ours else looks.header)
    told = "\n".join(_about_column(table.column(ours))) if ours else _LOCKED
    _comment(sheet, (0, position), told)


_LOCKED = "Filled in already. It says which figure the row is, so please leave it as it is."


def _about_column(column: Column) -> Iterator[str]:
    yield column.meaning
    if column.allowed:
        yield f"One of: {', '.join(column.allowed)}. Empty means {column.default}."
    elif column.name == "note":
        yield "May be left empty."
    else:
        yield "A number. A row that is left empty counts as missing, never as 0."


def _write_shown(
    sheet: Worksheet, row: int, figure: Figure, shown: Mapping[str, str], looks: _Looks
) -> None:
    for position, (header, text) in enumerate(shown.items()):
        is_name = header not in {UNIT, PERIOD} and position < len(shown) - 1
        sheet.write_string(row, position, text, looks.name if is_name else looks.grey)
    if about := "\n".join(_about_figure(figure)):
        _comment(sheet, (row, 0), about)
    # A bare number of last month is text here: it is shown, not to be counted with.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_letter(len(shown) - 1)}1048576"})


def _about_figure(figure: Figure) -> Iterator[str]:
    if figure.about:
        yield figure.about
    if figure.is_amount:
        yield f"Give the value, in {figure.unit}."
        return
    times = f" × {figure.per:g}" if figure.per != 1 else ""
    yield (
        f"Give numerator and denominator: numerator ÷ denominator{times} is the figure, in "
        f"{figure.unit}. Where there are none, give the value alone."
    )
    if figure.is_share:
        yield "The numerator is a part of the denominator, so it is never larger."


def _write_given(sheet: Worksheet, place: tuple[int, int], figure: Figure, looks: _Looks) -> None:
    row, first = place
    for position, name in enumerate(FILLED, first):
        value = getattr(figure.given, name, None)
        look = looks.filled(name)
        match value:
            case Decimal():
                sheet.write_number(row, position, float(value), look)
            case str():
                sheet.write_string(row, position, value, look)
            case _:
                sheet.write_blank(row, position, None, look)


def _validate(sheet: Worksheet, figures: Sequence[Figure], table: Table, locked: int) -> None:
    """Let Excel refuse at the keyboard what ingestion would refuse later."""
    for row, figure in enumerate(figures, FIRST_ROW - 1):
        for position, name in enumerate(FILLED, locked):
            if rule := _rule(name, figure, table, (row, locked)):
                sheet.data_validation(row, position, row, position, rule)


def _rule(
    name: str, figure: Figure, table: Table, place: tuple[int, int]
) -> dict[str, object] | None:
    row, first = place
    if name == "status":
        allowed = list(table.column(name).allowed)
        said = {"error_title": "Status", "error_message": "Choose one from the list."}
        return {"validate": "list", "source": allowed, **said}
    if name not in _NUMBERS:
        return None
    if not figure.is_share or name == "value":
        said = {"error_title": FILLED[name], "error_message": "A number."}
        return {**_BETWEEN, **said}
    numerator, denominator = (f"{_letter(first + at)}{row + 1}" for at in range(2))
    fits = f'OR({numerator}="",{denominator}="",{numerator}<={denominator})'
    number = f"ISNUMBER({numerator if name == 'numerator' else denominator})"
    return {
        "validate": "custom",
        "value": f"=AND({number},{fits})",
        "error_title": FILLED[name],
        "error_message": "A number; the numerator is a part of the denominator, so it is never "
        "larger.",
    }


def _finish(sheet: Worksheet, out: HandedOut, locked: int) -> None:
    sheet.freeze_panes(FIRST_ROW - 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L{out.owner_name}&R{out.title}".replace("&&", "&"))
    sheet.set_selection(FIRST_ROW - 1, locked, FIRST_ROW - 1, locked)
    sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})


def _comment(sheet: Worksheet, place: tuple[int, int], text: str) -> None:
    height = 20 * (2 + sum(1 + len(line) // 45 for line in text.splitlines()))
    sheet.write_comment(*place, text, {"author": "Clause9", "width": 300, "height": height})


def _letter(position: int) -> str:
    return str(xlsxwriter.utility.xl_col_to_name(position))


def _write_marker(book: xlsxwriter.Workbook, marker: Mapping[str, str]) -> None:
    sheet = book.add_worksheet(MARKER_SHEET)
    sheet.hide()
    for row, (name, value) in enumerate(marker.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
