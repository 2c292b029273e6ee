"""What an OpenDocument sheet holds beside values: errors, formulas without a value, hidden rows.

The reader gives an error cell of LibreOffice as an empty text, so the XML is walked once.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.parsers import expat

from data.errors import RefusedInputError
from pipelines.readers.damage import DAMAGE
from pipelines.readers.headers import letter
from pipelines.readers.sheet_scan import MOST_FLAWS, Scan, refuse_far_cells

_ERROR = re.compile(r"#[A-Z/0]+[!?]?|Err:\d{3}")


def ods_scans(path: Path) -> dict[str, Scan]:
    """Return what was found in each sheet, by its name.

    Raises RefusedInputError for bad XML, and for a sheet that repeats itself without end.
    """
    walker = _Walker()
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as source:
            walker.parser.ParseFile(source)
    except (*DAMAGE, ValueError, KeyError) as error:
        raise RefusedInputError(
            "the spreadsheet is damaged or cut short. Save it again in LibreOffice."
        ) from error
    for name, scan in walker.scans.items():
        try:
            refuse_far_cells(scan)
        except RefusedInputError as error:
            raise RefusedInputError(f"sheet '{name}', {error}") from error
    return walker.scans


class _Walker:
    """One pass over content.xml; the document type is refused, so no entity can expand."""

    def __init__(self) -> None:
        self.scans: dict[str, Scan] = {}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self._scan = Scan()
        self._row = self._rows = self._column = 0
        self._cell: dict[str, str] | None = None
        self._words = ""

    @staticmethod
    def _refuse(*_: object) -> None:
        raise RefusedInputError(
            "the spreadsheet declares a document type, which no office program does and an attack "
            "would. Save it again in LibreOffice."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(" ")[2]:
            case "table-cell" | "covered-table-cell":
                self._cell = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
                self._words = ""
            case "table-row":
                told = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
                self._rows = int(told.get("number-rows-repeated", 1))
                self._column = 0
                if told.get("visibility") in {"collapse", "filter"} and self._rows < MOST_FLAWS:
                    self._scan.hidden_rows += range(self._row + 1, self._row + self._rows + 1)
            case "table":
                names = [value for key, value in attributes.items() if key.endswith(" name")]
                self._scan = self.scans.setdefault(names[0] if names else "", Scan())
                self._row = 0
            case _:
                pass

    def _text(self, text: str) -> None:
        if self._cell is not None:
            self._words += text

    def _end(self, name: str) -> None:
        match name.rpartition(" ")[2]:
            case "table-cell" | "covered-table-cell" if self._cell is not None:
                self._close(self._cell)
                self._cell = None
            case "table-row":
                self._row += self._rows
            case _:
                pass

    def _close(self, cell: dict[str, str]) -> None:
        scan, row, column = self._scan, self._row + 1, self._column
        self._column += int(cell.get("number-columns-repeated", 1))
        if "value-type" not in cell and "formula" not in cell:
            return
        scan.last_row = max(scan.last_row, self._row + self._rows)
        scan.last_column = max(scan.last_column, self._column - 1)
        first = column if scan.first_column is None else scan.first_column
        scan.first_column = min(first, column)
        self._look_for_merge(cell, row, column)
        if len(scan.spoilt) >= MOST_FLAWS:
            return
        is_formula = "formula" in cell
        if cell.get("value-type") == "error" or (is_formula and _ERROR.fullmatch(self._words)):
            value = self._words or "#ERROR"
            scan.spoilt.append((row, column, value, "error", f"holds the error {value}"))
        elif is_formula and "value-type" not in cell:
            value = cell["formula"].removeprefix("of:")
            reason = "holds a formula that was never calculated"
            scan.spoilt.append((row, column, value, "formula", reason))

    def _look_for_merge(self, cell: dict[str, str], row: int, column: int) -> None:
        wide = int(cell.get("number-columns-spanned", 1))
        high = int(cell.get("number-rows-spanned", 1))
        if wide > 1 or high > 1:
            last = f"{letter(column + wide - 1)}{row + high - 1}"
            self._scan.merges.append(f"{letter(column)}{row}:{last}")
