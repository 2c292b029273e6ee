"""Findings about the targets of one metric."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from metrics.lint.finding import Finding, Setting, Studied
from metrics.review.wording import day
from metrics.trend import TrendTarget
from metrics.trend.wording import number, periods, target_words

ALWAYS_GREEN_FROM = 12
"""Periods in a row that met their target before it is said to warn of nothing: a year of months."""


def always_green(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield that a target was met every time: it warns of nothing."""
    judged = each.closed["target_met"].drop_nulls()
    if judged.len() >= ALWAYS_GREEN_FROM and judged.all():
        many = periods(judged.len(), each.metric.period)
        yield Finding(
            each.metric.name,
            "always_green",
            f"{each.metric.title}: the target was met in all of its {many}; it warns of nothing.",
            "Set a target the process has to work for, or watch another metric instead.",
        )


def target_is_actual(each: Studied, _: Setting) -> Iterator[Finding]:
    """Find the newest target that only repeats the last value known when it came into force."""
    if not each.targets:
        return
    newest = max(each.targets, key=lambda target: target.from_on)
    before = each.closed.filter(pl.col("period") < newest.from_on)
    if before.is_empty():
        return
    label, value = before.select("label", "value").row(-1)
    digits = each.metric.decimals
    if any(
        bound is not None and round(bound, digits) == round(value, digits)
        for bound in (newest.low, newest.high)
    ):
        words = target_words(newest.low, newest.high)
        yield Finding(
            each.metric.name,
            "target_is_last_actual",
            f"{each.metric.title}: the target, {words} from {day(newest.from_on)}, is the value "
            f"of {label}, the last before it; it asks for nothing new.",
            "Set what customers or the process need, and say so in its reason.",
        )


def target_loosened(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield each change to an easier target after a period that missed the harder one."""
    ordered = sorted(each.targets, key=lambda target: target.from_on)
    for older, newer in pairwise(ordered):
        before = each.closed.filter(pl.col("period") < newer.from_on)
        if before.is_empty() or not _is_looser(newer, older):
            continue
        label, value = before.select("label", "value").row(-1)
        if not _meets(value, older):
            yield Finding(
                each.metric.name,
                "target_loosened",
                f"{each.metric.title}: the target was loosened from "
                f"{target_words(older.low, older.high)} to {target_words(newer.low, newer.high)} "
                f"on {day(newer.from_on)}, after {label} missed it with "
                f"{number(value, each.metric.decimals)}.",
                "Say in the reason what changed in the world; else set the old target again and "
                "open an action.",
            )


def _is_looser(newer: TrendTarget, older: TrendTarget) -> bool:
    lower = older.low is not None and (newer.low is None or newer.low < older.low)
    higher = older.high is not None and (newer.high is None or newer.high > older.high)
    tighter = (newer.low is not None and (older.low is None or newer.low > older.low)) or (
        newer.high is not None and (older.high is None or newer.high < older.high)
    )
    return (lower or higher) and not tighter


def _meets(value: float, target: TrendTarget) -> bool:
    over = target.high is not None and value > target.high
    under = target.low is not None and value < target.low
    return not (over or under)


def target_against(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield that the target points the other way than `better`."""
    unwanted = {"lower": "at_least", "higher": "at_most"}.get(each.metric.better)
    if each.targets and each.targets[-1].kind == unwanted:
        target = each.targets[-1]
        yield Finding(
            each.metric.name,
            "target_against_direction",
            f"{each.metric.title}: {each.metric.better} is better, and the target says "
            f"{target_words(target.low, target.high)}.",
            "Turn the target round, make it a band, or correct `better`.",
        )


def no_target(each: Studied, _: Setting) -> Iterator[Finding]:
    """Yield that a metric with a good direction has no target."""
    if each.metric.better != "neutral" and not each.targets:
        lacks = (
            "it is to be kept inside a band, and no target says which"
            if each.metric.better == "inside"
            else f"{each.metric.better} is better, and no target says how far"
        )
        yield Finding(
            each.metric.name,
            "no_target",
            f"{each.metric.title}: {lacks}.",
            "Set one under [[targets]] in a file for clause9 records load, with who approved it "
            'and why, or say better = "neutral".',
        )
