"""Cells put right by the person who hands a file in: kept with the batch, never in the file.

The archived bytes stay as they were sent. What was put right stands beside them, so that the same
bytes with the same corrections give the same facts again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from data.errors import RefusedInputError
from pipelines.readers.raw import LONGEST_CELL, ROW, Raw


@dataclass(frozen=True)
class Correction:
    """One cell: where it is, what the file says there, and what it is to say.

    `column` is the header as the sheet has it; a text of None is an empty cell.
    """

    sheet: str | None
    row: int
    column: str
    found: str | None
    value: str | None

    @property
    def place(self) -> str:
        """Return where the cell is, as a message says it."""
        sheet = f"sheet '{self.sheet}', " if self.sheet else ""
        return f"{sheet}row {self.row}, column '{self.column}'"


def corrected(raw: Raw, corrections: Sequence[Correction]) -> Raw:
    """Return the sheet with those of the corrections in it that are about it.

    Raises RefusedInputError for a row that is not there, a cell that has a type of its own, or a
    text longer than a cell.
    """
    own = [each for each in corrections if is_about(each, raw)]
    if not own:
        return raw
    _refuse(own, raw)
    frame = raw.frame
    for column in dict.fromkeys(each.column for each in own):
        texts = {each.row: each.value or None for each in own if each.column == column}
        new = pl.col(ROW).replace_strict(texts, default=None, return_dtype=pl.String)
        is_corrected = pl.col(ROW).is_in(list(texts))
        frame = frame.with_columns(
            pl.when(is_corrected).then(new).otherwise(pl.col(column)).alias(column)
        )
    places = {(each.row, each.column) for each in own}
    flaws = tuple(flaw for flaw in raw.flaws if (flaw.row, flaw.header) not in places)
    return replace(raw, frame=frame, flaws=flaws, has_controls=True)


def merged(before: Sequence[Correction], more: Sequence[Correction]) -> tuple[Correction, ...]:
    """Return all; of a cell put right twice the last text counts, and what the file says."""
    places = {(each.sheet, each.row, each.column): each for each in before}
    for each in more:
        first = places.get((each.sheet, each.row, each.column), each)
        places[each.sheet, each.row, each.column] = replace(each, found=first.found)
    return tuple(places.values())


def is_about(correction: Correction, raw: Raw) -> bool:
    """Return whether the cell would be in this sheet."""
    return correction.sheet == raw.sheet and correction.column in raw.headers


def refuse_misplaced(corrections: Sequence[Correction], sheets: Sequence[Raw]) -> None:
    """Raise RefusedInputError for a correction of a cell that none of the sheets read has."""
    for each in corrections:
        if not any(is_about(each, raw) for raw in sheets):
            raise RefusedInputError(
                f"{each.place} is to be corrected, and there is no such column in what is read of "
                "the file. Correct the file itself."
            )


def as_json(corrections: Sequence[Correction]) -> list[dict[str, Any]]:
    """Return the corrections as JSON values, for the records."""
    return [asdict(each) for each in corrections]


def corrections_of(report: Mapping[str, Any]) -> tuple[Correction, ...]:
    """Return the corrections a batch was published with, from its report on record."""
    return tuple(Correction(**each) for each in report.get("corrections", ()))


def _refuse(corrections: Sequence[Correction], raw: Raw) -> None:
    there = set(raw.frame.get_column(ROW))
    for each in corrections:
        if raw.frame.schema[each.column] != pl.String:
            raise RefusedInputError(
                f"{each.place} has a type of its own and cannot be corrected by typing a text. "
                f"Correct it where {raw.file} is made."
            )
        if each.row not in there:
            raise RefusedInputError(
                f"{each.place} is to be corrected, and the row is empty. Correct the file itself."
            )
        if len(each.value or "") > LONGEST_CELL:
            raise RefusedInputError(
                f"{each.place}: the correction has more than {LONGEST_CELL:,} characters. "
                "Shorten it."
            )
