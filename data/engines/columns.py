"""Columns of an answer whose driver gives Python values: which Polars type holds all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any

import polars as pl

from data.errors import SourceError

_LARGEST = 2**63


def refuse_doubled(names: Iterable[str]) -> None:
    """Raise SourceError where two columns of an answer have one name."""
    doubled = [name for name, count in Counter(names).items() if count > 1]
    if doubled:
        raise SourceError(
            f"The answer has {Counter(names)[doubled[0]]} columns called '{doubled[0]}'. "
            "Name the columns in the query, each once."
        )


def frame_of(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    """Return rows as a frame, a column of each name; values of several kinds become text."""
    columns: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame(
        [_series(name, values) for name, values in zip(names, columns, strict=True)]
    )


def common_schema(schemas: Sequence[pl.Schema]) -> dict[str, pl.DataType]:
    """Return the types that hold the columns of every part; a column without values is text.

    A part may lack columns: those that come later, or of records that leave them out.
    """
    names = dict.fromkeys(name for schema in schemas for name in schema)
    found = {
        name: reduce(_both, [schema[name] for schema in schemas if name in schema])
        for name in names
    }
    return {name: pl.String() if dtype == pl.Null() else dtype for name, dtype in found.items()}


def _both(one: pl.DataType, other: pl.DataType) -> pl.DataType:
    """Return the type that holds the values of both."""
    if isinstance(one, pl.Null):
        return other
    if isinstance(other, pl.Null) or one == other:
        return one
    kinds = {type(one), type(other)}
    if kinds == {pl.Int64, pl.Float64}:
        return pl.Float64()
    if kinds <= {pl.Decimal, pl.Int64}:
        scales = [kind.scale for kind in (one, other) if isinstance(kind, pl.Decimal)]
        return pl.Decimal(38, max(scales))
    return pl.String()


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    kinds = set(map(type, values)) - {type(None)}
    dtype = _dtype(kinds, values)
    if dtype == pl.String() and kinds != {str}:
        values = [None if value is None else str(value) for value in values]
    return pl.Series(name, values, dtype=dtype, strict=False)


def _dtype(kinds: Collection[type], values: Sequence[Any]) -> pl.DataType:
    if kinds == {int}:
        fits = all(value is None or -_LARGEST <= value < _LARGEST for value in values)
        return pl.Int64() if fits else pl.String()
    if kinds in ({Decimal}, {Decimal, int}):
        return _decimal(values)
    if kinds == {datetime}:
        return _instants(values)
    return next((dtype for found, dtype in _PLAIN if kinds == found), pl.String())


_PLAIN: tuple[tuple[set[type], pl.DataType], ...] = (
    (set(), pl.Null()),
    ({bool}, pl.Boolean()),
    ({float}, pl.Float64()),
    ({float, int}, pl.Float64()),
    ({date}, pl.Date()),
)


def _instants(values: Sequence[Any]) -> pl.DataType:
    are_aware = {value.tzinfo is not None for value in values if value is not None}
    if len(are_aware) > 1:
        return pl.String()
    return pl.Datetime("us", "UTC" if are_aware == {True} else None)


def _decimal(values: Sequence[Any]) -> pl.DataType:
    numbers = [Decimal(value).as_tuple() for value in values if value is not None]
    scales = [number.exponent for number in numbers]
    if not all(isinstance(scale, int) for scale in scales):  # NaN and Infinity
        return pl.String()
    scale = max(0, *(-int(scale) for scale in scales))
    whole = max(len(number.digits) + int(number.exponent) for number in numbers)
    return pl.Decimal(38, scale) if max(whole, 1) + scale <= 38 else pl.String()
