"""Batches and the quarantine of refused rows."""

from __future__ import annotations

from typing import Any

import pytest

from data.errors import NotAllowedError, NotFoundError, UsageError
from data.records.audit import audit_log
from data.records.batches import (
    Outcome,
    Submission,
    batch,
    batches,
    create_batch,
    finish_batch,
    mark_reverted,
    reject_batch,
)
from data.records.models import Batch
from data.records.quarantine import quarantine_rows, quarantined
from data.records.records import Records
from tests.support.people import NOW, OPERATOR, an_actor


def submit(records: Records, sha256: str = "aa" * 32, process: str | None = None) -> Batch:
    submission = Submission("june.csv", sha256, 1204, "upload", "2026-06", process)
    return create_batch(records, OPERATOR, submission, NOW)


def a_refusal(row: int) -> dict[str, Any]:
    return {
        "mapping": "complaints",
        "table_name": "complaints",
        "row": row,
        "column": "received_on",
        "value": "31.02.2026",
        "rule": "date",
        "reason": "'31.02.2026' is no day of the calendar.",
    }


def test_a_batch_is_pending_until_it_is_published(records: Records) -> None:
    assert submit(records).state == "pending"
    outcome = Outcome(accepted=3, restated=1, new=2, report={"seconds": {"map": 0.5}})
    finish_batch(records, OPERATOR, 1, 42, outcome, NOW)
    published = batch(records, 1)
    assert (published.state, published.version, published.published_at) == ("published", 42, NOW)
    assert (published.accepted, published.restated, published.new, published.refused) == (
        3,
        1,
        2,
        0,
    )
    assert published.report == {"seconds": {"map": 0.5}}


def test_a_rejected_batch_says_why_and_is_never_published(records: Records) -> None:
    submit(records)
    reject_batch(records, OPERATOR, 1, "41 rows were refused", Outcome(refused=41), NOW)
    assert (batch(records, 1).state, batch(records, 1).reason) == (
        "rejected",
        "41 rows were refused",
    )
    with pytest.raises(UsageError, match=r"batch 1 \(june.csv\) is rejected and cannot become pub"):
        finish_batch(records, OPERATOR, 1, 42, Outcome(), NOW)


def test_only_a_published_batch_can_be_reverted_and_its_record_stays(records: Records) -> None:
    submit(records)
    with pytest.raises(UsageError, match="only a published batch can"):
        mark_reverted(records, OPERATOR, 1, "wrong file", NOW)
    finish_batch(records, OPERATOR, 1, 42, Outcome(accepted=3), NOW)
    reverted = mark_reverted(records, OPERATOR, 1, "wrong file", NOW)
    assert (reverted.state, reverted.reverted_by, reverted.accepted) == ("reverted", "operator", 3)


def test_batches_are_found_by_state_and_by_the_bytes_of_their_file(records: Records) -> None:
    for sha256 in ("aa" * 32, "bb" * 32, "aa" * 32):
        submit(records, sha256)
    finish_batch(records, OPERATOR, 1, 42, Outcome(), NOW)
    assert [each.id for each in batches(records)] == [3, 2, 1]
    assert [each.id for each in batches(records, limit=1)] == [3]
    assert [each.id for each in batches(records, sha256="aa" * 32)] == [3, 1]
    assert [each.id for each in batches(records, "published", "aa" * 32)] == [1]


def test_a_batch_nobody_made_is_named(records: Records) -> None:
    with pytest.raises(NotFoundError, match="there is no batch 7"):
        batch(records, 7)


def test_refused_rows_are_kept_with_every_reason_and_read_by_the_page(records: Records) -> None:
    submit(records)
    assert quarantine_rows(records, OPERATOR, 1, [a_refusal(n) for n in range(2, 9)], NOW) == 7
    assert quarantine_rows(records, OPERATOR, 1, [], NOW) == 0
    page = quarantined(records, 1, limit=3, offset=5)
    assert ([each.row for each in page.rows], page.total) == ([7, 8], 7)
    assert page.rows[0].reason == "'31.02.2026' is no day of the calendar."
    assert page.rows[0].sheet is None


def test_forty_thousand_refused_rows_leave_one_audit_entry(records: Records) -> None:
    submit(records)
    quarantine_rows(records, OPERATOR, 1, [a_refusal(number) for number in range(40_000)], NOW)
    assert quarantined(records, 1, limit=1).total == 40_000
    latest = audit_log(records, OPERATOR, limit=1)[0]
    assert (latest.action, latest.after) == ("quarantine", '{"reasons":40000}')


def test_an_owner_submits_for_their_own_process_alone(records: Records) -> None:
    owner = an_actor("owner", processes=("casting",))
    mine = Submission("june.csv", "aa" * 32, 1, "upload", process="casting")
    other = Submission("june.csv", "aa" * 32, 1, "upload", process="delivery")
    assert create_batch(records, owner, mine, NOW).actor == "somebody"
    with pytest.raises(NotAllowedError, match="for the process 'delivery'"):
        create_batch(records, owner, other, NOW)
    submit(records, process="delivery")
    with pytest.raises(NotAllowedError):
        finish_batch(records, owner, 2, 42, Outcome(), NOW)


def test_what_another_process_settled_first_is_not_settled_twice(records: Records) -> None:
    made = submit(records)
    first = finish_batch(records, OPERATOR, made.id or 0, 7, Outcome(accepted=3), NOW)
    before = records.revision()
    again = finish_batch(records, OPERATOR, made.id or 0, 8, Outcome(accepted=9), NOW)
    assert (again.version, again.accepted) == (first.version, first.accepted) == (7, 3)
    mark_reverted(records, OPERATOR, made.id or 0, "wrong month", NOW)
    twice = mark_reverted(records, OPERATOR, made.id or 0, "interrupted", NOW)
    assert twice.reason == "wrong month"
    assert records.revision() == before + 1
