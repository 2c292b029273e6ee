"""A change in one sentence that is true of it: how much, and what of it is whose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from metrics.decompose import Change, Contribution, Effect
from metrics.model import Metric
from metrics.trend.wording import listed, number

EFFECTS: tuple[Effect, ...] = ("rate", "mix", "volume", "unweighted")

NAMED = 3
"""Effects named in the sentence, the largest first; what the others add is said in one number."""

FINER = 4
"""Digits beyond the metric's own that may be shown, so that a change does not read as 0."""

RECORDS = "records"
"""What a mean rests on."""

_NOUN = re.compile(r"^% of (.+)$|per [\d,.]+ (.+)$")
"""What the unit of a ratio says it counts against."""


@dataclass(frozen=True)
class Share:
    """One effect of one part on a change, and its amount."""

    contribution: Contribution
    effect: Effect
    amount: Fraction


def counted_against(metric: Metric) -> str:
    """Return what a ratio is weighed by, in words: "deliveries", "records", or "" if unsaid."""
    if metric.measure.kind in {"mean", "elapsed", "percentile"}:
        return RECORDS
    found = _NOUN.search(metric.unit)
    return (found.group(1) or found.group(2)) if found else ""


def shares(change: Change) -> list[Share]:
    """Return every effect of every part that adds anything, the largest first."""
    found = [
        Share(each, effect, amount)
        for each in change.contributions
        for effect in EFFECTS
        if (amount := getattr(each, effect))
    ]
    return sorted(found, key=lambda each: -abs(each.amount))


def digits_of(metric: Metric, change: Change) -> int:
    """Return the decimals, from the metric's own on, at which a change does not read as none."""
    amounts = [abs(each.amount) for each in shares(change)]
    least = abs(change.total) or max(amounts, default=None)
    for digits in range(metric.decimals, metric.decimals + FINER):
        is_seen = least is None or bool(round(least, digits))
        then, now = (round(each, digits) for each in (change.value_before, change.value_after))
        if is_seen and (then != now or not change.total):
            return digits
    return metric.decimals + FINER


def sentence(metric: Metric, change: Change) -> str:
    """Return "Up 1.2 points (worse), from 3.6 in June 2026 to 4.8 ...: +0.9 because ..."."""
    digits = digits_of(metric, change)
    told = [f"{_moved(metric, change, digits)}{_of_whom(metric, change, digits)}."]
    if change.is_reversed:
        way, other = ("rose", "fell") if change.total > 0 else ("fell", "rose")
        told.append(f"Every rate that moved {other}: the whole {way} only because the mix shifted.")
    if change.left_out:
        out = [f"{name_of(kind)} ({said})" for kind, said in change.left_out.items()]
        told.append(f"Without {listed(out)}.")
    return " ".join(told)


def signed(amount: Fraction, digits: int) -> str:
    """Return the amount with its sign: "+0.9", "−0.3", "0.0"."""
    text = number(float(round(amount, digits)), digits).replace("-", "−")
    return f"+{text}" if round(amount, digits) > 0 else text


def name_of(kind: str | None) -> str:
    """Return what a part is called."""
    return "not given" if kind is None else kind


def because(metric: Metric, each: Share) -> str:
    """Return what of a part adds to the change: "because Porto's rate rose"."""
    part, weight = name_of(each.contribution.kind), counted_against(metric)
    then, now = each.contribution.before, each.contribution.after
    match each.effect:
        case "volume":
            return f"from {part}"
        case "unweighted":
            return f"from {part}, which had no {weight or 'denominator'} to weigh it by"
        case "rate":
            word = "mean" if metric.measure.kind in {"mean", "elapsed"} else "rate"
            rose = (now.rate or 0) > (then.rate or 0)
            return f"because {_of(part)} {word} {'rose' if rose else 'fell'}"
        case "mix":
            return f"because {_shifted(each.contribution, part, weight)}"
        case _:
            assert_never(each.effect)


def _of(part: str) -> str:
    """Return "Porto's", "pumps'"."""
    return f"{part}'" if part.endswith("s") else f"{part}'s"


def _shifted(own: Contribution, part: str, weight: str) -> str:
    of = f" of {weight}" if weight else ""
    if own.is_new:
        return f"{part} had no {weight or 'part in it'} before"
    if own.is_gone:
        return f"{part} has no {weight or 'part in it'} any more"
    return f"{_of(part)} share{of} {'grew' if own.after.share > own.before.share else 'shrank'}"


def _moved(metric: Metric, change: Change, digits: int) -> str:
    then, now = (number(float(v), digits) for v in (change.value_before, change.value_after))
    if not change.total:
        return (
            f"Unchanged at {now} {metric.unit} from {change.before.label} to {change.after.label}"
        )
    way = "Up" if change.total > 0 else "Down"
    points = " points" if metric.unit.startswith("%") else ""
    amount = number(float(abs(change.total)), digits)
    verdict = _verdict(metric, is_up=change.total > 0)
    return (
        f"{way} {amount}{points}{verdict}, from {then} in {change.before.label} to {now} "
        f"{metric.unit} in {change.after.label}"
    )


def _verdict(metric: Metric, *, is_up: bool) -> str:
    match metric.better:
        case "lower":
            return " (worse)" if is_up else " (better)"
        case "higher":
            return " (better)" if is_up else " (worse)"
        case _:
            return ""


def _of_whom(metric: Metric, change: Change, digits: int) -> str:
    found = shares(change)
    named = [each for each in found[:NAMED] if round(each.amount, digits)]
    if not named:
        return ""
    parts = [f"{signed(each.amount, digits)} {because(metric, each)}" for each in named]
    rest = sum((each.amount for each in found[len(named) :]), Fraction(0))
    others = f"; everything else {signed(rest, digits)}" if round(rest, digits) else ""
    return f": {', '.join(parts)}{others}"
