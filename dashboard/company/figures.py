"""Answering with numbers: every metric of any slice, with its series, its trend and its owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from dashboard.company import phased
from dashboard.company.definition_history import PendingChange, pending_in
from dashboard.company.events import events_of
from dashboard.company.opened import Company
from dashboard.company.phased import Known
from dashboard.company.rare_events import Read, gaps_of
from dashboard.company.series import Held, by_stretch, held, periods_of, series_of
from data.errors import NotFoundError, near_miss
from data.records import people, targets
from data.records.models import Person, Target, slice_text
from data.warehouse import Reader
from metrics import cells
from metrics.bounds import floor
from metrics.model import Formula, Metric
from metrics.periods import Grain
from metrics.status import SERIES_SCHEMA
from metrics.trend import (
    ChartKind,
    Gaps,
    LimitOptions,
    Summary,
    TrendSpec,
    TrendTarget,
    analyse,
    chart_for,
    judged_by,
    origin,
)
from metrics.trend.outlook import outlook


@dataclass(frozen=True)
class MetricView:
    """One metric of one slice as a page shows it.

    `series` has the columns of metrics.status.series; `points` those of metrics.trend, with limits,
    and `ghost_reason`; `signals` are its patterns, old ones too, in the order they could first be
    known. `known` are the phases and exclusions that hold for the slice; `changed` is the
    definition that was edited while the figures are by the one before. Of rare events `gaps` has
    the time from each to the next, and the summary says what they say.
    """

    metric: Metric
    slice: Mapping[str, str]
    series: pl.DataFrame
    points: pl.DataFrame
    summary: Summary
    owner: Person | None
    targets: tuple[Target, ...]
    spec: TrendSpec
    signals: pl.DataFrame
    known: Known
    changed: PendingChange | None = None
    gaps: Gaps | None = None

    @property
    def key(self) -> str:
        """Return what names this view: the metric and its slice."""
        return series_key(self.metric.name, self.slice)


def series_key(metric: str, values: Mapping[str, str]) -> str:
    """Return the name of a series: "complaint_rate" or "complaint_rate {"site":"Porto"}"."""
    return f"{metric} {slice_text(values)}" if values else metric


def find_metric(company: Company, name: str) -> Metric:
    """Return the metric of a name; raises NotFoundError with the nearest one there is."""
    try:
        return company.catalogue.metrics[name]
    except KeyError:
        miss = near_miss(name, company.catalogue.metrics)
        raise NotFoundError(f"No metric '{name}'.{miss} See them: clause9 metrics list") from None


def views(
    company: Company,
    reader: Reader,
    wanted: Iterable[tuple[Metric, Mapping[str, str]]],
    as_of: date | None = None,
    per: Grain | None = None,
    known_on: date | None = None,
) -> dict[str, MetricView]:
    """Return each wanted metric and slice by its key, trends analysed in one pass.

    `as_of` is the last day that may colour a trend; without it, the company's day. `per` is the
    length of its points, the metric's own period unless said. With `known_on`, what was recorded
    after that day (phases, exclusions, targets) does not count: the trend reads as it did then.
    """
    day = as_of or company.as_of
    pairs = {series_key(metric.name, part): (metric, part) for metric, part in wanted}
    if not pairs:
        return {}
    given = held(company, reader, [metric for metric, _ in pairs.values()])
    changed = pending_in(company, reader)
    every_target = _set_by(targets.targets(company.records), known_on)
    known = _known(company, pairs, known_on)
    series = {key: _series(company, given, pair, day, per) for key, pair in pairs.items()}
    in_force = {key: _in_force(every_target, *pair, per) for key, pair in pairs.items()}
    specs = {key: _spec(company, metric, in_force[key], per) for key, (metric, _) in pairs.items()}
    marked = {
        key: phased.marked(series[key], known[key], is_longer=_is_longer(metric, per))
        for key, (metric, _) in pairs.items()
    }
    trends = analyse(_points(marked), specs)
    by_series = trends.points.partition_by("series", as_dict=True)
    found = {
        key: MetricView(
            metric,
            part,
            series[key],
            phased.with_reasons(by_series.get((key,), trends.points.clear()), known[key]),
            trends.summaries[key],
            people.owner_of(company.records, metric.process, part, day),
            in_force[key],
            specs[key],
            trends.patterns.filter(series=key),
            known[key],
            changed.get(metric.name),
        )
        for key, (metric, part) in pairs.items()
    }
    rare = {key: view for key, view in found.items() if view.summary.is_rare}
    return found | {key: _with_gaps(company, reader, view) for key, view in rare.items()}


def _known(
    company: Company, pairs: Mapping[str, tuple[Metric, Mapping[str, str]]], known_on: date | None
) -> dict[str, Known]:
    """Return the phases and exclusions in force of each slice of a metric, by its key."""
    recorded = phased.known(company.records, known_on)
    return {key: recorded.of(metric.name, part) for key, (metric, part) in pairs.items()}


def _with_gaps(company: Company, reader: Reader, view: MetricView) -> MetricView:
    """Return a view of rare events as the gaps between them have it, where their rows are here."""
    if view.spec.grain != view.metric.period:
        return view
    read = Read(view.series, view.spec, [each.from_on for each in view.known.phases])
    found = gaps_of(company, reader, view.metric, view.slice, read)
    if found is None:
        return view
    return replace(view, summary=judged_by(view.summary, found), gaps=found)


def metric_views(
    company: Company,
    wanted: Sequence[tuple[str, Mapping[str, str]]],
    as_of: date | None = None,
) -> dict[str, MetricView]:
    """Return each wanted metric, by name, and slice, from the current version of the warehouse."""
    pairs = [(find_metric(company, name), part) for name, part in wanted]
    with company.warehouse.read() as reader:
        return views(company, reader, pairs, as_of)


def metric_view(
    company: Company,
    name: str,
    part: Mapping[str, str],
    as_of: date | None = None,
    per: Grain | None = None,
) -> MetricView:
    """Return one metric of one slice, by its own period or, with `per`, a longer one."""
    metric = find_metric(company, name)
    with company.warehouse.read() as reader:
        return next(iter(views(company, reader, [(metric, part)], as_of, per).values()))


def values_of_parts(
    company: Company, name: str, part: Mapping[str, str], start: date, per: Grain
) -> dict[str, float | None]:
    """Return the values that a formula is worked out from in one period; of other kinds, none.

    By name of the part, in the order of the formula; `start` and `per` say the period.
    """
    measure = find_metric(company, name).measure
    if not isinstance(measure, Formula):
        return {}
    pairs = [(each, part) for each in measure.parts.values()]
    with company.warehouse.read() as reader:
        found = views(company, reader, pairs, per=per)
    values = {}
    for each in found.values():
        row = each.points.filter(pl.col("period") == start)
        values[each.metric.name] = row["value"].item() if row.height else None
    return values


def judges(metric: Metric, per: Grain | None) -> bool:
    """Return whether a metric's targets judge values of this length.

    A target is for one period of the metric: it does not judge the sum of several.
    """
    is_own = per is None or per == metric.period
    return is_own or not (metric.is_additive and metric.adds_over_time)


def dimension_values(company: Company, name: str, dimension: str) -> list[str]:
    """Return the values of a dimension a metric has cells for, those with most first."""
    metric = find_metric(company, name)
    with company.warehouse.read() as reader:
        found = cells.values(reader, metric, by=(dimension,))
    by_weight = (
        found.filter(pl.col(dimension).is_not_null())
        .group_by(dimension)
        .agg(pl.col("numerator").sum())
        .sort("numerator", dimension, descending=[True, False], nulls_last=True)
    )
    return by_weight[dimension].to_list()


def known_part(company: Company, metric: Metric, part: Mapping[str, str]) -> None:
    """Raise NotFoundError for a part of the metric that no figure is of, with the nearest one."""
    for dimension, value in part.items():
        known = dimension_values(company, metric.name, dimension)
        if value not in known:
            hint = near_miss(value, known)
            raise NotFoundError(f"{metric.name} has no {dimension} '{value}'.{hint}")


def targets_of(company: Company, name: str) -> tuple[Target, ...]:
    """Return every target a metric ever had, whole and by part, the newest first."""
    own = [each for each in targets.targets(company.records) if each.metric == name]
    return tuple(sorted(own, key=lambda each: (each.from_on, each.slice), reverse=True))


def trend(
    company: Company,
    name: str,
    part: Mapping[str, str],
    as_of: date | None = None,
    known_on: date | None = None,
) -> dict[str, Any]:
    """Return one metric's points with limits, its summary and what is known beside them.

    That is its outlook in one sentence, its events, phases and exclusions, and as `gaps` the points
    of the t or g chart of rare events. `as_of` and `known_on` are those of `views`.
    """
    metric = find_metric(company, name)
    known_part(company, metric, part)
    with company.warehouse.read() as reader:
        found = views(company, reader, [(metric, part)], as_of, known_on=known_on)
    view = next(iter(found.values()))
    happened = events_of(company, name, part).filter(pl.col("on") <= (as_of or company.as_of))
    return {
        "points": view.points.select(
            pl.lit(name).alias("metric"),
            pl.lit(slice_text(part)).alias("facet"),
            pl.exclude("series"),
        ).to_dicts(),
        "summary": asdict(view.summary) | origin(view.points),
        "outlook": outlook(view.summary, view.spec),
        "events": happened.to_dicts(),
        "phases": [each.model_dump() for each in view.known.phases],
        "exclusions": [each.model_dump() for each in view.known.exclusions],
        "gaps": view.gaps.points.to_dicts() if view.gaps else [],
    }


def _in_force(
    every: Sequence[Target], metric: Metric, part: Mapping[str, str], per: Grain | None
) -> tuple[Target, ...]:
    """Return the targets that judge periods of this length, of a slice of the metric."""
    if not judges(metric, per):
        return ()
    return targets.targets_of_part(every, metric.name, part, adds_up=metric.is_amount)


def _set_by(every: Sequence[Target], known_on: date | None) -> list[Target]:
    """Return the targets that were set by the end of a day."""
    return [each for each in every if known_on is None or each.set_at.date() <= known_on]


def _is_longer(metric: Metric, per: Grain | None) -> bool:
    return per not in {None, metric.period}


def _series(
    company: Company,
    given: Held,
    pair: tuple[Metric, Mapping[str, str]],
    day: date,
    per: Grain | None,
) -> pl.DataFrame:
    """Return the columns of metrics.status.series, by the metric's own period or a longer one."""
    metric, part = pair
    if per is None or not _is_longer(metric, per):
        return series_of(company, given, metric, as_of=day, part=part)
    found = periods_of(company, given, metric, per, part)
    return by_stretch(company, given, metric, found, part=part).select(*SERIES_SCHEMA)


