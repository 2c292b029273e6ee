"""What changed in a metric between two periods: how much of it is whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from dashboard.company.figures import find_metric, known_part
from dashboard.company.opened import Company
from dashboard.company.series import EVERYTHING, by_stretch, held, periods_of
from data.errors import NotFoundError
from metrics.change_words import sentence
from metrics.decompose import Change, Contribution, Standing, change
from metrics.model import Metric
from metrics.periods import Period
from metrics.stretches import checked_per


@dataclass(frozen=True)
class Compared:
    """The two periods that are compared, each named by a day in it; None: the last two closed."""

    per: str | None = None
    before: date | None = None
    after: date | None = None


@dataclass(frozen=True)
class WhatChanged:
    """A metric's change by one dimension, with the sentence that says it."""

    metric: Metric
    slice: Mapping[str, str]
    change: Change
    sentence: str


def what_changed(
    company: Company,
    name: str,
    dimension: str,
    part: Mapping[str, str] = EVERYTHING,
    compared: Compared | None = None,
) -> WhatChanged:
    """Return what each value of a dimension added to a metric's change.

    Raises NotFoundError where there are no two periods to compare, UsageError for a metric whose
    parts do not add up to it.
    """
    metric = find_metric(company, name)
    known_part(company, metric, part)
    asked = compared or Compared()
    per = checked_per(asked.per or metric.period, metric.period)
    with company.warehouse.read() as reader:
        given = held(company, reader, [metric])
    periods = periods_of(company, given, metric, per, part)
    whole = by_stretch(company, given, metric, periods, part=part)
    before, after = _two(metric, periods, whole, asked)
    found = by_stretch(company, given, metric, [before, after], by=[dimension], part=part)
    told = change(metric, found, dimension, before, after)
    return WhatChanged(metric, part, told, sentence(metric, told))


def closed_periods(
    company: Company, name: str, per: str, part: Mapping[str, str] = EVERYTHING
) -> list[Period]:
    """Return the periods of a length that are over and known in full or in part, oldest first."""
    metric = find_metric(company, name)
    with company.warehouse.read() as reader:
        given = held(company, reader, [metric])
    periods = periods_of(company, given, metric, checked_per(per, metric.period), part)
    whole = by_stretch(company, given, metric, periods, part=part)
    known = set(whole.filter(pl.col("value").is_not_null())["period"])
    return [each for each in periods if each.start in known]


def as_record(told: WhatChanged) -> dict[str, Any]:
    """Return the change as plain values, as `metrics change --json` prints them."""
    found = told.change
    return {
        "metric": told.metric.name,
        "by": found.dimension,
        "slice": dict(told.slice),
        "sentence": told.sentence,
        "from": _side(found.before, found.value_before),
        "to": _side(found.after, found.value_after),
        "change": float(found.total),
        **{name: float(found.sum_of(name)) for name in ("rate", "mix", "volume", "unweighted")},
        "reversed": found.is_reversed,
        "parts": [_part(found.dimension, each) for each in found.contributions],
        "left_out": [
            {"slice": {found.dimension: kind}, "why": why} for kind, why in found.left_out.items()
        ],
    }


def _two(
    metric: Metric, periods: Sequence[Period], whole: pl.DataFrame, asked: Compared
) -> tuple[Period, Period]:
    """Return the periods asked for; without, the last that is whole and the one before it."""
    per = asked.per or metric.period
    is_whole = set(whole.filter(pl.col("status") == "ok")["period"])
    closed = [each for each in periods if each.start in is_whole]
    after = closed[-1] if closed else None
    if asked.after is not None:
        after = _holding(metric, periods, asked.after, per)
    if after is None:
        raise NotFoundError(f"{metric.title} has no {per} that is over and known in full yet.")
    earlier = [each for each in periods if each.start < after.start]
    if asked.before is not None:
        before = _holding(metric, periods, asked.before, per)
    elif earlier:
        before = earlier[-1]
    else:
        raise NotFoundError(f"{metric.title} has no {per} before {after.label} to compare with.")
    if before.start >= after.start:
        raise NotFoundError(
            f"{before.label} does not lie before {after.label}: name the earlier one first."
        )
    return before, after


def _holding(metric: Metric, periods: Sequence[Period], day: date, per: str) -> Period:
    for each in periods:
        if each.holds(day):
            return each
    known = f" There are {periods[0].label} to {periods[-1].label}." if periods else ""
    raise NotFoundError(f"{metric.title} has no {per} that holds {day}.{known}")


def _side(period: Period, value: Fraction) -> dict[str, Any]:
    return {"period": period.start, "label": period.label, "value": float(value)}


def _part(dimension: str, own: Contribution) -> dict[str, Any]:
    return {
        "slice": {dimension: own.kind},
        "from": _standing(own.before),
        "to": _standing(own.after),
        "change": float(own.total),
        **{name: float(getattr(own, name)) for name in ("rate", "mix", "volume", "unweighted")},
    }


def _standing(own: Standing) -> dict[str, Any]:
    return {
        "numerator": float(own.numerator),
        "denominator": float(own.denominator),
        "value": None if own.rate is None else float(own.rate),
        "share": float(own.share),
    }
