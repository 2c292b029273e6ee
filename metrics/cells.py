"""Cells and their roll-ups: ratios of sums, never means of ratios.

A cell is one metric in one period for one finest slice. Every value anybody sees is made here, from
the sums of the cells it covers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol, assert_never

import polars as pl

from data.errors import NotFoundError, near_miss
from metrics.compile import compile_stored_cells
from metrics.formulas import keys_of, worked_out
from metrics.model import (
    Count,
    Elapsed,
    Formula,
    Mean,
    Metric,
    Percentile,
    Proportion,
    Rate,
    Ratio,
    Reported,
    Stock,
    Total,
    slice_key,
)
from metrics.schema import CELL_SCHEMA, EXACT, VALUE_SCHEMA, WITH_VALUE
from metrics.silent_sites import silent_sites


class CellReader(Protocol):
    """What cells are read through: a warehouse reader is one."""

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        """Return the rows of a query."""
        ...


def read_cells(reader: CellReader, metrics: Iterable[str] | None = None) -> pl.DataFrame:
    """Return the stored cells of `metrics` (None: of all) as CELL_SCHEMA."""
    query = compile_stored_cells(metrics)
    return reader.frame(query.sql, query.parameters).match_to_schema(pl.Schema(CELL_SCHEMA))


def values(
    reader: CellReader,
    metric: Metric,
    by: Sequence[str] = (),
    slice: Mapping[str, str | None] | None = None,  # noqa: A002 - the word of the glossary
    first: date | None = None,
    last: date | None = None,
) -> pl.DataFrame:
    """Return the metric by period and `by`, rolled up from the stored cells, as `roll_up` does.

    `slice` is what is looked at; a period counts when it starts from `first` to `last`.
    """
    stored = read_cells(reader, metric.leaves)
    if first is not None:
        stored = stored.filter(pl.col("period") >= first)
    if last is not None:
        stored = stored.filter(pl.col("period") <= last)
    return roll_up(stored, metric, by, slice)


def roll_up(
    cells: pl.DataFrame,
    metric: Metric,
    by: Sequence[str] = (),
    slice: Mapping[str, str | None] | None = None,  # noqa: A002 - the word of the glossary
    covered: Sequence[date] = (),
) -> pl.DataFrame:
    """Return VALUE_SCHEMA and the dimensions `by` as columns, ordered by period and slice.

    Numerators and denominators are sums over the cells of `metric` in `slice`; the value
    is made of the sums, null unless the status carries one. A holistic metric gives the cells of
    just that roll-up, a formula what it makes of the roll-ups of its parts: in every period one of
    them has a row of, and for the whole slice in those `covered` besides, where all counts are
    zero. Raises NotFoundError for a dimension the metric is not kept by, or a roll-up it is not
    computed at.
    """
    part = slice or {}
    _check_dimensions(metric, (*by, *part))
    if isinstance(metric.measure, Formula):
        leaves = {leaf.name: roll_up(cells, leaf, by, part) for leaf in metric.leaf_metrics}
        keys = keys_of(leaves, by)
        if not by:
            rows = [(day, slice_key(part)) for day in covered]
            keys = pl.concat([keys, pl.DataFrame(rows, schema=keys.schema, orient="row")]).unique()
        return worked_out(metric, leaves, keys, absent=None).select(*VALUE_SCHEMA, *by)
    own = own_cells(cells, metric, (*by, *part))
    for name, value in part.items():
        own = own.filter(pl.col(name).eq_missing(pl.lit(value, dtype=pl.String)))
    sums = own.group_by("period", *by).agg(
        _sum_of_known("numerator"),
        _sum_of_known("denominator"),
        pl.col("n", "left_out").sum(),
        said=pl.col("status").unique(),
    )
    slices = _slices(sums.select(by).unique(), part) if by else None
    keyed = (
        sums.with_columns(slice=pl.lit(slice_key(part)))
        if slices is None
        else sums.join(slices, on=list(by), how="left", nulls_equal=True)
    )
    judged = keyed.with_columns(status=status_of(metric), remark=pl.lit(None, dtype=pl.String))
    if isinstance(metric.measure, Reported):
        judged = _as_handed_in(judged, silent_sites(own, by), by)
    judged = judged.with_columns(value=value_of(metric))
    return judged.select(*VALUE_SCHEMA, *by).sort("period", "slice")


def _as_handed_in(judged: pl.DataFrame, silent: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return reported values with what was said of the figures in them, and who handed in none.

    `said` are the statuses of the cells a value is made of.
    """
    found = judged.join(silent, on=["period", *by], how="left", nulls_equal=True)
    said, status = pl.col("said").list, pl.col("status")
    lacks = said.contains("missing") | said.contains("partial") | pl.col("silent").is_not_null()
    is_empty = ~said.contains("missing")
    marked = (
        pl.when((status == "ok") & lacks)
        .then(pl.lit("partial"))
        .when((status == "ok") & said.contains("estimated"))
        .then(pl.lit("estimated"))
        .when((status == "missing") & is_empty & said.contains("no_opportunity"))
        .then(pl.lit("no_opportunity"))
        .when((status == "missing") & is_empty)
        .then(pl.lit("not_applicable"))
        .otherwise(status)
    )
    is_told = (status == "ok") & pl.col("silent").is_not_null()
    remark = pl.when(is_told).then(pl.format("without {}", "silent"))
    return found.with_columns(status=marked, remark=remark)


