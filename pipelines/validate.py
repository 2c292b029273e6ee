"""The rules of a contract asked of filled rows: every reason kept, nothing mended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from data.errors import near_miss
from data.expressions import Expression, parse
from data.expressions.frame import to_polars
from data.tables import Column, Rule, Table
from pipelines.clean.failures import INDEX, together
from pipelines.clean.fill import Filled
from pipelines.mapping.periods import Period
from pipelines.readers.raw import ROW

WARNINGS = "_warnings"


@dataclass(frozen=True)
class Validated:
    """`rows` with `_warnings` (names of the rules, comma separated, or null) and all failures."""

    rows: pl.DataFrame
    failures: pl.DataFrame


def validate(
    filled: Filled,
    table: Table,
    known_processes: Collection[str] | None = None,
    period: Period | None = None,
    known_metrics: Collection[str] | None = None,
) -> Validated:
    """Return the rows with their warnings, and every reason why any of them is refused.

    `known_processes` None means that the records know none yet; `period` is the declared one;
    `known_metrics` are the names figures are handed in under, None where no definition reads any.
    Duplicate keys are another matter: they are looked for over all sheets of a file.
    """
    rows, headers = filled.rows, filled.headers
    failures = [filled.failures, _absent(filled, table)]
    failures += [
        _not_allowed(rows, column, column.allowed, headers, "allowed")
        for column in table.columns
        if column.allowed
    ]
    if known_processes is not None:
        process = table.column("process")
        failures.append(_not_allowed(rows, process, known_processes, headers, "process"))
    if known_metrics is not None and table.name == METRIC_VALUES:
        metric = table.column("metric")
        failures.append(_not_allowed(rows, metric, known_metrics, headers, "metric"))
    if period is not None:
        failures.append(_outside(rows, table, period, headers))
    broken = _broken_rules(rows, table)
    failures += [
        _broken(rows, broken, rule, parsed, headers)
        for rule, parsed in _parsed(table)
        if rule.severity == "refuse"
    ]
    return Validated(_warned(rows, broken, table), together(failures))


def _absent(filled: Filled, table: Table) -> pl.DataFrame:
    """Return a failure for every empty cell that must have a value and did not fail already."""
    failures = []
    for column in table.columns:
        values = filled.rows.get_column(column.name)
        if not column.required or not values.null_count():
            continue
        header = filled.headers.get(column.name, column.name)
        found = filled.rows.filter(values.is_null()).select(
            pl.col(INDEX).alias("index"),
            pl.lit(header).alias("column"),
            pl.lit(None, dtype=pl.String).alias("value"),
            pl.lit("required").alias("rule"),
            pl.lit(f"{_ours(column.name, header)}is empty, but every row needs it").alias("reason"),
            pl.lit(_wanted(column)).alias("accepted"),
        )
        already = filled.failures.filter(pl.col("column") == header).select("index")
        failures.append(found.join(already, on="index", how="anti"))
    return together(failures)


def _ours(name: str, header: str) -> str:
    return "" if name == header else f"{name} "


def _wanted(column: Column) -> str:
    if column.allowed:
        return f"one of: {', '.join(column.allowed)}"
    if column.example is not None:
        return f"a value like {column.example}"
    return "a value"


METRIC_VALUES = "metric_values"
"""The table of figures somebody else computed."""

_UNKNOWN = {
    "process": "is not a process of the records",
    "metric": "is not a metric whose figures are handed in",
}


def _not_allowed(
    rows: pl.DataFrame,
    column: Column,
    known: Collection[str],
    headers: dict[str, str],
    rule: str,
) -> pl.DataFrame:
    values = pl.col(column.name)
    wrong = rows.filter(values.is_not_null() & ~values.is_in(list(known)))
    found = wrong.get_column(column.name).unique().to_list()
    what = _UNKNOWN.get(rule, "is not allowed here")
    # Over the distinct values, of which there are few, never over the rows.
    sentences = {value: f"'{value}' {what}.{near_miss(value, known)}" for value in found}
    shown = sorted(known)
    more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
    return wrong.select(
        pl.col(INDEX).alias("index"),
        pl.lit(headers.get(column.name, column.name)).alias("column"),
        values.alias("value"),
        pl.lit(rule).alias("rule"),
        values.replace(sentences).alias("reason"),
        pl.lit(f"one of: {', '.join(shown[:12])}{more}").alias("accepted"),
    )


def _outside(
    rows: pl.DataFrame, table: Table, period: Period, headers: dict[str, str]
) -> pl.DataFrame:
    name = table.dated_by
    day = pl.col(name).cast(pl.Date)
    return rows.filter(~day.is_between(period.first, period.last)).select(
        pl.col(INDEX).alias("index"),
        pl.lit(headers.get(name, name)).alias("column"),
        day.cast(pl.String).alias("value"),
        pl.lit("period").alias("rule"),
        pl.format("{} is outside the declared period " + period.label, day).alias("reason"),
        pl.lit(f"a day from {period.first} to {period.last}").alias("accepted"),
    )


def _parsed(table: Table) -> Iterable[tuple[Rule, Expression]]:
    return [(rule, parse(rule.expect, table.column_types)) for rule in table.rules]


def _broken_rules(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return one Boolean column a rule: true where it is broken; unknown counts as kept."""
    return rows.select(
        to_polars(parsed).cast(pl.Boolean).not_().fill_null(value=False).alias(rule.name)
        for rule, parsed in _parsed(table)
    )


