"""What a series says over a stretch of time: rolled up exactly, holes counted and named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import polars as pl

from metrics.model import Metric
from metrics.periods import COMMON, Calendar, Period, next_start
from metrics.schema import EXACT
from metrics.stretches import parts_of, span
from metrics.trend.wording import listed

HAS_VALUE = ("ok", "estimated")

HOLES = {
    "late": "late",
    "missing": "missing",
    "invalid": "invalid",
    "not_applicable": "not applicable",
    "partial": "incomplete",
    "not_due": "not due yet",
}
"""Statuses that leave a hole in a stretch, worst first, and the word for each."""

NAMED_HOLES = 3
"""Holes named one by one in a remark; more are only counted, or the remark outgrows the number."""

NOT_BEGUN = "not_begun"
"""Stands for a period before the first figure of a slice: nothing is late, and nothing is known."""

READINGS_SCHEMA: Mapping[str, pl.DataType] = {
    "period": pl.Date(),
    "label": pl.String(),
    "slice": pl.String(),
    "numerator": EXACT,
    "denominator": EXACT,
    "n": pl.Int64(),
    "left_out": pl.Int64(),
    "value": pl.Float64(),
    "status": pl.String(),
    "remark": pl.String(),
    "has_holes": pl.Boolean(),
    "counted": pl.List(pl.Date()),
}
"""The columns of metrics.status.SERIES_SCHEMA for longer periods, and more: `remark` says what is
not in the value, `has_holes` whether something that should be there is not, `counted` the first
days of the periods the value was taken from."""


@dataclass(frozen=True)
class Reading:
    """What one metric said over one stretch of time; `value` None means nothing is known, never 0.

    `status` is a cell status, or `partial` when only some periods of the stretch have a value;
    `remark` then says how many ("5 of 6 periods, August 2026 is missing"). `counted` are the days
    the value was taken from, neighbouring periods joined.
    """

    period: Period
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    value: float | None
    status: str
    remark: str = ""
    counted: tuple[Period, ...] = ()


class _Part(NamedTuple):
    """One period of a stretch, as its series has it."""

    period: date
    label: str
    status: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    left_out: int

    @property
    def is_known(self) -> bool:
        return self.status in HAS_VALUE

    @property
    def is_idle(self) -> bool:
        """Whether something happened in a period without opportunity: it still counts."""
        return self.status == "no_opportunity" and self.numerator is not None


def readings(
    metric: Metric,
    series: pl.DataFrame,
    stretches: Sequence[Period],
    calendar: Calendar = COMMON,
) -> pl.DataFrame:
    """Return READINGS_SCHEMA, and the dimensions of `series`: each slice over each stretch.

    `series` is of metrics.status.series. Every closed period that starts within a stretch counts.
    Ratios are the ratio of sums; what does not add up over time (a stock) is its last level. With
    some periods missing the status is `partial`, with holes alone theirs. Ordered by slice, period.
    """
    by = [name for name in series.columns if name not in READINGS_SCHEMA]
    named = {stretch.start: stretch for stretch in stretches}
    full = _every_part(metric, series, stretches, calendar).select(
        "slice", "stretch", *by, *_Part._fields
    )
    rows = []
    width = 2 + len(by)
    for key, group in groupby(full.iter_rows(), lambda row: row[:width]):
        parts = [_Part(*row[width:]) for row in group]
        slice_, start, *values = key
        stretch = named[start]
        row = {"period": start, "label": stretch.label, "slice": slice_, **_sum_up(metric, parts)}
        rows.append(row | dict(zip(by, values, strict=True)))
    schema = {**READINGS_SCHEMA, **dict.fromkeys(by, pl.String())}
    return pl.DataFrame(rows, schema=schema).sort("slice", "period")


def over(
    metric: Metric, series: pl.DataFrame, period: Period, calendar: Calendar = COMMON
) -> Reading:
    """Return the reading of one series over a stretch, as `readings` has it.

    A series that holds nothing is `missing`.
    """
    found = readings(metric, series, [period], calendar)
    if found.is_empty():
        return Reading(period, None, None, 0, None, "missing", "no data")
    row = found.row(0, named=True)
    counted = _joined(metric, row["counted"])
    sums = (row["numerator"], row["denominator"], row["n"])
    return Reading(period, *sums, row["value"], row["status"], row["remark"], counted)


def latest(
    metric: Metric, series: pl.DataFrame, period: Period, calendar: Calendar = COMMON
) -> Reading:
    """Return the reading of the last closed period of the metric in `period`, hole or not."""
    closed = series.filter(
        pl.col("period").is_between(period.start, period.end)
        & ~pl.col("status").is_in(["partial", "not_due"])
    ).sort("period")
    if closed.is_empty():
        return over(metric, series.clear(), period, calendar)
    row = closed.tail(1)
    start: date = row["period"].item()
    end = next_start(start, metric.period, metric.calendar) - timedelta(days=1)
    return over(metric, row, Period(start, end, str(row["label"].item())), calendar)


def last_known(series: pl.DataFrame, before: date) -> str | None:
    """Return the label of the last period with a value up to a day; None if there never was one."""
    known = series.filter((pl.col("status").is_in(HAS_VALUE)) & (pl.col("period") <= before))
    return None if known.is_empty() else str(known.sort("period")["label"][-1])


def value_of_sums(
    metric: Metric, numerator: Decimal | None, denominator: Decimal | None
) -> float | None:
    """Return what metrics.cells makes of the same sums; None when there is nothing to divide by."""
    if numerator is None:
        return None
    if denominator is None:
        return float(numerator)
    return float(numerator) * metric.per / float(denominator) if denominator else None


def _every_part(
    metric: Metric, series: pl.DataFrame, stretches: Sequence[Period], calendar: Calendar
) -> pl.DataFrame:
    """Return the series with every period a stretch is made of, also those it does not reach.

    A period after a slice's last one is not due, one before its first NOT_BEGUN.
    """
    rows = [
        (stretch.start, part.start, part.label)
        for stretch in stretches
        for part in parts_of(stretch, metric.period, calendar)
    ]
    kinds = {"stretch": pl.Date, "period": pl.Date, "part": pl.String}
    parts = pl.DataFrame(rows, schema=kinds, orient="row")
    by = [name for name in series.columns if name not in READINGS_SCHEMA]
    slices = series.group_by("slice", *by).agg(begun=pl.col("period").min())
    full = slices.join(parts, how="cross").join(series.drop(by), on=["slice", "period"], how="left")
    begun = pl.col("period") >= pl.col("begun")
    unreached = pl.when(begun).then(pl.lit("not_due")).otherwise(pl.lit(NOT_BEGUN))
    return full.with_columns(
        pl.col("n", "left_out").fill_null(0),
        status=pl.col("status").fill_null(unreached),
        label=pl.col("label").fill_null(pl.col("part")),
    ).sort("slice", "stretch", "period")


def _sum_up(metric: Metric, parts: Sequence[_Part]) -> dict[str, object]:
    """Return what the periods of one stretch make together, as columns of READINGS_SCHEMA."""
    known = [part for part in parts if part.is_known]
    adds_up = metric.adds_over_time and not _has_bare_values(metric, known)
    counted = [p for p in parts if p.is_known or p.is_idle] if adds_up else known[-1:]
    numerator = _sum(part.numerator for part in counted)
    denominator = _sum(part.denominator for part in counted)
    is_level = not metric.adds_over_time
    is_whole = parts[-1].is_known if is_level else all(map(_is_there, parts))
    as_at = f"as at {known[-1].label}" if known and not adds_up and len(parts) > 1 else ""
    holes = "" if is_whole else _holes_in_words(len(known), parts)
    return {
        "numerator": numerator,
        "denominator": denominator,
        "n": sum(part.n for part in counted),
        "left_out": sum(part.left_out for part in counted),
        "value": value_of_sums(metric, numerator, denominator) if known else None,
        "status": ("ok" if is_whole else "partial") if known else _status_of_nothing(parts),
        "remark": "; ".join(said for said in (as_at, holes) if said),
        "has_holes": any(part.status in HOLES for part in parts),
        "counted": [part.period for part in counted],
    }


def _has_bare_values(metric: Metric, known: Sequence[_Part]) -> bool:
    """Return whether some values were handed in without anything to weigh them by.

    Beside others with a denominator they are no amounts, whatever the measure says of adding: all
    numerators over some of the denominators would be no ratio of anything.
    """
    measure, bare = metric.measure, sum(part.denominator is None for part in known)
    if measure.kind != "reported" or not bare:
        return False
    return not measure.adds_up or bare < len(known)


def _is_there(part: _Part) -> bool:
    return part.status not in HOLES and part.status != NOT_BEGUN


def _status_of_nothing(parts: Sequence[_Part]) -> str:
    """Return the worst status there is; what is not over, or not begun, has no word of its own."""
    statuses = [part.status for part in parts]
    found = [status for status in HOLES if status in statuses] or statuses[:1]
    return {"partial": "not_due", NOT_BEGUN: "missing"}.get(found[0], found[0])


def _holes_in_words(known: int, parts: Sequence[_Part]) -> str:
    """Return "2 of 3 periods, August 2026 is missing"; "" without holes."""
    said = []
    for status, word in HOLES.items():
        labels = [part.label for part in parts if part.status == status]
        if labels and len(labels) <= NAMED_HOLES:
            said.append(f"{listed(labels)} {'is' if len(labels) == 1 else 'are'} {word}")
        elif labels:
            said.append(f"{len(labels)} are {word}")
    begun = [part.label for part in parts if part.status != NOT_BEGUN]
    if not begun:
        return "no data"
    if len(begun) < len(parts):
        said.append(f"the first is {begun[0]}")
    noun = "period" if len(parts) == 1 else "periods"
    return f"{known} of {len(parts)} {noun}, {'; '.join(said)}" if said else ""


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known else None


def _joined(metric: Metric, starts: Sequence[date]) -> tuple[Period, ...]:
    """Return the periods that begin on these days, neighbours joined into one stretch."""
    found: list[tuple[date, date]] = []
    for start in starts:
        end = next_start(start, metric.period, metric.calendar) - timedelta(days=1)
        if found and found[-1][1] + timedelta(days=1) == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(Period(start, end, span(start, end)) for start, end in found)
