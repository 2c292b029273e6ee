"""One plain sentence for each series, true of its numbers."""

from __future__ import annotations

from typing import assert_never

from metrics.trend.ladder import FIRM_FROM, TRIAL_FROM
from metrics.trend.limits import LEAST, SLACK
from metrics.trend.rules import rule_text
from metrics.trend.spec import Summary, TrendSpec
from metrics.trend.wording import (
    LEFT_OUT,
    NO_RUN_TESTS,
    NO_VARIATION,
    listed,
    number,
    periods,
    told_apart,
    unit_of,
    with_unit,
)

_ABSENT = {
    "missing": ("is missing", "are missing"),
    "late": ("is late", "are late"),
    "no_opportunity": ("had no opportunity", "had no opportunity"),
    "invalid": ("is invalid", "are invalid"),
}
"""What is said of a period without a value; other reasons read as having no usable value."""

_NOTHING = {
    "no_opportunity": "Nothing to count against {}",
    "invalid": "Figures came in {}, but none that can be right",
}
"""What is said of a stretch that has one reason for having no value; others read as no figures."""


def headline(summary: Summary, spec: TrendSpec, since_label: str, held: int) -> str:
    """Return what, how much, since when and against which target, in one sentence.

    `since_label` is the period the signal began in, `held` how many periods it has lasted.
    """
    match summary.state:
        case "no_data":
            return _no_data(summary)
        case "stale":
            return _stale(summary, spec)
        case "too_few_points":
            return _too_few(summary, spec)
        case "common_cause":
            return _common(summary, spec, held)
        case "concern" | "improvement" | "mixed" | "change":
            return _signal(summary, spec, since_label, held)
        case _:
            assert_never(summary.state)


def _no_data(summary: Summary) -> str:
    if summary.note == LEFT_OUT:
        return f"No level is known: {LEFT_OUT}."
    if not summary.overdue:
        return "No figures yet, so neither level nor trend is known."
    first, last = _label(summary.overdue[0]), _label(summary.overdue[-1])
    span = f"in {first}" if first == last else f"from {first} to {last}"
    reasons = {_reason(entry) for entry in summary.overdue}
    told = _NOTHING.get(reasons.pop(), "No figures {}") if len(reasons) == 1 else "No figures {}"
    return f"{told.format(span)}, so neither level nor trend is known."


def _stale(summary: Summary, spec: TrendSpec) -> str:
    labels = [_label(entry) for entry in summary.overdue]
    reasons = {_reason(entry) for entry in summary.overdue}
    one, many = _ABSENT.get(reasons.pop(), _ABSENT["missing"]) if len(reasons) == 1 else (
        "has no value",
        "have no value",
    )  # fmt: skip
    value = _value(summary, spec)
    return (
        f"No figures since {summary.latest_label} ({value}): {listed(labels)}"
        f" {one if len(labels) == 1 else many}, so the present level is not known."
    )


def _too_few(summary: Summary, spec: TrendSpec) -> str:
    value = f"{_value(summary, spec)} in {summary.latest_label}"
    middle = ""
    needed = TRIAL_FROM if spec.options.ladder else LEAST
    if summary.centre is not None and summary.n < needed:
        places = told_apart([summary.centre, summary.latest_value or 0.0], spec.decimals)
        median = number(summary.centre, places)
        middle = f", median {median} over {_periods(summary.n, spec)}"
    middle += _pooled(summary, spec)
    wait = f"{_periods(needed - summary.n, spec)} more until trial limits"
    if summary.n >= needed and summary.chart in {"xbar", "s"}:
        wait = "no limits, as a subgroup of one has no spread"
    elif summary.n >= needed:
        wait = "no limits, as no two neighbours they could come from have a value"
    return f"{value}{middle}{_target(summary)}; {wait}."


def _pooled(summary: Summary, spec: TrendSpec) -> str:
    """Return what the counts of all periods say together, where limits have to wait."""
    figures = (summary.pooled, summary.pooled_low, summary.pooled_high)
    known = [figure for figure in figures if figure is not None]
    if len(known) < len(figures):
        return ""
    places = told_apart(known, spec.decimals)
    rate, low, high = (number(figure, places) for figure in known)
    return f", all together {rate} (95 % interval {low} to {high})"


def _common(summary: Summary, spec: TrendSpec, held: int) -> str:
    if summary.note.startswith((NO_VARIATION, NO_RUN_TESTS)):
        return (
            f"{_value(summary, spec)} in {summary.latest_label}{_target(summary)}; {summary.note}."
        )
    low, high, latest = summary.lower_limit, summary.upper_limit, summary.latest_value
    if low is None or high is None or latest is None:
        middle = f", median {number(summary.centre or 0.0, spec.decimals)}" * (
            summary.chart == "run"
        )
        return f"{_value(summary, spec)} in {summary.latest_label}{middle}{_target(summary)}."
    places = told_apart([latest, low, high], spec.decimals)
    value = with_unit(number(latest, places), spec.unit)
    slack = SLACK * max(abs(low), abs(high))
    # A set of rules may not look at single points, or a limit stand on a natural bound.
    within = "within" if low - slack <= latest <= high + slack else "outside"
    text = (
        f"{value} in {summary.latest_label}, {within} its usual range"
        f"{f' {summary.usual_for},' if summary.usual_for else ' of'}"
        f" {number(low, places)} to {number(high, places)}{_target(summary)}"
    )
    return f"{text}{_watch(summary, spec, held)}."


