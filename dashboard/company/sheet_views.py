"""How a file was understood: its rows as they came, and what became of each column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from data.tables import Table
from metrics.review.tables import cell_text
from pipelines.clean.failures import INDEX
from pipelines.load.prepare import Prepared
from pipelines.mapping.theirs import sources_of
from pipelines.readers.raw import ROW

SHOWN_ROWS = 8
"""Rows of a file shown as they came: the first ones, and those around cells to fix."""

MARK = "▲ "
"""Stands before a cell that could not be read."""


@dataclass(frozen=True)
class ReadColumn:
    """How one column was understood: their header, ours, a first value, cells read of all."""

    theirs: str
    ours: str
    first: str
    good: int
    all: int


@dataclass(frozen=True)
class SheetView:
    """One sheet as one mapping understood it.

    `rows` has Row (the number a person sees) and their columns as text, each under its letter where
    it has one and its header; cells that failed are marked.
    """

    sheet: str | None
    title: str
    mapping: str
    table: Table
    rows: pl.DataFrame
    total: int
    columns: tuple[ReadColumn, ...]


def sheet_view(part: Prepared) -> SheetView:
    """Return how a mapping understood one sheet."""
    failing = part.failures["column"].unique(maintain_order=True).to_list()
    theirs = [name for name in part.theirs.columns if ":" not in name]
    # The name of a row first, then what is to be fixed: a narrow screen shows both.
    theirs = list(dict.fromkeys([*theirs[:1], *(n for n in failing if n in theirs), *theirs]))
    wrong = part.failures.get_column("index").unique()
    around = part.theirs.filter(pl.col(INDEX).is_in(wrong.implode())).head(SHOWN_ROWS)
    first = part.theirs.head(max(0, SHOWN_ROWS - around.height))
    shown = pl.concat([first, around]).unique(INDEX).sort(ROW)
    cells = {(row["index"], row["column"]) for row in part.failures.iter_rows(named=True)}
    shown_as = {n: f"{part.letters[n]} · {n}" if n in part.letters else n for n in theirs}
    rows = [
        {"Row": row[ROW]}
        | {
            shown_as[name]: _cell(row[name], is_wrong=(row[INDEX], name) in cells)
            for name in theirs
        }
        for row in shown.iter_rows(named=True)
    ]
    schema = {"Row": pl.Int64} | dict.fromkeys(shown_as.values(), pl.String)
    return SheetView(
        part.sheet,
        part.mapping.title or part.table.title,
        part.mapping.name,
        part.table,
        pl.DataFrame(rows, schema=schema),
        part.theirs.height,
        tuple(_columns(part)),
    )


def _cell(value: object, *, is_wrong: bool) -> str:
    text = "" if value is None else str(value)
    return f"{MARK}{text or '(empty)'}" if is_wrong else text


def _columns(part: Prepared) -> Iterator[ReadColumn]:
    total = part.rows.height
    failed = dict(part.failures.unique(["index", "column"]).group_by("column").len().iter_rows())
    for ours in part.table.column_names:
        theirs = _header(part, ours)
        if not theirs or part.rows[ours].null_count() == total:
            continue
        wrong = max(failed.get(theirs, 0), failed.get(ours, 0))
        first = cell_text(part.rows[ours].drop_nulls()[0])
        yield ReadColumn(theirs, ours, first, total - wrong, total)


def _header(part: Prepared, ours: str) -> str:
    """Return the headers one of our columns was read from, or that it is always the same.

    Nothing is returned for one that nobody filled: it has its default.
    """
    if ours in part.mapping.constants:
        return "(always)"
    here = {part.in_file(header) for header in sources_of(part.mapping, ours)}
    held = sorted(here & set(part.theirs.columns))
    return ", ".join(held)
