"""Many metrics on one page: how many of their icons would speak of a signal by chance alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from metrics.trend.spec import ChartKind, LimitsKind, Preset, State, Summary

_Family = Literal["individuals", "counted", "rare", "spread", "run"]

_FAMILIES: Mapping[ChartKind, _Family] = {
    "xmr": "individuals",
    "i-prime": "individuals",
    "p": "counted",
    "u": "counted",
    "c": "counted",
    "p-prime": "counted",
    "u-prime": "counted",
    "xbar": "counted",
    "t": "rare",
    "g": "rare",
    "mr": "spread",
    "s": "spread",
    "run": "run",
}
"""Charts that are wrong equally often; limits of means and of counted things know their spread."""

_PER_THOUSAND: Mapping[_Family, Mapping[LimitsKind, tuple[int, ...]]] = {
    "individuals": {
        "trial": (7, 7, 7, 7, 7, 7, 12, 7),
        "provisional": (6, 6, 6, 6, 6, 6, 17, 6),
        "firm": (10, 10, 14, 15, 13, 19, 36, 5),
        "frozen": (31, 31, 39, 40, 42, 56, 83, 11),
    },
    "counted": {
        "trial": (1, 1, 1, 1, 1, 1, 12, 1),
        "provisional": (2, 2, 2, 2, 2, 2, 17, 2),
        "firm": (5, 5, 10, 10, 7, 16, 37, 2),
        "frozen": (22, 23, 32, 32, 29, 35, 83, 4),
    },
    "rare": {
        "trial": (18, 18, 18, 18, 18, 18, 10, 18),
        "provisional": (22, 22, 22, 22, 22, 22, 14, 22),
        "firm": (36, 36, 39, 39, 38, 42, 27, 35),
        "frozen": (107, 107, 117, 117, 113, 115, 83, 98),
    },
    "spread": {
        "trial": (5, 5, 5, 5, 5, 5, 0, 5),
        "provisional": (6, 6, 6, 6, 6, 6, 0, 6),
        "firm": (6, 6, 6, 6, 6, 6, 0, 6),
        "frozen": (14, 14, 14, 14, 14, 14, 0, 14),
    },
    "run": {
        "trial": (7,) * 8,
        "provisional": (10,) * 8,
        "firm": (23,) * 8,
        "frozen": (88,) * 8,
    },
}
"""Latest points that stand for a signal, of 1,000 series in which nothing happened; a number a
preset, in the order of `Preset`. As `make bench WHAT=false_icons` finds them of 20,000 series of
10, 16, 20 and 36 points, the mean of the charts of a family. Limits of twenty points are not quite
where the process is, and a run against them lasts: frozen ones are wrong three times as often."""

SILENT: frozenset[State] = frozenset({"no_data", "too_few_points", "stale"})
"""States whose icon says nothing of the process, and so nothing false."""


def false_alarm_rate(summary: Summary) -> float:
    """Return how likely the latest point of this metric is a signal if nothing happened."""
    if summary.limits_kind == "none" or summary.state in SILENT:
        return 0.0
    rates = _PER_THOUSAND[_FAMILIES[summary.chart]][summary.limits_kind]
    return rates[get_args(Preset).index(summary.preset)] / 1000


def expected_false_icons(summaries: Iterable[Summary]) -> float:
    """Return how many of these metrics' icons would show a signal by chance alone, on average.

    Of 40 metrics with limits just fixed, it is 0.4; of the same 40 with limits long frozen, 1.2.
    """
    return sum(false_alarm_rate(summary) for summary in summaries)
