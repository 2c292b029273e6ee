"""Which part of a sheet is read: its header rows, its columns, and where the data end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from data.errors import RefusedInputError
from pipelines.mapping.block import block_of
from pipelines.readers.headers import letter, tidy
from pipelines.readers.raw import Ask

JOINT = " / "
"""What stands between the parts of a header of several rows."""


@dataclass(frozen=True)
class Layout:
    """Rows as a person counts them, from 1; columns as indexes of the sheet, from 0.

    `last_row` and `last_column` None go on to the end; `until` is what the first row after the data
    begins with.
    """

    header_row: int = 1
    header_rows: int = 1
    first_column: int = 0
    last_column: int | None = None
    last_row: int | None = None
    until: str | None = None

    @property
    def first_row(self) -> int:
        """Return the first row of data."""
        return self.header_row + self.header_rows

    @property
    def is_plain(self) -> bool:
        """Return whether the header is one row, over all columns."""
        return self.header_rows == 1 and self.last_column is None


def layout_of(ask: Ask) -> Layout:
    """Return the layout a mapping asks for. Raises RefusedInputError for a block that is none."""
    if ask.block is None:
        return Layout(ask.header_row or 1, ask.header_rows, until=ask.until)
    try:
        block = block_of(ask.block)
    except ValueError as error:
        raise RefusedInputError(str(error)) from error
    return Layout(
        block.first_row,
        ask.header_rows,
        block.first_column,
        block.last_column,
        block.last_row,
        ask.until,
    )


def joined_headers(rows: Sequence[Sequence[str | None]]) -> list[str | None]:
    """Return one header a column from several rows: "2017 / Mar", None where a column has none.

    A heading belongs to the columns right of it as far as the next one of its row, or of a row
    above. The last row names columns itself: an empty cell there has a name only where a heading
    stands above that very cell.
    """
    if len(rows) == 1:
        return list(rows[0])
    own = [[tidy(text) for text in row] for row in rows]
    filled: list[list[str]] = []
    begins: set[int] = set()
    for row in own[:-1]:
        filled.append(to_the_right(row, begins))
        begins |= {i for i, text in enumerate(row) if text}
    names: list[str | None] = []
    for i, last in enumerate(own[-1]):
        parts = dict.fromkeys(part for part in (*(row[i] for row in filled), last) if part)
        is_named = bool(last) or any(row[i] for row in own)
        names.append(JOINT.join(parts) if is_named else None)
    return names


def to_the_right(row: Sequence[str], begins: set[int]) -> list[str]:
    """Return a row of headings with each carried on up to the next one, or to one of `begins`."""
    filled, heading = [], ""
    for i, text in enumerate(row):
        heading = text or ("" if i in begins else heading)
        filled.append(heading)
    return filled


def cut_grid(
    grid: pl.DataFrame, first_column: int, layout: Layout
) -> tuple[pl.DataFrame, int, tuple[str, ...]]:
    """Return the grid without what the layout leaves out left, right and below; rows keep theirs.

    Beside it the index of its first column in the sheet, and what the report says. `grid` begins in
    row 1 and in column `first_column`. Raises RefusedInputError for a block without any cell.
    """
    if layout.last_column is not None:
        first = max(layout.first_column, first_column)
        width = layout.last_column + 1 - first
        grid = grid.select(grid.columns[first - first_column :][: max(width, 0)])
        if grid.width == 0:
            columns = f"{letter(layout.first_column)} to {letter(layout.last_column)}"
            raise RefusedInputError(f"there are no cells in columns {columns} of the block.")
        first_column = first
    if layout.last_row is not None:
        grid = grid.head(layout.last_row)
    if layout.until is None:
        return grid, first_column, ()
    at = row_that_begins(grid.slice(layout.first_row - 1), layout.until)
    if at is None:
        return grid, first_column, (never_ended(layout.until),)
    return grid.head(layout.first_row - 1 + at), first_column, ()


def row_that_begins(rows: pl.DataFrame, text: str) -> int | None:
    """Return the index of the first row whose first cell with anything in it begins with `text`."""
    if rows.is_empty():
        return None
    cells = [pl.col(name).str.strip_chars() for name in rows.columns]
    filled = [pl.when(cell != "").then(cell) for cell in cells]
    begins = rows.select(pl.coalesce(filled).str.starts_with(text).fill_null(value=False))
    found = begins.to_series().arg_true()
    return int(found[0]) if len(found) else None


def never_ended(until: str) -> str:
    """Return what the report says where the row that ends the data is not there."""
    return f"No row begins with '{until}', so everything below the header was read."


def cut_lines(body: bytes, layout: Layout, separator: str, quote: str | None) -> tuple[bytes, bool]:
    """Return the text from the header to where the layout ends, and whether `until` was found.

    `body` begins with the header. A line inside a quoted cell ends nothing.
    """
    if layout.last_row is not None:
        body = body[: _after_records(body, layout.last_row - layout.header_row + 1, quote)]
    if layout.until is None:
        return body, True
    sign = re.escape(separator.encode())
    begins = re.compile(
        rb"^(?:[ \t\"]|%b)*%b" % (sign, re.escape(layout.until.encode())), re.MULTILINE
    )
    start = _after_records(body, layout.header_rows, quote)
    for match in begins.finditer(body, start):
        if quote is None or body.count(quote.encode(), 0, match.start()) % 2 == 0:
            return body[: match.start()], True
    return body, False


def _after_records(body: bytes, count: int, quote: str | None) -> int:
    """Return where the record after the first `count` begins."""
    at = 0
    for _ in range(count):
        start = at
        while True:
            at = body.find(b"\n", at) + 1
            if at == 0:
                return len(body)
            if quote is None or body.count(quote.encode(), start, at) % 2 == 0:
                break
    return at


def records_on_top(body: bytes, count: int, quote: str | None) -> list[str]:
    """Return the first records of a text, without their line ends."""
    ends = [0, *(_after_records(body, n, quote) for n in range(1, count + 1))]
    return [body[a:b].decode("utf-8", "replace").rstrip("\r\n") for a, b in pairwise(ends) if b > a]
