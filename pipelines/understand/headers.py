"""The header of a table: which rows it takes, and what each column is called by them."""

from __future__ import annotations

from collections import Counter, abc
from dataclasses import dataclass
from itertools import pairwise

from pipelines.readers.layout import JOINT, to_the_right
from pipelines.understand.cells import look_of, tidy, year_of
from pipelines.understand.regions import Cells, Region, filled

MOST_HEADER_ROWS = 4
"""Rows a header takes at most: group, period, measure, unit."""

DEEPEST = 25
"""Rows below the beginning of a rectangle within which its header is looked for."""


@dataclass(frozen=True)
class Header:
    """Where a header stands, by index, and `names`: one for each column, empty where it has none.

    `parts` are the cells each name is made of, from top to bottom, headings filled to the right.
    """

    first: int
    last: int
    parts: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns' names as a mapping writes them: "2025 / Jan"."""
        return tuple(JOINT.join(parts) for parts in self.parts)

    @property
    def rows(self) -> int:
        """Return how many rows the header takes."""
        return self.last - self.first + 1


def header_of(cells: Cells, region: Region) -> Header | None:
    """Return the header of a rectangle, or None where nothing in it names columns of data."""
    last = _last_row(cells, region)
    if last is None or last >= region.last_row:
        return None
    top = _top_row(cells, region, last)
    for first in range(last, top - 1, -1):
        header = Header(first, last, header_parts(cells, region, first, last))
        if _is_enough(cells, region, header) and not _lacks_year(cells, region, header, top):
            return header
    return Header(last, last, header_parts(cells, region, last, last))


def _last_row(cells: Cells, region: Region) -> int | None:
    """Return the header's last row: the fullest row of names above the first row of data."""
    rows = range(region.first_row, min(region.last_row, region.first_row + DEEPEST) + 1)
    data = next((r for r in rows if is_data(cells, region, r)), None)
    if data is None:
        top = list(rows)[:10]
        most = max(filled(region.row(cells, r)) for r in top)
        wide = (r for r in top if filled(region.row(cells, r)) >= max(2, most * 0.6))
        return next(wide, None)
    above = [r for r in range(region.first_row, data) if filled(region.row(cells, r)) > 0]
    if not any(filled(region.row(cells, r)) >= 2 for r in above):
        # Sums may stand above the header: a row of figures, and the names below it.
        below = [r for r in range(data + 1, min(data + 3, region.last_row)) if r in rows]
        return next((r for r in below if _is_fuller_heading(cells, region, r, data)), None)
    fullest = max(filled(region.row(cells, r)) for r in above)
    return max(r for r in above if filled(region.row(cells, r)) >= max(2, fullest / 2))


def _is_fuller_heading(cells: Cells, region: Region, row: int, above: int) -> bool:
    is_fuller = filled(region.row(cells, row)) > max(filled(region.row(cells, above)), 1)
    return is_fuller and not is_data(cells, region, row)


def is_data(cells: Cells, region: Region, row: int) -> bool:
    """Return whether a row holds figures or dates that are not periods naming columns."""
    values = [
        column
        for column, cell in enumerate(region.row(cells, row))
        if cell is not None and look_of(cell) in {"number", "date"}
    ]
    return bool(values) and not _names_periods(cells, region, row, values)


def _names_periods(cells: Cells, region: Region, row: int, columns: abc.Sequence[int]) -> bool:
    """Return whether the numbers and dates of a row are years or days that head columns."""
    texts = [str(region.row(cells, row)[column]) for column in columns]
    looks = {"date" if look_of(text) == "date" else year_of(text) and "year" for text in texts}
    if looks not in ({"date"}, {"year"}) or row == region.last_row:
        return False
    under = [
        str(cell)
        for below in range(row + 1, min(row + 6, region.last_row) + 1)
        for column in columns
        if (cell := region.row(cells, below)[column]) is not None
    ]
    if looks == {"date"}:
        return not any(look_of(text) == "date" for text in under) and len(columns) >= 2
    is_headed = any(
        region.row(cells, row + 1)[c] is not None
        and look_of(str(region.row(cells, row + 1)[c])) == "text"
        for c in columns
    )
    years = [year_of(text) or 0 for text in texts]
    is_series = len(years) >= 2 and (
        all(a < b for a, b in pairwise(years)) or all(a > b for a, b in pairwise(years))
    )
    return is_headed or (is_series and not all(year_of(text) for text in under))


def _top_row(cells: Cells, region: Region, last: int) -> int:
    """Return the first row that may belong to the header: headings above it, no titles."""
    top = last
    while top - 1 >= region.first_row and last - top + 1 < MOST_HEADER_ROWS:
        row = region.row(cells, top - 1)
        first = next((i for i, cell in enumerate(row) if cell is not None), None)
        if first is None or (filled(row) == 1 and first == 0) or is_data(cells, region, top - 1):
            break
        top -= 1
    return top


def header_parts(
    cells: Cells, region: Region, first: int, last: int
) -> tuple[tuple[str, ...], ...]:
    """Return what each column's name is made of, by the reader's rule (`joined_headers`)."""
    own = [[tidy(cell) for cell in region.row(cells, r)] for r in range(first, last + 1)]
    begins: set[int] = set()
    lines = []
    for row in own[:-1]:
        lines.append(to_the_right(row, begins))
        begins |= {i for i, text in enumerate(row) if text}
    columns = zip(*lines, own[-1], strict=True)
    return tuple(
        tuple(dict.fromkeys(part for part in column if part)) if any(r[i] for r in own) else ()
        for i, column in enumerate(columns)
    )


def _is_enough(cells: Cells, region: Region, header: Header) -> bool:
    """Return whether every column that holds something has a name of its own."""
    names = [
        name
        for i, name in enumerate(header.names)
        if any(
            cells[r][region.first_column + i] is not None
            for r in range(header.last + 1, region.last_row + 1)
        )
    ]
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    return not twice


def _lacks_year(cells: Cells, region: Region, header: Header, top: int) -> bool:
    """Return whether years stand in the rows above that belong to the header."""
    return any(
        year_of(cell) is not None
        for row in range(top, header.first)
        for cell in region.row(cells, row)
        if cell is not None
    )
