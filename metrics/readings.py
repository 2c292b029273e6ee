"""What a series says over a stretch of time: rolled up exactly, holes counted and named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

import polars as pl

from metrics.formulas import keys_of, worked_out
from metrics.model import Metric
from metrics.periods import Period, next_start
from metrics.schema import EXACT
from metrics.stretches import parts_of, span
from metrics.trend.wording import listed, unit_of

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
    "holes": pl.String(),
    "begun": pl.Date(),
    "counted": pl.List(pl.Date()),
}
"""The columns of metrics.status.SERIES_SCHEMA for longer periods, and more: `remark` says of what a
value is made and what is not in it, `holes` only what should be there and is not; `begun` is the
first period of the slice, `counted` the first days of those the value was taken from."""


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
    remark: str | None

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
    *,
    as_levels: bool = False,
) -> pl.DataFrame:
    """Return READINGS_SCHEMA, and the dimensions of `series`: each slice over each stretch.

    `series` is of metrics.status.series. Every closed period that starts within a stretch counts.
    Ratios are the ratio of sums; what does not add up over time (a stock) is its last level. With
    some periods missing the status is `partial`, with holes alone theirs. Ordered by slice, period.
    What makes no value of a longer stretch has none, or `as_levels` its last one, like a stock.
    """
    by = [name for name in series.columns if name not in READINGS_SCHEMA]
    named = {stretch.start: stretch for stretch in stretches}
    full = _every_part(metric, series, stretches).select(
        "slice", "stretch", "begun", *by, *_Part._fields
    )
    rows = []
    width = 3 + len(by)
    for key, group in groupby(full.iter_rows(), lambda row: row[:width]):
        parts = [_Part(*row[width:]) for row in group]
        slice_, start, begun, *values = key
        stretch = named[start]
        row = {"period": start, "label": stretch.label, "slice": slice_, "begun": begun}
        made = _sum_up(metric, parts, as_levels=as_levels)
        rows.append(row | made | dict(zip(by, values, strict=True)))
    schema = {**READINGS_SCHEMA, **dict.fromkeys(by, pl.String())}
    return pl.DataFrame(rows, schema=schema).sort("slice", "period")


def over(
    metric: Metric, series: pl.DataFrame, period: Period, *, as_levels: bool = False
) -> Reading:
    """Return the reading of one series over a stretch, as `readings` has it.

    A series that holds nothing is `missing`.
    """
    return _reading(metric, readings(metric, series, [period], as_levels=as_levels), period)


def over_parts(metric: Metric, leaves: Mapping[str, pl.DataFrame], period: Period) -> Reading:
    """Return the reading of a formula over a stretch, from the series of its leaves by name."""
    told = {leaf.name: readings(leaf, leaves[leaf.name], [period]) for leaf in metric.leaf_metrics}
    return _reading(metric, of_formula(metric, told, [period]), period)


def _reading(metric: Metric, found: pl.DataFrame, period: Period) -> Reading:
    if found.is_empty():
        return Reading(period, None, None, 0, None, "missing", "no data")
    row = found.row(0, named=True)
    counted = _joined(metric, row["counted"])
    sums = (row["numerator"], row["denominator"], row["n"])
    return Reading(period, *sums, row["value"], row["status"], row["remark"], counted)


def latest(metric: Metric, series: pl.DataFrame, period: Period) -> Reading:
    """Return the reading of the last closed period of the metric in `period`, hole or not."""
    closed = series.filter(
        pl.col("period").is_between(period.start, period.end)
        & ~pl.col("status").is_in(["partial", "not_due"])
    ).sort("period")
    if closed.is_empty():
        return over(metric, series.clear(), period)
    row = closed.tail(1)
    start: date = row["period"].item()
    end = next_start(start, metric.period, metric.calendar) - timedelta(days=1)
    return over(metric, row, Period(start, end, str(row["label"].item())))


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


def no_longer_value(metric: Metric) -> str:
    """Return why several periods of a metric make no longer one; "" where they do.

    What adds up does, and what is a level at the end of a period stands for the longer one, too.
    """
    levels = all(leaf.measure.kind in {"stock", "elapsed"} for leaf in metric.leaf_metrics)
    if metric.adds_over_time or levels:
        return ""
    what = {"formula": "a formula", "percentile": "a percentile"}
    word = what.get(metric.measure.kind, "a count of different values")
    return f"{word} of several {unit_of(metric.period)} is not made of theirs"


def of_formula(
    metric: Metric,
    parts: Mapping[str, pl.DataFrame],
    stretches: Sequence[Period],
    by: Sequence[str] = (),
) -> pl.DataFrame:
    """Return the readings of a formula, worked out from those of the metrics it rests on, by name.

    So a ratio of two metrics over a quarter is the ratio of their quarters.
    """
    unknown = pl.col("value").is_null() & (pl.col("remark") != "")
    titles = {leaf.name: leaf.title for leaf in metric.leaf_metrics}
    leaves = {
        name: frame.with_columns(
            remark=pl.when(unknown).then(pl.format("{}: {}", pl.lit(titles[name]), "remark"))
        )
        for name, frame in parts.items()
    }
    keys = ["period", "slice", *by]
    every = pl.concat(
        [
            frame.select(*keys, "holes", "begun", "counted", "status", "remark")
            for frame in parts.values()
        ]
    )
    shared = every.group_by(keys).agg(
        pl.col("holes").filter(pl.col("holes") != "").unique(maintain_order=True).str.join("; "),
        pl.col("begun").min(),
        pl.col("counted").first(),
        # The part that lacks most says what the others lack too.
        lacks=pl.col("remark")
        .filter(pl.col("status") == "partial")
        .sort_by(pl.col("remark").filter(pl.col("status") == "partial").str.len_chars())
        .last(),
    )
    labels = pl.DataFrame(
        [(each.start, each.label) for each in stretches],
        schema={"period": pl.Date, "label": pl.String},
        orient="row",
    )
    found = worked_out(metric, leaves, keys_of(leaves, by), absent="missing")
    told = found.join(shared, on=keys, how="left", nulls_equal=True).join(labels, on="period")
    lacks = pl.when(pl.col("status") == "partial").then(pl.col("lacks"))
    remark = pl.coalesce("remark", lacks).fill_null("")
    return told.with_columns(remark=remark).select(*READINGS_SCHEMA, *by)


def _every_part(metric: Metric, series: pl.DataFrame, stretches: Sequence[Period]) -> pl.DataFrame:
    """Return the series with every period a stretch is made of, also those it does not reach.

    A period after a slice's last one is not due, one before its first NOT_BEGUN.
    """
    rows = [
        (stretch.start, part.start, part.label)
        for stretch in stretches
        for part in parts_of(stretch, metric.period, metric.calendar)
    ]
    kinds = {"stretch": pl.Date, "period": pl.Date, "part": pl.String}
    parts = pl.DataFrame(rows, schema=kinds, orient="row")
    by = [name for name in series.columns if name not in READINGS_SCHEMA]
    slices = series.group_by("slice", *by).agg(begun=pl.col("period").min())
    full = slices.join(parts, how="cross").join(series.drop(by), on=["slice", "period"], how="left")
    begun = pl.col("period") >= pl.col("begun")
    unreached = pl.when(begun).then(pl.lit("not_due")).otherwise(pl.lit(NOT_BEGUN))
    told = pl.col("remark") if "remark" in full.columns else pl.lit(None, dtype=pl.String)
    return full.with_columns(
        pl.col("n", "left_out").fill_null(0),
        remark=told,
        status=pl.col("status").fill_null(unreached),
        label=pl.col("label").fill_null(pl.col("part")),
    ).sort("slice", "stretch", "period")


def _sum_up(metric: Metric, parts: Sequence[_Part], *, as_levels: bool) -> dict[str, object]:
    """Return what the periods of one stretch make together, as columns of READINGS_SCHEMA."""
    known = [part for part in parts if part.is_known]
    if known and len(parts) > 1 and not as_levels and (words := no_longer_value(metric)):
        nothing = dict.fromkeys(("numerator", "denominator", "value"))
        told = {"n": 0, "left_out": 0, "status": "not_applicable", "remark": words, "counted": []}
        return {**nothing, **told, "holes": _holes_in_words(parts)}
    adds_up = metric.adds_over_time and not _has_bare_values(metric, known)
    counted = [p for p in parts if p.is_known or p.is_idle] if adds_up else known[-1:]
    numerator = _sum(part.numerator for part in counted)
    denominator = _sum(part.denominator for part in counted)
    # A level is whole when nothing is missing after it: what came before is not in it anyway.
    matter = parts if metric.adds_over_time else _from_the_last(parts)
    is_whole = all(map(_is_there, matter))
    as_at = f"as at {known[-1].label}" if known and not adds_up and len(parts) > 1 else ""
    lacks = "" if is_whole else _extent(len(known), parts)
    estimated = [part.label for part in counted if part.status == "estimated"]
    ok = "estimated" if estimated else "ok"
    return {
        "numerator": numerator,
        "denominator": denominator,
        "n": sum(part.n for part in counted),
        "left_out": sum(part.left_out for part in counted),
        "value": value_of_sums(metric, numerator, denominator) if known else None,
        "status": (ok if is_whole else "partial") if known else _status_of_nothing(parts),
        "remark": "; ".join(s for s in (as_at, lacks, _estimated_in_words(estimated)) if s),
        "holes": _holes_in_words(matter),
        "counted": [part.period for part in counted],
    }


def _from_the_last(parts: Sequence[_Part]) -> Sequence[_Part]:
    """Return the last part that is known and all after it; all, where none is known."""
    last = max((at for at, part in enumerate(parts) if part.is_known), default=0)
    return parts[last:]


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


def _extent(known: int, parts: Sequence[_Part]) -> str:
    """Return "2 of 3 periods, August 2026 is missing"."""
    begun = [part.label for part in parts if part.status != NOT_BEGUN]
    if not begun:
        return "no data"
    first = f"the first is {begun[0]}" if len(begun) < len(parts) else ""
    noun = "period" if len(parts) == 1 else "periods"
    holes = [part.remark for part in parts if part.status in HOLES and part.remark]
    because = f" ({listed(list(dict.fromkeys(holes)))})" if holes else ""
    said = "; ".join(each for each in (_holes_in_words(parts) + because, first) if each)
    return f"{known} of {len(parts)} {noun}, {said}"


def _estimated_in_words(labels: Sequence[str]) -> str:
    """Return "August 2026 is estimated"; "" without estimates."""
    if not labels:
        return ""
    named = listed(labels) if len(labels) <= NAMED_HOLES else f"{len(labels)} periods"
    return f"{named} {'is' if len(labels) == 1 else 'are'} estimated"


def _holes_in_words(parts: Sequence[_Part]) -> str:
    """Return "August 2026 is missing; October 2026 is incomplete"; "" without holes."""
    said = []
    for status, word in HOLES.items():
        labels = [part.label for part in parts if part.status == status]
        if labels and len(labels) <= NAMED_HOLES:
            said.append(f"{listed(labels)} {'is' if len(labels) == 1 else 'are'} {word}")
        elif labels:
            said.append(f"{len(labels)} are {word}")
    return "; ".join(said)


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
    return tuple(Period(start, end, span(start, end, metric.calendar)) for start, end in found)
