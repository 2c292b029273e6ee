"""Sealing a review: what is on record is what lies there, whoever else acts meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest

from dashboard.company import exports, meetings, packs, sealed_packs
from dashboard.company.meetings import Minutes
from dashboard.company.opened import Company
from data.errors import Clause9Error
from data.warehouse import Reader
from metrics.review.model import Assembly
from metrics.review.pack import PackParts, SealedPack, seal
from tests.support.pages import AT, OPERATOR, REVIEW, a_company

VERDICTS = dict.fromkeys(meetings.CONCLUDED, True)


@pytest.fixture
def held(tmp_path: Path) -> Company:
    """Give a company whose review is held and can be closed."""
    company = Company.open(a_company(tmp_path / "works"), today=date(2026, 10, 20), now=AT)
    for item in meetings.open_meeting(company, REVIEW).assembly.inputs:
        if item.state == "gap":
            meetings.waive(company, REVIEW, item.topic, "Reported apart.", actor=OPERATOR, at=AT)
    minutes = Minutes(date(2026, 10, 14), ("Managing director",), VERDICTS | {"text": "It works."})
    meetings.record_minutes(company, REVIEW, minutes, actor=OPERATOR, at=AT)
    return company


def close(company: Company) -> None:
    packs.close(company, REVIEW, actor=OPERATOR, at=AT)


def after_sealing(happens: Callable[[], None]) -> object:
    """Let something happen once, between the sealing and the signing."""
    left = [happens]

    def sealed(path: Path, assembly: Assembly, parts: PackParts, reader: Reader) -> SealedPack:
        made = seal(path, assembly, parts, reader)
        if left:
            left.pop()()
        return made

    return sealed


def in_the_folder(company: Company) -> list[str]:
    return [path.name for path in sealed_packs.path_of(company, REVIEW).parent.iterdir()]


def is_on_record(company: Company) -> bool:
    lies_there = sealed_packs.path_of(company, REVIEW).read_bytes()
    return sha256(lies_there).hexdigest() == meetings.find(company, REVIEW).pack_sha256


def test_a_pack_that_was_replaced_is_shown_nowhere(held: Company) -> None:
    close(held)
    pack = sealed_packs.path_of(held, REVIEW)
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes() + b"x")
    with pytest.raises(Clause9Error, match="is not the one that was sealed: its SHA-256 is"):
        packs.page_text(held, REVIEW, actor=OPERATOR, at=AT)
    with pytest.raises(Clause9Error, match="is not the one that was sealed: its SHA-256 is"):
        exports.sealed_pack(held, REVIEW, actor=OPERATOR)


def test_what_is_recorded_while_sealing_keeps_the_review_open(held: Company) -> None:
    def ask_again() -> None:
        meetings.ask_again(held, REVIEW, "context", actor=OPERATOR, at=AT)

    with (
        patch.object(packs, "seal", after_sealing(ask_again)),
        pytest.raises(Clause9Error, match="Something was recorded while Review of the summer"),
    ):
        close(held)
    assert meetings.find(held, REVIEW).state == "held"
    assert in_the_folder(held) == []
    with pytest.raises(Clause9Error, match="neither fed nor waived"):
        close(held)
    meetings.waive(held, REVIEW, "context", "Reported apart.", actor=OPERATOR, at=AT)
    close(held)
    assert is_on_record(held)


def test_of_two_who_close_at_once_one_seals_and_the_other_changes_nothing(held: Company) -> None:
    with (
        patch.object(packs, "seal", after_sealing(lambda: close(held))),
        pytest.raises(Clause9Error, match="Something was recorded"),
    ):
        close(held)
    assert meetings.find(held, REVIEW).state == "closed"
    assert in_the_folder(held) == [f"{REVIEW}.zip"]
    assert is_on_record(held)


def test_a_crash_before_the_signature_is_kept_leaves_an_open_review_that_closes(
    held: Company,
) -> None:
    with (
        patch.object(packs, "sync_folder", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        close(held)
    assert meetings.find(held, REVIEW).state == "held"
    close(held)
    assert is_on_record(held)


def test_a_closed_review_says_what_was_sealed_whatever_is_recorded_since(held: Company) -> None:
    before = meetings.assembled(held, REVIEW)
    assert not before["sealed"]
    close(held)
    rows = meetings.status(held, REVIEW)
    assert rows == meetings.status(held, None)
    (held.workspace.metrics_folder / "customers.toml").unlink()
    root = held.workspace.root
    later = Company.open(root, today=date(2027, 3, 1), now=AT)
    after = meetings.assembled(later, REVIEW)
    assert after["sealed"]
    assert after["as_of"] == before["as_of"].isoformat()
    assert [each["figures"] for each in after["inputs"] if each["figures"]]
    assert [each["headline"] for each in after["ranked"]] == [
        each["headline"] for each in before["ranked"]
    ]
    assert meetings.status(later, REVIEW) == rows
