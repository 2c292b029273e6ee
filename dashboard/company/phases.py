"""Recording phases and exclusions of a metric, and saying when a new phase would be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import polars as pl

from dashboard.company import phased
from dashboard.company.events import events_of
from dashboard.company.figures import MetricView, find_metric, known_part, metric_view
from dashboard.company.opened import Company
from dashboard.company.targets import measured
from data.definitions import validated
from data.errors import NotFoundError, UsageError
from data.records import phases as kept
from data.records.access import Actor, Resource, can
from data.records.forms import ExclusionForm, Form, PhaseForm
from data.records.models import slice_text
from data.records.phase_models import Exclusion, Phase
from metrics.model import Metric
from metrics.periods import period_of
from metrics.trend.ladder import TRIAL_FROM
from metrics.trend.rebase import QUESTIONS, WANTED, Cause, Rebase, is_worse, ok_point, rebase

Filled = TypeVar("Filled", bound=Form)

LABELS = {
    "from_on": "From",
    "period_on": "Period",
    "label": "Name",
    "cause": "Cause",
    "evidence": "Evidence",
    "accepted_reason": "Why the worse level is accepted",
    "reason": "Reason",
}
"""What the keys of a phase or an exclusion are called where they are filled in."""

CAUSES = {"note": "event", "action": "action", "cycle": "cycle"}
"""The kinds of events that can have caused another level, and what they are called."""


@dataclass(frozen=True)
class PhaseLine:
    """One phase of a metric as a page lists it.

    `is_own` says that it was recorded for the slice shown, not a wider one; `warning` what is wrong
    with it, or nothing.
    """

    phase: Phase
    label: str
    is_own: bool
    warning: str = ""


def may_record(actor: Actor, metric: Metric) -> bool:
    """Return whether somebody may record phases and exclusions of a metric."""
    return can(actor, "set_phase", Resource(process=metric.process))


def phase_lines(view: MetricView) -> list[PhaseLine]:
    """Return the phases in force for what a view shows, the newest first."""
    own = slice_text(view.slice)
    lines = [
        PhaseLine(
            each,
            period_of(each.from_on, view.metric.period, view.metric.calendar).label,
            each.slice == own,
            _warning(view, each),
        )
        for each in view.known.phases
    ]
    return lines[::-1]


def withdrawn(
    company: Company, name: str, part: Mapping[str, str]
) -> tuple[list[Phase], list[Exclusion]]:
    """Return what was recorded of a slice of a metric and taken back again."""
    every = phased.Known(
        tuple(kept.phases(company.records)), tuple(kept.exclusions(company.records))
    ).of(name, part)
    return (
        [each for each in every.phases if each.withdrawn_at is not None],
        [each for each in every.exclusions if each.withdrawn_at is not None],
    )


def record_phase(
    company: Company, values: Mapping[str, object], *, actor: Actor, at: datetime
) -> Phase:
    """Keep a phase as somebody wrote it: the keys of a PhaseForm.

    Raises UsageError with every value that cannot be read, for a day on which no period begins, and
    for a level that is worse than the one before without the reason why it is accepted.
    """
    form = _form(PhaseForm, values, "The phase")
    metric = find_metric(company, form.metric)
    known_part(company, metric, form.slice)
    if form.accepted_reason is None:
        _refuse_worse(metric_view(company, form.metric, form.slice), form)
    return kept.add_phase(company.records, actor, form, at, measured(metric))


def exclude_point(
    company: Company, values: Mapping[str, object], *, actor: Actor, at: datetime
) -> Exclusion:
    """Exclude a point as somebody wrote it: the keys of an ExclusionForm.

    Raises UsageError for what cannot be read and for a period the metric has no value in.
    """
    form = _form(ExclusionForm, values, "The exclusion")
    metric = find_metric(company, form.metric)
    known_part(company, metric, form.slice)
    exclusion = _checked(company, form, metric)
    return kept.exclude_point(company.records, actor, exclusion, at, measured(metric))


def take_back(
    company: Company, row: Phase | Exclusion, reason: str, *, actor: Actor, at: datetime
) -> None:
    """Withdraw a phase, or let an excluded point count again, with the reason."""
    fits = measured(find_metric(company, row.metric))
    undo = kept.withdraw_phase if isinstance(row, Phase) else kept.include_point
    undo(company.records, actor, row.id or 0, reason, at, fits)


def suggestion(
    view: MetricView, found: Sequence[Cause], answers: Mapping[str, bool] | None = None
) -> Rebase | None:
    """Return what speaks for a new phase of what a view shows, and what is missing for it.

    `found` are its `causes`, `answers` what a person says to metrics.trend.rebase.QUESTIONS.
    """
    return rebase(view.points, view.spec, found, answers)


def questions(better: str) -> dict[str, str]:
    """Return what is asked before a new phase; where no side is good, not whether it is wanted."""
    return {key: text for key, text in QUESTIONS.items() if key != WANTED or better != "neutral"}


def refuse_unanswered(answers: Mapping[str, bool], accepted_reason: str, better: str) -> None:
    """Raise UsageError where the answers to the questions speak against a new phase.

    `better` is the metric's: what `questions` does not ask of it needs no answer.
    """
    asked = questions(better)
    denied = [text for key, text in asked.items() if key != WANTED and not answers.get(key)]
    if denied:
        raise UsageError(
            f"Limits of their own are for a level that is there to stay. Not answered with yes: "
            f"{' '.join(denied)} A single point with a known reason can be excluded instead."
        )
    if WANTED in asked and not answers.get(WANTED) and not accepted_reason.strip():
        raise UsageError("The new level is not wanted: say why it is accepted all the same.")


def causes(company: Company, name: str, part: Mapping[str, str]) -> Sequence[Cause]:
    """Return what is on record that may explain a series: notes, actions and cycles carried out."""
    happened = events_of(company, name, part).filter(pl.col("kind").is_in(sorted(CAUSES)))
    return [
        Cause(row["on"], row["label"], CAUSES[row["kind"]])
        for row in happened.iter_rows(named=True)
    ]


def _form(form: type[Filled], values: Mapping[str, object], what: str) -> Filled:
    written = {key: value for key, value in values.items() if value not in (None, "", {})}
    filled, problems = validated(form, written, what)
    if filled is None:
        told = [f"{LABELS.get(each.key, each.key)}: {each.message}" for each in problems]
        raise UsageError(" ".join(told))
    return filled


def _checked(company: Company, form: ExclusionForm, metric: Metric) -> ExclusionForm:
    """Return the form; raise NotFoundError for a period in which there is nothing to exclude."""
    view = metric_view(company, form.metric, form.slice)
    known: list[date] = view.points.filter(pl.col("value").is_not_null())["period"].to_list()
    if form.period_on in known:
        return form
    span = f" There are values from {known[0]} to {known[-1]}." if known else ""
    raise NotFoundError(
        f"{metric.title} has no value in the period that begins on {form.period_on}.{span}"
    )


def _refuse_worse(view: MetricView, form: PhaseForm) -> None:
    """Raise UsageError where the level since the day is worse than the one before."""
    if is_worse(view.points, view.spec, form.from_on):
        raise UsageError(
            f"Since {form.from_on} {view.metric.title} has been worse than its limits explain. "
            "A phase would make that the usual level: say why the worse level is accepted, or "
            "leave the limits as they are."
        )


def _warning(view: MetricView, phase: Phase) -> str:
    """Return what the reader must know of a phase: too few points, or a worse level unsaid."""
    points = view.points.filter(ok_point())
    since = points.filter(pl.col("period") >= phase.from_on)
    if since.is_empty():
        return "No period with a value lies in it yet."
    own = since.filter(pl.col("phase_id") == since["phase_id"][0])
    is_current = own.height == since.height
    if own["lcl"].null_count() == own.height and own.height < TRIAL_FROM:
        wait = f"{TRIAL_FROM - own.height} more until trial limits" if is_current else "no limits"
        return f"{own.height} of {TRIAL_FROM} points: {wait}."
    if phase.accepted_reason is None and is_worse(view.points, view.spec, phase.from_on):
        return "Worse than the limits of the phase before, and nobody said why it is accepted."
    return ""
