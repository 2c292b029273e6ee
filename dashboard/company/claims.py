"""What the plan of a PDCA cycle claims, with what is known since; and the verdict on it.

All cycles of a board are judged in one pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

import polars as pl

from dashboard.company.definition_history import DefinitionChange, changed_in
from dashboard.company.figures import MetricView, series_key
from dashboard.company.opened import Company
from dashboard.company.phased import divided_by
from data.records import phases
from data.records.cycle_models import Cycle, CycleCheck
from data.records.phase_models import Phase
from data.warehouse import Reader
from metrics import pdca
from metrics.model import Metric
from metrics.trend.verdict import Claim, Judgement, judge_all
from metrics.trend.verdict_words import in_short, sentence

JUDGED_BY = 12
"""Periods after an action at which it is judged for good: those after the next one began are then
the other's to answer for."""

MOST_RECURRENCES = 10_000
"""Nonconformances of one cause that are read; one is enough to know that it came back."""

NONCONFORMANCES = "nonconformances"


@dataclass(frozen=True)
class Judged:
    """A cycle whose action was done: what is claimed, today's verdict, in a sentence, in short."""

    claim: Claim
    judgement: Judgement
    sentence: str
    in_short: str


def slice_of(cycle: Cycle) -> dict[str, str]:
    """Return the part of its metric a cycle is about."""
    part: dict[str, str] = json.loads(cycle.slice)
    return part


def series_wanted(
    company: Company, cycles: Iterable[Cycle]
) -> list[tuple[Metric, Mapping[str, str]]]:
    """Return the series cycles are judged by, and those of the metrics that must not get worse."""
    known = company.catalogue.metrics
    return [
        (known[name], part)
        for cycle in cycles
        for name, part in _series_of(company, cycle)
        if name in known
    ]


def judge_cycles(
    company: Company,
    reader: Reader,
    every: Sequence[Cycle],
    checks: Mapping[str, Sequence[CycleCheck]],
    views: Mapping[str, MetricView],
) -> dict[str, Judged]:
    """Return the verdict on each cycle whose action was done and whose metric there is, by its id.

    `every` are all cycles: one action can stand in the window of another. `views` are the series
    wanted, read on the company's day.
    """
    known = _Known(
        company,
        reader,
        every,
        phases.in_force(phases.phases(company.records), company.as_of),
        changed_in(reader, datetime(1, 1, 2, tzinfo=UTC)),
        views,
    )
    done = {
        each.id: each for each in every if each.implemented_on is not None and _key(each) in views
    }
    claims = {name: known.claim(each, checks.get(name, ())) for name, each in done.items()}
    specs = {name: views[_key(each)].spec for name, each in done.items()}
    points = {name: known.points(each) for name, each in done.items()}
    verdicts = judge_all(points, specs, claims, company.as_of)
    return {
        name: Judged(
            claims[name],
            found,
            sentence(found, claims[name], specs[name]),
            in_short(found, specs[name]),
        )
        for name, found in verdicts.items()
    }


