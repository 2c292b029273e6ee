"""Reviews: planned, prepared, held, closed; decided on, waived with a reason, and then sealed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from data.errors import Clause9Error, NotAllowedError, NotFoundError, UsageError
from data.records.actions import add_action
from data.records.forms import DecisionForm, ReviewForm
from data.records.meetings import (
    add_decision,
    conclude,
    decisions,
    record_attendance,
    record_narrative,
    review_inputs,
    waive_input,
    withdraw_waiver,
)
from data.records.records import Records
from data.records.reviews import (
    SealedPack,
    close_review,
    create_review,
    current_review,
    hold_review,
    prepare_review,
    review,
)
from tests.support.people import (
    NOW,
    OPERATOR,
    a_conclusion,
    a_decision,
    a_review,
    an_action,
    an_actor,
    with_people,
)

Q3 = "2026-q3"
HELD = date(2026, 10, 14)
PACK = SealedPack("archive/2026-q3.zip", "ab" * 32, 42)


@pytest.fixture
def planned(records: Records) -> Records:
    with_people(records, "Head of casting")
    create_review(records, OPERATOR, a_review(), NOW)
    return records


@pytest.fixture
def held(planned: Records) -> Records:
    prepare_review(planned, OPERATOR, Q3, NOW)
    hold_review(planned, OPERATOR, Q3, HELD, NOW)
    return planned


@pytest.fixture
def ready(held: Records) -> Records:
    record_attendance(held, OPERATOR, Q3, ["Managing director"], NOW)
    conclude(held, OPERATOR, Q3, a_conclusion(), NOW)
    return held


def test_a_review_goes_from_planned_to_preparing_to_held_to_closed(ready: Records) -> None:
    assert review(ready, Q3).state == "held"
    closed = close_review(ready, OPERATOR, Q3, [], PACK, NOW)
    assert (closed.state, closed.closed_by, closed.held_on) == ("closed", "operator", HELD)
    assert (closed.pack_path, closed.pack_sha256, closed.warehouse_version) == (
        "archive/2026-q3.zip",
        "ab" * 32,
        42,
    )


def test_no_state_is_skipped_and_none_is_gone_back_to(planned: Records) -> None:
    with pytest.raises(UsageError, match="is planned and cannot become held"):
        hold_review(planned, OPERATOR, Q3, HELD, NOW)
    prepare_review(planned, OPERATOR, Q3, NOW)
    hold_review(planned, OPERATOR, Q3, HELD, NOW)
    with pytest.raises(UsageError, match="is held and cannot become preparing"):
        prepare_review(planned, OPERATOR, Q3, NOW)


def test_closing_is_blocked_and_names_each_thing_in_the_way(planned: Records) -> None:
    """Acceptance rule 12."""
    blockers = ["Resources (9.3.2.d) is neither fed nor waived.", "Scrap is unanswered."]
    with pytest.raises(Clause9Error) as refused:
        close_review(planned, OPERATOR, Q3, blockers, PACK, NOW)
    said = str(refused.value)
    for sentence in (*blockers, "It is planned, not held", "Nobody is recorded", "no conclusion"):
        assert sentence in said
    assert review(planned, Q3).state == "planned"


def test_one_blocker_is_enough_to_keep_a_ready_review_open(ready: Records) -> None:
    with pytest.raises(Clause9Error, match="neither fed nor waived"):
        close_review(ready, OPERATOR, Q3, ["Resources is neither fed nor waived."], PACK, NOW)


def test_nothing_in_a_closed_review_changes(ready: Records) -> None:
    close_review(ready, OPERATOR, Q3, [], PACK, NOW)
    with pytest.raises(UsageError, match="closed and sealed"):
        record_narrative(ready, OPERATOR, Q3, "resources", "Too few people.", NOW)
    with pytest.raises(UsageError, match="closed and sealed"):
        add_decision(ready, OPERATOR, Q3, a_decision(), NOW)
    with pytest.raises(UsageError, match="closed and sealed"):
        add_action(ready, OPERATOR, an_action(review=Q3), NOW)
    with pytest.raises(UsageError, match="closed and sealed"):
        close_review(ready, OPERATOR, Q3, [], PACK, NOW)


def test_only_top_management_signs(ready: Records) -> None:
    with pytest.raises(NotAllowedError, match="It takes: top management"):
        close_review(ready, an_actor("quality_manager"), Q3, [], PACK, NOW)
    assert close_review(ready, an_actor("top_management"), Q3, [], PACK, NOW).state == "closed"


def test_a_waiver_takes_a_reason_and_can_be_withdrawn(planned: Records) -> None:
    with pytest.raises(UsageError, match="the reason for the waiver is empty"):
        waive_input(planned, OPERATOR, Q3, "resources", "  ", NOW)
    waive_input(planned, OPERATOR, Q3, "resources", "covered in June", NOW)
    [waived] = review_inputs(planned, Q3)
    assert (waived.waived_reason, waived.waived_by) == ("covered in June", "operator")
    withdraw_waiver(planned, OPERATOR, Q3, "resources", NOW)
    assert review_inputs(planned, Q3)[0].waived_reason is None


def test_a_narrative_is_somebodys_and_the_last_one_counts(planned: Records) -> None:
    for text in ("Too few people.", "Two people are missing."):
        record_narrative(planned, OPERATOR, Q3, "resources", text, NOW)
    [said] = review_inputs(planned, Q3)
    assert (said.narrative, said.narrative_by) == ("Two people are missing.", "operator")
    assert said.narrative_at == NOW


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"disposition": "noted"}, "cannot be answered 'noted'"),
        ({"disposition": None}, "without a disposition"),
        ({"disposition": "accept"}, "accepting a signal takes a reason"),
        ({"disposition": "act", "due_on": None}, "due_on is missing"),
        ({"owner": ""}, "is empty"),
        ({"kind": "other"}, "improvement"),
    ],
)
def test_a_red_signal_cannot_be_answered_with_less_than_a_decision(
    changed: dict[str, object], said: str
) -> None:
    answer = {"answers": "scrap_percent", "disposition": "act"}
    with pytest.raises(ValidationError, match=said):
        DecisionForm.model_validate(a_decision().model_dump() | answer | changed)


def test_decisions_are_numbered_and_the_same_one_again_is_the_same(held: Records) -> None:
    first = add_decision(held, OPERATOR, Q3, a_decision(), NOW)
    again = add_decision(held, OPERATOR, Q3, a_decision(), NOW + timedelta(days=1))
    other = add_decision(held, OPERATOR, Q3, a_decision(topic="improvement"), NOW)
    assert (first.id, again.id, other.id) == ("D-1", "D-1", "D-2")
    assert (first.owner, first.decided_by) == ("head-of-casting", "operator")
    assert [each.id for each in decisions(held, Q3)] == ["D-1", "D-2"]


def test_the_current_review_is_the_newest_not_closed(ready: Records) -> None:
    earlier = a_review("2026-q2", date(2026, 4, 1), date(2026, 6, 30))
    create_review(ready, OPERATOR, earlier, NOW)
    assert getattr(current_review(ready), "id", None) == Q3
    close_review(ready, OPERATOR, Q3, [], PACK, NOW)
    assert getattr(current_review(ready), "id", None) == "2026-q2"


def test_wrong_reviews_are_refused_in_words(planned: Records) -> None:
    with pytest.raises(UsageError, match="there is a review '2026-q3' already"):
        create_review(planned, OPERATOR, a_review(), NOW)
    with pytest.raises(NotFoundError, match="Did you mean '2026-q3'"):
        prepare_review(planned, OPERATOR, "2026-q4", NOW)
    prepare_review(planned, OPERATOR, Q3, NOW)
    with pytest.raises(UsageError, match="before its period begins"):
        hold_review(planned, OPERATOR, Q3, date(2026, 6, 30), NOW)
    with pytest.raises(ValidationError, match="period_to 2026-09-30 is before"):
        ReviewForm.model_validate(a_review().model_dump() | {"period_from": date(2027, 1, 1)})
