"""Many metrics at once: what comes first, what waits to be seen twice, what is chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from dashboard.company import figures
from dashboard.company.figures import MetricView
from dashboard.company.opened import Company
from metrics.trend import Assurance, State
from metrics.trend.portfolio import SILENT, expected_false_icons

SIGNALS: frozenset[State] = frozenset({"concern", "improvement", "mixed", "change"})

_STATES: tuple[State | None, ...] = (
    "concern", "mixed", None, "change", "improvement", "common_cause",
)  # fmt: skip
_MISSES = _STATES.index(None)
"""Where what is stable and will miss its target stands: nothing happened to it, and that is bad."""

_ANSWERS: tuple[Assurance, ...] = ("not_capable", "not_predictable", "hit_or_miss", "capable")

_BLANK: Mapping[State, tuple[str, str]] = {
    "too_few_points": ("has too few points", "have too few points"),
    "stale": ("is stale", "are stale"),
    "no_data": ("has no figure", "have no figure"),
}
"""Why a metric has no icon: of one, of several."""


def ranked(views: Iterable[MetricView]) -> list[MetricView]:
    """Return the views in order: concerns, mixed ones, what will miss its target, the rest."""
    return sorted(views, key=_rank)


def _rank(view: MetricView) -> tuple[int, int, bool, str]:
    state, answer = view.summary.state, view.summary.assurance
    place = _STATES.index(state) if state in _STATES else len(_STATES)
    if answer == "not_capable" and state not in {"concern", "mixed"}:
        place = _MISSES
    promise = _ANSWERS.index(answer) if answer in _ANSWERS else len(_ANSWERS)
    return place, promise, view.summary.target_met is not False, view.metric.title


def waiting(
    company: Company, names: Sequence[str], part: Mapping[str, str]
) -> dict[str, Assurance]:  # fmt: skip
    """Return by key the metrics whose signal was no signal yet one period earlier.

    Beside each stands its assurance then. A point beyond a limit does not wait for a second one.
    """
    found = figures.metric_views(company, [(name, part) for name in names])
    young = [view for view in found.values() if _can_wait(view)]
    waits: dict[str, Assurance] = {}
    for day in {view.summary.latest_period for view in young}:
        own = [view for view in young if view.summary.latest_period == day]
        # Read on the first day of its last period, that period is still open and judges nothing.
        before = figures.metric_views(company, [(v.metric.name, v.slice) for v in own], day)
        waits |= {
            v.key: before[v.key].summary.assurance
            for v in own
            if before[v.key].summary.state != v.summary.state
        }
    return waits


def _can_wait(view: MetricView) -> bool:
    return view.summary.state in SIGNALS and "R1" not in view.summary.rules


def held_back(view: MetricView, before: Assurance) -> MetricView:
    """Return the view as one that only watches: its signal has to be seen twice."""
    told = replace(view.summary, state="common_cause", rules=(), is_watch=True, assurance=before)
    state = pl.when(pl.col("state") == "signal").then(pl.lit("watch")).otherwise(pl.col("state"))
    return replace(view, summary=told, points=view.points.with_columns(state=state))


def chance_words(views: Sequence[MetricView]) -> str:
    """Return how many icons of these metrics would speak of a signal by chance; "" of none."""
    spoken = [view for view in views if view.summary.state not in SILENT]
    expected = expected_false_icons(view.summary for view in spoken)
    if not expected:
        return ""
    told = f"about {expected:.1f}" if expected >= 0.05 else "less than 0.1"
    return f"Of {len(spoken)} with an icon, {told} would show a signal by chance alone."


def blank_words(views: Sequence[MetricView]) -> str:
    """Return why metrics have no icon, and how many no target; "" where all have both."""
    states = Counter(view.summary.state for view in views)
    told = [
        f"{states[state]} {one if states[state] == 1 else many}"
        for state, (one, many) in _BLANK.items()
        if states[state]
    ]
    spoken = [view for view in views if view.summary.state not in SILENT]
    untargeted = sum(1 for view in spoken if view.summary.assurance == "no_target")
    parts = [f"No icon: {', '.join(told)}." if told else ""]
    parts.append(f"No target: {untargeted}." if untargeted else "")
    return " ".join(part for part in parts if part)
