"""Lists the review makes itself: objectives, where figures fall short, what was restated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from metrics.review.figures import STATE_IN_WORDS
from metrics.review.model import NOT_KNOWN, Evidence, Figure, RecordTable, Redefinition
from metrics.review.tables import SHOWN
from metrics.review.wording import counted, listed, measured, sentence, short_day

if TYPE_CHECKING:
    from data.records.models import Objective

EVIDENCE = {
    "objectives": "objective",
    "shortfalls": "shortfall",
    "restatements": "restatement",
    "redefinitions": "definition",
}

NOTHING = "–"


def objectives_table(evidence: Evidence, figures: Mapping[str, Figure]) -> RecordTable | None:
    """Return every objective beside its figure and target; None when there is no objective.

    An objective without a metric is listed as not known: it cannot be said whether it is met.
    """
    objectives = sorted(evidence.objectives, key=lambda each: (each.due_on, each.title))
    if not objectives:
        return None
    judged = [(each, figures.get(each.metric or "")) for each in objectives]
    rows = tuple(
        (
            objective.title,
            shown.title if shown else objective.metric or "no metric",
            measured(shown.judged.value, shown.unit, shown.decimals) if shown else NOT_KNOWN,
            shown.target if shown else "no target",
            _standing(objective, shown, evidence),
            short_day(objective.due_on),
            evidence.people.get(objective.owner, objective.owner),
        )
        for objective, shown in judged
    )
    stands = [_outcome(objective, shown, evidence) for objective, shown in judged]
    rest = [
        f"{stands.count(word)} {word}"
        for word in ("missed", "not met yet", NOT_KNOWN)
        if word in stands
    ]
    reached = (
        f"{stands.count('met')} of {counted(len(rows), 'objective')} met in {evidence.period.label}"
    )
    remark = ", ".join([reached, *rest])
    headings = ("Objective", "Metric", "Now", "Target", "Standing", "Due", "Owner")
    return _table("objectives", "Objectives", headings, rows, remark)


def _outcome(objective: Objective, shown: Figure | None, evidence: Evidence) -> str:
    """Return met, missed, not met yet or not known; before an objective is due nothing is missed.

    It is due when the review looks at its day: of a later day the figures say nothing.
    """
    if shown is None or shown.target_met is None:
        return NOT_KNOWN
    if shown.target_met:
        return "met"
    return "missed" if objective.due_on <= evidence.period.end else "not met yet"


def _standing(objective: Objective, shown: Figure | None, evidence: Evidence) -> str:
    """Return how an objective stands, with the count of periods where each is judged."""
    outcome = _outcome(objective, shown, evidence)
    if shown is None or outcome == NOT_KNOWN or shown.judged is shown.whole:
        return outcome
    return f"{outcome}: {shown.standing}"


def shortfalls_table(figures: Iterable[Figure]) -> RecordTable | None:
    """Return the figures that miss their target or show a concern; None when none does."""
    short = [each for each in figures if each.target_met is False or each.state == "concern"]
    if not short:
        return None
    short.sort(key=lambda each: (each.state != "concern", each.target_met is not False, each.title))
    rows = tuple(
        (
            each.title,
            measured(each.judged.value, each.unit, each.decimals),
            each.target,
            each.standing,
            STATE_IN_WORDS.get(each.state, each.state),
        )
        for each in short
    )
    missed = sum(each.target_met is False for each in short)
    concerns = sum(each.state == "concern" for each in short)
    remark = f"{counted(missed, 'target')} missed, {counted(concerns, 'concern signal')}"
    headings = ("Figure", "Now", "Target", "Standing", "Trend")
    return _table("shortfalls", "Where the figures fall short", headings, rows, remark)


def restatements_table(evidence: Evidence) -> RecordTable | None:
    """Return the batches since the last pack that changed rows already in force; None for none."""
    batches = [each for each in evidence.restatements if each.restated or each.removed]
    if not batches:
        return None
    batches.sort(key=lambda each: each.published_at)
    rows = tuple(
        (
            str(each.batch),
            each.file_name,
            ", ".join(each.tables) or "–",
            f"{each.restated:,}",
            f"{each.removed:,}",
            each.actor,
            short_day(each.published_at.date()),
        )
        for each in batches
    )
    restated = sum(each.restated for each in batches)
    removed = sum(each.removed for each in batches)
    since = "since the last pack" if evidence.previous else "on record"
    changed = [
        f"{counted(count, 'row')} {word}"
        for count, word in ((restated, "restated"), (removed, "removed"))
        if count
    ]
    remark = (
        f"{listed(changed)} in {counted(len(batches), 'batch', 'batches')} {since};"
        " earlier figures may read differently now"
    )
    headings = ("Batch", "File", "Tables", "Restated", "Removed", "By", "Published")
    return _table("restatements", "Restated since the last pack", headings, rows, remark)


def redefinitions_table(evidence: Evidence) -> RecordTable | None:
    """Return the definitions changed since the last pack, with figures by either; None for none."""
    found = evidence.redefinitions
    if not found:
        return None
    rows = tuple(_redefined(each) for each in found)
    waiting = sum(each.at is None for each in found)
    figures = sum(each.different > 0 for each in found)
    remark = f"{counted(len(found), 'definition')} changed since the last pack, {figures} of them"
    remark += f" with other figures for {evidence.period.label}"
    if waiting:
        remark += f"; {waiting} not in force yet, the figures here are by the one before"
    headings = ("Metric", "In force since", "By", "What changed", "Period", "Before", "After")
    title = "Definitions changed since the last review"
    return _table("redefinitions", title, headings, rows, remark)


def _redefined(each: Redefinition) -> tuple[str, ...]:
    since = short_day(each.at.date()) if each.at else "not in force yet"
    named = (each.metric.title, since, each.actor or NOTHING, each.changes)
    if not each.label:
        return (*named, NOTHING, NOTHING, NOTHING)
    more = f"{each.label} ({each.different} of {each.periods} differ)"
    unit, decimals = each.metric.unit, each.metric.decimals
    return (*named, more, *(measured(v, unit, decimals) for v in (each.before, each.after)))


def _table(
    name: str,
    title: str,
    headings: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    remark: str,
) -> RecordTable:
    cut = rows[:SHOWN]
    evidence = counted(len(rows), EVIDENCE[name])
    return RecordTable(
        name, title, headings, cut, len(cut), len(rows), sentence(remark), evidence=evidence
    )
