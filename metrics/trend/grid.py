"""Points on their full period grid: every cell of every series once, in order, with its status."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from data.errors import UsageError
from metrics.periods import label_of
from metrics.trend.constants import range_constants
from metrics.trend.spec import TrendSpec

_INPUT: dict[str, type[pl.DataType]] = {
    "series": pl.String,
    "period": pl.Date,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "n": pl.Float64,
    "status": pl.String,
    "label": pl.String,
    "phase_id": pl.Int64,
    "phase_label": pl.String,
    "sd": pl.Float64,
    "ghost": pl.Boolean,
    "is_accepted": pl.Boolean,
}
_NEEDED = ("series", "period", "status")

HAS_VALUE = ("ok", "partial", "estimated")
"""Statuses that carry a value; every other status leaves it null, never 0."""


def gridded(points: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> pl.DataFrame:
    """Return the cells of all series with their specs' columns, gaps in the grid filled as missing.

    Adds `cell` (row number), `unit` (one number per series and phase), `ok` (status ok and no
    ghost), `ok_rank` (1.. within the unit), `ok_points` (of the unit) and `baseline` (the ok points
    that limits come from: the first 20 of the unit unless the options say otherwise).
    Raises UsageError for a column, a spec or a period that is missing or given twice, and for
    periods that go back.
    """
    cells = _in_order(_checked(points, specs))
    cells = cells.join(_spec_frame(specs), on="series", how="left", maintain_order="left")
    if any(spec.kind == "u-prime" for spec in specs.values()):
        cells = _per_period(cells)
    cells = _filled(cells.with_columns(_slot=_slot()))
    cells = cells.with_columns(value=_value()).with_columns(status=_status())
    cells = cells.join(_labels(cells), on=["grain", "period"], how="left", maintain_order="left")
    has_value = pl.col("status").is_in(HAS_VALUE)
    new_unit = (pl.col("series") != pl.col("series").shift()) | (
        pl.col("phase_id") != pl.col("phase_id").shift()
    )
    cells = cells.with_columns(
        value=pl.when(has_value).then(pl.col("value")),
        ok=(pl.col("status") == "ok") & ~pl.col("ghost"),
        unit=new_unit.fill_null(value=True).cast(pl.Int64).cum_sum(),
        cell=pl.int_range(pl.len(), dtype=pl.Int64),
        label=pl.coalesce("label", "_label"),
    )
    cells = cells.with_columns(
        ok_rank=pl.col("ok").cast(pl.Int64).cum_sum().over("unit"),
        ok_points=pl.col("ok").cast(pl.Int64).sum().over("unit"),
    )
    return cells.with_columns(baseline=_baseline(specs))


def _baseline(specs: Mapping[str, TrendSpec]) -> pl.Expr:
    """Return whether limits come from a cell."""
    ok, freezes = pl.col("ok"), pl.col("ok_rank") <= pl.col("freeze_at")
    if all(spec.options.ladder and spec.options.baseline is None for spec in specs.values()):
        return ok & freezes
    row = pl.int_range(1, pl.len() + 1).over("unit")
    chosen = pl.when(pl.col("baseline_rows").is_null()).then(~pl.col("ladder") | freezes)
    return ok & chosen.otherwise(row <= pl.col("baseline_rows"))


def _checked(points: pl.DataFrame, specs: Mapping[str, TrendSpec]) -> pl.DataFrame:
    absent = [name for name in _NEEDED if name not in points.columns]
    if absent:
        raise UsageError(f"The points of a trend need the column '{absent[0]}'.")
    for name in _INPUT:
        if name not in points.columns:
            points = points.with_columns(pl.lit(None).alias(name))
    points = points.select(pl.col(name).cast(kind) for name, kind in _INPUT.items())
    known = points.with_columns(series=pl.col("series").cast(_names(specs), strict=False))
    if known["series"].null_count():
        unknown = sorted(points.filter(known["series"].is_null())["series"])
        raise UsageError(f"No trend spec for the series '{unknown[0]}'. Give one for each series.")
    points = known
    return points.with_columns(
        pl.col("phase_id").fill_null(0),
        pl.col("phase_label").fill_null(""),
        pl.col("ghost", "is_accepted").fill_null(value=False),
    )


def _names(specs: Mapping[str, TrendSpec]) -> pl.Enum:
    """Return the names of all series as one type: numbers are compared faster than texts."""
    return pl.Enum(list(specs))


def _in_order(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points by series and period.

    Raises UsageError for a series whose periods go back, or that has one twice.
    """
    series, period = pl.col("series").to_physical(), pl.col("period")
    same = series == series.shift()
    behind = (series < series.shift()) | (same & (period < period.shift()))
    given = points
    if points.select(behind.any()).item():
        points = points.sort("series", "period", maintain_order=True)
    twice = points.filter(same & (period == period.shift()))
    if not twice.is_empty():
        name, day = twice.select("series", "period").row(0)
        raise UsageError(f"The series '{name}' has {day} twice. Give each period once.")
    if points is not given:
        _check_order(given)
    return points


def _check_order(points: pl.DataFrame) -> None:
    before = pl.col("period").shift().over("series")
    back = points.with_columns(_before=before).filter(pl.col("period") < pl.col("_before"))
    if not back.is_empty():
        name, day, earlier = back.select("series", "period", "_before").row(0)
        raise UsageError(
            f"The series '{name}' goes back from {earlier} to {day}. Give its periods in order."
        )