def _watch(summary: Summary, spec: TrendSpec, held: int) -> str:
    if not summary.is_watch:
        return ""
    side = "above" if summary.side > 0 else "below"
    left = f"{_periods(FIRM_FROM - summary.n, spec)} before limits are firm"
    if summary.is_dependent:
        left = f"no signal, as neighbouring {unit_of(spec.grain)} are alike"
    if "R2" in summary.rules:
        run = f"{_periods(held, spec)} {side} the centre line"
        return f"; watch: {run}, {left}"
    leading = next((at for at, code in enumerate(summary.rules) if code != "R1"), 0)
    return f"; watch: {_rule(summary, leading)}, {left}"


def _signal(summary: Summary, spec: TrendSpec, since_label: str, held: int) -> str:
    if summary.rules == ("R1",) and held == 1:
        verdict = _verdict(summary, summary.side)
        return f"{verdict} in {_outside(summary, spec)}{_target(summary)}."
    if summary.rules == ("A",):
        return (
            f"{_value(summary, spec)} in {summary.latest_label}; not one steady level: too long a "
            f"run on one side of the centre line, or too few crossings of it{_target(summary)}."
        )
    level, before = summary.level or 0.0, summary.previous_level or 0.0
    places = told_apart([level, before], spec.decimals)
    value = with_unit(number(level, places), spec.unit)
    change = level - before if abs(level - before) > SLACK * abs(before) else 0.0
    earlier = _from(summary, number(before, places), change)
    return (
        f"{_verdict(summary, change)} since {since_label}: {value} on average, {earlier}"
        f"{_evidence(summary, spec, held)}{_target(summary)}."
    )


def _from(summary: Summary, before: str, change: float) -> str:
    if summary.usual_for:
        return f"where {before} is usual {summary.usual_for}"
    if change == 0:
        return "as before"
    return f"{'up' if change > 0 else 'down'} from {before}"


def _centre(summary: Summary, centre: str) -> str:
    if summary.usual_for:
        return f"{centre} is usual {summary.usual_for}"
    return f"the usual level is {centre}"


def _verdict(summary: Summary, change: float) -> str:
    match summary.state:
        case "improvement":
            return "Better"
        case "concern":
            return "Worse"
        case "mixed":
            return "Mixed"
        case _:
            return "Changed" if change == 0 else "Higher" if change > 0 else "Lower"


def _evidence(summary: Summary, spec: TrendSpec, held: int) -> str:
    if summary.state == "mixed":
        return "".join(f"; {_rule(summary, at)}" for at in range(len(summary.rules)))
    if "R2" in summary.rules:
        return f"; the shift has held for {_periods(held, spec)}"
    leading = next((at for at, code in enumerate(summary.rules) if code != "R1"), 0)
    return f"; {_rule(summary, leading)}"


def _rule(summary: Summary, at: int) -> str:
    """Return what one of the active rules says, of the side that its own points lie on."""
    text = rule_text(summary.rules[at], summary.rule_sides[at], summary.preset)
    return f"{text[0].lower()}{text[1:]}"


def _outside(summary: Summary, spec: TrendSpec) -> str:
    up, latest, centre = summary.side > 0, summary.latest_value or 0.0, summary.centre or 0.0
    limit = (summary.upper_limit if up else summary.lower_limit) or 0.0
    places = told_apart([latest, limit, centre], spec.decimals)
    value = with_unit(number(latest, places), spec.unit)
    return (
        f"{summary.latest_label}: {value}, {'above the upper' if up else 'below the lower'} limit"
        f" of {number(limit, places)}; {_centre(summary, number(centre, places))}"
    )


def _value(summary: Summary, spec: TrendSpec) -> str:
    if summary.latest_value is None:
        return "no value"
    return with_unit(number(summary.latest_value, spec.decimals), spec.unit)


def _target(summary: Summary) -> str:
    if not summary.target_text or summary.target_met is None:
        return ""
    return f"; target {summary.target_text} {'met' if summary.target_met else 'missed'}"


def _periods(count: int, spec: TrendSpec) -> str:
    if not spec.step:
        return periods(count, spec.grain)
    return f"{count} {spec.step}{'' if count == 1 else 's'}"


def _label(entry: str) -> str:
    return entry.partition(": ")[0]


def _reason(entry: str) -> str:
    return entry.partition(": ")[2].replace(" ", "_")
