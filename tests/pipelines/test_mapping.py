"""Mappings: what they may say, and that everything wrong is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import DefinitionError
from pipelines.mapping import load_mappings
from pipelines.mapping.theirs import needed_headers
from tests.support.submitting import TABLES, a_mapping

GOOD = """
[crm]
title = "Complaints of the customer system"
table = "complaints"
files = "crm_*.csv"
dates = ["%d.%m.%Y"]
decimal = ","
where = "Status <> 'draft'"

[crm.columns]
complaint_id = "No"
severity = "Class"

[crm.types]
Year = "integer"

[crm.constants]
process = "customer-service"

[crm.derive]
received_on = "make_date(Year, 1, 1)"

[crm.values.severity]
A = "critical"
"""


def load(folder: Path, **texts: str) -> None:
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    for name, text in texts.items():
        (sources / f"{name}.toml").write_text(text)


def problems(folder: Path) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        load_mappings(folder / "sources", TABLES)
    return [str(problem) for problem in caught.value.problems]


def test_a_mapping_is_read_by_its_sections_name(tmp_path: Path) -> None:
    load(tmp_path, crm=GOOD)
    mapping = load_mappings(tmp_path / "sources", TABLES)["crm"]
    assert mapping.files == ("crm_*.csv",)
    assert mapping.columns == {"complaint_id": "No", "severity": "Class"}
    assert needed_headers(mapping) == ("No", "Class", "Year", "Status")


def test_a_site_without_sources_has_no_mappings(tmp_path: Path) -> None:
    assert load_mappings(tmp_path / "sources", TABLES) == {}
    assert load_mappings(None, TABLES) == {}


def test_every_problem_of_every_file_is_told_with_key_and_near_miss(tmp_path: Path) -> None:
    load(
        tmp_path,
        a=GOOD.replace('table = "complaints"', 'table = "complaint"'),
        b=GOOD.replace("[crm", "[crn")
        .replace("severity =", "severty =")
        .replace('A = "critical"', 'A = "criticl"')
        .replace("Status <> 'draft'", "Status <> ")
        .replace('files = "crm_*.csv"', 'fils = "crm_*.csv"'),
        c="x = 1",
        d="[crm\n",
    )
    assert problems(tmp_path) == [
        "sources/a.toml, crm.table: there is no table 'complaint'. Did you mean 'complaints'?",
        "sources/b.toml, crn.fils: unknown key 'fils'. Did you mean 'files'?",
        "sources/c.toml, x: stands outside a section. Every mapping is a section: [x].",
        *[p for p in problems(tmp_path) if p.startswith("sources/d.toml")],
    ]


def test_columns_values_and_expressions_are_checked_against_the_table(tmp_path: Path) -> None:
    load(
        tmp_path,
        b=GOOD.replace("severity = ", "severty = ")
        .replace('A = "critical"', 'A = "criticl"')
        .replace("Status <> 'draft'", "length(Status)"),
    )
    assert problems(tmp_path) == [
        "sources/b.toml, crm.columns.severty: table 'complaints' has no column 'severty'. "
        "Did you mean 'severity'?",
        "sources/b.toml, crm.values.severity: has nothing to translate: no column of the file "
        "fills it.",
        "sources/b.toml, crm.values.severity.A: 'criticl' is not allowed there. "
        "Did you mean 'critical'?",
        "sources/b.toml, crm.where: gives a integer; a row filter is true or false.",
    ]


def test_a_required_column_nothing_fills_is_told(tmp_path: Path) -> None:
    load(tmp_path, b=GOOD.replace('complaint_id = "No"\n', ""))
    assert problems(tmp_path) == [
        "sources/b.toml, crm.columns: complaint_id is required, and nothing fills it."
    ]


def test_a_column_filled_twice_and_a_constant_of_the_wrong_type_are_told(tmp_path: Path) -> None:
    load(
        tmp_path,
        b=GOOD.replace(
            'process = "customer-service"',
            'process = "x"\nseverity = "minor"\ncost = "ten"',
        ),
    )
    assert problems(tmp_path) == [
        "sources/b.toml, crm.columns.severity: is filled more than once. Keep one of them.",
        "sources/b.toml, crm.constants.cost: 'ten' is not a number like 1250.5.",
        "sources/b.toml, crm.values.severity: has nothing to translate: no column of the file "
        "fills it.",
    ]


def test_two_formats_that_read_one_text_as_two_days_are_refused(tmp_path: Path) -> None:
    load(tmp_path, b=GOOD.replace('["%d.%m.%Y"]', '["%d/%m/%Y", "%m/%d/%Y"]'))
    assert "read 03/04 as two days" in problems(tmp_path)[0]


def test_one_mark_cannot_be_both_decimal_sign_and_between_thousands(tmp_path: Path) -> None:
    load(tmp_path, b=GOOD.replace('decimal = ","', 'decimal = ","\nthousands = ","'))
    assert problems(tmp_path) == ["sources/b.toml, crm.thousands: ',' is the decimal sign already."]


def test_two_mappings_of_one_name_are_told(tmp_path: Path) -> None:
    load(tmp_path, a=GOOD, b=GOOD)
    assert problems(tmp_path) == ["sources/b.toml, crm: there is another mapping of this name."]


def test_the_hash_of_a_mapping_is_of_what_it_does_to_a_file() -> None:
    one = a_mapping()
    assert a_mapping(title="Other", owner="anna", files="z*").content_hash == one.content_hash
    assert a_mapping(where="No <> '1'").content_hash != one.content_hash
