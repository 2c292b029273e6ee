"""Management reviews, from plan to close: planned → preparing → held → closed, never back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from sqlmodel import Session, col, select

from data.errors import Clause9Error, NotFoundError, UsageError, near_miss
from data.records.access import Actor, require
from data.records.forms import ReviewForm
from data.records.models import Review, ReviewState
from data.records.records import Records


@dataclass(frozen=True)
class SealedPack:
    """The file a review was sealed into, and the warehouse version it was made from."""

    path: str
    sha256: str
    warehouse_version: int


def create_review(records: Records, actor: Actor, form: ReviewForm, at: datetime) -> Review:
    """Plan a review; UsageError when its id is taken."""
    require(actor, "plan_review")
    with records.writing(actor, at) as change:
        taken = change.session.get(Review, form.id)
        if taken is not None:
            raise UsageError(
                f"there is a review '{form.id}' already: {taken.title}. Choose another id."
            )
        values = form.model_dump() | {
            "standards": list(form.standards),
            "participants": list(form.participants),
        }
        row = Review(**values, planned_at=at)
        change.added("plan_review", row)
        return row


def prepare_review(records: Records, actor: Actor, review: str, at: datetime) -> Review:
    """Begin the preparation of a planned review."""
    require(actor, "plan_review")
    with records.writing(actor, at) as change:
        row = known_review(change.session, review)
        _advance(row, "preparing")
        change.updated("prepare_review", row)
        return row


def hold_review(records: Records, actor: Actor, review: str, held_on: date, at: datetime) -> Review:
    """Say that the meeting took place; the day can be corrected until the review is closed."""
    require(actor, "record_minutes")
    with records.writing(actor, at) as change:
        row = open_review(change.session, review)
        if held_on < row.period_from:
            raise UsageError(
                f"{row.title} cannot be held on {held_on}, before its period begins "
                f"({row.period_from})."
            )
        if row.state != "held":
            _advance(row, "held")
        row.held_on = held_on
        change.updated("hold_review", row)
        return row


def close_review(
    records: Records,
    actor: Actor,
    review: str,
    blockers: Sequence[str],
    pack: SealedPack,
    at: datetime,
) -> Review:
    """Sign and close a held review with its sealed pack.

    Raises Clause9Error naming everything that stands in the way: each of `blockers` (sentences on
    inputs neither fed nor waived, unanswered signals) and what the record itself lacks.
    """
    require(actor, "sign_review")
    with records.writing(actor, at) as change:
        row = open_review(change.session, review)
        in_the_way = [*blockers, *standing_in_the_way(row)]
        if in_the_way:
            lines = "\n".join(f"  {each}" for each in in_the_way)
            raise Clause9Error(f"{row.title} cannot be closed yet:\n{lines}")
        row.state, row.closed_at, row.closed_by = "closed", at, actor.name
        row.pack_path, row.pack_sha256 = pack.path, pack.sha256
        row.warehouse_version = pack.warehouse_version
        change.updated("sign_review", row)
        return row


def standing_in_the_way(review: Review) -> list[str]:
    """Return what the record of a review still lacks before it can be closed, as sentences."""
    missing = []
    if review.state != "held":
        missing.append(f"It is {review.state}, not held: record the day of the meeting.")
    if not review.attendance:
        missing.append("Nobody is recorded as present: record the attendance.")
    if review.conclusion is None:
        missing.append(
            "There is no conclusion on whether the system is suitable, adequate, effective and "
            "aligned with the strategic direction: record it."
        )
    return missing


def reviews(records: Records) -> list[Review]:
    """Return all reviews, the earliest period first."""
    with records.reading() as session:
        query = select(Review).order_by(col(Review.period_to), col(Review.planned_at))
        return list(session.exec(query))


def review(records: Records, review_id: str) -> Review:
    """Return one review; NotFoundError names the nearest one."""
    with records.reading() as session:
        return known_review(session, review_id)


def current_review(records: Records) -> Review | None:
    """Return the newest review that is not closed, or None."""
    still_open = [each for each in reviews(records) if each.state != "closed"]
    return still_open[-1] if still_open else None


def known_review(session: Session, review_id: str) -> Review:
    """Return the review with this id; NotFoundError names the nearest one."""
    row = session.get(Review, review_id)
    if row is None:
        hint = near_miss(review_id, session.exec(select(Review.id)).all())
        raise NotFoundError(
            f"there is no review '{review_id}'.{hint or ' Plan it with clause9 review new.'}"
        )
    return row


def open_review(session: Session, review_id: str) -> Review:
    """Return the review with this id; UsageError when it is closed, for nothing changes it then."""
    row = known_review(session, review_id)
    if row.state == "closed":
        raise UsageError(
            f"{row.title} is closed and sealed; its record does not change any more. "
            "What came up since belongs into the next review."
        )
    return row


def _advance(row: Review, to: ReviewState) -> None:
    if to != _next(row.state):
        raise UsageError(
            f"{row.title} is {row.state} and cannot become {to}: the order is planned, preparing, "
            "held, closed."
        )
    row.state = to


def _next(state: ReviewState) -> ReviewState | None:
    match state:
        case "planned":
            return "preparing"
        case "preparing":
            return "held"
        case "held":
            return "closed"
        case "closed":
            return None
        case _:
            assert_never(state)
