"""The tables of a sheet: rectangles of filled cells, each with its header, titles and notes."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field, replace
from statistics import median

from pipelines.readers.headers import letter
from pipelines.readers.look import SheetLook
from pipelines.readers.raw import ROW
from pipelines.understand.cells import tidy
from pipelines.understand.headers import Header, header_of
from pipelines.understand.regions import Cells, Region, filled, regions_of

LONGEST_LABEL = 30
"""Letters a label of a row has at most; a longer text alone in its row is a note."""


@dataclass(frozen=True)
class Block:
    """One table of a sheet. Rows and columns are indexes into the look; `number_of` names a row.

    `body` are the rows of data; `below` the texts of
    rows that end it, `titles` what stands above. `is_alone`: nothing else is in the sheet.
    """

    sheet: SheetLook
    header: Header
    first_column: int
    last_column: int
    body: tuple[int, ...]
    titles: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    is_alone: bool = True
    cells: abc.Sequence[abc.Sequence[str | None]] = field(default=(), repr=False)

    @property
    def columns(self) -> range:
        """Return the indexes of the columns."""
        return range(self.first_column, self.last_column + 1)

    def name_of(self, column: int) -> str:
        """Return the header of a column; an empty text where it has none."""
        return self.header.names[column - self.first_column]

    def values(self, column: int) -> list[tuple[int, str]]:
        """Return the filled cells of a column's body with their rows."""
        found = ((row, self.cells[row][column]) for row in self.body)
        return [(row, text.strip()) for row, text in found if text is not None]

    def number_of(self, row: int) -> int:
        """Return the number a person sees beside a row."""
        return int(self.sheet.top.get_column(ROW)[row])

    def cell(self, row: int, column: int) -> str:
        """Return how a person calls a cell: B7."""
        return f"{letter(column)}{self.number_of(row)}"

    @property
    def header_row(self) -> int:
        """Return the number of the header's first row."""
        return self.number_of(self.header.first)

    @property
    def place(self) -> str:
        """Return where the table stands: "sheet 'KPI', B5:N40"."""
        last = self.number_of(self.body[-1]) if self.body else self.header_row
        corner = f"{letter(self.first_column)}{self.header_row}:{letter(self.last_column)}{last}"
        return f"sheet '{self.sheet.name}', {corner}" if self.sheet.name else corner


def blocks_of(sheet: SheetLook) -> tuple[Block, ...]:
    """Return the tables of a sheet from top to bottom, those without data left out."""
    cells = sheet.cells
    regions = regions_of(cells)
    blocks = [block for region in regions if (block := _block(sheet, cells, region, regions))]
    alone = len(blocks) == 1
    return tuple(replace(block, is_alone=alone) for block in blocks)


def _block(
    sheet: SheetLook, cells: Cells, region: Region, regions: abc.Sequence[Region]
) -> Block | None:
    header = header_of(cells, region)
    if header is None:
        return None
    body, ending = _body(cells, region, header)
    within = _within(cells, region, header, body)
    if not body or within is None:
        return None
    if within != region:
        # A note or a title stood further left than the table: without it the table is narrower.
        trimmed = _block(sheet, cells, within, [*regions, region])
        return replace(trimmed, below=(*ending, *trimmed.below)) if trimmed else None
    titles = [*_texts_above(cells, region, regions), *_lines(cells, region, header.first)]
    return Block(
        sheet=sheet,
        header=header,
        first_column=region.first_column,
        last_column=region.last_column,
        body=body,
        titles=tuple(titles),
        below=(*ending, *_texts_below(cells, region, regions)),
        cells=cells,
    )


def _within(cells: Cells, region: Region, header: Header, body: abc.Sequence[int]) -> Region | None:
    """Return the part of a rectangle whose columns have a name or data; None below two columns."""
    used = [
        column
        for i, column in enumerate(range(region.first_column, region.last_column + 1))
        if header.parts[i] or any(cells[row][column] is not None for row in body)
    ]
    if len(used) < 2:
        return None
    last_row = body[-1] if body else region.last_row
    if (used[0], used[-1]) == (region.first_column, region.last_column):
        return region
    return Region(header.first, used[0], last_row, used[-1])


def _body(cells: Cells, region: Region, header: Header) -> tuple[tuple[int, ...], list[str]]:
    """Return the rows of data, and the notes at the end that belong to none of them."""
    rows = [
        r for r in range(header.last + 1, region.last_row + 1) if filled(region.row(cells, r)) > 0
    ]
    usual = median(filled(region.row(cells, r)) for r in rows) if rows else 0
    notes: list[str] = []
    while rows and usual >= 2 and _is_note(region.row(cells, rows[-1])):
        notes = [tidy(next(cell for cell in region.row(cells, rows.pop()) if cell)), *notes]
    return tuple(rows), notes


def _is_note(row: abc.Sequence[str | None]) -> bool:
    texts = [cell for cell in row if cell is not None]
    return len(texts) == 1 and row[0] is not None and len(texts[0]) > LONGEST_LABEL


def _lines(cells: Cells, region: Region, end: int) -> list[str]:
    return [
        tidy(cell)
        for row in range(region.first_row, end)
        for cell in region.row(cells, row)
        if cell is not None
    ]


def _texts_above(cells: Cells, region: Region, regions: abc.Sequence[Region]) -> list[str]:
    """Return the texts between a table and the next one above it."""
    above = [r for r in regions if r.last_row < region.first_row]
    end = max((r.last_row for r in above if header_of(cells, r)), default=-1)
    return [t for r in above if r.first_row > end for t in _lines(cells, r, r.last_row + 1)]


def _texts_below(cells: Cells, region: Region, regions: abc.Sequence[Region]) -> list[str]:
    """Return what begins the rows below a table, whatever it is: that is where its data end."""
    below = [r for r in regions if r.first_row > region.last_row]
    return [tidy(next(c for c in cells[r.first_row] if c is not None)) for r in sorted(below)]
