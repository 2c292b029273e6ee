"""Cells Excel shows as percentages: 95.2 % on screen, 0.952 in the file."""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal, InvalidOperation
from xml.etree import ElementTree as ET
from xml.parsers import expat

import polars as pl

from pipelines.mapping.block import column_index

_BUILT_IN = frozenset({9, 10})
"""The numbers of Excel's own formats 0% and 0.00%, which a workbook does not write out."""

Place = tuple[int, int]
"""A cell: row from 1, column from 0."""


def percent_cells(archive: zipfile.ZipFile, part: str) -> frozenset[Place]:
    """Return the cells of a sheet whose number format shows a percentage."""
    styles = _percent_styles(archive)
    if not styles:
        return frozenset()
    found: set[Place] = set()
    here = [0, -1]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "row":
            here[:] = [int(attributes.get("r", here[0] + 1)), -1]
        elif local == "c":
            place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", attributes.get("r", ""))
            here[:] = [int(place[2]), column_index(place[1])] if place else [here[0], here[1] + 1]
            if attributes.get("s") in styles:
                found.add((here[0], here[1]))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    with archive.open(part) as source:
        parser.ParseFile(source)
    return frozenset(found)


def _percent_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    """Return the numbers of the cell styles that show a percentage, as cells name them."""
    try:
        text = archive.read("xl/styles.xml")
    except KeyError:
        return frozenset()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        return frozenset()
    styles = ET.fromstring(text)  # noqa: S314 no document type, so no entities
    formats = set(_BUILT_IN)
    for item in styles.iter():
        if item.tag.endswith("}numFmt") and _shows_percent(item.get("formatCode", "")):
            formats.add(int(item.get("numFmtId", "0")))
    cells = next((item for item in styles if item.tag.endswith("}cellXfs")), None)
    return frozenset(
        str(number)
        for number, style in enumerate(cells if cells is not None else ())
        if int(style.get("numFmtId", "0")) in formats
    )


def _shows_percent(code: str) -> bool:
    return "%" in re.sub(r'"[^"]*"|\\.', "", code)


def as_shown(grid: pl.DataFrame, first_column: int, cells: frozenset[Place]) -> pl.DataFrame:
    """Return the grid (from row 1 on) with percentages as a person sees them: "95.2 %"."""
    by_column: dict[int, list[int]] = {}
    for row, column in sorted(cells):
        if row <= grid.height and 0 <= column - first_column < grid.width:
            by_column.setdefault(column - first_column, []).append(row - 1)
    return grid.with_columns(
        column.scatter(rows, [_percentage(column[row]) for row in rows])
        for at, rows in by_column.items()
        for column in [grid.to_series(at).clone()]
    )


def _percentage(text: str | None) -> str | None:
    """Return a share as a percentage with its sign; anything that is no number as it is."""
    try:
        share = Decimal(text or "")
    except InvalidOperation:
        return text
    if not share.is_finite():
        return text
    # Fifteen digits are all Excel keeps; what follows is noise of binary numbers.
    return f"{round(share * 100, 13).normalize():f} %"
