"""Cells that stand in the way of a file: where each is, what was found, what would do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from dashboard.company.opened import Company
from data.records.people import processes
from data.tables import Column
from pipelines.clean.corrections import Correction
from pipelines.clean.failures import INDEX
from pipelines.load.prepare import Prepared
from pipelines.publish.closed import RULE as CLOSED
from pipelines.publish.told import located

MOST_CELLS = 10_000
"""Refused cells of a sheet that are looked at one by one: beyond that the format is wrong."""


@dataclass(frozen=True)
class RefusedCell:
    """One cell: `found` is what it holds, `choices` what may stand there where that is a list.

    `header` is the column as the person sees it, `cell` its place in a workbook. `may_be_fixed`:
    it is a cell of this file, so that another text can stand for it. What a lookup or the mapping
    itself brings is none, and no text opens a closed period.
    """

    sheet: str | None
    row: int
    header: str
    cell: str | None
    found: str | None
    rule: str
    reason: str
    expected: str
    choices: tuple[str, ...] = ()
    may_be_empty: bool = False
    may_be_fixed: bool = True

    @property
    def place(self) -> str:
        """Return where it is, as the person finds it: October!B7, or row 7, received_on."""
        if self.cell:
            return f"{self.sheet}!{self.cell}" if self.sheet else self.cell
        sheet = f"{self.sheet}, " if self.sheet else ""
        return f"{sheet}row {self.row}, {self.header}"

    @property
    def kind(self) -> tuple[str, str]:
        """Return what cells refused alike share: the column and what refused them."""
        return self.header, self.rule

    def corrected(self, value: str) -> Correction:
        """Return the correction that puts a text in its place."""
        return Correction(self.sheet, self.row, self.header, self.found, value or None)


def without_consequences(part: Prepared) -> Prepared:
    """Return the part without rules broken by rows of which a cell could not be read.

    Such a cell counts as empty there; whether the rule holds is known when it is put right.
    """
    failures = part.failures
    is_rule = pl.col("rule").is_in([rule.name for rule in part.table.rules])
    unread = failures.filter(~is_rule).get_column("index")
    is_consequence = is_rule & pl.col("index").is_in(unread.implode())
    return replace(part, failures=failures.filter(~is_consequence))


def refused_cells(company: Company, parts: Iterable[Prepared]) -> tuple[RefusedCell, ...]:
    """Return the refused cells of all sheets, each once, in the order of sheets, rows, columns."""
    known = [process.id for process in processes(company.records)]
    found: dict[tuple[str | None, int, str], RefusedCell] = {}
    for part in parts:
        for cell in _cells(part, known):
            place = (cell.sheet, cell.row, cell.header)
            # A cell may be refused by several mappings, for several reasons: the first counts.
            found.setdefault(place, cell)
    return tuple(found.values())


def by_kind(cells: Iterable[RefusedCell]) -> tuple[tuple[RefusedCell, ...], ...]:
    """Return the cells in groups refused alike, the largest group first."""
    groups: dict[tuple[str, str], list[RefusedCell]] = {}
    for cell in cells:
        groups.setdefault(cell.kind, []).append(cell)
    return tuple(tuple(group) for group in sorted(groups.values(), key=len, reverse=True))


def _cells(part: Prepared, known_processes: Collection[str]) -> Iterator[RefusedCell]:
    ours = {theirs: our for our, theirs in part.headers.items()}
    made = _made(part)
    for row in _with_texts(part).iter_rows(named=True):
        header = _header(part, row["column"])
        column = _column(part, ours, header)
        yield RefusedCell(
            part.sheet,
            int(row["row"]),
            header,
            row["cell"],
            _found(part, row, header),
            row["rule"],
            str(row["reason"]).rstrip("."),
            row["accepted"] or "",
            _choices(column, known_processes),
            may_be_empty=column is not None and not column.required,
            may_be_fixed=row["rule"] != CLOSED
            and header not in made
            and (header in part.theirs.columns or _is_wide(part)),
        )


def _with_texts(part: Prepared) -> pl.DataFrame:
    """Return the failures with row, and with what stands in every column of theirs."""
    names = [name for name in part.theirs.columns if ":" not in name]
    texts = part.theirs.select(
        pl.col(INDEX).alias("index"), *(pl.col(name).cast(pl.String) for name in names)
    )
    kept = located(part).head(MOST_CELLS)
    renamed = texts.rename({name: f"theirs:{name}" for name in names})
    return kept.join(renamed, on="index", how="left", maintain_order="left")


def _found(part: Prepared, row: dict[str, str | None], header: str) -> str | None:
    """Return what the cell holds; of a rule over several cells the value names them all."""
    text = row.get(f"theirs:{header}")
    is_here = f"theirs:{header}" in row
    is_rule = row["rule"] in {rule.name for rule in part.table.rules}
    return text if text is not None or (is_here and is_rule) else row["value"]


def _header(part: Prepared, column: str) -> str:
    """Return the header of a failure; rules and keys name our columns, which came from one."""
    first = column.split(", ", maxsplit=1)[0]
    if column in part.theirs.columns or first not in part.table.column_names:
        return column
    return part.headers.get(first, first)


def _column(part: Prepared, ours: dict[str, str], header: str) -> Column | None:
    name = ours.get(header, header)
    return part.table.column(name) if name in part.table.column_names else None


def _choices(column: Column | None, known_processes: Collection[str]) -> tuple[str, ...]:
    if column is None:
        return ()
    return tuple(known_processes if column.name == "process" else column.allowed)


def _made(part: Prepared) -> set[str]:
    """Return the columns that are in no cell of the file: looked up, or made by turning it."""
    made = {name for lookup in part.mapping.lookup for name in lookup.take}
    if part.mapping.unpivot:
        made |= {part.mapping.unpivot.name_to, part.mapping.unpivot.value_to}
    return made


def _is_wide(part: Prepared) -> bool:
    return part.mapping.unpivot is not None
