"""Closing a period, and reopening it with a reason that is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from data.errors import NotAllowedError, NotFoundError, UsageError
from data.records.audit import audit_log, verify_audit
from data.records.closings import (
    Extent,
    close_period,
    closing_words,
    closings,
    reopen_period,
    reopening_words,
)
from data.records.records import Records
from tests.support.people import NOW, OPERATOR, an_actor, with_people

SEPTEMBER = Extent("2026-09", date(2026, 9, 1), date(2026, 9, 30))
OF_CASTING = Extent("2026-09", date(2026, 9, 1), date(2026, 9, 30), process="casting")
LATER = NOW + timedelta(days=1)


def test_a_closed_period_says_who_closed_it_and_how_it_is_reopened(records: Records) -> None:
    with_people(records)
    row = close_period(records, OPERATOR, OF_CASTING, " all invoices are in ", NOW)
    assert (row.note, row.closed_by, row.closed_at) == ("all invoices are in", "operator", NOW)
    assert closing_words(row) == (
        "2026-09 of the process 'casting' is closed since 2026-11-23 (by operator)"
    )
    assert reopening_words(row) == 'clause9 periods reopen 2026-09 --process casting --reason "…"'


def test_closing_what_is_closed_changes_nothing(records: Records) -> None:
    first = close_period(records, OPERATOR, SEPTEMBER, "", NOW)
    again = close_period(records, OPERATOR, SEPTEMBER, "again", LATER)
    assert (again.id, again.note, again.closed_at) == (first.id, None, NOW)
    assert len(closings(records)) == 1


def test_a_reopened_closing_stays_on_record_and_the_period_can_be_closed_again(
    records: Records,
) -> None:
    close_period(records, OPERATOR, SEPTEMBER, "", NOW)
    reopened = reopen_period(records, OPERATOR, SEPTEMBER, "a late invoice", LATER)
    assert (reopened.reopened_by, reopened.reopened_at) == ("operator", LATER)
    assert closings(records, standing=True) == []
    close_period(records, OPERATOR, SEPTEMBER, "", LATER)
    assert [row.reopened_reason for row in closings(records)] == [None, "a late invoice"]
    log = audit_log(records, OPERATOR)
    assert [entry.action for entry in log] == ["close_period", "reopen_period", "close_period"]
    assert verify_audit(records) is None


def test_what_is_not_closed_cannot_be_reopened_and_what_is_closed_there_is_named(
    records: Records,
) -> None:
    with pytest.raises(NotFoundError, match="2026-09 is not closed"):
        reopen_period(records, OPERATOR, SEPTEMBER, "a late invoice", NOW)
    quarter = Extent("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
    close_period(records, OPERATOR, quarter, "", NOW)
    with pytest.raises(NotFoundError, match="periods reopen 2026-Q3"):
        reopen_period(records, OPERATOR, SEPTEMBER, "a late invoice", NOW)


def test_reopening_takes_a_reason_and_a_process_must_exist(records: Records) -> None:
    close_period(records, OPERATOR, SEPTEMBER, "", NOW)
    with pytest.raises(UsageError, match="Say why"):
        reopen_period(records, OPERATOR, SEPTEMBER, "  ", NOW)
    with pytest.raises(NotFoundError, match="no process 'casting'"):
        close_period(records, OPERATOR, OF_CASTING, "", NOW)


@pytest.mark.parametrize("role", ["viewer", "owner", "top_management", "auditor", "admin"])
def test_only_the_quality_manager_closes_and_reopens(records: Records, role: str) -> None:
    actor = an_actor(role)
    with pytest.raises(NotAllowedError, match="It takes: quality manager"):
        close_period(records, actor, SEPTEMBER, "", NOW)
    with pytest.raises(NotAllowedError, match="It takes: quality manager"):
        reopen_period(records, actor, SEPTEMBER, "a late invoice", NOW)
