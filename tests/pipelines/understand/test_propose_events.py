"""A list of events is known by its headers; what is needed and not plain is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import RefusedInputError
from pipelines.mapping.checks import mapping_findings
from pipelines.understand import propose
from pipelines.understand.matching import matched
from tests.support.drawn_sheets import questions, the_block, the_mapping, the_proposal
from tests.support.files import a_csv
from tests.support.submitting import TABLES

COMPLAINTS = """
Export of the help desk
Complaint no | Received on | Closed on  | Severity | Site  | Agent
C-1          | 13.01.2026  | 20.01.2026 | Major    | Porto | Ana
C-2          | 14.01.2026  |            | low      | Lille | Bo
C-3          | 15.01.2026  | 16.01.2026 | minor    | Porto | Ana
"""


def test_the_headers_of_a_table_are_known_and_values_are_put_into_our_words() -> None:
    proposal = the_proposal(COMPLAINTS)
    assert set(questions(proposal)) == {"process", "values.severity.low"}
    assert questions(proposal)["values.severity.low"] == ("minor", "major", "critical")
    mapping = the_mapping(proposal, {"process": "sales", "values.severity.low": "minor"})
    assert mapping.table == "complaints"
    assert mapping.columns == {
        "complaint_id": "Complaint no",
        "received_on": "Received on",
        "severity": "Severity",
        "closed_on": "Closed on",
        "site": "Site",
    }
    assert mapping.values == {"severity": {"Major": "major", "low": "minor"}}
    assert (mapping.dates, mapping.header_row) == (("%d.%m.%Y",), 2)
    assert "Columns left out: 'Agent'." in proposal.why
    assert list(mapping_findings(mapping, TABLES)) == []


def test_a_column_may_be_put_right_by_an_answer_nobody_asked_for() -> None:
    answers = {"process": "sales", "values.severity.low": "minor", "column.site": "leave out"}
    assert "site" not in the_mapping(the_proposal(COMPLAINTS), answers).columns
    answers["column.customer"] = "Agent"
    assert the_mapping(the_proposal(COMPLAINTS), answers).columns["customer"] == "Agent"


def test_which_date_is_ours_is_asked_where_no_header_says_it() -> None:
    proposal = the_proposal("""
complaint_id | customer | When       | Product
C-1          | ACME     | 2026-01-13 | Jar
C-2          | BETA     | 2026-01-14 | Lid
""")
    assert questions(proposal)["column.received_on"] == ("When",)
    mapping = the_mapping(proposal, {"column.received_on": "When", "process": "sales"})
    assert mapping.columns["received_on"] == "When"


def test_names_are_matched_by_words_and_near_misses_and_never_against_what_cells_hold() -> None:
    block = the_block("""
recieved_on | Severity   | Product
2026-01-13  | 2026-01-15 | Jar
2026-01-14  | 2026-01-16 | Lid
""")
    found = matched(block, TABLES["complaints"])
    assert found["received_on"][0] == 0
    assert "severity" not in found
    assert found["product"] == (2, 1.0)


def test_where_the_table_is_said_what_its_headers_do_not_say_is_asked_for(tmp_path: Path) -> None:
    path = a_csv(tmp_path / "k.csv", "Nr;Am;Wer\nK1;13.01.2026;ACME\nK2;14.01.2026;BETA\n")
    with pytest.raises(RefusedInputError, match="--table complaints"):
        propose(path, "k.csv", TABLES)
    (proposal,) = propose(path, "k.csv", TABLES, table="complaints", processes=["sales"])
    assert questions(proposal) == {
        "column.complaint_id": ("Nr", "Wer"),
        "column.received_on": ("Am",),
        "process": ("sales",),
    }
    answers = {"column.complaint_id": "Nr", "column.received_on": "Am", "process": "sales"}
    mapping = the_mapping(proposal, answers)
    assert mapping.columns == {"complaint_id": "Nr", "received_on": "Am"}
    assert mapping.separator == ";"
