"""Workbooks: the sheet a mapping means, its values as text, and what in it could mislead."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl

from data.errors import RefusedInputError, near_miss
from pipelines.readers.damage import DAMAGE, damaged, refuse_damaged_parts
from pipelines.readers.grid import Grid, Sheet, other_sheets, sheet_grid, spoilt_cells
from pipelines.readers.headers import checked_headers, header_hint, letter
from pipelines.readers.layout import cut_grid, joined_headers, layout_of
from pipelines.readers.ods_scan import ods_scans
from pipelines.readers.own_sheet import OWN_SHEET, marker_of
from pipelines.readers.percents import as_shown, percent_cells
from pipelines.readers.raw import LONGEST_CELL, ROW, Ask, Flaw, Part, Spreadsheet
from pipelines.readers.sheet_scan import (
    Scan,
    may_be_read_meanwhile,
    scan_sheet,
)

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def read_workbook(path: Path, kind: Spreadsheet, ask: Ask) -> list[Part]:
    """Return the sheets `ask` means. Raises RefusedInputError with sheet, row and column."""
    try:
        return _read(path, kind, ask)
    except DAMAGE as error:
        raise damaged("LibreOffice" if kind == "ods" else "Excel") from error


def _read(path: Path, kind: Spreadsheet, ask: Ask) -> list[Part]:
    if kind == "xlsx":
        with zipfile.ZipFile(path) as archive:
            sheets, warnings = sheets_of(archive)
            chosen, more = _chosen(sheets, ask)
            parts = [_read_sheet(path, archive, sheet, ask) for sheet in chosen]
    else:
        # First: the reader itself makes room for every cell a sheet claims to repeat.
        scans = ods_scans(path) if kind == "ods" else {}
        sheets, warnings = other_sheets(path, kind)
        chosen, more = _chosen(sheets, ask)
        parts = [_read_other(path, kind, sheet, ask, scans.get(sheet.name)) for sheet in chosen]
    first = parts[0]
    warnings = (*warnings, *more, *first.warnings)
    marker = marker_of(path) if any(sheet.name == OWN_SHEET for sheet in sheets) else {}
    return [replace(first, warnings=warnings, marker=marker), *parts[1:]]


def _read_other(path: Path, kind: Spreadsheet, sheet: Sheet, ask: Ask, scan: Scan | None) -> Part:
    place = f"sheet '{sheet.name}', "
    try:
        return _part(sheet.name, sheet_grid(path, kind, sheet.name), ask, scan)
    except RefusedInputError as error:
        text = str(error)
        raise RefusedInputError(text if text.startswith("sheet ") else place + text) from error


def _xml(archive: zipfile.ZipFile, name: str) -> ET.Element:
    try:
        text = archive.read(name)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise RefusedInputError(
                "the workbook declares a document type, which Excel never does and an attack "
                "would. Save it again in Excel."
            )
        return ET.fromstring(text)  # noqa: S314 no document type, so no entities
    except (KeyError, *DAMAGE) as error:
        raise RefusedInputError(
            f"the workbook is damaged ({name} cannot be read). Save it again in Excel."
        ) from error


def sheets_of(archive: zipfile.ZipFile) -> tuple[list[Sheet], tuple[str, ...]]:
    """Return the sheets that hold cells, in their order, and what to say about the workbook."""
    relations = _xml(archive, "xl/_rels/workbook.xml.rels")
    targets = {
        item.get("Id", ""): _part_named(item.get("Target", ""))
        for item in relations
        if item.get("TargetMode") != "External"
    }
    refuse_damaged_parts(archive, list(targets.values()), sheets=False)
    book = _xml(archive, "xl/workbook.xml")
    sheets = []
    for item in (*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")):
        part = targets.get(item.get(_RELATION) or item.get(_STRICT_RELATION) or "", "")
        if "chartsheet" not in part and "dialogsheet" not in part:
            hidden = item.get("state", "visible") != "visible"
            sheets.append(Sheet(item.get("name", ""), part, hidden))
    has_macros = any(name.endswith("vbaProject.bin") for name in archive.namelist())
    warnings = ("The workbook holds macros; only its values were read.",) if has_macros else ()
    return sheets, warnings


def _part_named(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _chosen(sheets: list[Sheet], ask: Ask) -> tuple[list[Sheet], tuple[str, ...]]:
    """Return the sheets to read and what to say about the others."""
    data = [sheet for sheet in sheets if sheet.name != OWN_SHEET]
    if not data:
        raise RefusedInputError("the workbook has no sheet with cells. Export it again.")
    if ask.sheet is not None:
        found = [sheet for sheet in data if _fits(sheet.name, ask.sheet)]
        if found:
            return found, tuple(_about_hidden(sheet) for sheet in found if sheet.is_hidden)
        names = ", ".join(f"'{sheet.name}'" for sheet in data)
        hint = near_miss(ask.sheet, [sheet.name for sheet in data])
        raise RefusedInputError(f"there is no sheet '{ask.sheet}', only {names}.{hint}")
    visible = [sheet for sheet in data if not sheet.is_hidden]
    preferred = [sheet for sheet in visible if sheet.name.strip() in ask.prefer]
    hidden = [sheet.name for sheet in data if sheet.is_hidden]
    skipped = tuple(f"The hidden sheet '{name}' was not read." for name in hidden)
    if len(preferred) == 1 or len(visible) == 1:
        return (preferred or visible)[:1], skipped
    names = ", ".join(f"'{sheet.name}'" for sheet in visible) or "hidden ones only"
    raise RefusedInputError(
        f"the workbook has {len(visible)} sheets ({names}), and nothing says which one is meant. "
        'Say it in the mapping: sheet = "…".'
    )


def _fits(name: str, pattern: str) -> bool:
    name, pattern = name.strip().casefold(), pattern.strip().casefold()
    return name == pattern or fnmatchcase(name, pattern)


def _about_hidden(sheet: Sheet) -> str:
    return f"The sheet '{sheet.name}' is hidden; it was read because the mapping names it."


def _read_sheet(path: Path, archive: zipfile.ZipFile, sheet: Sheet, ask: Ask) -> Part:
    place = f"sheet '{sheet.name}', "
    try:
        grid, scan = _read_and_scanned(path, archive, sheet)
        if ask.shows_percent:
            shown = as_shown(grid.frame, grid.first_column, percent_cells(archive, sheet.part))
            grid = replace(grid, frame=shown)
        return _part(sheet.name, grid, ask, scan)
    except RefusedInputError as error:
        text = str(error)
        raise RefusedInputError(text if text.startswith("sheet ") else place + text) from error
    except (KeyError, *DAMAGE) as error:
        raise RefusedInputError(
            f"{place}the workbook is damaged or cut short. Save it again in Excel."
        ) from error


def _read_and_scanned(
    path: Path, archive: zipfile.ZipFile, sheet: Sheet
) -> tuple[Grid, Scan | None]:
    """Return the cells and what misleads in them: both at once, where that takes no more memory."""
    with ThreadPoolExecutor(1) as beside:
        scanning = beside.submit(scan_sheet, archive, sheet.part)
        if not may_be_read_meanwhile(archive, sheet.part):
            scanning.result()
        try:
            grid = sheet_grid(path, "xlsx", sheet.name)
        except RefusedInputError:
            scanning.result()  # what the scan says of the place helps more
            raise
        return grid, scanning.result()


def _part(name: str, cells: Grid, ask: Ask, scan: Scan | None) -> Part:
    layout = layout_of(ask)
    grid, first_column, told = cut_grid(cells.frame, cells.first_column, layout)
    header_row, top = layout.header_row, layout.first_row - 1
    if grid.is_empty() or grid.height < top:
        raise RefusedInputError(
            f"there are {grid.height} rows, but the header is expected in row {top}."
        )
    body = grid.slice(top)
    filled = [count < body.height for count in body.null_count().row(0)]
    head = grid.head(20).rows() if layout.is_plain else []
    columns = checked_headers(
        joined_headers(grid.slice(header_row - 1, layout.header_rows).rows()),
        filled,
        row=header_row,
        place=f"sheet '{name}', ",
        hint=_merge_hint(scan, header_row) + header_hint(head, header_row, ask.expected),
        first_column=first_column,
        expected=ask.expected,
    )
    frame = body.select(pl.col(body.columns[i]).alias(title) for i, title in columns)
    frame = frame.with_row_index(ROW, offset=top + 1)
    titles = [title for _, title in columns]
    by_index = {i + first_column: title for i, title in columns}
    read = range(top + 1, grid.height + 1)
    flaws = _flaws(name, spoilt_cells(cells, scan), by_index, read)
    is_spoilt = pl.col(ROW).is_in([flaw.row for flaw in flaws])
    frame = frame.filter(~pl.all_horizontal(pl.col(titles).is_null()) | is_spoilt)
    _refuse_huge_cells(frame, titles)
    return Part(
        sheet=name,
        header_row=header_row,
        headers=tuple(titles),
        frame=frame,
        warnings=(*told, *_warnings(name, scan, read)),
        flaws=flaws,
        letters={title: letter(i) for i, title in by_index.items()},
    )


def _merge_hint(scan: Scan | None, header_row: int) -> str:
    over = [ref for ref in (scan.merges if scan else ()) if _rows(ref)[0] <= header_row]
    return f"Cells {over[0]} are merged over the columns. " if over else ""


def _rows(reference: str) -> tuple[int, int]:
    first, _, last = reference.partition(":")
    numbers = ["".join(filter(str.isdigit, text)) or "0" for text in (first, last or first)]
    return int(numbers[0]), int(numbers[1])


def _warnings(name: str, scan: Scan | None, read: range) -> tuple[str, ...]:
    if scan is None:
        return ()
    told = []
    hidden = [row for row in scan.hidden_rows if row in read]
    if hidden:
        told.append(f"Sheet '{name}': {_listed('row', hidden)} hidden, but read like the others.")
    if scan.hidden_columns:
        told.append(f"Sheet '{name}': there are hidden columns; they were read like the others.")
    merged = [
        ref for ref in scan.merges if read.start <= _rows(ref)[1] and _rows(ref)[0] < read.stop
    ]
    if merged:
        told.append(
            f"Sheet '{name}': {len(merged)} groups of cells below the header are merged (the first "
            f"is {merged[0]}); only the first cell of each holds the value."
        )
    return tuple(told)


def _listed(word: str, numbers: list[int]) -> str:
    shown = ", ".join(str(number) for number in numbers[:10])
    more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    return f"{word} {shown} is" if len(numbers) == 1 else f"{word}s {shown}{more} are"


def _flaws(
    name: str,
    spoilt: list[tuple[int, int, str, str]],
    headers: dict[int, str],
    read: range,
) -> tuple[Flaw, ...]:
    return tuple(
        Flaw(row, headers[column], f"{name}!{letter(column)}{row}", value, reason)
        for row, column, value, reason in spoilt
        if row in read and column in headers
    )


def _refuse_huge_cells(frame: pl.DataFrame, headers: list[str]) -> None:
    for header in headers:
        lengths = frame.get_column(header).str.len_bytes()
        longest = lengths.arg_max()
        if longest is not None and lengths[longest] > LONGEST_CELL * 4:
            row = frame.get_column(ROW)[longest]
            raise RefusedInputError(
                f"row {row}, column '{header}': the cell holds more than {LONGEST_CELL:,} "
                "characters. Shorten it."
            )


__all__ = ["OWN_SHEET", "read_workbook"]
