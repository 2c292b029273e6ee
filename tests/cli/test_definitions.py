"""Definition errors: every problem of every file in one report, and exit 1 whatever was asked."""

from __future__ import annotations

import pytest

from tests.support.command_line import MAPPING, METRICS, Site

NEW_TABLE = """
[table]
title = "Shifts"
meaning = "One row is one shift."
key = ["shift_id"]
dated_by = "held_on"
[columns.shift_id]
type = "txt"
meaning = "Its number."
[columns.held_on]
type = "date"
meaning = "The day."
"""

SHIFTS_SOURCE = """
[shifts]
table = "shifts"
files = "shifts.csv"
[shifts.columns]
shift_id = "No"
held_on = "Day"
[shifts.constants]
process = "machining"
"""


def test_sound_definitions_are_counted(site: Site) -> None:
    answer = site.done("check", "--json")
    assert answer.json["problems"] == []
    assert (answer.json["mappings"], answer.json["metrics"]) == (1, 2)
    assert "no problem found" in answer.err


@pytest.mark.parametrize("command", [("check",), ("metrics", "list"), ("compute",), ("rebuild",)])
def test_three_broken_files_come_as_one_report(site: Site, command: tuple[str, ...]) -> None:
    site.defines("tables", shifts=NEW_TABLE)
    site.defines("sources", desk=MAPPING.replace("received_on =", "recieved_on ="))
    site.defines("metrics", customers=METRICS.replace('table = "outputs"', 'table = "output"'))
    answer = site.run(*command)
    assert (answer.code, answer.out) == (1, "")
    assert "Traceback" not in answer.err
    lines = answer.err.splitlines()
    assert any("tables/shifts.toml, columns.shift_id.type" in x and "'txt'" in x for x in lines)
    assert any(
        "sources/desk.toml, crm.columns.recieved_on" in line
        and "Did you mean 'received_on'?" in line
        for line in lines
    )
    assert any(
        "metrics/customers.toml, complaint_rate.measure.denominator" in line
        and "'output'" in line
        and "Did you mean 'outputs'?" in line
        for line in lines
    )


def test_what_follows_from_an_unread_table_is_no_problem_of_its_own(site: Site) -> None:
    site.defines("tables", shifts=NEW_TABLE)
    site.defines("sources", desk=MAPPING, shifts=SHIFTS_SOURCE)
    problems = site.run("check", "--json").json["problems"]
    assert [problem["file"] for problem in problems] == ["tables/shifts.toml"]


def test_settings_and_definitions_are_reported_together(site: Site) -> None:
    settings = (site.root / "clause9.toml").read_text(encoding="utf-8")
    (site.root / "clause9.toml").write_text(settings + "\nfiscal_yaer_start = 4\n")
    site.defines("metrics", customers=METRICS.replace('better = "lower"', 'better = "lowest"'))
    answer = site.run("check", "--json")
    assert answer.code == 1
    files = {problem["file"] for problem in answer.json["problems"]}
    assert files == {"clause9.toml", "metrics/customers.toml"}
    assert "fiscal_year_start" in answer.err


def test_a_file_that_is_no_toml_is_named_with_the_line(site: Site) -> None:
    site.defines("metrics", customers=METRICS + "\n[complaints_again\n")
    answer = site.run("check")
    assert answer.code == 1
    assert "metrics/customers.toml" in answer.err
    assert "line" in answer.err
