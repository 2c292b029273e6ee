"""How actions of earlier reviews stood at the end of a period, whatever happened since."""

from __future__ import annotations

from datetime import date

from data.records.models import Action
from metrics.review.earlier import is_open, overdue_days
from metrics.review.model import RecordTable
from tests.support.reviews import (
    an_action,
    assembled,
    evidence,
    input_of,
    re_dated,
    the_review_before,
)


def listed(*actions: Action) -> RecordTable:
    (table,) = input_of(
        assembled(actions=actions, previous=the_review_before()), "previous_actions"
    ).tables
    return table


def test_a_date_moved_after_the_period_does_not_undo_that_it_was_overdue() -> None:
    moved = an_action(
        due_on=date(2026, 12, 31),
        original_due_on=date(2026, 8, 31),
        re_dated=2,
        re_dates=[
            re_dated(date(2026, 8, 30), date(2026, 9, 15)),
            re_dated(date(2026, 10, 5), date(2026, 12, 31)),
        ],
    )
    assert overdue_days(moved, evidence()) == 15  # 15 to 30 September
    table = listed(moved)
    assert table.rows[0][4:7] == ("15 Sep 2026", "15", "1×")
    assert table.remark.startswith("1 action open at 30 September 2026, 1 overdue by up to 15 days")


def test_done_and_not_verified_is_open_and_not_overdue() -> None:
    done = an_action(state="done", done_on=date(2026, 9, 20), due_on=date(2026, 9, 1))
    assert is_open(done, evidence())
    assert overdue_days(done, evidence()) == 0
    table = listed(done, an_action("A-18"))
    assert table.evidence == "2 actions open, 1 overdue"
    assert table.remark == (
        "2 actions open at 30 September 2026, 1 overdue by up to 30 days; 1 done in Q3 2026;"
        " 1 of the open ones done, not verified."
    )
    assert [row[-1] for row in table.rows] == ["open", "done 20 Sep 2026, not verified"]


def test_an_action_opened_after_the_period_is_listed_but_was_not_open_then() -> None:
    table = listed(an_action(opened_on=date(2026, 10, 2), due_on=date(2026, 12, 1)))
    assert table.rows[0][-1] == "open, opened 2 Oct 2026 after the period"
    assert table.evidence == "no action open, none overdue"


def test_what_the_cycle_of_an_action_says_stands_beside_it() -> None:
    done = an_action(state="done", done_on=date(2026, 9, 20))
    said = "P-1, checked 20 Sep 2026: not effective: 0.4 higher (95 % interval 0.1 to 0.9)."
    (table,) = input_of(
        assembled(
            actions=(done, an_action("A-18"), an_action("A-19", state="done", done_on=SEPTEMBER)),
            worked={done.id: said},
            previous=the_review_before(),
        ),
        "previous_actions",
    ).tables
    assert table.columns[:3] == ("Action", "What", "Worked")
    worked = {row[0]: row[2] for row in table.rows}
    assert worked == {done.id: said, "A-18": "–", "A-19": "effect unknown: no cycle"}


def test_where_no_action_has_a_cycle_the_list_has_no_column_for_it() -> None:
    assert listed(an_action()).columns[-1] == "Standing"


SEPTEMBER = date(2026, 9, 21)
