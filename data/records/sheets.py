"""Entries of records in a workbook: one sheet a section, the first row names the keys."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from data.errors import Problem

Sheets = dict[str, list[dict[str, Any]]]
Rows = dict[str, list[int]]


def read_sheets(path: Path) -> tuple[Sheets, Rows, list[Problem]]:
    """Return the entries of every sheet by its name, the row of each, and what could not be read.

    Numbers come as text, dates as dates, empty cells and empty rows not at all. An error cell, a
    formula nobody calculated and a key without a name are problems with the place of the cell.
    """
    try:
        shown = load_workbook(path, read_only=True, data_only=True)
        typed = load_workbook(path, read_only=True, data_only=False)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        return {}, {}, [Problem(path.name, "", f"cannot be read as an Excel workbook: {error}.")]
    problems: list[Problem] = []
    sheets: Sheets = {}
    numbers: Rows = {}
    for name in shown.sheetnames:
        rows = list(zip(shown[name].iter_rows(), typed[name].iter_rows(), strict=True))
        found = _entries(rows, f"{path.name}, sheet {name}", problems)
        sheets[name.strip().lower()] = [entry for _, entry in found]
        numbers[name.strip().lower()] = [number for number, _ in found]
    shown.close()
    typed.close()
    return sheets, numbers, problems


def _entries(
    rows: list[Any], place: str, problems: list[Problem]
) -> list[tuple[int, dict[str, Any]]]:
    """Return the entries, each with the number of its row as Excel shows it."""
    if not rows:
        return []
    header = [str(cell.value).strip() if cell.value is not None else "" for cell in rows[0][0]]
    entries = []
    for number, (shown, typed) in enumerate(rows[1:], start=2):
        entry = {}
        for key, cell, formula in zip(header, shown, typed, strict=False):
            value, problem = _value(cell, formula)
            if value is not None and not key:
                problem = "has a value under a header that is empty"
            if problem is not None:
                problems.append(Problem(place, f"cell {cell.coordinate}", f"{problem}."))
            elif value is not None:
                entry[key] = value
        if entry:
            entries.append((number, entry))
    return entries


def _value(cell: Any, formula: Any) -> tuple[object, str | None]:  # noqa: ANN401 openpyxl is untyped
    """Return what a cell holds, None for nothing, and what is wrong with it, if anything is."""
    if cell.value is None and formula.data_type == "f":
        return None, "holds a formula nobody calculated; open and save it in Excel first"
    if cell.value is not None and cell.data_type == "e":
        return None, f"holds the error {cell.value}; correct the formula or write the value"
    if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
        shown = f"{round(cell.value * 100, 6):g}"
        return None, (
            f"shows {shown} % and holds {cell.value:g}, so either could be meant; "
            f"format it as a plain number and write {shown} or {cell.value:g}"
        )
    return _plain(cell.value), None


def _plain(value: object) -> object:
    match value:
        case bool():
            return value
        case datetime():
            return value.date()
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case str():
            return value.strip() or None
        case _:
            return value
