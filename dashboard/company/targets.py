"""Setting targets: read from what somebody wrote, held against the metric, kept with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from dashboard.company.figures import find_metric, known_part
from dashboard.company.opened import Company
from data.definitions import validated
from data.errors import UsageError
from data.records.access import Actor
from data.records.forms import TargetForm
from data.records.models import Target
from data.records.targets import Measured, add_target
from metrics.bounds import least, most
from metrics.model import Metric
from metrics.periods import period_of

LABELS = {
    "high": "At most",
    "low": "At least",
    "from_on": "In force from",
    "approver": "Approved by",
    "reason": "Reason",
}
"""What the keys of a target are called where it is filled in."""


def measured(metric: Metric) -> Measured:
    """Return what a target of a metric, a phase or an exclusion has to fit."""

    def starts_around(day: date) -> tuple[date, date]:
        period = period_of(day, metric.period, metric.calendar)
        following = period_of(period.end + timedelta(days=1), metric.period, metric.calendar)
        return period.start, following.start

    return Measured(
        metric.title,
        metric.by,
        least(metric),
        most(metric),
        adds_up=metric.is_amount,
        process=metric.process,
        better=metric.better,
        starts_around=starts_around,
    )


def set_target(
    company: Company, values: Mapping[str, object], *, actor: Actor, at: datetime
) -> Target:
    """Keep a target as somebody wrote it: the keys of a TargetForm, numbers as text.

    Raises UsageError with every value that cannot be read, for a target the metric cannot meet and
    for one that would change what is past; NotAllowedError for those who may not.
    """
    written = {key: value for key, value in values.items() if value is not None and value != ""}
    form, problems = validated(TargetForm, written, "The target")
    if form is None:
        told = [f"{_label(each.key)}{each.message}" for each in problems]
        raise UsageError(" ".join(told))
    metric = find_metric(company, form.metric)
    known_part(company, metric, form.slice)
    return add_target(company.records, actor, form, at, measured(metric))


def _label(key: str) -> str:
    return f"{LABELS[key]}: " if key in LABELS else ""
