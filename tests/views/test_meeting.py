"""Deciding, concluding and sealing from the page: what is missing is said all at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

from dashboard.company import exports, meetings, packs, sealed_packs
from dashboard.company.meetings import Minutes
from dashboard.company.opened import Company
from data.errors import Clause9Error, UsageError
from tests.support.pages import AT, OPERATOR, REVIEW, a_company

VERDICTS = dict.fromkeys(meetings.CONCLUDED, True)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company.open(a_company(tmp_path / "works"), today=date(2026, 10, 20), now=AT)


def test_a_decision_says_everything_it_lacks_at_once(company: Company) -> None:
    decision = {"topic": "resources", "kind": "change", "text": " ", "owner": None}
    with pytest.raises(UsageError) as refused:
        meetings.decide(company, REVIEW, decision, ("Buy a desk", ""), actor=OPERATOR, at=AT)
    assert str(refused.value) == (
        "Write what is decided. Name who carries it out. Say by when. "
        "Say what the action is expected to change, so that it can be checked."
    )


def test_minutes_say_everything_they_lack_at_once(company: Company) -> None:
    minutes = Minutes(None, (), {"suitable": True, "text": ""})
    with pytest.raises(UsageError) as refused:
        meetings.record_minutes(company, REVIEW, minutes, actor=OPERATOR, at=AT)
    assert "on which day" in str(refused.value)
    assert "who was present" in str(refused.value)
    assert "adequate, effective, aligned" in str(refused.value)


def test_a_sealed_pack_is_served_whole_and_never_changed(company: Company) -> None:
    close(company)
    pack = exports.sealed_pack(company, REVIEW, actor=OPERATOR)
    with ZipFile(pack) as archive:
        assert "closed" in archive.read("review.html").decode()
    assert sealed_packs.verify(pack).is_sound
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes() + b"x")
    with pytest.raises(Clause9Error, match="not the one that was sealed"):
        exports.sealed_pack(company, REVIEW, actor=OPERATOR)


def close(company: Company) -> None:
    """Leave out every gap with a reason, hold the review, and seal it."""
    meeting = meetings.open_meeting(company, REVIEW)
    for item in meeting.assembly.inputs:
        if item.state == "gap":
            meetings.waive(company, REVIEW, item.topic, "Reported apart.", actor=OPERATOR, at=AT)
    minutes = Minutes(date(2026, 10, 14), ("Managing director",), VERDICTS | {"text": "It works."})
    meetings.record_minutes(company, REVIEW, minutes, actor=OPERATOR, at=AT)
    packs.close(company, REVIEW, actor=OPERATOR, at=AT)
