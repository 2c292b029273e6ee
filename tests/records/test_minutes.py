"""The minutes of a review from one file: all recorded, or none and every problem said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.errors import DefinitionError, NotAllowedError, NotFoundError
from data.records.actions import actions
from data.records.audit import audit_log
from data.records.meetings import decisions, review_inputs
from data.records.minutes import MinutesReport, record_review_file
from data.records.records import Records
from data.records.reviews import create_review, review
from tests.support.people import NOW, OPERATOR, a_review, an_actor, with_people

Q3 = "2026-q3"
TOPICS = ("resources", "customer_satisfaction", "previous_actions")

MINUTES = """
held_on = 2026-10-14
attendance = ["Managing director", "Head of quality"]

[narratives]
customer_satisfaction = "Complaints rose with the new line."

[waivers]
resources = "Covered in the June review."

[[decisions]]
topic = "customer_satisfaction"
kind = "improvement"
text = "Find out why line 2 is late."
owner = "Head of casting"
due_on = 2026-11-30
answers = "late_deliveries"
disposition = "investigate"

[[decisions.actions]]
title = "Measure the changeover of line 2"
owner = "Head of casting"
due_on = 2026-11-15
expected_effect = "the cause is known"

[[actions]]
title = "Replace the moulds"
owner = "Head of quality"
due_on = 2026-12-31
expected_effect = "scrap below 3 %"

[[completed]]
action = "A-2"
done_by = "Head of quality"
done_on = 2026-10-20

[[verified]]
action = "A-2"
verified_by = "Head of casting"
verified_on = 2026-11-20
evidence = "scrap 2.1 % since the change"

[conclusion]
suitable = true
adequate = true
effective = false
aligned = true
text = "Delivery needs work."
"""


@pytest.fixture
def planned(records: Records) -> Records:
    with_people(records, "Head of casting", "Head of quality")
    create_review(records, OPERATOR, a_review(), NOW)
    return records


def record(records: Records, text: str, folder: Path) -> MinutesReport:
    path = folder / "minutes.toml"
    path.write_text(text, encoding="utf-8")
    return record_review_file(records, OPERATOR, Q3, path, TOPICS, NOW)


def test_everything_in_the_file_is_recorded(planned: Records, tmp_path: Path) -> None:
    report = record(planned, MINUTES, tmp_path)
    assert (report.decisions, report.actions) == (("D-1",), ("A-1", "A-2"))
    held = review(planned, Q3)
    assert (held.state, held.held_on) == ("held", date(2026, 10, 14))
    assert held.attendance == ["Managing director", "Head of quality"]
    assert held.conclusion is not None
    assert held.conclusion["effective"] is False
    said = {each.topic: (each.narrative, each.waived_reason) for each in review_inputs(planned, Q3)}
    assert said == {
        "customer_satisfaction": ("Complaints rose with the new line.", None),
        "resources": (None, "Covered in the June review."),
    }
    first, second = actions(planned)
    assert (first.decision, first.review, first.opened_on) == ("D-1", Q3, date(2026, 10, 14))
    assert (second.decision, second.state, second.done_by) == (None, "verified", "head-of-quality")


def test_recording_the_same_minutes_twice_changes_nothing(planned: Records, tmp_path: Path) -> None:
    record(planned, MINUTES, tmp_path)
    entries = len(audit_log(planned, OPERATOR))
    again = record(planned, MINUTES, tmp_path)
    assert (again.changed, again.decisions, again.actions) == (0, ("D-1",), ("A-1", "A-2"))
    assert len(audit_log(planned, OPERATOR)) == entries


def test_every_problem_is_said_and_nothing_is_recorded(planned: Records, tmp_path: Path) -> None:
    wrong = (
        MINUTES.replace("[[completed]]", "[[complted]]")
        .replace('disposition = "investigate"', 'disposition = "noted"')
        .replace("resources =", "resurces =")
        .replace('owner = "Head of quality"', 'owner = "Head of qualty"')
        .replace('evidence = "scrap 2.1 % since the change"', 'evidence = ""')
        .replace("effective = false", 'effective = "partly"')
        .replace("attendance", "atendance")
    )
    entries = len(audit_log(planned, OPERATOR))
    with pytest.raises(DefinitionError) as refused:
        record(planned, wrong, tmp_path)
    assert [str(problem) for problem in refused.value.problems] == [
        "minutes.toml, [[actions]] 1: there is no person 'Head of qualty'. "
        "Did you mean 'Head of quality'?",
        "minutes.toml, [[decisions]] 1: a signal cannot be answered 'noted': accept it with a "
        "reason, investigate, or act.",
        "minutes.toml, [[verified]] 1.evidence: is empty. Write something, or leave the key out.",
        "minutes.toml, atendance: unknown key 'atendance'. Did you mean 'attendance'?",
        "minutes.toml, complted: unknown key 'complted'. Did you mean 'completed'?",
        "minutes.toml, conclusion.effective: must be true or false, not 'partly'.",
        "minutes.toml, waivers.resurces: there is no topic 'resurces'. Did you mean 'resources'?",
    ]
    assert review(planned, Q3).state == "planned"
    assert (decisions(planned), actions(planned), review_inputs(planned, Q3)) == ([], [], [])
    assert len(audit_log(planned, OPERATOR)) == entries


def test_minutes_of_a_review_there_is_not_are_refused(planned: Records, tmp_path: Path) -> None:
    path = tmp_path / "minutes.toml"
    path.write_text(MINUTES, encoding="utf-8")
    with pytest.raises(NotFoundError, match="there is no review '2027'"):
        record_review_file(planned, OPERATOR, "2027", path, TOPICS, NOW)
    with pytest.raises(NotAllowedError):
        record_review_file(planned, an_actor("top_management"), Q3, path, TOPICS, NOW)
