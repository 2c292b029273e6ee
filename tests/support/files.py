"""Builders of the files people send: good ones, and every kind of broken one."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

Cell = str | float | int | bool | date | datetime | None
Table = Sequence[Sequence[Cell]]


def a_csv(path: Path, text: str | bytes) -> Path:
    """Write `text` as it is; a leading newline is dropped so that tests can indent."""
    data = text.encode() if isinstance(text, str) else text
    path.write_bytes(data.removeprefix(b"\n"))
    return path


def a_gzip(path: Path, text: str) -> Path:
    path.write_bytes(gzip.compress(text.encode()))
    return path


def a_workbook(path: Path, sheets: Mapping[str, Table], hidden: Sequence[str] = ()) -> Path:
    """Write sheets of plain cells; a text starting with "=" is a formula without a stored value."""
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                _write(sheet, (r, c), cell, day)
        if name in hidden:
            sheet.hide()
    book.close()
    return path


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    cell: Cell,
    day: xlsxwriter.format.Format,
) -> None:
    match cell:
        case None:
            pass
        case str() if cell.startswith("="):
            sheet.write_formula(*place, cell, None, "")
        case str() if cell.startswith("#"):
            sheet.write_formula(*place, "=1/0", None, cell)
        case str():
            sheet.write_string(*place, cell)
        case bool():
            sheet.write_boolean(*place, cell)
        case datetime() | date():
            sheet.write_datetime(*place, cell, day)
        case _:
            sheet.write_number(*place, cell)


def reworked(path: Path, change: Callable[[str, bytes], bytes], add: Mapping[str, bytes]) -> Path:
    """Rewrite a workbook: every part through `change`, and the parts of `add` beside them."""
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts[name] = change(name, archive.read(name))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (parts | dict(add)).items():
            archive.writestr(name, data)
    return path


def a_parquet(path: Path, frame: pl.DataFrame) -> Path:
    frame.write_parquet(path)
    return path


def zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()
