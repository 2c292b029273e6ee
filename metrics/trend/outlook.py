"""What is to be expected of the next periods, and how often the target was met so far."""

from __future__ import annotations

from metrics.trend.spec import Summary, TrendSpec
from metrics.trend.wording import unit_of

_MOVED = ("improvement", "mixed", "change")
"""States of a process that has left the limits the prediction comes from."""


def outlook(summary: Summary, spec: TrendSpec) -> str:
    """Return in one sentence how often the target will be met, and how often it was.

    In brackets stand the summary's intervals: 90 % of the prediction, 95 % of the share that was.
    Nothing is promised of a process that is not predictable, or whose present level is not known.
    "" without a target that any period was held to.
    """
    if not summary.target_periods:
        return ""
    hits, of = summary.target_hits, summary.target_periods
    seen = f"met in {hits} of {of} so far{_between(summary.hits_low, summary.hits_high)}"
    unit = unit_of(spec.grain)
    if summary.assurance == "not_predictable":
        return f"Not predictable, so nothing is promised of the next {unit}; target {seen}."
    if summary.p_success is None or summary.state == "stale":
        return f"Target {seen}."
    share, between = _share(summary.p_success), _between(summary.p_low, summary.p_high)
    if summary.state in _MOVED:
        return (
            f"By limits from before the change it would meet the target in {share} of {unit}"
            f"{between}; {seen}."
        )
    return f"Will meet the target in {share} of {unit}{between}; {seen}."


def _share(chance: float) -> str:
    if chance > 0.99:
        return "more than 99 %"
    return "less than 1 %" if chance < 0.01 else f"about {100 * chance:.0f} %"


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" ({100 * low:.0f} to {100 * high:.0f} %)"