def _broken(
    rows: pl.DataFrame,
    broken: pl.DataFrame,
    rule: Rule,
    parsed: Expression,
    headers: dict[str, str],
) -> pl.DataFrame:
    names = [name for name in rows.columns if name in parsed.columns]
    is_broken = broken.get_column(rule.name)
    if not names or not is_broken.any():
        return together([])
    if len(names) == 1:
        value = pl.col(names[0]).cast(pl.String)
    else:
        parts = [pl.format(name + " = {}", pl.col(name).cast(pl.String)) for name in names]
        value = pl.concat_str(parts, separator=", ", ignore_nulls=True)
    return rows.filter(is_broken).select(
        pl.col(INDEX).alias("index"),
        pl.lit(headers.get(names[0], names[0])).alias("column"),
        value.alias("value"),
        pl.lit(rule.name).alias("rule"),
        pl.lit(rule.message).alias("reason"),
        pl.lit(f"rows where {rule.expect}").alias("accepted"),
    )


def _warned(rows: pl.DataFrame, broken: pl.DataFrame, table: Table) -> pl.DataFrame:
    names = [rule.name for rule in table.rules if rule.severity == "warn"]
    names = [name for name in names if broken.get_column(name).any()]
    if not names:
        return rows.with_columns(pl.lit(None, dtype=pl.String).alias(WARNINGS))
    marks = [pl.when(broken.get_column(name)).then(pl.lit(name)) for name in names]
    text = pl.concat_str(marks, separator=",", ignore_nulls=True)
    return rows.with_columns(pl.when(text != "").then(text).alias(WARNINGS))


def duplicate_keys(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the failures of rows whose key another row of the same file has.

    `rows` has INDEX, ROW, `_sheet` and the key columns of every sheet of one file; the index is
    unique over all of them. All rows of a key are refused: which one is right, only people know.
    """
    if not table.is_keyed or rows.is_empty():
        return together([])
    key = list(table.key)
    # Counting one column takes a third of marking its rows, and nearly every file needs no more.
    if len(key) == 1 and rows.get_column(key[0]).n_unique() == rows.height:
        return together([])
    doubled = rows.filter(pl.struct(key).is_duplicated())
    if doubled.is_empty():
        return together([])
    place = pl.format("row {}", pl.col(ROW))
    if doubled.get_column("_sheet").null_count() < doubled.height:
        place = pl.format("sheet '{}', row {}", pl.col("_sheet"), pl.col(ROW))
    first, second = place.first().over(key), place.slice(1, 1).first().over(key)
    is_first = pl.col(INDEX) == pl.col(INDEX).first().over(key)
    other = pl.when(is_first).then(second).otherwise(first)
    value = pl.concat_str(
        [pl.col(name).cast(pl.String) for name in key], separator=", ", ignore_nulls=True
    )
    return doubled.select(
        pl.col(INDEX).alias("index"),
        pl.lit(", ".join(key)).alias("column"),
        value.alias("value"),
        pl.lit("key").alias("rule"),
        pl.format("{} has the same key", other).alias("reason"),
        pl.lit("one row a key: delete one of them, or correct its key").alias("accepted"),
    )


__all__ = ["WARNINGS", "Validated", "duplicate_keys", "validate"]
