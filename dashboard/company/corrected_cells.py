"""Which rows hold a cell that was put right on upload: what the file says, and who corrected it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from dashboard.company.opened import Company
from data.records import batches
from data.records.models import Batch
from pipelines.clean.corrections import Correction, corrections_of

CORRECTED = "_corrected"
"""The column of rows that says which of their cells were put right, or null."""

_PLACE = ("_batch", "_sheet", "_row")


def with_corrections(company: Company, rows: pl.DataFrame, *, hides: bool) -> pl.DataFrame:
    """Return the rows, which have _batch, _sheet and _row, with CORRECTED (text, mostly null).

    `hides` leaves out what was found in the file: it may name a person.
    """
    told: dict[tuple[Any, ...], list[str]] = {}
    for number in rows.get_column("_batch").drop_nulls().unique().to_list():
        batch = batches.batch(company.records, int(number))
        for place, sentence in _told(batch, hides=hides):
            told.setdefault(place, []).append(sentence)
    if not told:
        return rows.with_columns(pl.lit(None, pl.String).alias(CORRECTED))
    said = [
        "; ".join(told[place]) if (place := (int(batch), sheet, row)) in told else None
        for batch, sheet, row in rows.select(_PLACE).iter_rows()
    ]
    return rows.with_columns(pl.Series(CORRECTED, said, pl.String))


def _told(batch: Batch, *, hides: bool) -> Iterator[tuple[tuple[Any, ...], str]]:
    for each in corrections_of(batch.report):
        sentence = f"{each.column} corrected on upload by {batch.actor}"
        if not hides:
            sentence += f": found {_found(each)}"
        yield (batch.id, each.sheet, each.row), sentence


def _found(correction: Correction) -> str:
    return "nothing" if correction.found is None else f"'{correction.found}'"