def _points(series: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    frames = [
        frame.select(
            pl.lit(key).alias("series"),
            "period",
            *(pl.col(name).cast(pl.Float64) for name in ("numerator", "denominator", "value", "n")),
            "status",
            "label",
            "phase_id",
            "phase_label",
            "is_accepted",
            "ghost",
        )
        for key, frame in series.items()
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema={"series": pl.String})


def _spec(
    company: Company, metric: Metric, in_force: Sequence[Target], per: Grain | None
) -> TrendSpec:
    return TrendSpec(
        title=metric.title,
        unit=metric.unit,
        kind=metric.trend.chart or _kind(metric),
        fixed=metric.trend.chart is not None,
        rules=metric.trend.rules,
        better=metric.better,
        per=getattr(metric.measure, "per", 1.0),
        targets=tuple(TrendTarget(t.from_on, t.kind, t.low, t.high) for t in in_force),
        decimals=metric.decimals,
        grain=per or metric.period,
        calendar=metric.calendar,
        lower=floor(metric, company.tables),
        options=LimitOptions(freeze_at=metric.trend.freeze_at),
        season=metric.trend.season,
        growth=metric.trend.growth,
        guards=True,
    )


def _kind(metric: Metric) -> ChartKind:
    """Return the chart that the kind of measure asks for."""
    return "xmr" if metric.is_holistic else chart_for(metric.measure.kind)
