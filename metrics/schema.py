"""The columns of cells and of the values made of them, and the statuses both can have."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

WITH_VALUE = ("ok", "estimated", "partial")
"""The statuses that carry a value, the soundest first; every other one has none."""

WITHOUT_VALUE = ("late", "not_due", "missing", "invalid", "not_applicable", "no_opportunity")
"""The others, the one to be put right first in front."""

EXACT = pl.Decimal(38, 9)
"""What numerators and denominators are kept in: sums of decimals are exact to nine digits."""

CELL_SCHEMA: Mapping[str, pl.DataType] = {
    "metric": pl.String(),
    "definition_hash": pl.String(),
    "period": pl.Date(),
    "slice": pl.String(),
    "numerator": EXACT,
    "denominator": EXACT,
    "n": pl.Int64(),
    "sum_of_squares": pl.Float64(),
    "left_out": pl.Int64(),
    "status": pl.String(),
}
"""`period` is its first day; `slice` the canonical JSON of all the metric's dimensions, of a
holistic metric those of the roll-up the cell is computed at; `n` the records the value rests on;
`left_out` those that would count but for a warning or a missing number; `status` ok, estimated,
no_opportunity, missing, invalid or not_applicable."""

VALUE_SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.Date(),
    "slice": pl.String(),
    "numerator": EXACT,
    "denominator": EXACT,
    "n": pl.Int64(),
    "left_out": pl.Int64(),
    "value": pl.Float64(),
    "status": pl.String(),
    "remark": pl.String(),
}
"""`remark` says which part of a formula has no value, or which site handed in no figure; null where
nothing is lacking."""
