"""How a mapping calls the columns of a table nobody has named yet."""

from __future__ import annotations

from pipelines.readers.headers import letter
from pipelines.understand.blocks import Block


def name_of(block: Block, column: int) -> str:
    """Return the header of a column; where it has none, its letter."""
    return block.name_of(column) or letter(column)


def quoted_name(header: str) -> str:
    """Return a header as a name in an expression."""
    return '"' + header.replace('"', '""') + '"'
