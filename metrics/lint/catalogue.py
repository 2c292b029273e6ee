"""Every check over every metric, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from metrics.lint import definitions, targets, together
from metrics.lint.finding import Finding, Setting, Studied

CHECKS: tuple[Callable[[Studied, Setting], Iterator[Finding]], ...] = (
    definitions.no_denominator,
    targets.always_green,
    targets.target_is_actual,
    targets.target_loosened,
    targets.target_against,
    targets.no_target,
    definitions.no_owner,
    definitions.not_approved,
    definitions.review_overdue,
    definitions.no_data,
    definitions.too_few,
)
"""What is asked of each metric by itself."""


def lint(studied: Sequence[Studied], setting: Setting) -> tuple[Finding, ...]:
    """Return every finding: those of each metric in order, then those of the whole catalogue."""
    found = [finding for each in studied for check in CHECKS for finding in check(each, setting)]
    divided = together.compared({each.metric.name: each.metric for each in studied})
    found = [each for each in found if each.rule != "no_denominator" or each.metric not in divided]
    found += [*together.alike(studied), *together.objectives(studied, setting)]
    found.sort(key=lambda each: (not each.metric, each.metric))
    return (*found, *together.coverage(studied, setting))
