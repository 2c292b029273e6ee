"""What is said of a PDCA cycle in a word: its step, its verdict, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, cast

from dashboard.company.cycles import Card
from dashboard.components.page import day
from dashboard.components.words import NOTHING, count
from data.records.cycle_models import CheckKind, Criterion, CycleState, Outcome, SourceKind
from metrics.pdca import WORKED
from metrics.trend.verdict import VERDICT_WORDS, Verdict

STEPS: dict[CycleState, tuple[str, str]] = {
    "plan": ("Plan", "what we expect, fixed before acting"),
    "do": ("Do", "actions on their way"),
    "check": ("Check", "waiting for enough periods"),
    "act": ("Act", "standardise, adjust, abandon or go on"),
}
"""The steps a cycle stands in while it is open, in order, each with what it is."""

OUTCOMES: dict[Outcome, str] = {
    "standardise": "Standardise",
    "adjust": "Adjust",
    "abandon": "Abandon",
    "next_cycle": "Next cycle",
}

CRITERIA: dict[Criterion, str] = {
    "improve": "it is better, beyond chance",
    "restore": "it is back where it was, and the cause does not come back",
    "reach_target": "it is better, and will meet its target",
}

SOURCES: dict[SourceKind, str] = {
    "signal": "A signal",
    "action": "An action of a review",
    "corrective_action": "A corrective action",
    "other": "Something else",
}

CHECKS: dict[CheckKind, str] = {
    "first": "First check",
    "6_months": "After 6 months",
    "12_months": "After 12 months",
}

LAST = 10
"""Closed cycles the share that worked is told of: what was learned lately counts."""

Colour = Literal["blue", "orange", "gray"]

_MARKS: dict[Verdict, tuple[Colour, str]] = {
    "effective": ("blue", "✓"),
    "restored": ("blue", "↺"),
    "improved": ("blue", "◐"),
    "too_early": ("gray", "◔"),
    "inconclusive": ("gray", "≈"),
    "not_assessable": ("gray", "○"),
    "not_effective": ("gray", "✕"),
    "worse": ("orange", "▲"),
}
"""A shape for each verdict, so that colour is never all that tells them apart."""


def verdict_badge(verdict: Verdict) -> str:
    """Return a verdict as a badge: shape, word and colour."""
    colour, mark = _MARKS[verdict]
    return f":{colour}-badge[{mark} {VERDICT_WORDS[verdict]}]"


def verdict_word(verdict: str | None) -> str:
    """Return a verdict that was kept, in words; nothing is an en dash."""
    return NOTHING if verdict is None else VERDICT_WORDS[cast("Verdict", verdict)]


def summary(cards: Sequence[Card], without_cycle: int, on: date) -> str:
    """Return the board in a line: what is open, over its day, not taken up, and what worked."""
    still_open = sum(card.cycle.state != "closed" for card in cards)
    over = sum(card.overdue_days > 0 for card in cards)
    told = [
        count(still_open, "open cycle"),
        f"{count(over, 'check')} overdue",
        f"{count(without_cycle, 'signal')} without a cycle",
    ]
    decided = sorted(
        (card for card in cards if card.cycle.state == "closed" and card.verdict),
        key=lambda card: card.cycle.outcome_on or on,
    )[-LAST:]
    if decided:
        worked = sum(card.verdict in WORKED for card in decided)
        last = "the last " if len(decided) == LAST else ""
        told.append(f"{worked} of {last}{count(len(decided), 'closed cycle')} worked")
    return " · ".join([*told, f"as of {day(on)}"])
