"""The cells of a sheet as the fast reader gives them, and what it says of errors among them."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import fastexcel
import polars as pl

from data.errors import RefusedInputError
from pipelines.readers.damage import refuse_damaged_parts
from pipelines.readers.kinds import PROTECTED
from pipelines.readers.raw import Spreadsheet
from pipelines.readers.sheet_scan import Scan


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name and the part of the archive that holds its cells."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True)
class Grid:
    """Every cell of a sheet as text, one frame row for each row of the sheet from row 1 on.

    `first_column` is the index of the frame's first column in the sheet; `errors` are the cells the
    reader itself takes for errors: index of row and column in the frame, and the error.
    """

    frame: pl.DataFrame
    first_column: int
    errors: tuple[tuple[int, int, str], ...] = ()


_OLD = (
    "Only the values of this {} file were read. Hidden rows and columns, merged cells and formulas "
    "that were never calculated cannot be seen in this kind of file: save it as .xlsx to have them "
    "looked for."
)


def other_sheets(path: Path, kind: Spreadsheet) -> tuple[list[Sheet], tuple[str, ...]]:
    """Return the sheets of a workbook that is not .xlsx, and what to say about the workbook."""
    if kind == "xlsb":
        with zipfile.ZipFile(path) as archive:
            refuse_damaged_parts(archive, [], sheets=True)
    try:
        book = _book(path)
        loaded = [(name, book.load_sheet(name, n_rows=0)) for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        raise _damaged(error) from error
    sheets = [Sheet(name, "", sheet.visible != "visible") for name, sheet in loaded]
    return sheets, () if kind == "ods" else (_OLD.format(f".{kind}"),)


@cache
def _book(path: Path) -> fastexcel.ExcelReader:
    """Return the opened workbook: its shared texts are read once for all sheets.

    This process reads one file and ends.
    """
    return fastexcel.read_excel(path)


def sheet_grid(path: Path, kind: Spreadsheet, sheet: str) -> Grid:
    """Return the cells of a sheet. Raises RefusedInputError for a damaged workbook.

    Errors are asked of the reader only where no scan of the XML finds them: it takes another 0.1 s.
    """
    try:
        book = _book(path)
        # Without skip_rows = 0 the reader drops empty rows at the top and the numbers are wrong.
        loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
        columns = loaded.selected_columns
        first_column = columns[0].absolute_index if columns else 0
        if kind == "xlsx":
            return Grid(loaded.to_polars(), first_column)
        batch, errors = loaded.to_arrow_with_errors()
    except fastexcel.FastExcelError as error:
        raise _damaged(error) from error
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 a batch gives a frame
    found = [(*error.position, error.detail) for error in errors.errors] if errors else ()
    return Grid(frame, first_column, tuple(map(_error, found)))


def _error(found: tuple[int, int, str]) -> tuple[int, int, str]:
    row, column, detail = found
    name = re.search(r"Error\((\w+)\)", detail)
    return row, column, _ERRORS.get(name[1], "#ERROR") if name else "#ERROR"


_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "GettingData": "#GETTING_DATA",
}


def _damaged(error: fastexcel.FastExcelError) -> RefusedInputError:
    if "password" in str(error).lower():
        return RefusedInputError(PROTECTED)
    return RefusedInputError(
        "the workbook is damaged or of a kind that is not read. Save it in Excel as .xlsx."
    )


def spoilt_cells(cells: Grid, scan: Scan | None) -> list[tuple[int, int, str, str]]:
    """Return row, column, value and reason of the cells the file itself spoils, each once."""
    found = (
        {(row, column): (value, reason) for row, column, value, _, reason in scan.spoilt}
        if scan
        else {}
    )
    for row, column, value in cells.errors:
        place = (row + 1, column + cells.first_column)
        found.setdefault(place, (value, f"holds the error {value}"))
    return [(*place, *told) for place, told in sorted(found.items())]
