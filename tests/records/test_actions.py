"""Actions: never lost by age, done by one person, verified by another on evidence."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from data.errors import NotAllowedError, NotFoundError, UsageError
from data.records.actions import (
    actions,
    add_action,
    cancel_action,
    complete_action,
    due_on,
    open_actions_at,
    redate_action,
    state_on,
    verify_action,
)
from data.records.forms import VerificationForm
from data.records.models import Action
from data.records.records import Records
from tests.support.people import NOW, OPERATOR, an_action, an_actor, with_people

OPENED, DONE, SEEN = date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1)


@pytest.fixture
def asked(records: Records) -> Records:
    """One action, A-1, opened on 1 October 2025 and due on 31 October."""
    with_people(records, "Head of casting", "Head of quality")
    form = an_action(opened_on=OPENED, due_on=date(2025, 10, 31))
    add_action(records, OPERATOR, form, NOW)
    return records


def a_verification(by: str = "Head of quality", on: date = SEEN) -> VerificationForm:
    return VerificationForm(verified_by=by, verified_on=on, evidence="scrap 2.1 % in November")


def complete(records: Records, on: date = DONE) -> Action:
    return complete_action(records, OPERATOR, "A-1", "Head of casting", on, NOW)


def test_an_action_untouched_for_a_year_is_still_open(asked: Records) -> None:
    """Acceptance rule 4."""
    assert [each.id for each in open_actions_at(asked, date(2026, 10, 2))] == ["A-1"]
    assert [each.id for each in open_actions_at(asked, date(2036, 10, 1))] == ["A-1"]
    assert open_actions_at(asked, date(2025, 9, 30)) == []  # nobody had asked for it yet


def test_verified_needs_a_different_person_and_evidence(asked: Records) -> None:
    """Acceptance rule 11."""
    complete(asked)
    with pytest.raises(UsageError, match="cannot verify it as well"):
        verify_action(asked, OPERATOR, "A-1", a_verification("Head of casting"), NOW)
    with pytest.raises(ValidationError, match="is empty"):
        VerificationForm(verified_by="Head of quality", verified_on=SEEN, evidence=" ")
    verified = verify_action(asked, OPERATOR, "A-1", a_verification(), NOW)
    assert (verified.state, verified.verified_by) == ("verified", "head-of-quality")


def test_the_doer_cannot_verify_in_somebody_elses_name(asked: Records) -> None:
    complete(asked)
    doer = an_actor("quality_manager", person="head-of-casting")
    with pytest.raises(UsageError, match="cannot verify it as well"):
        verify_action(asked, doer, "A-1", a_verification(), NOW)


def test_an_action_is_open_until_it_is_verified_as_it_stood_on_each_day(asked: Records) -> None:
    complete(asked)
    verify_action(asked, OPERATOR, "A-1", a_verification(), NOW)
    [action] = actions(asked)
    days = [date(2025, 9, 30), OPENED, date(2025, 10, 31), DONE, date(2025, 11, 30), SEEN]
    assert [state_on(action, day) for day in days] == [
        None,
        "open",
        "open",
        "done",
        "done",
        "verified",
    ]
    assert [bool(open_actions_at(asked, day)) for day in days] == [
        False,
        True,
        True,
        True,  # done, and waiting for its verification
        True,
        False,
    ]


def test_a_new_date_keeps_the_original_one_and_is_counted(asked: Records) -> None:
    redate_action(asked, OPERATOR, "A-1", date(2026, 12, 31), "the mould maker is late", NOW)
    action = redate_action(asked, OPERATOR, "A-1", date(2027, 3, 31), "and later still", NOW)
    assert (action.original_due_on, action.due_on) == (date(2025, 10, 31), date(2027, 3, 31))
    assert (action.re_dated, [step["reason"] for step in action.re_dates]) == (
        2,
        ["the mould maker is late", "and later still"],
    )
    assert due_on(action, date(2026, 11, 22)) == date(2025, 10, 31)  # the day before it was moved
    assert due_on(action, NOW.date()) == date(2027, 3, 31)


def test_the_order_of_an_action_is_open_done_verified(asked: Records) -> None:
    with pytest.raises(UsageError, match="A-1 is open and cannot be verified"):
        verify_action(asked, OPERATOR, "A-1", a_verification(), NOW)
    complete(asked)
    assert complete(asked).state == "done"  # the same again changes nothing
    with pytest.raises(UsageError, match="A-1 is done and cannot be completed"):
        complete(asked, on=SEEN)
    with pytest.raises(UsageError, match="A-1 is done and cannot be given another date"):
        redate_action(asked, OPERATOR, "A-1", SEEN, "late", NOW)


def test_no_duration_is_negative(asked: Records) -> None:
    with pytest.raises(UsageError, match="done_on 2025-09-30 is before 2025-10-01"):
        complete(asked, on=date(2025, 9, 30))
    complete(asked)
    with pytest.raises(UsageError, match="verified_on 2025-10-15 is before 2025-11-01"):
        verify_action(asked, OPERATOR, "A-1", a_verification(on=date(2025, 10, 15)), NOW)
    with pytest.raises(UsageError, match="due_on 2025-01-01 is before 2025-10-01"):
        add_action(asked, OPERATOR, an_action("B", opened_on=OPENED, due_on=date(2025, 1, 1)), NOW)


def test_a_cancelled_action_stays_on_record_with_its_reason(asked: Records) -> None:
    cancelled = cancel_action(asked, OPERATOR, "A-1", "line 2 was sold", NOW)
    assert (cancelled.state, cancelled.cancelled_reason) == ("cancelled", "line 2 was sold")
    assert [each.id for each in actions(asked)] == ["A-1"]
    assert open_actions_at(asked, NOW.date()) == []
    assert [each.id for each in open_actions_at(asked, date(2026, 11, 22))] == ["A-1"]


def test_the_same_action_again_is_the_same_action(asked: Records) -> None:
    form = an_action(opened_on=OPENED, due_on=date(2025, 10, 31))
    complete(asked)
    assert add_action(asked, OPERATOR, form, NOW).id == "A-1"
    other = add_action(asked, OPERATOR, an_action("Train the night shift"), NOW)
    assert other.id == "A-2"


def test_the_owner_may_report_it_done_and_another_owner_may_not(asked: Records) -> None:
    mine = an_actor("owner", person="head-of-casting")
    other = an_actor("owner", person="head-of-quality", processes=("delivery",))
    with pytest.raises(NotAllowedError, match="complete action"):
        complete_action(asked, other, "A-1", "Head of casting", DONE, NOW)
    done = complete_action(asked, mine, "A-1", "Head of casting", DONE, NOW)
    assert done.done_by == "head-of-casting"


def test_unknown_actions_and_people_are_named(asked: Records) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'A-1'"):
        cancel_action(asked, OPERATOR, "A-7", "x", NOW)
    with pytest.raises(NotFoundError, match="there is no person 'Nobody'"):
        add_action(asked, OPERATOR, an_action(owner="Nobody"), NOW)
