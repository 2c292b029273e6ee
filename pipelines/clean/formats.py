"""How a source writes its cells, and what a column turns into."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from data.tables import Column, ColumnType
from pipelines.mapping.model import EVIDENCE, ISO_DATES, NOTHING, Mapping
from pipelines.readers.raw import SPREADSHEETS, Kind

REASONS = {"value": pl.String, "rule": pl.String, "reason": pl.String, "accepted": pl.String}
"""What is said about a cell that fails; beside it `index`, the cell's place in its column."""


@dataclass(frozen=True)
class Formats:
    """What a mapping declares about dates, numbers and empty cells, for a file of one kind.

    `has_noise`: numbers are binary floats written out in full, as Excel stores them, so the digits
    after the fifteenth are none. An instant with an offset is read by the clocks of `zone`.
    """

    dates: tuple[str, ...] = ISO_DATES
    decimal: str = "."
    thousands: str | None = None
    missing: tuple[str, ...] = NOTHING
    is_rounded: bool = False
    has_noise: bool = False
    has_controls: bool = True
    zone: str = "UTC"


@dataclass(frozen=True)
class Target:
    """What a column must become: a type, and a decimal's digits after the point and in all."""

    type: ColumnType
    decimals: int = 0
    digits: int = 18

    @property
    def whole_digits(self) -> int:
        """Digits there is room for before the point."""
        return self.digits - self.decimals

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the values."""
        return _DTYPES.get(self.type) or pl.Decimal(self.digits, self.decimals)


_DTYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
}


@dataclass(frozen=True)
class Converted:
    """A column's values (null: empty or failed) and `failures`: index (UInt32) and REASONS.

    `told` is what the run report says of how the column was read, often nothing.
    """

    values: pl.Series
    failures: pl.DataFrame
    told: str = ""


def formats_of(
    mapping: Mapping, kind: Kind, *, has_controls: bool = True, zone: str = "UTC"
) -> Formats:
    """Return what `mapping` declares; true date cells of Excel and Parquet are ISO, always."""
    is_typed = kind in SPREADSHEETS | {"parquet"} and mapping.dates != EVIDENCE
    return Formats(
        dates=tuple(dict.fromkeys((*mapping.dates, *(ISO_DATES if is_typed else ())))),
        decimal=mapping.decimal,
        thousands=mapping.thousands,
        missing=mapping.missing,
        is_rounded=mapping.round,
        has_noise=kind in SPREADSHEETS,
        has_controls=has_controls,
        zone=zone,
    )


def own_formats(formats: Formats, *, has_noise: bool) -> Formats:
    """Return how values that are no text are written out: with a point, and ISO dates."""
    return replace(
        formats, dates=ISO_DATES, decimal=".", thousands=None, missing=(), has_noise=has_noise
    )


def target_of(column: Column) -> Target:
    """Return what the cells of a contract's column must become."""
    return Target(column.type, column.decimals or 0)


def target_of_theirs(kind: ColumnType) -> Target:
    """Return what a column of theirs becomes in an expression, where decimals have nine digits."""
    return Target(kind, 9, 38) if kind == "decimal" else Target(kind)


def no_failures() -> pl.DataFrame:
    """Return an empty frame of failures."""
    return pl.DataFrame(schema={"index": pl.UInt32, **REASONS})


def failures_at(
    is_failed: pl.Series, texts: pl.Series, rule: str, reason: pl.Expr | str, accepted: str
) -> pl.DataFrame:
    """Return a failure for every true of `is_failed`; `reason` sees the cell as column `value`."""
    if not is_failed.any():
        return no_failures()
    frame = pl.DataFrame({"value": texts}).with_row_index("index").filter(is_failed)
    said = pl.lit(reason) if isinstance(reason, str) else reason
    return frame.select(
        "index", "value", rule=pl.lit(rule), reason=said, accepted=pl.lit(accepted)
    ).cast({"index": pl.UInt32, "reason": pl.String})


def shown() -> pl.Expr:
    """Return the failing cell in quotes, cut to what a line can hold."""
    value = pl.col("value")
    cut = pl.when(value.str.len_chars() > 60).then(value.str.slice(0, 59) + "…").otherwise(value)
    return pl.format("'{}'", cut)
