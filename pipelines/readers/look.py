"""A first look at a file nobody has described yet: every sheet as it lies, nothing demanded of it.

Runs in the child process. Where a reading would refuse a file for a doubt (separator, encoding),
the look keeps the doubt, so that somebody can be asked.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from data.errors import RefusedInputError
from pipelines.readers.columnar import read_parquet
from pipelines.readers.damage import DAMAGE, damaged
from pipelines.readers.delimited import SEPARATORS, refuse_binary, unpacked
from pipelines.readers.grid import Sheet, other_sheets, sheet_grid, spoilt_cells
from pipelines.readers.headers import letter
from pipelines.readers.json_records import read_json
from pipelines.readers.kinds import FileKind
from pipelines.readers.ods_scan import ods_scans
from pipelines.readers.percents import Place, as_shown, percent_cells
from pipelines.readers.raw import ROW, Ask, Kind, Part, Spreadsheet
from pipelines.readers.sheet_scan import Scan, walk_sheet
from pipelines.readers.workbook import OWN_SHEET, sheets_of

MOST_ROWS = 2_000
"""Rows of a sheet that are looked at from the top: enough for what a whole column says."""

LAST_ROWS = 60
"""Rows looked at from the end of a longer sheet: totals and footnotes stand there."""

MOST_COLUMNS = 300
"""Columns that are looked at: eight years of four-week periods, and their labels."""

UNDECIDED_ENCODINGS = ("cp1252", "latin-1", "cp1250")
"""What a text that is not UTF-8 may be; the first is how it is shown until somebody says."""

MOST_SHEETS = 60
"""Sheets of a workbook that are looked at."""


@dataclass(frozen=True)
class SheetLook:
    """One sheet (or the whole of a file without sheets) as it lies.

    `top` has a String column for every letter from A to the last used one and ROW (UInt32), the
    number a person sees: the first MOST_ROWS rows and the LAST_ROWS last ones, empty rows included,
    errors and percentages as they show ("#DIV/0!", "95.2 %"). `rows` is the last row's number.
    `encodings` and `separators` are what a CSV file may be written with: one where it is certain,
    else the choices.
    """

    name: str | None
    kind: Kind
    rows: int
    top: pl.DataFrame
    merges: tuple[str, ...] = ()
    is_hidden: bool = False
    encodings: tuple[str, ...] = ()
    separators: tuple[str, ...] = ()

    @property
    def letters(self) -> tuple[str, ...]:
        """Return the letters of the columns, A first."""
        return tuple(name for name in self.top.columns if name != ROW)

    @property
    def cells(self) -> list[list[str | None]]:
        """Return the rows of `top` as plain lists, without their numbers."""
        return [list(row) for row in self.top.select(self.letters).rows()]


def look_at(path: Path, kind: FileKind, max_bytes: int) -> list[SheetLook]:
    """Return the sheets of a file in their order. Raises RefusedInputError for a file that is none.

    `kind` is what `kind_of` said of it.
    """
    if kind == "xlsx" or kind == "xls" or kind == "xlsb" or kind == "ods":  # noqa: PLR1714 for mypy
        try:
            return _workbook(path) if kind == "xlsx" else _other_workbook(path, kind)
        except DAMAGE as error:
            raise damaged("LibreOffice" if kind == "ods" else "Excel") from error
    if kind == "parquet":
        return [_of_part(read_parquet(path), "parquet")]
    data = path.read_bytes()
    data = unpacked(data, max_bytes) if kind.endswith(".gz") else data
    if kind.startswith("json"):
        return [_of_part(read_json(data, Ask()), "json")]
    return [_delimited(data)]


def _of_part(part: Part, kind: Kind) -> SheetLook:
    frame = part.frame.drop(ROW).cast(pl.String, strict=False)
    return _look(None, kind, [part.headers, *frame.rows()])


def _workbook(path: Path) -> list[SheetLook]:
    looks = []
    with zipfile.ZipFile(path) as archive:
        sheets, _ = sheets_of(archive)
        for sheet in _to_look_at(sheets):
            try:
                scan = walk_sheet(archive, sheet.part)
                percents = percent_cells(archive, sheet.part)
            except (KeyError, *DAMAGE) as error:
                raise RefusedInputError(
                    f"sheet '{sheet.name}', the workbook is damaged or cut short. "
                    "Save it again in Excel."
                ) from error
            looks.append(_sheet(path, "xlsx", sheet, scan, percents))
    return looks


def _other_workbook(path: Path, kind: Spreadsheet) -> list[SheetLook]:
    scans = ods_scans(path) if kind == "ods" else {}
    sheets, _ = other_sheets(path, kind)
    looks = []
    for sheet in _to_look_at(sheets):
        scan = scans.get(sheet.name, Scan())
        looks.append(_sheet(path, kind, sheet, scan))
    return looks


def _to_look_at(sheets: list[Sheet]) -> list[Sheet]:
    return [sheet for sheet in sheets if sheet.name != OWN_SHEET][:MOST_SHEETS]


def _sheet(
    path: Path,
    kind: Spreadsheet,
    sheet: Sheet,
    scan: Scan,
    percents: frozenset[Place] = frozenset(),
) -> SheetLook:
    grid = sheet_grid(path, kind, sheet.name)
    first = grid.first_column
    frame = as_shown(grid.frame, first, percents)
    rows: list[Sequence[str | None]] = [[None] * first + list(row) for row in frame.rows()]
    look = _look(sheet.name, kind, _with_errors(rows, spoilt_cells(grid, scan)))
    return replace(look, merges=tuple(scan.merges), is_hidden=sheet.is_hidden)


def _with_errors(
    rows: list[Sequence[str | None]], spoilt: list[tuple[int, int, str, str]]
) -> list[Sequence[str | None]]:
    """Return the rows with what the fast reader leaves empty: errors, formulas never calculated."""
    told: dict[int, list[str | None]] = {}
    for row, column, value, _ in spoilt:
        if row <= len(rows) and column < len(rows[row - 1]):
            told.setdefault(row - 1, list(rows[row - 1]))[column] = value
    return [told.get(i, row) for i, row in enumerate(rows)]


def _look(name: str | None, kind: Kind, rows: Sequence[Sequence[str | None]]) -> SheetLook:
    height = len(rows)
    kept = list(range(height))
    if height > MOST_ROWS + LAST_ROWS:
        kept = [*kept[:MOST_ROWS], *kept[-LAST_ROWS:]]
    width = min(max((len(row) for row in rows), default=0), MOST_COLUMNS)
    columns = [[_cell(rows[i], column) for i in kept] for column in range(width)]
    top = pl.DataFrame(
        {letter(i): column for i, column in enumerate(columns)},
        schema={letter(i): pl.String for i in range(width)},
    )
    numbers = pl.Series(ROW, [i + 1 for i in kept], dtype=pl.UInt32)
    return SheetLook(name, kind, height, top.with_columns(numbers))


def _cell(row: Sequence[str | None], column: int) -> str | None:
    text = row[column] if column < len(row) else None
    return text if text is None or text.strip() else None


def _delimited(data: bytes) -> SheetLook:
    text, encodings = _decoded(data)
    refuse_binary(text.encode())
    separators = _separators(text)
    lines: list[Sequence[str | None]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separators[0])
    try:
        for record in reader:
            lines += [()] * (reader.line_num - len(lines) - 1)
            lines.append([field or None for field in record])
    except csv.Error as error:
        raise RefusedInputError(
            f"line {reader.line_num}: {error}. Save the file as 'CSV UTF-8' and try again."
        ) from error
    return replace(_look(None, "csv", lines), encodings=encodings, separators=separators)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), ("utf-16",)
    try:
        return data.decode("utf-8-sig"), ("utf-8",)
    except UnicodeDecodeError:
        return data.decode(UNDECIDED_ENCODINGS[0], "replace"), UNDECIDED_ENCODINGS


def _separators(text: str) -> tuple[str, ...]:
    """Return the sign that parts the lines, or all that may, the likeliest first."""
    sample = text[:200_000]
    scores = {sign: _evenness(sample, sign) for sign in SEPARATORS}
    ranked = sorted((sign for sign in scores if scores[sign] > 0), key=lambda s: -scores[s])
    if not ranked:
        return (",",)
    close = [sign for sign in ranked if scores[sign] > scores[ranked[0]] * 0.9]
    return tuple(close)


def _evenness(sample: str, sign: str) -> float:
    """Return which share of the lines has the width, above one, that most of those have."""
    try:
        widths = [len(r) for r in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if r]
    except csv.Error:
        return 0
    wide = Counter(width for width in widths if width > 1).most_common(1)
    return wide[0][1] / len(widths) if wide else 0
