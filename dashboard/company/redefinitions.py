"""Definitions that changed since a review was sealed, with the figures of the next by either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard.company import definition_history
from dashboard.company.opened import Company
from data.records.models import Review
from data.warehouse import Reader
from metrics.evaluate import last_day
from metrics.history import Change, changed_periods, effect
from metrics.model import Metric
from metrics.periods import Period, label_of
from metrics.review.model import Redefinition


def redefined_since(
    company: Company, reader: Reader, previous: Review | None, period: Period
) -> tuple[Redefinition, ...]:
    """Return what came into force since a review was sealed, then what is edited and waits."""
    if previous is None or previous.closed_at is None:
        return ()
    found: list[Redefinition] = []
    for each in definition_history.changed_in(reader, previous.closed_at):
        if each.before is not None and each.after is not None:
            told = Redefinition(each.after, each.at, each.actor, _said(each.changes))
            is_other = each.changes_figures and each.metric in company.defined.metrics
            found.append(
                _with_figures(company, reader, period, each.before, told) if is_other else told
            )
    for waiting in definition_history.pending_in(company, reader).values():
        told = Redefinition(waiting.after, None, "", _said(waiting.changes))
        found.append(_with_figures(company, reader, period, waiting.before, told))
    return tuple(found)


def _with_figures(
    company: Company, reader: Reader, period: Period, before: Metric, told: Redefinition
) -> Redefinition:
    """Return it with the figures of the last period that lies in the review's."""
    every = list(company.defined.metrics.values())
    calendar = company.defined.calendar_of(told.metric)
    last = last_day(reader, every, company.tables, calendar=company.defined.calendar)
    both = effect(reader, before, told.metric, company.tables, through=last)
    within = both.filter(pl.col("period").is_between(period.start, period.end))
    if within.is_empty():
        return told
    row = within.row(-1, named=True)
    return replace(
        told,
        label=label_of(row["period"], told.metric.period, calendar),
        before=row["before"],
        after=row["after"],
        different=changed_periods(within).height,
        periods=within.height,
    )


def _said(changes: Sequence[Change]) -> str:
    return "; ".join(
        f"{each.key}: {each.before or 'nothing'} → {each.after or 'nothing'}" for each in changes
    )
