"""What a series says over a stretch of time: rolled up exactly, holes counted and named."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from metrics.model import Metric
from metrics.periods import Period, next_start
from metrics.review.model import Reading
from metrics.review.wording import listed, span

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


def over(metric: Metric, series: pl.DataFrame, period: Period) -> Reading:
    """Return the reading over every closed period of the metric that starts within `period`.

    Ratios are the ratio of sums; what does not add up over time (a stock) is its last level, and
    the remark says so. A period without opportunity adds nothing and is no hole. With some holes
    the status is `partial`, with holes alone theirs.
    """
    rows = series.filter(pl.col("period").is_between(period.start, period.end)).sort("period")
    known = rows.filter(pl.col("status").is_in(HAS_VALUE))
    holes = rows.filter(pl.col("status").is_in(list(HOLES)))
    if known.is_empty():
        return _nothing(rows, holes, period)
    adds_up = metric.adds_over_time and not _is_bare_value(metric, known)
    counted = known if adds_up else known.tail(1)
    numerator, denominator = _sum(counted, "numerator"), _sum(counted, "denominator")
    level = "" if adds_up or rows.height == 1 else f"as at {known['label'][-1]}"
    holes_said = _holes_in_words(known.height, rows.height, holes)
    return Reading(
        period=period,
        numerator=numerator,
        denominator=denominator,
        n=round(counted["n"].fill_null(0).sum()),
        value=value_of_sums(metric, numerator, denominator),
        status="ok" if holes.is_empty() else "partial",
        remark="; ".join(part for part in (level, holes_said) if part),
        counted=_joined(metric, counted["period"].to_list()),
    )


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
    end = next_start(start, metric.period) - timedelta(days=1)
    return over(metric, row, Period(start, end, str(row["label"].item())))


def last_known(series: pl.DataFrame, before: date) -> str | None:
    """Return the label of the last period with a value up to a day; None if there never was one."""
    known = series.filter((pl.col("status").is_in(HAS_VALUE)) & (pl.col("period") <= before))
    return None if known.is_empty() else str(known.sort("period")["label"][-1])


def _is_bare_value(metric: Metric, known: pl.DataFrame) -> bool:
    """Return whether some values were handed in without anything to weigh them by.

    Beside others with a denominator they are no amounts, whatever the measure says of adding: all
    numerators over some of the denominators would be no ratio of anything.
    """
    measure, bare = metric.measure, known["denominator"].null_count()
    if measure.kind != "reported" or not bare:
        return False
    return not measure.adds_up or bare < known.height


def value_of_sums(
    metric: Metric, numerator: Decimal | None, denominator: Decimal | None
) -> float | None:
    """Return what metrics.cells makes of the same sums; None when there is nothing to divide by."""
    if numerator is None:
        return None
    if denominator is None:
        return float(numerator)
    return float(numerator) * metric.per / float(denominator) if denominator else None


def _joined(metric: Metric, starts: list[date]) -> tuple[Period, ...]:
    """Return the periods that begin on these days, neighbours joined into one stretch."""
    stretches: list[tuple[date, date]] = []
    for start in starts:
        end = next_start(start, metric.period) - timedelta(days=1)
        if stretches and stretches[-1][1] + timedelta(days=1) == start:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return tuple(Period(start, end, span(start, end)) for start, end in stretches)


def _nothing(rows: pl.DataFrame, holes: pl.DataFrame, period: Period) -> Reading:
    statuses = rows["status"].to_list()
    found = [status for status in HOLES if status in statuses]
    status = (found or statuses[:1] or ["missing"])[0]
    status = "not_due" if status == "partial" else status
    remark = _holes_in_words(0, rows.height, holes) if rows.height else "no data"
    return Reading(period, None, None, 0, None, status, remark)


def _holes_in_words(known: int, total: int, holes: pl.DataFrame) -> str:
    """Return "2 of 3 periods, August 2026 is missing"; "" without holes."""
    if holes.is_empty():
        return ""
    parts = []
    for status, word in HOLES.items():
        labels = holes.filter(pl.col("status") == status)["label"].to_list()
        if labels and len(labels) <= NAMED_HOLES:
            parts.append(f"{listed(labels)} {'is' if len(labels) == 1 else 'are'} {word}")
        elif labels:
            parts.append(f"{len(labels)} are {word}")
    noun = "period" if total == 1 else "periods"
    return f"{known} of {total} {noun}, {'; '.join(parts)}"


def _sum(rows: pl.DataFrame, column: str) -> Decimal | None:
    values = [value for value in rows[column].to_list() if value is not None]
    return sum((Decimal(value) for value in values), Decimal()) if values else None
