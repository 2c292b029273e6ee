"""What is said of a PDCA cycle in a line: whose it is, how old, what it waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from dashboard.company.claims import Judged, slice_of
from dashboard.company.opened import Company
from data.records import people
from data.records.cycle_models import Cycle, CycleCheck
from metrics import pdca
from metrics.periods import label_of
from metrics.trend.verdict import Verdict

OUTCOMES = {
    "standardise": "made the standard",
    "adjust": "adjusted",
    "abandon": "given up",
    "next_cycle": "followed by a next cycle",
}
"""How an outcome is said of a cycle."""


@dataclass(frozen=True)
class Card:
    """One cycle in a line: whose it is, how long in its phase, and what there is to say of it.

    `badge` is what asks for somebody, or empty. The verdict is today's while the cycle waits for
    its first check, and the one that was kept from then on.
    """

    cycle: Cycle
    owner: str
    metric_title: str
    age_days: int
    sentence: str
    badge: str
    verdict: Verdict | None
    check_due_on: date | None
    overdue_days: int


@dataclass(frozen=True)
class Cards:
    """What cards are made from: the checks and the verdicts of cycles, and who people are."""

    company: Company
    checks: Mapping[str, Sequence[CycleCheck]]
    judged: Mapping[str, Judged]
    names: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        everybody = people.people(self.company.records)
        object.__setattr__(self, "names", {each.id: each.name for each in everybody})

    def name(self, person: str | None) -> str | None:
        """Return what a person is called, None for nobody."""
        return None if person is None else self.names.get(person, person)

    def card(self, cycle: Cycle) -> Card:
        """Return the card of a cycle as it stands on the company's day."""
        checks, on = self.checks.get(cycle.id, ()), self.company.as_of
        due = pdca.next_check(cycle, checks)
        kept, today = pdca.last_done(checks), self.judged.get(cycle.id)
        verdict = kept.verdict if kept and cycle.state in {"act", "closed"} else None
        if cycle.state == "check" and today is not None:
            verdict = today.judgement.verdict
        return Card(
            cycle,
            self.name(cycle.owner) or "",
            self._title(cycle),
            pdca.age_days(cycle, checks, on),
            _sentence(cycle, due, kept, today),
            _badge(cycle, due, kept, on),
            cast("Verdict | None", verdict),
            due.due_on if due else None,
            pdca.overdue_days(due, on),
        )

    def _title(self, cycle: Cycle) -> str:
        """Return what a cycle is to change: "Deliveries on time (site Gdansk)"."""
        metric = self.company.catalogue.metrics.get(cycle.metric)
        title = metric.title if metric else cycle.metric
        part = ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in slice_of(cycle).items()
        )
        return f"{title} ({part})" if part else title


def _sentence(
    cycle: Cycle, due: CycleCheck | None, kept: CycleCheck | None, today: Judged | None
) -> str:
    match cycle.state:
        case "plan":
            return cycle.hypothesis
        case "do":
            told = f"Plan fixed on {_day(cycle.plan_fixed_on)}; nothing is recorded as done yet."
            return f"{told} Check on {_day(due.due_on)}." if due else told
        case "check":
            return today.in_short if today else f"Nothing can be judged: no {cycle.metric}."
        case "act":
            said = today.in_short if today else kept.sentence if kept else None
            return f"{said or cycle.hypothesis} To decide: what follows."
        case "closed":
            outcome = OUTCOMES.get(cycle.outcome or "", "closed").capitalize()
            return f"{outcome} on {_day(cycle.outcome_on)}. {cycle.outcome_note or ''}".strip()


def _badge(cycle: Cycle, due: CycleCheck | None, kept: CycleCheck | None, on: date) -> str:
    """Return what asks for somebody: a check over its day, a plan without one, an effect gone."""
    if cycle.state == "plan" and cycle.check_on is None:
        return "no check date"
    if kept and cycle.state == "act" and kept.kind != "first":
        return "effect gone"
    over = pdca.overdue_days(due, on)
    if over:
        return f"check {over} day{'' if over == 1 else 's'} over"
    return "plan after the action" if cycle.is_after_the_fact and cycle.state == "check" else ""


def _day(day: date | None) -> str:
    return "an unknown day" if day is None else label_of(day, "day")
