"""The values of a metric by period and slice, as a command prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from dashboard.company.figures import find_metric, known_part
from dashboard.company.opened import Company
from dashboard.company.owned import checked_reading, owned_series
from dashboard.company.reported import person_named
from dashboard.company.series import by_stretch, held, periods_of, series_of
from data.errors import UsageError
from metrics import cells
from metrics.model import Metric
from metrics.periods import Period
from metrics.stretches import checked_per, window
from metrics.trend.wording import listed

SPAN = "span"
"""Asks for one value over all the periods from one day to another."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a metric; a period counts when it starts from `first` to `last`.

    With an `owner` (id or name) it is what they own of it, `owned` now or then.
    """

    by: Sequence[str] = ()
    part: Mapping[str, str] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None
    per: str | None = None
    owner: str | None = None
    owned: str = "now"


def values(company: Company, name: str, asked: Asked) -> list[dict[str, Any]]:
    """Return the values of a metric by period and slice, as `metrics values --json` prints them.

    Values of periods longer than the metric's own come with a remark: which of their periods are
    not in the value, and why. Others do where something is lacking: a part of a formula, a site.
    """
    metric = find_metric(company, name)
    known_part(company, metric, asked.part)
    if asked.owner is not None:
        return cells.values_as_records(_of_owner(company, metric, asked, asked.owner))
    if asked.per in {None, metric.period}:
        own = _own(company, metric, asked)
        return _remarked(own) if own["remark"].count() else cells.values_as_records(own)
    longer = _longer(company, metric, asked)
    return _remarked(longer)


def why_none(company: Company, name: str) -> str | None:
    """Return why a metric has no figure of any period, in one sentence; None where it has one.

    None too where an external engine keeps its rows: that is told apart.
    """
    metric = find_metric(company, name)
    leaves = [leaf.name for leaf in metric.leaf_metrics]
    if any(company.tables[table].engine is not None for table in metric.tables):
        return None
    with company.warehouse.read() as reader:
        if cells.read_cells(reader, leaves).height:
            return None
        is_computed = set(leaves) & set(reader.computed()["metric"])
    if company.warehouse.version() and not is_computed:
        return f"{name} is defined and not computed yet. Compute it: clause9 compute"
    return (
        f"No facts have come in for {name} yet. They would come from {listed(metric.tables)}: "
        "clause9 ingest FILE"
    )


def _remarked(found: pl.DataFrame) -> list[dict[str, Any]]:
    told = cells.values_as_records(found)
    return [row | {"remark": said} for row, said in zip(told, found["remark"], strict=True)]


def _own(company: Company, metric: Metric, asked: Asked) -> pl.DataFrame:
    """Return the values in the metric's own periods.

    A formula's are those of its series: a part no upload covers in a period is not a part that is
    zero, and only coverage tells the two apart.
    """
    with company.warehouse.read() as reader:
        if metric.measure.kind != "formula":
            return cells.values(reader, metric, asked.by, asked.part, asked.first, asked.last)
        given = held(company, reader, [metric])
    found = series_of(company, given, metric, by=asked.by, part=asked.part)
    first, last = asked.first or date.min, asked.last or date.max
    return found.filter(pl.col("period").is_between(first, last)).sort("period", "slice")


def _of_owner(company: Company, metric: Metric, asked: Asked, owner: str) -> pl.DataFrame:
    if asked.part or asked.per not in {None, metric.period}:
        raise UsageError(f"--owner goes with values by {metric.period}, without --slice and --per.")
    person, reading = person_named(company, owner), checked_reading(asked.owned)
    with company.warehouse.read() as reader:
        given = held(company, reader, [metric])
    found = owned_series(company, given, metric, person, reading, asked.by)
    first, last = asked.first or date.min, asked.last or date.max
    return found.filter(pl.col("period").is_between(first, last)).sort("period", "slice")


def _longer(company: Company, metric: Metric, asked: Asked) -> pl.DataFrame:
    per = None if asked.per == SPAN else checked_per(asked.per or metric.period, metric.period)
    with company.warehouse.read() as reader:
        given = held(company, reader, [metric])
    if per is None:
        if asked.first is None or asked.last is None:
            raise UsageError("--per span is one value from a day to a day: say --from and --to.")
        calendar = company.catalogue.calendar
        wanted: Sequence[Period] = [window(asked.first, asked.last, calendar)]
    else:
        first, last = asked.first or date.min, asked.last or date.max
        every = periods_of(company, given, metric, per, asked.part)
        wanted = [each for each in every if first <= each.start <= last]
    found = by_stretch(company, given, metric, wanted, by=asked.by, part=asked.part)
    return found.sort("period", "slice")
