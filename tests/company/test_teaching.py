"""Saying once how a file is read: who may, what is written, and what stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.company import handing_in, teaching
from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn
from dashboard.company.teaching import Reading
from data.errors import NotAllowedError, UsageError
from data.records.access import Actor
from data.records.audit import audit_log
from pipelines.mapping import Mapping as Definition
from pipelines.understand import Proposal, answered
from tests.support.pages import AT, OPERATOR, an_empty_company

CLAIMS = "Claim,Came in,Grade\nR-1,2026-09-02,minor\n"

READING = Reading(
    "complaints",
    None,
    1,
    {"complaint_id": "Claim", "received_on": "Came in", "severity": "Grade"},
    {"process": "customer-service"},
)

OWNER = Actor("Head of customer service", frozenset({"owner"}), frozenset({"customer-service"}))


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return opened(an_empty_company(tmp_path / "works"))


def opened(root: Path) -> Company:
    return Company.open(root, today=AT.date(), now=AT)


def a_mapping(company: Company, **constants: str) -> Definition:
    reading = Reading("complaints", None, 1, READING.columns, constants or READING.constants)
    return teaching.mapping_of(company, reading, "claims", "claims_*.csv")


def test_a_reading_is_written_to_sources_and_read_from_there(company: Company) -> None:
    path = teaching.remember(company, a_mapping(company), actor=OPERATOR, at=AT)
    assert path == company.workspace.root / "sources" / "claims.toml"
    again = opened(company.workspace.root)
    given = HandedIn("claims_2026-09.csv", CLAIMS.encode())
    found = handing_in.check(again, given, lambda _: None, actor=OPERATOR)
    assert (found.batch.new, found.cells) == (1, ())
    assert handing_in.source_of(again, given) == "claims"


def test_who_taught_a_reading_and_what_it_said_before_is_in_the_audit_log(
    company: Company,
) -> None:
    teaching.remember(company, a_mapping(company), actor=OPERATOR, at=AT)
    again = opened(company.workspace.root)
    other = a_mapping(again, process="logistics")
    teaching.remember(again, other, actor=OPERATOR, at=AT)
    noted = [
        each for each in audit_log(again.records, OPERATOR) if each.action == "remember_mapping"
    ]
    assert [each.subject for each in noted] == ["mapping:claims", "mapping:claims"]
    assert {each.actor for each in noted} == {"Quality manager"}
    texts = " ".join(str(each.model_dump()) for each in noted)
    assert "customer-service" in texts
    assert "logistics" in texts


def test_an_owner_teaches_what_brings_rows_of_the_own_process_alone(company: Company) -> None:
    teaching.remember(company, a_mapping(company), actor=OWNER, at=AT)
    again = opened(company.workspace.root)
    with pytest.raises(NotAllowedError, match="may not remember mapping"):
        teaching.remember(again, a_mapping(again, process="logistics"), actor=OWNER, at=AT)
    viewer = Actor("Visitor", frozenset({"viewer"}))
    with pytest.raises(NotAllowedError):
        teaching.remember(again, a_mapping(again), actor=viewer, at=AT)
    assert "logistics" not in (again.workspace.root / "sources/claims.toml").read_text("utf-8")


def test_what_cannot_be_read_is_said_before_anything_is_written(company: Company) -> None:
    reading = Reading("complaints", None, 1, {"complaint_id": "Claim"})
    with pytest.raises(UsageError, match="cannot be read like this yet"):
        teaching.mapping_of(company, reading, "claims", "claims_*.csv")
    mapping = a_mapping(company).model_copy(update={"name": "Claims 2026"})
    with pytest.raises(UsageError, match="cannot name a mapping"):
        teaching.remember(company, mapping, actor=OPERATOR, at=AT)
    assert not [*(company.workspace.root / "sources").glob("*.toml")]
    assert not [e for e in audit_log(company.records, OPERATOR) if e.action == "remember_mapping"]


def test_what_a_person_does_not_correct_stays_as_it_was(company: Company) -> None:
    before = a_mapping(company).model_copy(
        update={"title": "Claims", "where": "Grade <> 'none'", "cadence": "month"}
    )
    reading = Reading("complaints", None, 3, READING.columns, READING.constants)
    after = teaching.mapping_of(company, reading, "claims", "", before)
    assert (after.title, after.where, after.cadence) == ("Claims", "Grade <> 'none'", "month")
    assert (after.header_row, after.files) == (3, ("claims_*.csv",))


def test_figures_by_period_are_proposed_with_what_is_to_be_decided(company: Company) -> None:
    text = "KPI,Jan 2026,Feb 2026,Mar 2026\nScrap,1.5,2.5,3.5\nRework,4,5,6\n"
    found = teaching.study(company, HandedIn("kpi_2026.csv", text.encode()))
    (proposal,) = found.proposals
    assert proposal.questions
    settled: Proposal | Definition = proposal
    given: dict[str, str] = {}
    while isinstance(settled, Proposal):
        given |= {q.key: q.choices[0] if q.choices else "quality" for q in settled.questions}
        settled = answered(proposal, given)
    mapping = teaching.renamed(settled, "kpi", "kpi_*.csv")
    teaching.remember(company, mapping, actor=OPERATOR, at=AT)
    again = opened(company.workspace.root)
    given_in = HandedIn("kpi_2026.csv", text.encode())
    checked = handing_in.check(again, given_in, lambda _: None, actor=OPERATOR)
    assert (checked.batch.new, checked.cells) == (6, ())


def test_a_file_without_figures_says_why_none_are_proposed(company: Company) -> None:
    found = teaching.study(company, HandedIn("claims.csv", CLAIMS.encode()))
    assert found.proposals == ()
    assert found.why_none
    assert teaching.likely_header_row(found.sheets[0]) == 1
    assert teaching.headers(found.sheets[0], 1) == {"A": "Claim", "B": "Came in", "C": "Grade"}
