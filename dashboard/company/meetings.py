"""Management reviews: planned, assembled, held, closed with a seal, exported, verified."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from dashboard.company import evidence, sealed_packs
from dashboard.company.opened import Company
from data.definitions import read_toml, validated
from data.errors import DefinitionError, NotFoundError, UsageError
from data.records import meetings as meeting_records
from data.records import reviews
from data.records.access import Actor
from data.records.actions import add_action
from data.records.forms import ActionForm, ConclusionForm, DecisionForm, Form, ReviewForm
from data.records.minutes import record_review_file
from data.records.models import Action, Decision, Review
from data.warehouse import Reader
from metrics.review.assemble import assemble
from metrics.review.contents import assembly_values
from metrics.review.model import Assembly, Evidence, Input, Readiness, Restatement
from metrics.review.readiness import readiness
from metrics.review.topics import TOPICS

Filled = TypeVar("Filled", bound=Form)


@dataclass(frozen=True)
class Meeting:
    """One review as a page shows it: what it is made from, what that says, what it still needs."""

    review: Review
    evidence: Evidence
    assembly: Assembly
    readiness: Readiness


def new(
    company: Company,
    review: str,
    period: tuple[date | None, date | None],
    title: str,
    *,
    actor: Actor,
    at: datetime,
) -> dict[str, Any]:
    """Plan a review of a period and begin its preparation; return it as plain values."""
    first, last = period
    if first is None or last is None:
        raise UsageError("A review needs the first and the last day of its period.")
    standards = company.workspace.settings.standards
    values = {"id": review, "title": title, "period_from": first, "period_to": last}
    form, problems = validated(ReviewForm, values | {"standards": standards}, "review", "")
    if form is None:
        raise DefinitionError(problems)
    return _planned(company, form, actor, at).model_dump(mode="json")


def plan(company: Company, file: Path, *, actor: Actor, at: datetime) -> Review:
    """Plan the review a TOML file describes and begin its preparation."""
    values, problems = read_toml(file, file.name)
    form, more = validated(ReviewForm, values, file.name)
    if problems or form is None:
        raise DefinitionError([*problems, *more])
    return _planned(company, form, actor, at)


def find(company: Company, review: str | None) -> Review:
    """Return the review with an id; without one, the newest not closed, else the newest."""
    if review is not None:
        return reviews.review(company.records, review)
    current = reviews.current_review(company.records)
    every = reviews.reviews(company.records)
    if current is None and not every:
        raise NotFoundError(
            "There is no review yet. Plan one: clause9 review new 2026-h2 --from 2026-05-01 "
            "--to 2026-10-31"
        )
    return current or every[-1]


def open_meeting(company: Company, review: str | None) -> Meeting:
    """Return a review with its inputs assembled from the data and records as they are now."""
    with company.warehouse.read() as reader:
        return read_meeting(company, reader, review)


def read_meeting(company: Company, reader: Reader, review: str | None) -> Meeting:
    """Return the same from one version of the warehouse, whatever is published meanwhile."""
    row = find(company, review)
    gathered = evidence.gather(company, reader, row)
    assembly = assemble(gathered)
    ready = readiness(assembly, row, gathered.decisions, gathered.standards)
    return Meeting(row, gathered, assembly, ready)


def status(company: Company, review: str | None) -> list[dict[str, Any]]:
    """Return the inputs of a review: clauses, title, state, headline, owner, what they need.

    Those of a closed review are the sealed ones, as they are in `assembled`.
    """
    return [_input_row(item) for item in _values(company, review)["inputs"]]


def assembled(company: Company, review: str | None) -> dict[str, Any]:
    """Return the whole assembly as plain values, inputs in clause order and by rank.

    `sealed` says whether it is what the pack of a closed review holds, or what data and records
    say now.
    """
    found = _values(company, review)
    by_topic = {item["topic"]: item for item in found["inputs"]}
    ranked = [
        {"rank": rank, "why_here": by_topic[topic]["why_here"]["words"]}
        | _input_row(by_topic[topic])
        for rank, topic in enumerate(found["ranked"], start=1)
    ]
    names = ("review", "title", "period", "as_of", "inputs", "sealed")
    return {name: found[name] for name in names} | {"ranked": ranked}


def _values(company: Company, review: str | None) -> dict[str, Any]:
    row = find(company, review)
    if row.state == "closed":
        sealed: dict[str, Any] = json.loads(sealed_packs.member(company, row, "inputs.json"))
        return sealed | {"sealed": True}
    return assembly_values(open_meeting(company, row.id).assembly) | {"sealed": False}


def record(
    company: Company, review: str | None, file: Path, *, actor: Actor, at: datetime
) -> dict[str, int]:
    """Record the minutes in a TOML file, all or nothing; return how many of what changed."""
    row = find(company, review)
    report = record_review_file(company.records, actor, row.id, file, TOPICS, at)
    return {
        "entries": report.changed,
        "decisions": len(report.decisions),
        "actions": len(report.actions),
    }


def hold(company: Company, review: str | None, on: date, *, actor: Actor, at: datetime) -> str:
    """Mark a review as held on a day and return its id."""
    row = find(company, review)
    return reviews.hold_review(company.records, actor, row.id, on, at).id


@dataclass(frozen=True)
class Minutes:
    """What the form of the meeting says: when, who was there, the conclusion in words and ticks."""

    held_on: date | None
    present: tuple[str, ...]
    conclusion: Mapping[str, Any]


def review_ids(company: Company) -> list[str]:
    """Return the ids of all reviews, the newest period first."""
    return [each.id for each in reversed(reviews.reviews(company.records))]


def narrate(
    company: Company, review: str, topic: str, text: str, *, actor: Actor, at: datetime
) -> None:
    """Keep what an owner says about an input."""
    meeting_records.record_narrative(company.records, actor, review, topic, text, at)


def waive(
    company: Company, review: str, topic: str, reason: str, *, actor: Actor, at: datetime
) -> None:
    """Leave an input out of a review, with a reason."""
    meeting_records.waive_input(company.records, actor, review, topic, reason, at)


def ask_again(company: Company, review: str, topic: str, *, actor: Actor, at: datetime) -> None:
    """Ask for an input after all that had been left out."""
    meeting_records.withdraw_waiver(company.records, actor, review, topic, at)


def decide(
    company: Company,
    review: str,
    decision: Mapping[str, Any],
    action: tuple[str, str],
    *,
    actor: Actor,
    at: datetime,
) -> str:
    """Record a decision and the action (title, expected effect) it asks for, where it has a title.

    Returns what was recorded, in words. Raises UsageError with every thing that is missing.
    """
    title, effect = (text.strip() for text in action)
    if missing := tuple(_missing(decision, title, effect)):
        raise UsageError(" ".join(missing))
    form = _form(DecisionForm, decision, "decision")
    with company.records.together() as joined:
        made = meeting_records.add_decision(joined, actor, review, form, at)
        if not title:
            return f"Decision {made.id} is recorded."
        values = {
            "title": title,
            "expected_effect": effect,
            "owner": form.owner,
            "due_on": form.due_on,
            "review": review,
            "decision": made.id,
        }
        taken = add_action(joined, actor, _form(ActionForm, values, "action"), at)
        return f"Decision {made.id} is recorded, with action {taken.id}."


def _missing(decision: Mapping[str, Any], title: str, effect: str) -> Iterator[str]:
    """Yield a sentence for each thing a decision and its action cannot do without."""
    accepts = decision.get("disposition") == "accept"
    if not (decision.get("text") or "").strip():
        yield "Write what is decided."
    if not decision.get("owner"):
        yield "Name who carries it out."
    if accepts and not (decision.get("reason") or "").strip():
        yield "Say why the concern is accepted."
    if decision.get("due_on") is None and (title or not accepts):
        yield "Say by when."
    if title and not effect:
        yield "Say what the action is expected to change, so that it can be checked."
    if effect and not title:
        yield "Name the action whose effect is expected."


@dataclass(frozen=True)
class Taken:
    """A decision of this review with the actions that followed; people by name."""

    decision: Decision
    owner: str
    actions: tuple[Action, ...]


def taken(meeting: Meeting, topic: str | None = None) -> tuple[Taken, ...]:
    """Return what this review has decided, on one topic or on all, in the order of deciding."""
    gathered = meeting.evidence
    return tuple(
        Taken(
            each,
            gathered.people.get(each.owner, each.owner),
            tuple(action for action in gathered.actions if action.decision == each.id),
        )
        for each in gathered.decisions
        if each.review == meeting.review.id and topic in (None, each.topic)
    )


def unanswered(meeting: Meeting, item: Input) -> tuple[str, ...]:
    """Return the figures of an input whose concern no decision of this review answers yet."""
    open_ones = {each.subject for each in meeting.readiness.blockers if each.kind == "signal"}
    concerns = (signal.figure for signal in item.signals if signal.kind == "concern")
    return tuple(dict.fromkeys(name for name in concerns if name in open_ones))


def input_of(meeting: Meeting, subject: str) -> Input | None:
    """Return the input a blocker speaks of: by its topic, or the first that shows its figure."""
    for item in meeting.assembly.ranked:
        if item.topic == subject or any(each.id == subject for each in item.figures):
            return item
    return None


def day_read_on(company: Company, meeting: Meeting) -> date:
    """Return the day the trends of a review are read on, in the app as in its pack."""
    return evidence.last_day(company, meeting.review.period_to)


def restated_since(company: Company, review: str) -> tuple[Restatement, ...]:
    """Return the batches that, since a review was sealed, changed rows it had seen."""
    return evidence.restated_since(company, reviews.review(company.records, review))


def record_minutes(
    company: Company, review: str, minutes: Minutes, *, actor: Actor, at: datetime
) -> None:
    """Record the day, who was present and the conclusion, all or nothing.

    Raises UsageError with every thing that is missing.
    """
    if missing := tuple(_unsaid(minutes)):
        raise UsageError(" ".join(missing))
    conclusion = _form(ConclusionForm, minutes.conclusion, "conclusion")
    with company.records.together() as joined:
        if minutes.held_on is not None:
            reviews.hold_review(joined, actor, review, minutes.held_on, at)
        meeting_records.record_attendance(joined, actor, review, minutes.present, at)
        meeting_records.conclude(joined, actor, review, conclusion, at)


def _unsaid(minutes: Minutes) -> Iterator[str]:
    if minutes.held_on is None:
        yield "Say on which day the review was held."
    if not minutes.present:
        yield "Name who was present."
    unsaid = [word for word in CONCLUDED if minutes.conclusion.get(word) is None]
    if unsaid:
        yield f"Say whether the system is {', '.join(unsaid)}."
    if not (minutes.conclusion.get("text") or "").strip():
        yield "Write the conclusion in a sentence."


CONCLUDED = ("suitable", "adequate", "effective", "aligned")
"""What the standard has top management conclude on; aligned: with the strategic direction."""


def _form(model: type[Filled], values: Mapping[str, Any], what: str) -> Filled:
    form, problems = validated(model, dict(values), what)
    if form is None:
        raise DefinitionError(problems)
    return form


def _planned(company: Company, form: ReviewForm, actor: Actor, at: datetime) -> Review:
    reviews.create_review(company.records, actor, form, at)
    return reviews.prepare_review(company.records, actor, form.id, at)


def _input_row(item: Mapping[str, Any]) -> dict[str, Any]:
    names = ("topic", "title", "state", "mandatory", "headline", "evidence", "owner")
    return {
        "clauses": list(item["clauses"]),
        **{name: item[name] for name in names},
        "needs": item["still_needs"],
        "gaps": [gap["sentence"] for gap in item["gaps"]],
    }
