"""The cells of messy workbooks, read by openpyxl and the csv module, not by our own readers."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl

from tests.support.examples import sources

MILLIONTH = Decimal("0.000001")
"""Figures are kept with six decimals, rounded half up."""


@dataclass(frozen=True)
class Kept:
    """A table of a file that reaches `metric_values`.

    `at` begins the place of its proposal, `cells` are Excel ranges of its figures (lines and pieces
    of a text file count alike). `asked` says in words what had to be answered; `count` and `total`
    are the figures and their sum.
    """

    at: str
    cells: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""
    sheet: str | None = None
    count: int = 0
    total: str = "0"


@dataclass(frozen=True)
class Workbook:
    """One file: the tables that are read, or the sentence with which it is refused."""

    file: str
    holds: str
    kept: tuple[Kept, ...] = ()
    refused: str = ""


def folder() -> Path:
    """Return where the workbooks are, if they are anywhere."""
    return sources() / "messy_kpi_workbooks"


def figures(workbook: Workbook, kept: Kept) -> list[Decimal]:
    """Return the figures of a table as they stand in its cells, read independently."""
    path = folder() / workbook.file
    if path.suffix == ".ods":
        cells: Iterable[object] = _open_document_numbers(path)
    else:
        cells = _text_cells(path, kept) if path.suffix == ".csv" else _sheet_cells(path, kept)
    found = [_number(cell) for cell in cells]
    return [number for number in found if number is not None]


def _sheet_cells(path: Path, kept: Kept) -> Iterable[object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of formats it leaves out
        book = openpyxl.load_workbook(path, data_only=True)
    for cells in kept.cells:
        for row in book[kept.sheet][cells]:
            yield from (_as_seen(cell) for cell in row)


def _open_document_numbers(path: Path) -> list[object]:
    """Return all numbers of the file, which holds one table with one column of them."""
    text = zipfile.ZipFile(path).read("content.xml").decode()
    return list(re.findall(r'office:value="([^"]+)"', text))


def _as_seen(cell: Any) -> object:  # noqa: ANN401 - openpyxl has no types
    """Return what a person sees: 95.2 where a format shows 0.952 as 95.2 %."""
    if isinstance(cell.value, float | int) and "%" in cell.number_format:
        return float(f"{cell.value * 100:.15g}")
    return cell.value


def _text_cells(path: Path, kept: Kept) -> Iterable[object]:
    raw = path.read_bytes()
    encoding = "utf-16" if raw[:2] == b"\xff\xfe" else "utf-8-sig"
    delimiter = ";" if "weird_head" in path.name else ","
    rows: list[list[str]] = []
    reader = csv.reader(raw.decode(encoding).splitlines(keepends=True), delimiter=delimiter)
    for record in reader:
        rows += [[]] * (reader.line_num - len(rows) - 1)
        rows.append(record)
    for cells in kept.cells:
        first, last = map(openpyxl.utils.cell.coordinate_from_string, cells.split(":"))
        columns = range(*(openpyxl.utils.column_index_from_string(c) for c in (first[0], last[0])))
        for row in rows[first[1] - 1 : last[1]]:
            yield from (row[c - 1] if c <= len(row) else "" for c in (*columns, columns.stop))


def _number(cell: object) -> Decimal | None:
    if isinstance(cell, bool) or cell is None:
        return None
    try:
        if isinstance(cell, str):
            return Decimal(cell.replace(",", "").strip()).quantize(MILLIONTH, ROUND_HALF_UP)
        # The Excel reader (calamine) gives numbers with nine decimals; we keep six of them.
        return Decimal(f"{cell:.9f}").quantize(MILLIONTH, ROUND_HALF_UP)
    except ArithmeticError:
        return None
