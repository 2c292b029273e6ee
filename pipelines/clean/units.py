"""Numbers with a sign or a unit beside them: "95,2 %", "12 min", "€ 1 250"."""

from __future__ import annotations

import polars as pl

from data.tables import Column
from pipelines.clean.formats import failures_at, no_failures, shown
from pipelines.mapping import Mapping

PERCENT = "%"

_PARTS = (
    r"^(?<lead>[^\d+\-.,]*?)\s*(?<number>[+-]?[.,]?\d(?:[\d.,'\s\x{a0}\x{202f}]*\d)?[.,]?"
    r"(?:[eE][+-]?\d+)?)[\s\x{a0}\x{202f}]*(?<trail>[^\d\s].*)?$"
)
"""A number, and what stands before and after it; blanks inside may part thousands."""


def unit_of(column: Column, mapping: Mapping) -> str | None:
    """Return the sign or unit the cells of one of our columns carry, if the mapping says one."""
    return PERCENT if column.name in mapping.percent else mapping.units.get(column.name)


def without_unit(texts: pl.Series, unit: str) -> tuple[pl.Series, pl.DataFrame]:
    """Return the numbers of `texts` (trimmed, null where empty) without `unit`, as they are typed.

    A cell with another unit is a failure, and so is a share without a sign among percentages: 0.95
    may be either. A cell without any unit is read as if it had the one declared.
    """
    parts = texts.str.extract_groups(_PARTS).struct.unnest()
    lead, trail = (parts.get_column(part).fill_null("") for part in ("lead", "trail"))
    found = (lead + trail).str.strip_chars()
    number = parts.get_column("number")
    is_number = number.is_not_null()
    is_bare = found == ""
    is_other = is_number & ~is_bare & (_plain(found) != _plain(pl.Series([unit]))[0])
    is_share = pl.Series([False]).new_from_index(0, len(texts))
    if unit == PERCENT:
        size = number.str.replace(",", ".").cast(pl.Float64, strict=False).abs()
        is_share = (is_bare & (size > 0) & (size <= 1)).fill_null(value=False)
    is_failed = (is_other | is_share).fill_null(value=False)
    plain = number.zip_with(is_number, texts).set(is_failed, None).alias(texts.name)
    return plain, _failures(texts, is_failed, is_share, unit)


def _plain(units: pl.Series) -> pl.Series:
    return units.str.to_lowercase().str.strip_chars(". ")


def _failures(
    texts: pl.Series, is_failed: pl.Series, is_share: pl.Series, unit: str
) -> pl.DataFrame:
    if not is_failed.any():
        return no_failures()
    doubt = pl.format("{} has no % sign: it may be a share or a percentage", shown())
    other = pl.format("{} has a unit that is not '{}'", shown(), pl.lit(unit))
    reason = pl.when(pl.lit(is_share.filter(is_failed))).then(doubt).otherwise(other)
    example = "95.2 %" if unit == PERCENT else f"12 {unit}"
    return failures_at(is_failed, texts, "unit", reason, f"a number with its unit, like {example}")
