"""One column of a file turned into one column of a table."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.clean.dates import dates
from pipelines.clean.formats import (
    Converted,
    Formats,
    Target,
    failures_at,
    no_failures,
    own_formats,
    shown,
)
from pipelines.clean.numbers import numbers

CONTROLS = r"[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\u{202A}-\u{202E}\u{2066}-\u{2069}]"
"""Characters that show nothing or turn the text around: somebody's trick or a broken export."""

_TRUE = ("true", "yes", "1")
_FALSE = ("false", "no", "0")


def convert(
    column: pl.Series, target: Target, formats: Formats, values: Mapping[str, str] | None = None
) -> Converted:
    """Return a column of any type as `target`; `values` translates cells before they are parsed.

    Texts are trimmed, and a text the formats call missing is null.
    """
    if not values and column.dtype == target.dtype and column.dtype != pl.String:
        return _passed(column, target)
    if column.dtype.is_temporal() and target.dtype.is_temporal():
        return Converted(column.cast(target.dtype), no_failures())
    if column.dtype != pl.String:
        formats = own_formats(formats, has_noise=column.dtype.is_float())
    texts = trimmed(column, formats)
    if values:
        texts = texts.replace(dict(values))
    match target.type:
        case "text":
            return _texts(texts, formats)
        case "boolean":
            return _truths(texts)
        case "date" | "timestamp":
            return dates(texts, target, formats)
        case _:
            return numbers(texts, target, formats)


def trimmed(column: pl.Series, formats: Formats) -> pl.Series:
    """Return the column as text without blanks around, null where it says that there is nothing."""
    texts = _as_text(column).str.strip_chars()
    if not formats.missing:
        return texts
    is_missing = texts.is_in(list(formats.missing)).fill_null(value=False)
    return texts.set(is_missing, None) if is_missing.any() else texts


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.String:
        return column
    if isinstance(column.dtype, pl.Datetime):
        return column.dt.strftime("%Y-%m-%d %H:%M:%S%.f")
    return column.cast(pl.String)


def _passed(column: pl.Series, target: Target) -> Converted:
    """Return a column that has its type already; only a float may still hold what is no number."""
    if target.type != "float":
        return Converted(column, no_failures())
    is_failed = (column.is_not_null() & ~column.is_finite()).fill_null(value=False)
    failures = failures_at(
        is_failed,
        column.cast(pl.String),
        "number",
        pl.format("{} is not a number that can be kept", shown()),
        "a number like 1250.5",
    )
    return Converted(column.set(is_failed, None), failures)


def _texts(texts: pl.Series, formats: Formats) -> Converted:
    if not formats.has_controls:
        return Converted(texts, no_failures())
    is_failed = texts.str.contains(CONTROLS).fill_null(value=False)
    failures = failures_at(
        is_failed,
        texts,
        "characters",
        "the text holds an invisible control character",
        "text without control and direction characters; type the cell again",
    )
    return Converted(texts.set(is_failed, None) if len(failures) else texts, failures)


def _truths(texts: pl.Series) -> Converted:
    words = texts.str.to_lowercase()
    is_true, is_false = words.is_in(_TRUE), words.is_in(_FALSE)
    known = (is_true | is_false).fill_null(value=False)
    values = is_true.set(~known, None)
    failures = failures_at(
        texts.is_not_null() & ~known,
        texts,
        "boolean",
        pl.format("{} is neither true nor false", shown()),
        "true or false, yes or no, 1 or 0",
    )
    return Converted(values, failures)
