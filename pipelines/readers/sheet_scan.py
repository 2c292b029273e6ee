"""What the fast reader passes over: error cells, uncalculated formulas, hidden rows, merges.

A sheet is first searched for the few byte patterns that can mean trouble; only a sheet that has one
is walked element by element.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from data.errors import RefusedInputError
from pipelines.mapping.block import column_index

BLOCK = 4 << 20
"""Bytes of XML looked at together."""

OVERLAP = 64
"""Bytes carried into the next block, so that a pattern on the border is found."""

MOST_CELLS = 40_000_000
"""Cells between the first and the last one of a sheet: 1,048,576 rows by 38 columns. The reader
takes memory for all of them, written or not."""

WORTHWHILE = 1_000_000
"""Bytes of XML from which scanning takes longer than it is worth waiting for."""

MOST_FLAWS = 10_000
"""Spoilt cells that are listed one by one; nobody reads further."""

_PATTERNS = (b't="e"', b"<f", b"hidden=", b"mergeCell", b"<!", b"='", b' = "')
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})"')
_FAR_AWAY = re.compile(rb'r="(?:[A-Z]{3}|[A-Z]*\d{7})')


@dataclass
class Scan:
    """What was found in one sheet. Rows count from 1, columns from 0."""

    spoilt: list[tuple[int, int, str, str, str]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    hidden_columns: int = 0
    first_column: int | None = None
    last_column: int = 0
    last_row: int = 0


def scan_sheet(archive: zipfile.ZipFile, part: str) -> Scan | None:
    """Return what is wrong in the sheet's XML, or None where nothing is.

    Raises RefusedInputError for a sheet that would need memory for cells nobody wrote.
    """
    return walk_sheet(archive, part) if _is_suspect(archive, part) else None


def walk_sheet(archive: zipfile.ZipFile, part: str) -> Scan:
    """Return what every cell of the sheet's XML says. Raises RefusedInputError as `scan_sheet`."""
    walker = _Walker()
    try:
        with archive.open(part) as source:
            walker.parser.ParseFile(source)
    except (expat.ExpatError, ValueError) as error:
        raise RefusedInputError(
            f"the sheet's XML is damaged at line {walker.parser.ErrorLineNumber}. "
            "Save the workbook again in Excel."
        ) from error
    refuse_far_cells(walker.scan)
    return walker.scan


def refuse_far_cells(scan: Scan | None) -> None:
    """Raise RefusedInputError for a sheet that would need memory for cells nobody wrote."""
    if scan is None:
        return
    cells = scan.last_row * (scan.last_column + 1 - (scan.first_column or 0))
    if cells > MOST_CELLS:
        raise RefusedInputError(
            f"its last cell is in row {scan.last_row:,}, column {scan.last_column + 1:,}: "
            f"{cells:,} cells, most of them empty; at most {MOST_CELLS:,} are read. "
            "Delete the rows and columns far from the data and save the workbook again."
        )


def may_be_read_meanwhile(archive: zipfile.ZipFile, part: str) -> bool:
    """Return whether it is worth reading the sheet while it is scanned, and seems safe.

    A sheet says of itself how far its cells reach. Nobody has to tell the truth there; a reader
    that dies of a lie is told of in fewer words.
    """
    if archive.getinfo(part).file_size < WORTHWHILE:
        return False
    with archive.open(part) as source:
        told = _DIMENSION.search(source.read(4096))
    if told is None:
        return False
    return int(told[2]) * (column_index(told[1].decode()) + 1) <= MOST_CELLS


def _is_suspect(archive: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    is_first = True
    with archive.open(part) as source:
        while block := source.read(BLOCK):
            text = tail + block
            if is_first and b"<worksheet" not in text[:4096]:
                return True  # a prefixed or foreign root: nothing below would be found by its name
            body = text.replace(b"<!--", b"<!") if is_first else text
            if any(pattern in body for pattern in _PATTERNS) or _FAR_AWAY.search(text):
                return True
            tail, is_first = text[-OVERLAP:], False
    return False


class _Walker:
    """One pass over a sheet's XML; the document type is refused, so no entity can expand."""

    def __init__(self) -> None:
        self.scan = Scan()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._row = 0
        self._column = -1
        self._type = ""
        self._formula: str | None = None
        self._value: str | None = None
        self._into = ""

    @staticmethod
    def _refuse(*_: object) -> None:
        raise RefusedInputError(
            "the workbook declares a document type, which Excel never does and an attack would. "
            "Save it again in Excel."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "c":
                self._open_cell(attributes)
            case "v" | "t":
                self._into = "value"
                self._value = self._value or ""
            case "f":
                self._into = "formula"
                self._formula = ""
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column = -1
                if attributes.get("hidden") in {"1", "true"}:
                    self.scan.hidden_rows.append(self._row)
            case "mergeCell":
                self.scan.merges.append(attributes.get("ref", ""))
            case "col" if attributes.get("hidden") in {"1", "true"}:
                self.scan.hidden_columns += 1
            case _:
                pass

    def _open_cell(self, attributes: dict[str, str]) -> None:
        place = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", attributes.get("r", ""))
        if place:
            self._column, self._row = column_index(place[1]), int(place[2])
        else:
            self._column += 1
        self._type = attributes.get("t", "n")
        self._formula = self._value = None

    def _text(self, text: str) -> None:
        if self._into == "value":
            self._value = (self._value or "") + text
        elif self._into == "formula":
            self._formula = (self._formula or "") + text

    def _end(self, name: str) -> None:
        match name.rpartition(" ")[2]:
            case "v" | "t" | "f":
                self._into = ""
            case "c":
                self._close_cell()
            case _:
                pass

    def _close_cell(self) -> None:
        if self._value is None and self._formula is None:
            return
        scan = self.scan
        scan.last_row = max(scan.last_row, self._row)
        scan.last_column = max(scan.last_column, self._column)
        first = self._column if scan.first_column is None else scan.first_column
        scan.first_column = min(first, self._column)
        if len(scan.spoilt) >= MOST_FLAWS:
            return
        if self._type == "e":
            value = self._value or "#ERROR"
            reason = f"holds the error {value}"
            scan.spoilt.append((self._row, self._column, value, "error", reason))
        elif self._formula is not None and not self._value and self._type != "str":
            value = f"={self._formula}"
            reason = "holds a formula that was never calculated"
            scan.spoilt.append((self._row, self._column, value, "formula", reason))