@dataclass(frozen=True)
class _Known:
    """What is known beside the plans: rows, other changes, definitions, balancing metrics."""

    company: Company
    reader: Reader
    every: Sequence[Cycle]
    phases: Sequence[Phase]
    definitions: Sequence[DefinitionChange]
    views: Mapping[str, MetricView]

    def claim(self, cycle: Cycle, checks: Sequence[CycleCheck]) -> Claim:
        """Return what a cycle claims, and what happened since that bears on it."""
        metric = self.company.catalogue.metrics[cycle.metric]
        back = self._recurrences(cycle)
        planned = [each.due_on for each in checks if each.kind == "first"]
        return Claim(
            implemented_on=_done_on(cycle),
            implemented_from=cycle.implemented_from,
            criterion=cycle.criterion or "improve",
            worthwhile=cycle.worthwhile or 0.0,
            expected_change=cycle.expected_change,
            lag=cycle.lag,
            wash_out=cycle.wash_out,
            trigger=pdca.trigger_periods(cycle, metric.period, metric.calendar),
            review_on=max(planned, default=cycle.check_on),
            recurrences=back,
            opportunities=None if back is None else self._opportunities(cycle),
            definition_changed=self._is_redefined(cycle),
            other_changes=self._other_changes(cycle),
            side_effects=self._side_effects(cycle),
            is_after_the_fact=cycle.is_after_the_fact,
        )

    def points(self, cycle: Cycle) -> pl.DataFrame:
        """Return the points a cycle is judged by: up to the next action, if that left it enough.

        A phase recorded after the plan was fixed does not shorten the baseline it was fixed with.
        """
        view, end = self.views[_key(cycle)], self._ends_on(cycle)
        known_on = cycle.plan_fixed_on or self.company.as_of
        points = divided_by(view.points, view.known, known_on)
        return points if end is None else points.filter(pl.col("period") < end)

    def _ends_on(self, cycle: Cycle) -> date | None:
        """Return the day the next action on the same figures began, None while it is too near."""
        day = _done_on(cycle)
        later = [begun for each in self._others(cycle) if (begun := _begun_on(each)) > day]
        points = self.views[_key(cycle)].points
        own = points.filter(pl.col("period") >= day)["period"]
        return min((end for end in later if (own < end).sum() >= JUDGED_BY), default=None)

    def _others(self, cycle: Cycle) -> list[Cycle]:
        return [
            each
            for each in self.every
            if each.id != cycle.id
            and each.implemented_on is not None
            and each.metric == cycle.metric
            and pdca.overlap(slice_of(each), slice_of(cycle))
        ]

    def _other_changes(self, cycle: Cycle) -> tuple[str, ...]:
        """Return what else was changed from the action on: other cycles' actions, and phases."""
        begun = _begun_on(cycle)
        last = self._ends_on(cycle) or self.company.as_of
        others = [
            each
            for each in self._others(cycle)
            if _done_on(each) >= begun and _begun_on(each) < last
        ]
        told = {cycle.id, *(each.id for each in others)}
        stretches = [
            each.label
            for each in self.phases
            if each.metric == cycle.metric
            and each.cycle not in told
            and begun < each.from_on < last
            and pdca.overlap(json.loads(each.slice), slice_of(cycle))
        ]
        return (*(f"{each.id} {each.title}" for each in others), *stretches)

    def _is_redefined(self, cycle: Cycle) -> bool:
        """Return whether the figures are by another definition than the one that was planned by."""
        since = cycle.plan_fixed_on or _begun_on(cycle)
        return any(
            each.metric == cycle.metric
            and each.changes_figures
            and since < each.at.date() <= self.company.as_of
            for each in self.definitions
        )

    def _side_effects(self, cycle: Cycle) -> tuple[str, ...]:
        """Return the titles of the balancing metrics with a concern signal since the action."""
        found = []
        for name, part in _series_of(self.company, cycle)[1:]:
            view = self.views.get(series_key(name, part))
            if view is not None and _worsened(view.points, _done_on(cycle)):
                found.append(view.metric.title)
        return tuple(found)

    def _recurrences(self, cycle: Cycle) -> tuple[date, ...] | None:
        """Return the days on which the same cause came back; None where it is not written down.

        It is where a nonconformance of that cause was ever raised.
        """
        table = self.company.tables.get(NONCONFORMANCES)
        if table is None or table.engine is not None:
            return None
        columns = {column.name for column in table.columns}
        if not {"cause", "raised_on"} <= columns:
            return None
        part = {name: value for name, value in slice_of(cycle).items() if name in columns}
        rows = self.reader.browse(
            NONCONFORMANCES,
            equals={"cause": cycle.cause, **part},
            last=self.company.as_of,
            limit=MOST_RECURRENCES,
        ).rows
        days = rows["raised_on"].cast(pl.Date).unique().sort()
        return tuple(days.filter(days >= _done_on(cycle))) if days.len() else None

    def _opportunities(self, cycle: Cycle) -> float | None:
        """Return how often the cause could have come back since: what the metric counts by."""
        points = self.points(cycle)
        since = points.filter(pl.col("period") >= _done_on(cycle))["denominator"].sum()
        return float(since) or None


def judgement_values(judgement: Judgement) -> dict[str, Any]:
    """Return a judgement as plain values, days as text; an end that is not finite is None."""
    return {name: _plain(value) for name, value in asdict(judgement).items()}


def _plain(value: object) -> object:
    match value:
        case float() if not isfinite(value):
            return None
        case date():
            return value.isoformat()
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case tuple():
            return [_plain(part) for part in value]
        case _:
            return value


def _series_of(company: Company, cycle: Cycle) -> list[tuple[str, Mapping[str, str]]]:
    """Return the cycle's own series, then those of its balancing metrics, as near as may be."""
    known, part = company.catalogue.metrics, slice_of(cycle)
    near = [
        (name, {key: value for key, value in part.items() if key in known[name].by})
        for name in cycle.balancing
        if name in known
    ]
    return [(cycle.metric, part), *near]


def _worsened(points: pl.DataFrame, since: date) -> bool:
    is_concern = pl.col("direction").is_in(["concern", "mixed"]) & (pl.col("state") == "signal")
    return not points.filter(is_concern & (pl.col("period") >= since)).is_empty()


def _key(cycle: Cycle) -> str:
    return series_key(cycle.metric, slice_of(cycle))


def _done_on(cycle: Cycle) -> date:
    return cycle.implemented_on or cycle.opened_on


def _begun_on(cycle: Cycle) -> date:
    return cycle.implemented_from or _done_on(cycle)
