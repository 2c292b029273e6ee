"""Sheets drawn in text, so that a test shows what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.mapping import Mapping as Definition
from pipelines.readers.headers import letter
from pipelines.readers.look import SheetLook
from pipelines.readers.raw import ROW, Kind
from pipelines.understand import Proposal, answered
from pipelines.understand.blocks import Block, blocks_of
from pipelines.understand.figures import Known
from pipelines.understand.propose import proposed
from tests.support.submitting import TABLES


def a_sheet(
    drawing: str,
    name: str | None = "KPI",
    kind: Kind = "xlsx",
    separators: Sequence[str] = (",",),
    encodings: Sequence[str] = ("utf-8",),
) -> SheetLook:
    """Return a sheet from lines like "Month | Late": column A first, an empty piece is no cell."""
    rows = [
        [cell.strip() or None for cell in line.split("|")] for line in drawing.split("\n")[1:-1]
    ]
    width = max(map(len, rows))
    columns = {letter(i): [row[i] if i < len(row) else None for row in rows] for i in range(width)}
    top = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    numbers = pl.Series(ROW, range(1, len(rows) + 1), dtype=pl.UInt32)
    is_text = kind == "csv"
    return SheetLook(
        name=name,
        kind=kind,
        rows=len(rows),
        top=top.with_columns(numbers),
        encodings=tuple(encodings) if is_text else (),
        separators=tuple(separators) if is_text else (),
    )


def the_block(drawing: str) -> Block:
    """Return the only table of a drawn sheet."""
    (block,) = blocks_of(a_sheet(drawing))
    return block


def proposals(
    *sheets: SheetLook, file: str = "kpi.xlsx", known: Known | None = None
) -> tuple[Proposal, ...]:
    """Return what is proposed for a file of drawn sheets, the shipped tables being known."""
    return proposed(sheets, file, TABLES, known or Known())


def the_proposal(sheet: str | SheetLook, known: Known | None = None) -> Proposal:
    """Return the only proposal for one sheet."""
    look = a_sheet(sheet) if isinstance(sheet, str) else sheet
    (proposal,) = proposals(look, known=known)
    return proposal


def questions(proposal: Proposal) -> dict[str, tuple[str, ...]]:
    """Return the keys of the open questions with their choices."""
    return {question.key: question.choices for question in proposal.questions}


def the_mapping(proposal: Proposal, answers: Mapping[str, str]) -> Definition:
    """Return the mapping these answers make; they must leave nothing open."""
    made = answered(proposal, answers)
    assert isinstance(made, Definition), questions(made)
    return made
