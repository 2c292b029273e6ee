"""Rare events from the rows themselves: how long it took from each to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.company.opened import Company
from data.warehouse import Reader
from metrics.compile import compile_amounts
from metrics.model import Count, Metric, Proportion, Rate, Side
from metrics.periods import Period, period_of
from metrics.trend import Gaps, TrendSpec, gaps

_NONE = pl.DataFrame(schema={"day": pl.Date, "amount": pl.Float64})


@dataclass(frozen=True)
class Read:
    """How the events of a metric are read by period.

    `series` is as metrics.status has it, `phases` the days new phases of it begin on.
    """

    series: pl.DataFrame
    spec: TrendSpec
    phases: Sequence[date]


def gaps_of(
    company: Company, reader: Reader, metric: Metric, part: Mapping[str, str], read: Read
) -> Gaps | None:
    """Return the gaps between the events a metric counts, up to its last period with figures.

    None for what counts no single events, and where an external engine keeps their rows.
    """
    measure = metric.measure
    if not isinstance(measure, Count | Rate | Proportion) or metric.is_holistic:
        return None
    series = read.series
    known = series.filter(pl.col("status") == "ok")["period"]
    first, last = known.min(), known.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    calendar = company.catalogue.calendar_of(metric)
    until = period_of(last, metric.period, calendar).end
    span = Period(first, until, "")
    events = _amounts(company, reader, metric, "numerator", span, part)
    below = _amounts(company, reader, metric, "denominator", span, part)
    absent = series.filter(
        pl.col("period").is_between(first, last) & ~pl.col("status").is_in(["ok", "no_opportunity"])
    )
    unknown = [period_of(day, metric.period, calendar) for day in absent["period"]]
    return gaps(events, below, read.spec, until, unknown, read.phases)


def _amounts(
    company: Company,
    reader: Reader,
    metric: Metric,
    side: Side,
    span: Period,
    part: Mapping[str, str],
) -> pl.DataFrame:
    """Return day and amount of one side; nothing where it has no rows, or they are elsewhere."""
    source = metric.sources.get(side)
    if source is None or company.tables[source.table].engine is not None:
        return _NONE
    query = compile_amounts(metric, side, span, part, company.tables)
    return reader.frame(query.sql, query.parameters)
