"""What is said and decided in a review: narratives, waivers, attendance, decisions, conclusion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from data.errors import NotFoundError, UsageError, near_miss
from data.records.access import Actor, require
from data.records.forms import ConclusionForm, DecisionForm
from data.records.models import Decision, Review, ReviewInput
from data.records.people import known_person
from data.records.records import Change, Records
from data.records.reviews import open_review


def record_attendance(
    records: Records, actor: Actor, review: str, names: Sequence[str], at: datetime
) -> Review:
    """Say who was present; the whole list, in the place of an earlier one."""
    require(actor, "record_minutes")
    present = [name.strip() for name in names if name.strip()]
    if not present:
        raise UsageError("attendance is empty. Name everybody who was present.")
    with records.writing(actor, at) as change:
        row = open_review(change.session, review)
        row.attendance = present
        change.updated("record_attendance", row)
        return row


def record_narrative(
    records: Records, actor: Actor, review: str, topic: str, text: str, at: datetime
) -> ReviewInput:
    """Keep what a person says on one topic, in the place of an earlier text."""
    require(actor, "record_minutes")
    with records.writing(actor, at) as change:
        row = _input(change, review, topic)
        if row.narrative != text.strip():
            row.narrative = _not_blank(text, "the narrative")
            row.narrative_by, row.narrative_at = actor.name, at
        _store_input(change, "record_narrative", row)
        return row


def waive_input(
    records: Records, actor: Actor, review: str, topic: str, reason: str, at: datetime
) -> ReviewInput:
    """Waive one topic for this review; the reason is shown wherever the input is."""
    require(actor, "waive_input")
    with records.writing(actor, at) as change:
        row = _input(change, review, topic)
        if row.waived_reason != reason.strip():
            row.waived_reason = _not_blank(reason, "the reason for the waiver")
            row.waived_by, row.waived_at = actor.name, at
        _store_input(change, "waive_input", row)
        return row


def withdraw_waiver(
    records: Records, actor: Actor, review: str, topic: str, at: datetime
) -> ReviewInput:
    """Ask for the input after all; the waiver stays in the audit log."""
    require(actor, "waive_input")
    with records.writing(actor, at) as change:
        row = _input(change, review, topic)
        row.waived_reason = row.waived_by = row.waived_at = None
        _store_input(change, "withdraw_waiver", row)
        return row


def add_decision(
    records: Records, actor: Actor, review: str, form: DecisionForm, at: datetime
) -> Decision:
    """Record a decision; the same one again changes nothing and is returned as it is."""
    require(actor, "decide")
    with records.writing(actor, at) as change:
        open_review(change.session, review)
        owner = known_person(change.session, form.owner).id
        values = form.model_dump() | {"owner": owner, "review": review}
        known = change.session.exec(select(Decision)).all()
        for each in known:
            if each.model_dump(exclude={"id", "decided_at", "decided_by"}) == values:
                return each
        row = Decision(id=f"D-{len(known) + 1}", **values, decided_at=at, decided_by=actor.name)
        change.added("decide", row)
        return row


def conclude(
    records: Records, actor: Actor, review: str, form: ConclusionForm, at: datetime
) -> Review:
    """Record the conclusion, in the place of an earlier one."""
    require(actor, "conclude")
    with records.writing(actor, at) as change:
        row = open_review(change.session, review)
        said = form.model_dump()
        kept = row.conclusion or {}
        if {key: kept.get(key) for key in said} != said:
            row.conclusion = said | {"by": actor.name, "at": at.isoformat()}
        change.updated("conclude", row)
        return row


def review_inputs(records: Records, review: str) -> list[ReviewInput]:
    """Return what people said on the topics of a review; topics nobody spoke on have no row."""
    query = select(ReviewInput).where(ReviewInput.review == review).order_by(ReviewInput.topic)
    with records.reading() as session:
        return list(session.exec(query))


def decisions(records: Records, review: str | None = None) -> list[Decision]:
    """Return the decisions of one review, or of all, in the order they were made."""
    query = select(Decision).order_by(col(Decision.decided_at))
    if review is not None:
        query = query.where(Decision.review == review)
    with records.reading() as session:
        return sorted(session.exec(query), key=lambda each: int(each.id.removeprefix("D-")))


def known_decision(change: Change, word: str) -> Decision:
    """Return the decision with this id; NotFoundError names the nearest one."""
    row = change.session.get(Decision, word)
    if row is None:
        hint = near_miss(word, change.session.exec(select(Decision.id)).all())
        raise NotFoundError(f"there is no decision '{word}'.{hint}")
    return row


def _input(change: Change, review: str, topic: str) -> ReviewInput:
    open_review(change.session, review)
    row = change.session.get(ReviewInput, (review, topic))
    return row or ReviewInput(review=review, topic=_not_blank(topic, "the topic"))


def _store_input(change: Change, action: str, row: ReviewInput) -> None:
    if row in change.session:
        change.updated(action, row)
    else:
        change.added(action, row)


def _not_blank(text: str, what: str) -> str:
    if not text.strip():
        raise UsageError(f"{what} is empty. Write it in a sentence.")
    return text.strip()
