"""A copy of a person's own file with cells marked: filled, and a comment on each.

Runs in the child process. A workbook stays what it is, formulas among it; of any other file a
workbook is made that shows the same cells in the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import openpyxl
import polars as pl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.format import Format

from pipelines.readers.raw import ROW, Mark, Part

FILL = "FBDCBC"
"""The light orange of a cell to fix, as on the page."""

AUTHOR = "Clause9"

COMMENT_WIDTH, COMMENT_HEIGHT = 320, 120
"""Pixels of a comment: six lines of what is wrong and what would do."""


def mark_workbook(path: Path, marks: Iterable[Mark], target: Path) -> bool:
    """Write the workbook with its cells marked, its formulas left as they are and macros left out.

    Return whether that could be done: not every workbook that can be read can be written again.
    """
    try:
        book = openpyxl.load_workbook(path)
        for mark in marks:
            sheet = book[mark.sheet] if mark.sheet in book.sheetnames else book.active
            if isinstance(sheet, Worksheet):
                _mark(sheet, mark)
        book.save(target)
    except Exception:  # noqa: BLE001 - openpyxl raises whatever a part it does not know makes it
        return False
    return True


def _mark(sheet: Worksheet, mark: Mark) -> None:
    # What is no cell of the sheet itself is told at the beginning of its row.
    cell = sheet[mark.cell or f"A{mark.row}"]
    said = f"{cell.comment.text}\n\n" if cell.comment else ""
    comment = Comment(f"{said}{mark.comment}", AUTHOR)
    comment.width, comment.height = COMMENT_WIDTH, COMMENT_HEIGHT
    cell.comment = comment
    cell.fill = PatternFill("solid", start_color=FILL, end_color=FILL)


def mark_parts(parts: Sequence[Part], marks: Iterable[Mark], target: Path) -> None:
    """Write a workbook of what was read, every row under its number, its cells marked."""
    every = list(marks)
    # Nothing a file holds becomes a formula, a link or a number it is not.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        filled = book.add_format({"bg_color": f"#{FILL}"})
        for part in parts:
            _write(book, part, [mark for mark in every if mark.sheet == part.sheet], filled)


def _write(book: xlsxwriter.Workbook, part: Part, marks: Sequence[Mark], filled: Format) -> None:
    sheet = book.add_worksheet((part.sheet or "Data")[:31])
    sheet.write_row(part.header_row - 1, 0, part.headers)
    for number, *texts in part.frame.select(ROW, *part.headers).iter_rows():
        for column, text in enumerate(texts):
            if text is not None:
                sheet.write_string(number - 1, column, str(text))
    is_marked = pl.col(ROW).is_in([mark.row for mark in marks])
    texts_of = {
        (row[ROW], header): row[header]
        for row in part.frame.filter(is_marked).iter_rows(named=True)
        for header in part.headers
    }
    places = {header: column for column, header in enumerate(part.headers)}
    for mark in marks:
        column = places.get(mark.header, 0)
        text = texts_of.get((mark.row, part.headers[column]))
        sheet.write_string(mark.row - 1, column, "" if text is None else str(text), filled)
        look = {"author": AUTHOR, "width": COMMENT_WIDTH, "height": COMMENT_HEIGHT}
        sheet.write_comment(mark.row - 1, column, mark.comment, look)
