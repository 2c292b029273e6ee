"""What stands without a PDCA cycle: signals nobody took up, actions whose effect nobody knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from dashboard.company.series import EVERYTHING
from data.records import actions as action_records
from data.records.cycle_models import Cycle
from data.records.models import Action
from data.warehouse import Reader
from metrics import pdca

CORRECTIVE_ACTIONS = "corrective_actions"

MOST_ROWS = 500_000
"""Rows of corrective actions that are read: those with a cycle are taken out by their id."""


@dataclass(frozen=True)
class Ignored:
    """A concern signal that no cycle takes up."""

    metric: str
    title: str
    slice: Mapping[str, str]
    since: date
    sentence: str
    owner: str | None


def ignored(
    company: Company, views: Mapping[str, MetricView], every: Sequence[Cycle]
) -> tuple[Ignored, ...]:
    """Return the concern signals of whole metrics that no cycle takes up, the oldest first."""
    standing = {
        name: pdca.Signal(name, EVERYTHING, views[name].summary.since or company.as_of)
        for name in company.catalogue.metrics
        if views[name].summary.state in {"concern", "mixed"}
    }
    return tuple(
        Ignored(
            each.metric,
            views[each.metric].metric.title,
            each.slice,
            each.since,
            views[each.metric].summary.headline,
            owner.name if (owner := views[each.metric].owner) else None,
        )
        for each in sorted(
            pdca.ignored(standing.values(), every), key=lambda each: (each.since, each.metric)
        )
    )


def done_without(company: Company, every: Sequence[Cycle]) -> tuple[Action, ...]:
    """Return the actions of reviews that were done without a cycle."""
    own = {each.source for each in every if each.source_kind == "action"}
    return tuple(
        each
        for each in action_records.actions(company.records)
        if each.id not in own
        and action_records.state_on(each, company.as_of) in {"done", "verified"}
    )


def implemented_without(company: Company, reader: Reader, every: Sequence[Cycle]) -> int:
    """Return how many corrective actions were implemented without a cycle."""
    table = company.tables.get(CORRECTIVE_ACTIONS)
    names = {column.name for column in table.columns} if table else set()
    if table is None or table.engine is not None or "implemented_on" not in names:
        return 0
    rows = reader.browse(CORRECTIVE_ACTIONS, last=company.as_of, limit=MOST_ROWS).rows
    own = [each.source for each in every if each.source_kind == "corrective_action"]
    done = rows.filter(pl.col("implemented_on").cast(pl.Date) <= company.as_of)
    return done.filter(~pl.col("corrective_action_id").is_in(own)).height
