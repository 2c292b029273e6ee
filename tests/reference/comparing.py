"""Holding the cells an engine gives against those the reference reads by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from metrics.evaluate import NO_ENGINES, Engines, cells_of
from metrics.model import Metric
from metrics.periods import COMMON, Calendar
from tests.reference.engine import Cell, cells_by_hand
from tests.support.facts import Facts


def disagreement(
    metrics: Sequence[Metric],
    facts: Facts,
    through: date,
    calendar: Calendar = COMMON,
    engines: Engines = NO_ENGINES,
) -> Metric | None:
    """Return the first metric whose cells are not those of the reference, None where all are.

    `facts.tables` says which tables `engines` keep; `facts.frames` holds the rows of all.
    """
    metrics = [metric.counted_in(calendar) for metric in metrics]
    frames = {name: with_bookkeeping(frame) for name, frame in facts.frames.items()}
    with facts.read(*metrics) as reader:
        stored = cells_of(reader, metrics, facts.tables, through, calendar, engines=engines)
    for metric in metrics:
        found = stored.filter(metric=metric.name)
        by_hand = rounded(cells_by_hand(metric, frames, facts.tables, through))
        if rounded(_cells(found)) != by_hand or found.height != len(by_hand):
            return metric
    return None


def _cells(frame: pl.DataFrame) -> dict[Any, Cell]:
    return {
        (row["period"], row["slice"]): Cell(
            None if row["numerator"] is None else Fraction(row["numerator"]),
            None if row["denominator"] is None else Fraction(row["denominator"]),
            row["n"],
            row["left_out"],
            row["status"],
        )
        for row in frame.iter_rows(named=True)
    }


def with_bookkeeping(frame: pl.DataFrame) -> pl.DataFrame:
    lacking = {"_warnings": pl.lit(None, dtype=pl.String), "_is_current": pl.lit(value=True)}
    return frame.with_columns(**{k: v for k, v in lacking.items() if k not in frame.columns})


def rounded(cells: dict[Any, Cell]) -> dict[Any, tuple[object, ...]]:
    """Return cells with fractions as the nine digits that are kept."""
    return {
        key: (
            None if cell.numerator is None else round(float(cell.numerator), 9),
            None if cell.denominator is None else round(float(cell.denominator), 9),
            cell.n,
            cell.left_out,
            cell.status,
        )
        for key, cell in cells.items()
    }