def _per_period(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with counts on a u' chart as what they are there: events per one period."""
    count = pl.coalesce("numerator", "value")
    alone = (pl.col("kind") == "u-prime") & pl.col("denominator").is_null().all().over("series")
    return cells.with_columns(
        numerator=pl.when(alone).then(count).otherwise("numerator"),
        denominator=pl.when(alone & count.is_not_null()).then(1.0).otherwise("denominator"),
    )


def _spec_frame(specs: Mapping[str, TrendSpec]) -> pl.DataFrame:
    rows = []
    for name, spec in specs.items():
        options = spec.options
        constants = range_constants(options.k, options.mr)
        own = (name, spec.kind, spec.better, spec.per, spec.grain, spec.lower, spec.upper)
        widths = (constants.width, constants.beyond, options.baseline)
        flags = (options.centre == "mean", options.mr == "mean", options.screen)
        weeks = spec.calendar.is_of_weeks
        more = (options.probability_limits, options.ladder, options.floors_spread)
        fixed = (spec.fixed, spec.rules)
        rows.append((*own, *fixed, *widths, *flags, *more, weeks, options.freeze_at))
    frame = pl.DataFrame(rows, schema=_SPEC, orient="row")
    return frame.with_columns(pl.col("series").cast(_names(specs)))


_SPEC: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(("series", "kind", "better"), pl.String),
    "per": pl.Float64,
    "grain": pl.String,
    **dict.fromkeys(("lower", "upper"), pl.Float64),
    "fixed": pl.Boolean,
    "preset": pl.String,
    **dict.fromkeys(("range_width", "range_beyond"), pl.Float64),
    "baseline_rows": pl.Int64,
    **dict.fromkeys(("mean_centre", "mean_range", "screen"), pl.Boolean),
    **dict.fromkeys(("by_probability", "ladder", "floors_spread", "is_of_weeks"), pl.Boolean),
    "freeze_at": pl.Int64,
}


def _slot() -> pl.Expr:
    """Return the number of the period in its calendar: neighbours differ by one."""
    days = pl.col("period").cast(pl.Int32)
    year = pl.col("period").dt.year().cast(pl.Int32)
    months = year * 12 + pl.col("period").dt.month().cast(pl.Int32) - 1
    grain = pl.col("grain")
    return (
        pl.when(pl.col("is_of_weeks") & grain.is_in(["month", "quarter", "year"]))
        .then(pl.col("period").rank("dense").over("series").cast(pl.Int32))
        .when(grain == "day")
        .then(days)
        .when(grain == "week")
        .then(days // 7)
        .when(grain == "quarter")
        .then(months // 3)
        .when(grain == "year")
        .then(year)
        .otherwise(months)
    )


def _filled(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with a row of status missing for every period the input skipped."""
    same = pl.col("series") == pl.col("series").shift(-1)
    skipped = pl.when(same).then(pl.col("_slot").shift(-1) - pl.col("_slot") - 1).fill_null(0)
    cells = cells.with_columns(_skipped=skipped)
    gaps = cells.filter(pl.col("_skipped") > 0)
    if gaps.is_empty():
        return cells.drop("_slot", "_skipped")
    rows = gaps.with_columns(_step=pl.int_ranges(1, pl.col("_skipped") + 1)).explode(
        "_step", empty_as_null=True, keep_nulls=True
    )
    rows = rows.with_columns(
        period=_later("_step"),
        status=pl.lit("missing"),
        label=pl.lit(None, dtype=pl.String),
        ghost=pl.lit(value=False),
        **{
            name: pl.lit(None, dtype=pl.Float64)
            for name in ("numerator", "denominator", "value", "n")
        },
    ).drop("_step")
    return pl.concat([cells, rows]).sort("series", "period").drop("_slot", "_skipped")


def _later(steps: str) -> pl.Expr:
    size = pl.col("grain").replace_strict(
        {"day": "d", "week": "w", "month": "mo", "quarter": "q", "year": "y"}
    )
    return pl.col("period").dt.offset_by(pl.col(steps).cast(pl.String) + size)


def _is_ratio() -> pl.Expr:
    return pl.col("kind").is_in(["p", "u", "p-prime", "u-prime"])


def _value() -> pl.Expr:
    ratio = pl.col("per") * pl.col("numerator") / pl.col("denominator")
    computed = pl.when(_is_ratio()).then(ratio).otherwise(pl.col("numerator"))
    return pl.coalesce("value", computed)


def _status() -> pl.Expr:
    """Return the status, corrected where the numbers cannot be what it says."""
    ratio = _is_ratio()
    counted = ratio | pl.col("kind").is_in(["c", "g", "t"])
    too_many = pl.col("kind").is_in(["p", "p-prime"]) & (
        pl.col("numerator") > pl.col("denominator")
    )
    negative = (counted & (pl.coalesce("numerator", "value") < 0)) | (
        ratio & (pl.col("denominator") < 0)
    )
    unusable = pl.col("value").is_null() | ~pl.col("value").is_finite()
    claims_value = pl.col("status").is_in(HAS_VALUE)
    weightless = (pl.col("kind") == "i-prime") & (pl.coalesce("n", "denominator") == 0)
    return (
        pl.when(claims_value & ((ratio & (pl.col("denominator") == 0)) | weightless))
        .then(pl.lit("no_opportunity"))
        .when(claims_value & (too_many | negative | unusable).fill_null(value=False))
        .then(pl.lit("invalid"))
        .otherwise(pl.col("status"))
    )


def _labels(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the period in words for each (grain, period); a fiscal label comes with the input."""
    pairs = cells.select("grain", "period").unique()
    words = [label_of(day, grain) for grain, day in pairs.iter_rows()]
    return pairs.with_columns(_label=pl.Series(words, dtype=pl.String))
