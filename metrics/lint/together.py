"""Findings about several metrics together: two alike, objectives, topics and purposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, pairwise
from statistics import StatisticsError, correlation

from metrics.lint.finding import Finding, Setting, Studied
from metrics.model import Metric
from metrics.review.standards import InputClause, Purpose, Standard
from metrics.review.topics import topic_named
from metrics.trend.wording import periods

ALIKE = 0.99
"""Correlation of the changes from period to period from which two metrics tell the same."""

ALIKE_FROM = 12
"""Periods two metrics must share before they can be called alike: fewer agree by chance."""


def compared(metrics: Mapping[str, Metric]) -> set[str]:
    """Return the counts and totals whose rows another metric already divides by something."""
    divided = {
        metric.sources["numerator"].table
        for metric in metrics.values()
        if "denominator" in metric.sources
    }
    return {
        name
        for name, metric in metrics.items()
        if "numerator" in metric.sources and metric.sources["numerator"].table in divided
    }


def alike(studied: Sequence[Studied]) -> Iterator[Finding]:
    """Yield the pairs of metrics whose changes from period to period are the same or opposite."""
    values = {each.metric.name: _values(each) for each in studied}
    for one, other in combinations(studied, 2):
        if one.metric.period != other.metric.period:
            continue
        found = _alikeness(values[one.metric.name], values[other.metric.name])
        if found is not None and abs(found[0]) >= ALIKE:
            yield _alike_finding(one, other, *found)


def _alike_finding(one: Studied, other: Studied, alikeness: float, shared: int) -> Finding:
    way = "the same way" if alikeness > 0 else "opposite ways"
    many = periods(shared, one.metric.period)
    return Finding(
        one.metric.name,
        "moves_as_one",
        f"{one.metric.title} and {other.metric.title} move as one: over {many} they changed "
        f"{way} (correlation {alikeness:.2f}).",
        "Keep the one people act on; two that tell the same make a review longer, not surer.",
        other=other.metric.name,
    )


def _values(each: Studied) -> dict[date, float]:
    return dict(each.closed.select("period", "value").rows())


def _alikeness(one: Mapping[date, float], other: Mapping[date, float]) -> tuple[float, int] | None:
    """Return the correlation of changes over the periods both have, and how many those are."""
    shared = sorted(one.keys() & other.keys())
    if len(shared) < ALIKE_FROM:
        return None
    moves = [
        [series[late] - series[early] for early, late in pairwise(shared)]
        for series in (one, other)
    ]
    try:
        return correlation(*moves), len(shared)
    except StatisticsError:  # one of them never changes
        return None


def objectives(studied: Sequence[Studied], setting: Setting) -> Iterator[Finding]:
    """Yield the objectives that no metric shows, or one without a target."""
    known = {each.metric.name: each for each in studied}
    for objective in setting.objectives:
        if objective.metric is None or objective.metric not in known:
            said = f", and no metric is called '{objective.metric}'" if objective.metric else ""
            yield Finding(
                "",
                "objective_without_metric",
                f"The objective '{objective.title}' has no metric that shows how far it is met"
                f"{said}.",
                f'Give it a metric: metric = "…" under [[objectives]], id {objective.id}.',
            )
        elif not known[objective.metric].targets:
            yield Finding(
                objective.metric,
                "objective_without_target",
                f"The objective '{objective.title}' is shown by "
                f"{known[objective.metric].metric.title}, which has no target: nobody can say when "
                "it is met.",
                f'Set a target with objective = "{objective.id}" under [[targets]].',
            )


def coverage(studied: Sequence[Studied], setting: Setting) -> Iterator[Finding]:
    """Yield the clauses of the standards in force that no metric speaks to."""
    fed = {each.metric.topic for each in studied}
    served = {each.metric.purpose for each in studied}
    for standard in setting.standards:
        for clause in standard.inputs:
            topic = topic_named(clause.topic)
            by_records = not topic.tables and topic.id != "process_performance"
            filled = any(table in setting.filled_tables for table in topic.tables)
            if not (topic.id in fed or by_records or filled):
                yield _uncovered(standard, clause)
        for purpose in standard.purposes:
            if purpose.clause not in served:
                yield _unserved(standard, purpose)


def _uncovered(standard: Standard, clause: InputClause) -> Finding:
    topic = topic_named(clause.topic)
    return Finding(
        "",
        "topic_uncovered",
        f"{standard.title}, {clause.clause}, {clause.title}: no metric has the topic {topic.id}, "
        "and no table that feeds it has rows.",
        f"{topic.how_to_feed}.",
    )


def _unserved(standard: Standard, purpose: Purpose) -> Finding:
    return Finding(
        "",
        "purpose_uncovered",
        f"{standard.title}, {purpose.clause}: no metric serves the purpose '{purpose.title}'.",
        f'Give a metric purpose = "{purpose.clause}".',
    )
