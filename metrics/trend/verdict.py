"""Whether an action worked: a signal, an effect that excludes chance, and that it lasts.

Everything it is judged by is fixed before the action (`Claim`); the verdict is what the periods
after it say about that claim, and when more of them would decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from metrics.periods import MONTH_NAMES, next_start, period_of
from metrics.trend.before_after import Sides, parted, sides
from metrics.trend.claim import VERDICT_WORDS, Claim, Criterion, Judgement, Method, Outlook, Verdict
from metrics.trend.effect import DEPENDENT, Effect, effect
from metrics.trend.intervals import correlation
from metrics.trend.power import more_periods, wanted
from metrics.trend.signs import Read, Signs, read_signs
from metrics.trend.spec import TrendSpec
from metrics.trend.verdict_words import more_text, wanted_text
from metrics.trend.wording import periods

__all__ = [
    "VERDICT_WORDS",
    "Claim",
    "Criterion",
    "Judgement",
    "Method",
    "Outlook",
    "Verdict",
    "judge",
    "judge_all",
]

BASELINE_FROM = 8
"""Periods before the action: fewer say too little of what it changed."""

EARLY_BELOW, SURE_FROM, LATE_FROM = 6, 8, 12
"""Periods after it: fewer than 6 decide nothing, 8 may decide, 12 without effect are an answer."""

AGAIN = 6
"""Periods after which an improvement that was not confirmed by 12 is looked at again."""

LEAST = 2
"""Periods after it from which there is an effect to measure."""

HELD = 2 / 3
"""Share of the last periods that must lie on the better side of the old centre line."""

WAITING: frozenset[Verdict] = frozenset({"too_early", "improved"})
"""Verdicts that more periods may change: each says when to look again."""

UNSTABLE = 1 / 2
"""Share of the periods before in patterns, at which there is no level to compare with."""


def judge(points: pl.DataFrame, spec: TrendSpec, claim: Claim, as_of: date) -> Judgement:
    """Return the verdict on a claim about one series, from its points as `analyse` gives them."""
    return judge_all({"one": points}, {"one": spec}, {"one": claim}, as_of)["one"]


def judge_all(
    points: Mapping[str, pl.DataFrame],
    specs: Mapping[str, TrendSpec],
    claims: Mapping[str, Claim],
    as_of: date,
) -> dict[str, Judgement]:
    """Return the verdict on every claim by its key, all analysed in one pass.

    `points` are those of `analyse` for the series the claim is about, on their full period grid;
    only a metric with a good side (lower or higher) can be judged.
    Source: docs/trend-engine.md; the interval of each kind of chart is in `intervals` and `its`.
    """
    if not claims:
        return {}
    rows = parted({name: points[name] for name in claims}, specs, claims)
    found = sides(rows)
    reasons = {
        name: _unjudged(found.get(name), specs[name], claim) for name, claim in claims.items()
    }
    judged = rows.filter(pl.col("series").is_in([name for name in claims if not reasons[name]]))
    read = read_signs(judged, specs) if judged.height else Read({}, {})
    return {
        name: _refused(found.get(name), claim, reasons[name])
        if reasons[name]
        else _judged(_Case(name, found[name], specs[name], claim, as_of, read))
        for name, claim in claims.items()
    }


@dataclass(frozen=True)
class _Case:
    """One claim with everything known of it."""

    name: str
    sides: Sides
    spec: TrendSpec
    claim: Claim
    as_of: date
    read: Read

    @property
    def signs(self) -> Signs:
        return self.read.signs[self.name]


def _unjudged(found: Sides | None, spec: TrendSpec, claim: Claim) -> str:
    """Return why a claim cannot be judged at all, or nothing."""
    if claim.definition_changed:
        return "the metric's definition or source changed, so before and after do not compare"
    if spec.better == "inside":
        return "a metric to be kept inside a band has no one good side; judge the distance from it"
    if spec.better == "neutral":
        return "the metric has no good side, so no change of it is better"
    before = len(found.before.values) if found else 0
    if before < BASELINE_FROM:
        counted = f"only {periods(before, spec.grain)}" if before else "no period"
        have = "have" if before > 1 else "has"
        own = " of the phase" if found and found.is_cut else ""
        return f"{counted}{own} before the action {have} a value; {BASELINE_FROM} are needed"
    return ""


def _refused(found: Sides | None, claim: Claim, why: str) -> Judgement:
    before, after = (found.before, found.after) if found else (None, None)
    return Judgement(
        "not_assessable",
        why,
        before=len(before.values) if before else 0,
        after=len(after.values) if after else 0,
        side_effects=claim.side_effects,
        flags=_flags(claim, is_improving=False),
    )


def _flags(claim: Claim, *, is_improving: bool) -> tuple[str, ...]:
    """Return what else has to be said with the verdict."""
    flags = ["improving before"] if is_improving else []
    flags += [f"other change in the window: {label}" for label in claim.other_changes]
    flags += [f"side effect in {name}" for name in claim.side_effects]
    if claim.is_after_the_fact:
        flags.append("plan written after the action began")
    return tuple(flags)


def _judged(case: _Case) -> Judgement:
    blank = _known(case)
    if case.signs.unstable >= UNSTABLE and not _is_explained(case.sides):
        why = "the periods before the action have no steady level to compare with"
        return replace(blank, verdict="not_assessable", why=why)
    if blank.after < LEAST:
        why = _wait(case)
        if blank.recurrences:
            return replace(blank, verdict="not_effective", why=_BACK)
        return replace(blank, verdict="too_early", why=why, confirm_on=_confirm_on(case))
    found = effect(case.sides, case.spec)
    sought = wanted(found, case.claim, case.sides.good or 1)
    told = _measured(blank, found, sought)
    return _decided(case, told, found, sought)


def _is_explained(sides_of: Sides) -> bool:
    """Return whether patterns before the action come of a season, a drift or alike neighbours."""
    alike = correlation(sides_of.before.values) > DEPENDENT
    return sides_of.has_season or sides_of.drift != 0 or alike


def _known(case: _Case) -> Judgement:
    """Return what is known of a claim whatever the effect is."""
    signs, claim, sides_of = case.signs, case.claim, case.sides
    drift = sides_of.drift
    back = _recurrences(claim, case.as_of)
    bound = min(3 / claim.opportunities, 1.0) if claim.opportunities and back == 0 else None
    after = sides_of.after.periods
    return Judgement(
        "inconclusive",
        "",
        before=len(sides_of.before.values),
        after=len(sides_of.after.values),
        before_from=sides_of.before.periods[0],
        after_from=after[0] if after else None,
        has_signal=signs.has_good,
        is_adverse=signs.is_adverse,
        is_sustained=signs.held >= HELD and not signs.is_adverse and not signs.relapses,
        beyond_old_limit=signs.beyond,
        recurrences=back,
        recurrence_bound=bound,
        target_before=case.read.outlook(case.name, "before") if case.spec.targets else None,
        target_after=case.read.outlook(case.name, "after") if case.spec.targets and after else None,
        side_effects=claim.side_effects,
        flags=_flags(claim, is_improving=signs.is_improving or drift == sides_of.good),
    )


def _recurrences(claim: Claim, as_of: date) -> int | None:
    """Return how often the same cause came back since the action; None where nobody would know."""
    if claim.recurrences is None:
        return None
    return sum(claim.implemented_on <= day <= as_of for day in claim.recurrences)


def _measured(blank: Judgement, found: Effect, sought: float | None) -> Judgement:
    return replace(
        blank,
        level_before=found.level_before,
        level_after=found.level_after,
        effect=found.found,
        method=found.method,
        is_ratio=found.is_ratio,
        beside=found.beside,
        beside_method=found.beside_method,
        is_worthwhile=None if sought is None else found.found.estimate >= sought,
        correlation=found.r,
        dispersion=found.phi,
    )


_BACK = "the same cause has come back"


def _decided(case: _Case, told: Judgement, found: Effect, sought: float | None) -> Judgement:
    """Return the first verdict that fits, in the order fixed for them."""
    k, signs, zero = told.after, case.signs, found.nothing
    better, worse = found.found.low > zero, found.found.high < zero
    is_good = found.found.estimate > zero
    wait = _waits(case, k)
    lasting = k >= SURE_FROM and told.has_signal and better and told.is_sustained
    reached = case.claim.criterion != "reach_target" or _meets(told)
    restored = case.claim.criterion == "restore" and signs.is_inside and not told.is_adverse
    small = k >= LATE_FROM and sought is not None and found.found.high < sought
    change, (still_open, more) = _change(case, sought), _open(told, found, sought, case)
    cases: list[tuple[Verdict, bool, str]] = [
        ("worse", worse and (told.is_adverse or k >= SURE_FROM), "worse, beyond chance"),
        ("not_effective", bool(told.recurrences), _BACK),
        ("too_early", bool(wait), wait),
        ("effective", lasting and reached, "a signal, an effect beyond chance, and it lasts"),
        ("restored", restored and not better and not worse, "back inside the limits of before"),
        ("improved", better or (told.has_signal and is_good), _half(case, told, better=better)),
        ("not_effective", small, f"{change} is outside the interval"),
        ("inconclusive", True, still_open),
    ]
    verdict, why = next((verdict, why) for verdict, holds, why in cases if holds)
    told = replace(told, verdict=verdict, why=why)
    if verdict == "inconclusive":
        return replace(told, more_periods=more)
    return replace(told, confirm_on=_confirm_on(case)) if verdict in WAITING else told


def _confirm_on(case: _Case) -> date:
    """Return when the next number of periods that may decide is complete, or the plan says so."""
    claim, spec, after = case.claim, case.spec, case.sides.after.periods
    k = len(after)
    wanting = next((n for n in (SURE_FROM, LATE_FROM) if n > k), k + AGAIN)
    start = period_of(claim.implemented_on, spec.grain, spec.calendar).start
    skipped = claim.lag + claim.wash_out + (start < claim.implemented_on)
    start, steps = (after[-1], wanting - k + 1) if after else (start, skipped + wanting)
    for _ in range(steps):
        start = next_start(start, spec.grain, spec.calendar)
    return max(start, claim.review_on or start)


def _waits(case: _Case, k: int) -> str:
    """Return what the verdict has to wait for, or nothing."""
    if k < EARLY_BELOW or (k < SURE_FROM and case.signs.outside < 2):
        return _wait(case)
    due = case.claim.review_on
    if due is not None and case.as_of < due:
        return f"the plan says to judge on {due.day} {MONTH_NAMES[due.month - 1]} {due.year}"
    return ""


def _wait(case: _Case) -> str:
    needed = periods(SURE_FROM, case.spec.grain)
    return f"{len(case.sides.after.values)} of the {needed} it takes"


def _meets(told: Judgement) -> bool:
    return told.target_after is not None and told.target_after.assurance == "capable"


def _half(case: _Case, told: Judgement, *, better: bool) -> str:
    """Return what is shown of an improvement and what is not yet."""
    if not better:
        return "a signal, but the effect may still be chance"
    if not told.has_signal:
        return "an effect beyond chance, but no signal yet"
    if told.after < SURE_FROM:
        return f"a signal and an effect beyond chance; {_wait(case)}"
    if not told.is_sustained:
        return "a signal and an effect beyond chance, but that it lasts is not shown yet"
    return "a signal, an effect beyond chance, and it lasts, but not yet the target"


def _open(
    told: Judgement, found: Effect, sought: float | None, case: _Case
) -> tuple[str, int | None]:
    """Return why nothing is decided, and how many more periods would decide it."""
    change, k = _change(case, sought), told.after
    if sought is None:
        return "the interval holds no change, and the plan names none that would matter", None
    if found.found.high < sought:
        counted = more_text(LATE_FROM - k, case.spec)
        why = f"{change} is outside the interval; {counted} like these would rule it out"
        return why, LATE_FROM - k
    more = more_periods(found, sought, told.before, k)
    would = f"{more_text(more, case.spec)} would tell, 80 times in 100"
    return f"the interval holds both no change and {change}; {would}", more


def _change(case: _Case, sought: float | None) -> str:
    if sought is None:
        return "the change wanted"
    return f"the change wanted ({wanted_text(case.claim, case.spec)})"
