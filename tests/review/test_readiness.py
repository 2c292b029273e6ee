"""What stands in the way of closing a review."""

from __future__ import annotations

from typing import Any

import pytest

from data.records.models import Decision
from metrics.review.model import Readiness
from metrics.review.readiness import readiness
from metrics.review.standards import load_standards
from tests.support.reviews import a_decision, a_review, assembled, measured_by, said

STANDARDS = tuple(load_standards(("iso9001_2015",)).values())
SAID = {"suitable": True, "adequate": True, "effective": False, "aligned": True}


def ready(decisions: tuple[Decision, ...] = (), **review: Any) -> Readiness:  # noqa: ANN401
    """Return the readiness of a review whose only figure is a concern and whose rest is waived."""
    row = a_review(**({"attendance": ["Managing director"], "conclusion": SAID} | review))
    topics = [each.topic for each in STANDARDS[0].inputs if each.topic != "customer_satisfaction"]
    waived = tuple(said(topic, waived_reason="reported apart") for topic in topics)
    assembly = assembled(review=row, metrics=(measured_by(state="concern"),), inputs=waived)
    return readiness(assembly, row, decisions, STANDARDS)


def test_an_answered_review_with_attendance_and_conclusion_can_close() -> None:
    answer = a_decision(answers="complaint_rate", disposition="act")
    state = ready((answer,))
    assert state.can_close
    assert (state.fed, state.waived, state.gaps, state.percent) == (1, 11, 0, 100)


def test_a_concern_without_a_decision_stands_in_the_way() -> None:
    (blocker,) = ready().blockers
    assert blocker.subject == "complaint_rate"
    assert "Accept it with a reason, investigate or act" in blocker.sentence


@pytest.mark.parametrize(
    ("disposition", "reason", "is_answered"),
    [
        ("investigate", None, True),
        ("act", None, True),
        ("accept", "one customer, since left", True),
        ("accept", None, False),
        ("accept", "  ", False),
        (None, "noted", False),
    ],
)
def test_a_concern_cannot_be_closed_as_noted(
    disposition: str | None, reason: str | None, is_answered: bool
) -> None:
    answer = a_decision(answers="complaint_rate", disposition=disposition, reason=reason)
    assert ready((answer,)).can_close is is_answered


def test_a_decision_of_another_review_answers_nothing_here() -> None:
    earlier = a_decision(answers="complaint_rate", disposition="act", review="2026-q2")
    assert not ready((earlier,)).can_close


def test_nobody_present_and_nothing_concluded_stand_in_the_way() -> None:
    answer = a_decision(answers="complaint_rate", disposition="act")
    kinds = [each.kind for each in ready((answer,), attendance=[], conclusion=None).blockers]
    assert kinds == ["attendance", "conclusion"]


def test_a_conclusion_must_use_all_four_words_and_may_say_no() -> None:
    answer = a_decision(answers="complaint_rate", disposition="act")
    three = dict.fromkeys(("suitable", "adequate", "effective"), True)
    (blocker,) = ready((answer,), conclusion=three).blockers
    assert blocker.sentence == "The conclusion does not say whether the system is aligned. Say so."
    assert ready((answer,), conclusion=SAID).can_close
