"""The values of a formula, worked out from the values of its parts.

A formula has a value where each part it rests on has one. Where it has none its status is that of
the part that is lacking, and `remark` names it, so that a page can say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from data.expressions.frame import to_polars
from metrics.model import Formula, Metric
from metrics.schema import EXACT, WITH_VALUE, WITHOUT_VALUE

IN_WORDS = {
    "late": "is late",
    "not_due": "is not due yet",
    "missing": "is missing",
    "invalid": "is invalid",
    "not_applicable": "does not apply",
    "no_opportunity": "has nothing to count against",
}
"""What is said of a part without a value."""


LARGEST = 1e28
"""Twenty-nine digits before the point are all that a numerator has room for."""

_TOLD = ("value", "status", "remark", "n", "left_out")


def worked_out(
    metric: Metric, leaves: Mapping[str, pl.DataFrame], keys: pl.DataFrame, absent: str | None
) -> pl.DataFrame:
    """Return the values of a formula, a row for each of `keys`: `period`, `slice`, dimensions.

    `leaves` are the values of the metrics it rests on in the end, by name, each with those
    columns; `absent` the status of a leaf in a period or slice it has no row for, None for what a
    covered period without rows means.
    """
    return _on(keys, metric, leaves, absent).sort("period", "slice")


def keys_of(leaves: Mapping[str, pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    """Return every `period`, `slice` and `by` that one of the leaves has a row for."""
    columns = ["period", "slice", *by]
    return pl.concat([frame.select(columns) for frame in leaves.values()]).unique()


def _on(
    keys: pl.DataFrame, metric: Metric, leaves: Mapping[str, pl.DataFrame], absent: str | None
) -> pl.DataFrame:
    """Return the values of a formula or a leaf, a row for each of `keys`."""
    if not isinstance(metric.measure, Formula):
        return _of_leaf(keys, metric, leaves[metric.name], absent)
    parts = list(metric.measure.parts.values())
    found = keys
    for index, part in enumerate(parts):
        told = _on(keys, part, leaves, absent).select(
            *keys.columns, *(pl.col(name).alias(f"_{name}{index}") for name in _TOLD)
        )
        found = found.join(told, on=keys.columns, how="left", nulls_equal=True)
    each = range(len(parts))
    # By themselves: a metric may have the name of a column that is there already.
    values = found.select(pl.col(f"_value{i}").alias(parts[i].name) for i in each)
    statuses = [pl.col(f"_status{i}") for i in each]
    remarks = (pl.col(f"_remark{i}") for i in each)
    return found.select(
        *keys.columns,
        values.select(value=to_polars(metric.measure.parsed).cast(pl.Float64)).to_series(),
        status=_worst(statuses),
        remark=_lacking(list(zip(parts, statuses, remarks, strict=True))),
        n=pl.max_horizontal(f"_n{i}" for i in each),
        left_out=pl.sum_horizontal(f"_left_out{i}" for i in each),
    ).pipe(_judged)


def _of_leaf(
    keys: pl.DataFrame, metric: Metric, values: pl.DataFrame, absent: str | None
) -> pl.DataFrame:
    found = keys.join(
        values.select(*keys.columns, *_TOLD),
        on=keys.columns,
        how="left",
        nulls_equal=True,
    )
    status = absent or metric.without_rows
    is_absent = pl.col("status").is_null()
    zero = 0.0 if status == "ok" else None
    return found.with_columns(
        value=pl.when(is_absent).then(zero).otherwise(pl.col("value")),
        status=pl.col("status").fill_null(status),
        n=pl.col("n").fill_null(0),
        left_out=pl.col("left_out").fill_null(0),
    )


def _judged(found: pl.DataFrame) -> pl.DataFrame:
    """Return the values with what only the result tells: a zero divisor, a number past all use."""
    known = pl.col("status").is_in(WITH_VALUE)
    is_usable = pl.col("value").is_finite() & (pl.col("value").abs() < LARGEST)
    whole = pl.when(is_usable).then(pl.col("value")).cast(EXACT)
    is_empty = known & pl.col("value").is_null()
    is_absurd = known & ~is_usable.fill_null(value=True)
    judged = found.with_columns(
        status=pl.when(is_empty)
        .then(pl.lit("no_opportunity"))
        .when(is_absurd)
        .then(pl.lit("invalid"))
        .otherwise(pl.col("status")),
        remark=pl.when(is_empty)
        .then(pl.lit("there is nothing to divide by"))
        .when(is_absurd)
        .then(pl.lit("the result is no number that can be kept"))
        .otherwise(pl.col("remark")),
    )
    has_value = pl.col("status").is_in(WITH_VALUE)
    return judged.with_columns(
        numerator=pl.when(has_value).then(whole), denominator=pl.lit(None, EXACT)
    ).with_columns(value=pl.col("numerator").cast(pl.Float64))


def _worst(statuses: Sequence[pl.Expr]) -> pl.Expr:
    """Return the status of the whole: that of its weakest part."""
    order = (*WITHOUT_VALUE, *reversed(WITH_VALUE))
    result = pl.lit("ok")
    for status in reversed(order):
        has_it = pl.any_horizontal(each == status for each in statuses)
        result = pl.when(has_it).then(pl.lit(status)).otherwise(result)
    return result


def _lacking(parts: Sequence[tuple[Metric, pl.Expr, pl.Expr]]) -> pl.Expr:
    """Return the parts without a value, with their statuses in words; null where each has one.

    Each part comes with its status and its own remark: a formula within it names its own part.
    """
    told = [
        pl.when(~status.is_in(WITH_VALUE)).then(
            pl.coalesce(remark, pl.lit(f"{part.title} ") + status.replace(IN_WORDS))
        )
        for part, status, remark in parts
    ]
    complete = pl.all_horizontal(status.is_in(WITH_VALUE) for _, status, _ in parts)
    return pl.when(~complete).then(pl.concat_str(told, separator="; ", ignore_nulls=True))
