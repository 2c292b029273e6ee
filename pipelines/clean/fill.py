"""The columns of a table, filled from shaped rows: renamed, translated, parsed, derived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from data.expressions.frame import to_polars
from data.tables import Column, Table
from data.tables.cells import cell_of
from pipelines.clean.columns import convert, trimmed
from pipelines.clean.failures import INDEX, no_failures, together
from pipelines.clean.formats import Converted, Formats, formats_of, target_of
from pipelines.clean.periods import period_start
from pipelines.clean.shape import Shaped, named
from pipelines.clean.units import unit_of, without_unit
from pipelines.mapping import Mapping, Periods
from pipelines.mapping.checks import constant_text
from pipelines.mapping.theirs import derived_of
from pipelines.readers.raw import ROW, Raw

COLUMNS_AT_ONCE = 2
"""Columns converted side by side: Polars works on one with one thread."""

DAY = "day"
"""The column of the days a file speaks of."""


@dataclass(frozen=True)
class Filled:
    """Rows of a table before its rules are asked.

    `rows` has INDEX, ROW and the table's columns by their types, null where a cell failed. `spoken`
    has INDEX and DAY (Date, no nulls) of the rows that say which days the file speaks of, rows left
    out among them. `headers` says from which of their columns ours came, where it was one. `told`
    is what the run report says of how columns were read.
    """

    rows: pl.DataFrame
    failures: pl.DataFrame
    headers: dict[str, str]
    spoken: pl.DataFrame
    told: tuple[str, ...] = ()


def fill(shaped: Shaped, raw: Raw, mapping: Mapping, table: Table) -> Filled:
    """Return the table's columns for every shaped row, and every cell that could not be read."""
    formats = formats_of(mapping, raw.kind, has_controls=raw.has_controls, zone=raw.zone)
    headers = headers_of(mapping)

    def filled(column: Column) -> tuple[pl.Expr, pl.DataFrame, str]:
        if column.name in mapping.constants:
            return _constant(column, mapping), no_failures(), ""
        source = _source(column.name, (shaped.theirs, shaped.typed), headers, mapping)
        if source is None:
            return _default(column), no_failures(), ""
        converted = _converted(source, shaped.theirs, (column, table), formats, mapping)
        header, failed = headers.get(column.name, column.name), no_failures()
        if converted.failures.height:
            failed = named(converted.failures, shaped.theirs, header, mapping)
        told = f"Column '{header}': {converted.told}." if converted.told else ""
        return _defaulted(converted.values, column), failed, told

    with ThreadPoolExecutor(COLUMNS_AT_ONCE) as pool:
        columns = list(pool.map(filled, table.columns))
    rows = shaped.theirs.select(INDEX, ROW, *(values for values, _, _ in columns))
    days = _days_spoken(shaped, (table, rows), headers, mapping, formats)
    failures = together([shaped.failures, *(failed for _, failed, _ in columns)])
    told = tuple(sentence for _, _, sentence in columns if sentence)
    return Filled(rows, failures, headers, _spoken(shaped.speaking[0], days), told)


def _spoken(theirs: pl.DataFrame, days: pl.Series | None) -> pl.DataFrame:
    if days is None:
        return pl.DataFrame(schema={INDEX: pl.UInt32, DAY: pl.Date})
    return theirs.select(INDEX, days.cast(pl.Date).alias(DAY)).drop_nulls(DAY)


def _days_spoken(
    shaped: Shaped,
    filled: tuple[Table, pl.DataFrame],
    headers: dict[str, str],
    mapping: Mapping,
    formats: Formats,
) -> pl.Series | None:
    """Return the dates of the speaking rows; None where none of their columns dates a row."""
    table, rows = filled
    source = _source(table.dated_by, shaped.speaking, headers, mapping)
    if source is None:
        return None
    theirs, _ = shaped.speaking
    if theirs is shaped.theirs:
        return rows.get_column(table.dated_by)
    target = (table.column(table.dated_by), table)
    return _converted(source, theirs, target, formats, mapping).values


def headers_of(mapping: Mapping) -> dict[str, str]:
    """Return our column to the column of theirs that fills it as it is."""
    headers = dict(mapping.columns)
    if mapping.unpivot:
        headers |= {name: name for name in (mapping.unpivot.name_to, mapping.unpivot.value_to)}
    return headers


def _source(
    name: str,
    frames: tuple[pl.DataFrame, pl.DataFrame],
    headers: dict[str, str],
    mapping: Mapping,
) -> pl.Series | None:
    """Return the cells one of our columns is made of: as they came, or as derived."""
    theirs, typed = frames
    if name in mapping.derive:
        expression = derived_of(mapping)[name]
        # A derived constant is one value; on the frame it becomes as long as the others.
        return typed.with_columns(to_polars(expression).alias(name)).get_column(name)
    if name in headers:
        return theirs.get_column(headers[name])
    return None


def _converted(
    source: pl.Series,
    theirs: pl.DataFrame,
    target: tuple[Column, Table],
    formats: Formats,
    mapping: Mapping,
) -> Converted:
    """Return the cells as one of our columns: a period, a number with its unit, or as they are."""
    column, table = target
    if mapping.periods and column.name == table.dated_by and column.name not in mapping.derive:
        return _periods(theirs, source, column, formats, mapping)
    unit = unit_of(column, mapping)
    if unit is None or source.dtype != pl.String:
        return convert(source, target_of(column), formats, mapping.values.get(column.name))
    plain, failures = without_unit(trimmed(source, formats), unit)
    converted = convert(plain, target_of(column), formats, mapping.values.get(column.name))
    return replace(converted, failures=pl.concat([failures, converted.failures]))


def _periods(
    theirs: pl.DataFrame, source: pl.Series, column: Column, formats: Formats, mapping: Mapping
) -> Converted:
    """Return the first day of the period each cell names, in the type of the column that dates."""
    periods = mapping.periods or Periods()
    texts = trimmed(source, formats)
    if words := mapping.values.get(column.name):
        texts = texts.replace(words)
    years = None
    if isinstance(periods.year, str):
        years = trimmed(theirs.get_column(periods.year), formats)
    found = period_start(texts, periods, years)
    return Converted(found.values.cast(target_of(column).dtype), found.failures)


def _defaulted(values: pl.Series, column: Column) -> pl.Expr:
    if column.default is not None and values.null_count():
        values = values.fill_null(_default_value(column))
    return pl.lit(values).alias(column.name)


def _constant(column: Column, mapping: Mapping) -> pl.Expr:
    value = cell_of(column, constant_text(mapping.constants[column.name]))
    return pl.lit(value).cast(target_of(column).dtype).alias(column.name)


def _default(column: Column) -> pl.Expr:
    if column.default is None:
        return pl.lit(None, dtype=target_of(column).dtype).alias(column.name)
    return _default_value(column).alias(column.name)


def _default_value(column: Column) -> pl.Expr:
    value = cell_of(column, column.default or "")
    return pl.lit(value).cast(target_of(column).dtype)
