"""Rectangles of filled cells: cut apart at empty rows and columns, joined over a table's gaps."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

from pipelines.understand.cells import look_of

Cells = abc.Sequence[abc.Sequence[str | None]]

WIDEST_GAP = 3
"""Empty rows inside a table: a break before the totals, a pause between years."""


@dataclass(frozen=True, order=True)
class Region:
    """A rectangle of cells, by index; both ends belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def width(self) -> int:
        """Return how many columns it has."""
        return self.last_column - self.first_column + 1

    @property
    def height(self) -> int:
        """Return how many rows it has."""
        return self.last_row - self.first_row + 1

    def row(self, cells: Cells, row: int) -> list[str | None]:
        """Return the cells of one row inside the rectangle."""
        return list(cells[row][self.first_column : self.last_column + 1])

    def holds(self, other: Region) -> bool:
        """Return whether the other rectangle lies inside."""
        return self.around(other) == self

    def around(self, other: Region) -> Region:
        """Return the rectangle that holds both."""
        return Region(
            min(self.first_row, other.first_row),
            min(self.first_column, other.first_column),
            max(self.last_row, other.last_row),
            max(self.last_column, other.last_column),
        )


def regions_of(cells: Cells) -> tuple[Region, ...]:
    """Return the rectangles of a sheet, from top to bottom and left to right."""
    width = max((len(row) for row in cells), default=0)
    if not cells or not width:
        return ()
    pieces = sorted(_cut(cells, Region(0, 0, len(cells) - 1, width - 1)))
    return tuple(sorted(_joined(_joined(pieces, cells, _goes_on), cells, _stands_beside)))


def filled(row: abc.Sequence[str | None]) -> int:
    """Return how many cells of a row hold something."""
    return sum(cell is not None for cell in row)


def _cut(cells: Cells, region: Region) -> list[Region]:
    rows = [r for r in range(region.first_row, region.last_row + 1) if filled(region.row(cells, r))]
    if not rows:
        return []
    columns = [
        c
        for c in range(region.first_column, region.last_column + 1)
        if any(cells[r][c] is not None for r in rows)
    ]
    bands, strips = _runs(rows), _runs(columns)
    if len(bands) == 1 and len(strips) == 1:
        return [Region(rows[0], columns[0], rows[-1], columns[-1])]
    return [
        piece
        for first_row, last_row in bands
        for first_column, last_column in strips
        for piece in _cut(cells, Region(first_row, first_column, last_row, last_column))
    ]


def _runs(numbers: abc.Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last of each run of numbers without a gap."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _joined(
    pieces: abc.Sequence[Region],
    cells: Cells,
    belongs: abc.Callable[[Region, Region, Cells], bool],
) -> list[Region]:
    """Return the rectangles with those put together of which the second belongs to the first."""
    joined = sorted(pieces)
    while True:
        found = next(
            ((a, b) for a in joined for b in joined if a is not b and belongs(a, b, cells)), None
        )
        if found is None:
            return joined
        whole = found[0].around(found[1])
        joined = sorted([whole, *(piece for piece in joined if not whole.holds(piece))])


def _goes_on(above: Region, below: Region, cells: Cells) -> bool:
    """Return whether a rectangle of data without a header of its own goes on with the one above."""
    gap = below.first_row - above.last_row - 1
    if not 0 <= gap <= WIDEST_GAP or above.width < 2:
        return False
    overlap = min(above.last_column, below.last_column) - max(
        above.first_column, below.first_column
    )
    if overlap + 1 < min(2, below.width) or below.width > above.width + 1:
        return False
    return (
        _has_values(below.row(cells, below.first_row))
        and filled(above.row(cells, above.first_row)) > 0
    )


def _stands_beside(left: Region, right: Region, cells: Cells) -> bool:
    """Return whether a rectangle of bare figures has its labels in the one to its left."""
    gap = right.first_column - left.last_column - 1
    if not 0 <= gap <= 2:
        return False
    shared = min(left.last_row, right.last_row) - max(left.first_row, right.first_row) + 1
    if shared * 3 < right.height or left.height < 2:
        return False
    column = [cells[r][right.first_column] for r in range(right.first_row + 1, right.last_row + 1)]
    looks = [look_of(cell) for cell in column if cell is not None]
    return bool(looks) and looks.count("number") * 3 > len(looks) * 2


def _has_values(row: abc.Sequence[str | None]) -> bool:
    return any(cell is not None and look_of(cell) in {"number", "date"} for cell in row)