def with_dimensions(cells: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return `cells` with the dimensions of their slices as columns of text."""
    if not by:
        return cells
    kind = pl.Struct(dict.fromkeys(by, pl.String()))
    slices = cells.select("slice").unique()
    dimensions = slices.with_columns(parts=pl.col("slice").str.json_decode(kind)).unnest("parts")
    return cells.join(dimensions, on="slice", how="left")


def own_cells(cells: pl.DataFrame, metric: Metric, names: Iterable[str]) -> pl.DataFrame:
    """Return the cells of `metric` that tell of `names`, with the dimensions as columns of text.

    Of a holistic metric, whose cells are kept by roll-up, those of just these dimensions.
    """
    own = cells.filter(pl.col("metric") == metric.name)
    if not metric.is_holistic:
        return with_dimensions(own, metric.by)
    wanted = frozenset(names)
    slices = own["slice"].unique().to_list()
    return with_dimensions(
        own.filter(pl.col("slice").is_in([s for s in slices if json.loads(s).keys() == wanted])),
        tuple(sorted(wanted)),
    )


def value_of(metric: Metric) -> pl.Expr:
    """Return the value of numerator, denominator and status as Float64, null without one."""
    numerator, denominator = (pl.col(c).cast(pl.Float64) for c in ("numerator", "denominator"))
    ratio = numerator * metric.per / denominator
    value = pl.when(pl.col("denominator").is_null()).then(numerator).otherwise(ratio)
    return pl.when(pl.col("status").is_in(WITH_VALUE)).then(value)


def status_of(metric: Metric) -> pl.Expr:
    """Return the status of numerator, denominator, n and left_out."""
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    nothing_known = (pl.col("n") == 0) & (pl.col("left_out") > 0)
    match metric.measure:
        case Count() | Total() | Stock():
            absurd, empty = numerator.is_null(), pl.lit(value=False)
        case Percentile():
            absurd, empty = numerator.is_null() & (pl.col("n") > 0), pl.lit(value=False)
        case Rate() | Ratio() | Mean() | Elapsed():
            absurd = numerator.is_null() | denominator.is_null() | (denominator < 0)
            empty = denominator == 0
        case Proportion():
            absurd = numerator.is_null() | denominator.is_null() | (denominator < 0)
            empty = denominator == 0
            absurd |= (numerator < 0) | ((numerator > denominator) & ~empty)
        case Reported():
            absurd, empty = numerator.is_null() | (denominator < 0), denominator == 0
            if metric.measure.is_share:
                above = (numerator > denominator) & ~empty
                absurd |= denominator.is_not_null() & ((numerator < 0) | above)
        case Formula():
            return pl.col("status")
        case _:
            assert_never(metric.measure)
    judged = pl.when(absurd).then(pl.lit("invalid")).when(nothing_known).then(pl.lit("missing"))
    judged = judged.when(empty).then(pl.lit("no_opportunity"))
    return judged.when(_does_not_add(metric)).then(pl.lit("not_applicable")).otherwise(pl.lit("ok"))


def values_as_records(frame: pl.DataFrame) -> list[dict[str, object]]:
    """Return values as plain rows for JSON: period, slice, numerator, denominator, value, status.

    Whole numbers are ints, others floats, no value is None.
    """
    return [
        {
            "period": row["period"].isoformat(),
            "slice": json.loads(row["slice"]),
            **{name: _plain(row[name]) for name in ("numerator", "denominator", "value")},
            "status": row["status"],
        }
        for row in frame.iter_rows(named=True)
    ]


def _check_dimensions(metric: Metric, names: Sequence[str]) -> None:
    for name in names:
        if name not in metric.by:
            kept = f"It is kept by {', '.join(metric.by)}." if metric.by else "It has no parts."
            hint = near_miss(name, metric.by)
            message = f"{metric.name} cannot be broken down by '{name}'.{hint} {kept}"
            raise NotFoundError(message)
    if metric.is_holistic and not metric.has_values_by(names):
        raise NotFoundError(_not_computed(metric, names))


def _not_computed(metric: Metric, names: Iterable[str]) -> str:
    by = [name for name in metric.by if name in set(names)]
    wanted = f"by {' and '.join(by)}" if by else "for the total"
    kept = "; ".join(
        f"by {' and '.join(part)}" if part else "for the total" for part in metric.kept_by
    )
    return (
        f"{metric.name} is not computed {wanted}: what parts have does not add up. "
        f"It is computed {kept}. Name others in its `roll_ups`."
    )


def _sum_of_known(column: str) -> pl.Expr:
    """Return the sum of a column, null when a part of it is unknown."""
    known = pl.col(column).null_count() == 0
    return pl.when(known).then(pl.col(column).sum().cast(EXACT)).alias(column)


def _does_not_add(metric: Metric) -> pl.Expr:
    """Whether several bare values were handed in that may not be added."""
    may_add = not isinstance(metric.measure, Reported) or metric.measure.adds_up
    several = (pl.col("n") > 1) & pl.col("denominator").is_null()
    return pl.lit(value=False) if may_add else several


def _slices(combinations: pl.DataFrame, part: Mapping[str, str | None]) -> pl.DataFrame:
    keys = [slice_key({**part, **row}) for row in combinations.iter_rows(named=True)]
    return combinations.with_columns(slice=pl.Series(keys, dtype=pl.String))


def _plain(value: Decimal | float | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
