"""The audit log: nothing is lost under load, and nobody changes it unseen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from data.errors import NotAllowedError
from data.records.audit import audit_log, verify_audit
from data.records.people import people, save_person
from data.records.records import Records, open_records
from tests.support.people import NOW, OPERATOR, a_person, an_actor, in_processes

WRITERS, WRITES = 8, 50


def _save_people(url: str, writer: int) -> int:
    """Save people; each save reads before it writes, which is where a late lock is refused."""
    with open_records(url) as records:
        for number in range(WRITES):
            save_person(records, OPERATOR, a_person(f"writer {writer} number {number}"), NOW)
    return writer


def test_eight_processes_write_at_once_and_nothing_is_lost(records: Records) -> None:
    url = str(records.engine.url)
    assert in_processes(_save_people, [url] * WRITERS, range(WRITERS)) == list(range(WRITERS))
    expected = {f"writer {writer} number {n}" for writer in range(WRITERS) for n in range(WRITES)}
    assert {each.name for each in people(records)} == expected
    assert len(audit_log(records, OPERATOR)) == WRITERS * WRITES
    assert verify_audit(records) is None


def three_changes(records: Records) -> None:
    for name in ("first", "second", "third"):
        save_person(records, OPERATOR, a_person(name), NOW)


def sql(records: Records, statement: str) -> None:
    with records.engine.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"])
def test_the_database_itself_refuses_to_change_the_log(records: Records, statement: str) -> None:
    three_changes(records)
    with pytest.raises(IntegrityError, match="only ever added to"):
        sql(records, statement)
    assert verify_audit(records) is None


@pytest.mark.parametrize("column", ["at", "actor", "action", "subject", "after", "hash"])
def test_a_row_edited_past_the_trigger_is_found(records: Records, column: str) -> None:
    three_changes(records)
    sql(records, "DROP TRIGGER audit_log_refuses_update")
    sql(records, f"UPDATE audit_log SET {column} = 'forged' WHERE seq = 2")
    assert verify_audit(records) == 2


@pytest.mark.parametrize("seq", [1, 2, 3])
def test_a_row_removed_past_the_trigger_is_found_the_last_one_too(
    records: Records, seq: int
) -> None:
    three_changes(records)
    sql(records, "DROP TRIGGER audit_log_refuses_delete")
    sql(records, f"DELETE FROM audit_log WHERE seq = {seq}")
    assert verify_audit(records) == seq


def test_an_entry_says_who_when_what_before_and_after(records: Records) -> None:
    form = a_person("Head of casting")
    save_person(records, OPERATOR, form, NOW)
    renamed = form.model_copy(update={"name": "Head of foundry"})
    save_person(records, OPERATOR, renamed, NOW + timedelta(hours=1))
    latest, first = audit_log(records, OPERATOR, "person:head-of-casting")
    assert (latest.actor, latest.action) == ("operator", "edit_person")
    assert latest.at == "2026-11-23T10:00:00.000000+00:00"
    assert json.loads(str(latest.before)) == {"name": "Head of casting"}
    assert json.loads(str(latest.after)) == {"name": "Head of foundry"}
    assert first.before is None


def test_a_write_that_changes_nothing_leaves_no_entry(records: Records) -> None:
    save_person(records, OPERATOR, a_person(), NOW)
    save_person(records, OPERATOR, a_person(), NOW)
    assert len(audit_log(records, OPERATOR)) == 1


def test_order_is_that_of_writing_when_the_clock_is_set_back(records: Records) -> None:
    save_person(records, OPERATOR, a_person("first"), NOW)
    save_person(records, OPERATOR, a_person("second"), NOW - timedelta(hours=1))
    assert [each.subject for each in audit_log(records, OPERATOR)] == [
        "person:second",
        "person:first",
    ]
    assert verify_audit(records) is None


def test_the_log_is_not_for_viewers(records: Records) -> None:
    with pytest.raises(NotAllowedError, match="viewer"):
        audit_log(records, an_actor("viewer"))


def test_nothing_in_the_room_of_records_deletes() -> None:
    import data.records

    for path in Path(data.records.__file__).parent.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert ".delete(" not in source, path
        assert "DELETE FROM" not in source, path
        assert "import delete" not in source, path
