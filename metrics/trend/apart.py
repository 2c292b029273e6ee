"""Cells told apart by how they are read, each part in its order."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl


def apart(cells: pl.DataFrame, *names: str) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    """Yield each combination of values of `names`, texts, with the cells that have it.

    Nothing is copied where there is but one, as nearly always.
    """
    kinds = cells.select(names).unique(maintain_order=True)
    if kinds.height == 1:
        yield kinds.row(0), cells
    elif kinds.height > 1:
        yield from cells.partition_by(names, as_dict=True).items()
