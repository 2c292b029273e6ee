"""PDCA cycles as plain values: what commands print and JSON carries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dashboard.company.claims import judgement_values
from dashboard.company.cycles import Board, Card, CycleView
from data.definitions import read_toml
from data.errors import DefinitionError
from data.records.cycle_models import Cycle
from metrics.trend.verdict import VERDICT_WORDS


def card_row(card: Card) -> dict[str, Any]:
    """Return one cycle as a row of a list."""
    return {
        "cycle": card.cycle.id,
        "phase": card.cycle.state,
        "title": card.cycle.title,
        "metric": card.cycle.metric,
        "slice": json.loads(card.cycle.slice),
        "metric_title": card.metric_title,
        "owner": card.owner,
        "cause": card.cycle.cause,
        "source_kind": card.cycle.source_kind,
        "source": card.cycle.source,
        "age_days": card.age_days,
        "verdict": card.verdict,
        "said": VERDICT_WORDS[card.verdict] if card.verdict else None,
        "sentence": card.sentence,
        "badge": card.badge,
        "check_due_on": card.check_due_on,
        "overdue_days": card.overdue_days,
        "outcome": card.cycle.outcome,
    }


def board_values(board: Board) -> dict[str, Any]:
    """Return the board: cycles, ignored signals, what worked per cause, effects nobody knows."""
    return {
        "cycles": [card_row(each) for each in board.cards],
        "ignored_signals": [
            {
                "metric": each.metric,
                "title": each.title,
                "slice": dict(each.slice),
                "since": each.since,
                "owner": each.owner,
                "sentence": each.sentence,
            }
            for each in board.ignored
        ],
        "worked": [
            {"cause": each.cause, "worked": each.worked, "judged": each.judged}
            for each in board.worked
        ],
        "effect_unknown": {
            "actions": [each.id for each in board.unknown_actions],
            "corrective_actions": board.unknown_corrective_actions,
        },
    }


def cycle_values(cycle: Cycle) -> dict[str, Any]:
    """Return a cycle as it is on record, its slice as a mapping."""
    return cycle.model_dump() | {
        "slice": json.loads(cycle.slice),
        "is_after_the_fact": cycle.is_after_the_fact,
    }


def view_values(view: CycleView) -> dict[str, Any]:
    """Return one cycle in full: plan, what was done, today's verdict, every check."""
    judgement = view.judgement
    return cycle_values(view.cycle) | {
        "owner_name": view.card.owner,
        "done_by_name": view.done_by,
        "age_days": view.card.age_days,
        "judgement": judgement_values(judgement) if judgement else None,
        "sentence": view.sentence,
        "checks": [each.model_dump() for each in view.checks],
        "offers": list(view.offers),
        "warnings": list(view.warnings),
    }


def written_in(file: Path) -> dict[str, Any]:
    """Return what a TOML file holds; DefinitionError where it cannot be read."""
    values, problems = read_toml(file, file.name)
    if problems:
        raise DefinitionError(problems)
    return values
