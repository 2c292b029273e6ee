"""Excel ranges as a mapping writes them: "B5:N40", or "B5:N" for everything below."""

from __future__ import annotations

import re
from dataclasses import dataclass

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The edge of an Excel sheet."""


@dataclass(frozen=True)
class Block:
    """A part of a sheet. Rows count from 1, columns from 0; both ends belong to it."""

    first_row: int
    last_row: int | None
    first_column: int
    last_column: int


def block_of(text: str) -> Block:
    """Return the block an Excel range names; ValueError with the sentence for anything else."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})?", text.strip().upper())
    if match is None:
        raise ValueError(f"'{text}' is no range of cells. Write one like B5:N40, or B5:N.")
    first_row, last_row = int(match[2]), int(match[4]) if match[4] else None
    block = Block(first_row, last_row, column_index(match[1]), column_index(match[3]))
    is_upright = 1 <= first_row < (last_row or LAST_ROW + 1) <= LAST_ROW + 1
    if not is_upright or not block.first_column <= block.last_column < LAST_COLUMN:
        raise ValueError(
            f"'{text}' holds no rows below a header. Write its first cell, then its last: B5:N40."
        )
    return block


def column_index(letters: str) -> int:
    """Return the index of the column with these letters: A is 0."""
    index = 0
    for character in letters:
        index = index * 26 + ord(character) - 64
    return index - 1
