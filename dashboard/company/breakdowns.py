"""What a metric splits into: amounts ranked by size, ratios by how bad each one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.company.figures import find_metric
from dashboard.company.opened import Company
from metrics import cells
from metrics.change_words import RECORDS, counted_against
from metrics.model import Metric
from metrics.periods import Grain
from metrics.trend.wording import periods

A_YEAR: Mapping[Grain, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
"""Periods a breakdown looks back: a whole year, so that seasons weigh alike in every part."""


@dataclass(frozen=True)
class Parts:
    """The values of one dimension: kind, now, before (Float64, null without a value) and volume.

    Amounts are ranked from most to least; ratios from worst to best by the metric's good side, with
    the `whole` they are to be read against, and in `volume` the words for what each rests on.
    """

    kinds: pl.DataFrame
    whole: float | None
    adds_up: bool
    remark: str


def parts(
    company: Company, name: str, dimension: str, part: Mapping[str, str], until: date | None
) -> Parts:
    """Return what each value of a dimension adds or stands at, in a year of periods to `until`.

    Beside it stands the year before. What does not add up over time, such as what is open at period
    end, is taken in the last period and in the same one a year earlier.
    """
    metric = find_metric(company, name)
    with company.warehouse.read() as reader:
        held = cells.read_cells(reader, metric.leaves)
    now, before = _stretches(held, metric, until)
    present, past = (_rolled(held, metric, dimension, part, days) for days in (now, before))
    found = present.join(
        past.select("kind", before="value"), on="kind", how="full", coalesce=True, nulls_equal=True
    ).select("kind", "before", volume=_volume(metric), now="value")
    whole = _rolled(held, metric, None, part, now)
    return Parts(
        _ordered(found, metric),
        None if metric.is_additive or whole.is_empty() else whole["value"][0],
        metric.is_additive,
        _remark(metric, now, before),
    )


def _stretches(
    held: pl.DataFrame, metric: Metric, until: date | None
) -> tuple[list[date], list[date]]:
    """Return the periods that are added up, and those they are held against."""
    upto = held if until is None else held.filter(pl.col("period") <= until)
    starts: list[date] = upto["period"].unique().sort(descending=True).to_list()
    year = A_YEAR[metric.period]
    if _adds_up(metric):
        now, before = starts[:year], starts[year : 2 * year]
        return now, before if len(before) == year else []
    return starts[:1], starts[year : year + 1]


def _adds_up(metric: Metric) -> bool:
    """Whether a year of it is taken as one: of a formula, a part may lack some of the months."""
    return metric.adds_over_time and metric.measure.kind != "formula"


def _rolled(
    held: pl.DataFrame,
    metric: Metric,
    dimension: str | None,
    part: Mapping[str, str],
    days: Sequence[date],
) -> pl.DataFrame:
    """Return kind, value, denominator and n of a stretch taken as one period: a ratio of sums."""
    by = (dimension,) if dimension else ()
    stretch = held.filter(pl.col("period").is_in(list(days)))
    if days:
        stretch = stretch.with_columns(period=pl.lit(days[0]))
    kind = pl.col(dimension) if dimension else pl.lit(None, dtype=pl.String)
    return cells.roll_up(stretch, metric, by, part).select(
        kind.alias("kind"), "value", "denominator", "n"
    )


def _ordered(found: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    descending = metric.is_additive or metric.better != "higher"
    return found.sort("now", "kind", descending=[descending, False], nulls_last=True)


def _volume(metric: Metric) -> pl.Expr:
    """Return what a ratio rests on, in words: "12,345 deliveries", "37 records"."""
    words = counted_against(metric)
    amount = pl.col("n" if words == RECORDS else "denominator").cast(pl.Float64)
    told = amount.map_elements(
        lambda each: _counted(each, words), return_dtype=pl.String, skip_nulls=True
    )
    return told if not metric.is_additive else pl.lit(None, dtype=pl.String)


def _counted(amount: float, words: str) -> str:
    said = "record" if words == RECORDS and amount == 1 else words
    return f"{amount:,.0f} {said}".strip()


def _remark(metric: Metric, now: Sequence[date], before: Sequence[date]) -> str:
    year = A_YEAR[metric.period]
    if _adds_up(metric):
        stretch = f"last {periods(len(now), metric.period)}"
        earlier = f"the {year} before"
    else:
        is_level = metric.measure.kind in {"stock", "elapsed"}
        stretch = "at the end of the last period" if is_level else "in the last period"
        earlier = "a year before"
    first = "wide: " if metric.is_additive else "dark, worst first: "
    then = "thin: " if metric.is_additive else "light: "
    share = ", running share" if metric.is_additive else ""
    return f"{first}{stretch}{share}" + (f" · {then}{earlier}" if before else "")
