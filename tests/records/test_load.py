"""A company set up from a file: all of it or nothing, every problem said, twice as once."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import DefinitionError, NotAllowedError, UsageError
from data.records.audit import audit_log
from data.records.events import events
from data.records.export import export_records
from data.records.load import load_records
from data.records.objectives import objectives
from data.records.people import owner_of, owners, people, processes
from data.records.records import Records
from data.records.targets import Measured, targets
from tests.support.people import NOW, OPERATOR, an_actor, fresh_records

COMPANY = """
[[people]]
name = "Head of casting"
role = "owner"
email = "casting@example.org"

[[people]]
id = "porto"
name = "Head of Porto"

[[processes]]
id = "casting"
title = "Casting \\"line 2\\" — α"

[[owners]]
process = "casting"
person = "Head of casting"
from_on = 2024-01-01

[[owners]]
process = "casting"
dimension = "site"
value = "Porto"
person = "porto"
from_on = 2025-01-01
to_on = 2026-12-31

[[objectives]]
id = "less-scrap"
title = "Halve scrap"
policy = "We make it right the first time."
process = "casting"
metric = "scrap_percent"
what = "scrap below 2 %"
resources = "new moulds for line 2"
owner = "Head of casting"
due_on = 2027-06-30
evaluation = "monthly, p chart"

[[targets]]
metric = "scrap_percent"
kind = "at_most"
high = 4
from_on = 2025-01-01
approver = "Head of quality"
reason = "last year's mean"

[[targets]]
metric = "scrap_percent"
slice = { site = "Porto" }
kind = "band"
low = 0.5
high = 2.5
from_on = 2026-01-01
approver = "Head of quality"
reason = "new moulds"
objective = "less-scrap"

[[events]]
on = 2026-03-02
title = "New moulds on line 2"
process = "casting"
"""


def load(records: Records, text: str, folder: Path, *metrics: str) -> tuple[int, int]:
    path = folder / "company.toml"
    path.write_text(text, encoding="utf-8")
    known = {name: Measured(name) for name in metrics}
    report = load_records(records, OPERATOR, path, NOW, known or None)
    return report.changed, report.unchanged


def problems_of(records: Records, text: str, folder: Path, *metrics: str) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        load(records, text, folder, *metrics)
    return [str(problem) for problem in refused.value.problems]


def test_a_company_is_set_up_from_a_file(records: Records, tmp_path: Path) -> None:
    assert load(records, COMPANY, tmp_path) == (9, 0)
    assert [each.id for each in people(records)] == ["head-of-casting", "porto"]
    assert [each.title for each in processes(records)] == ['Casting "line 2" — α']
    owner = owner_of(records, "casting", {"site": "Porto"}, date(2026, 5, 1))
    assert owner is not None
    assert owner.name == "Head of Porto"
    assert [each.owner for each in objectives(records)] == ["head-of-casting"]
    assert [each.slice for each in targets(records)] == ['{"site":"Porto"}', "{}"]
    assert [each.title for each in events(records)] == ["New moulds on line 2"]


def test_loading_twice_changes_nothing_and_audits_nothing(records: Records, tmp_path: Path) -> None:
    load(records, COMPANY, tmp_path)
    entries = len(audit_log(records, OPERATOR))
    path = tmp_path / "company.toml"
    again = load_records(records, OPERATOR, path, NOW + timedelta(days=90))
    assert (again.changed, again.unchanged) == (0, 9)
    assert len(audit_log(records, OPERATOR)) == entries


def test_a_changed_entry_is_brought_up_to_the_file(records: Records, tmp_path: Path) -> None:
    load(records, COMPANY, tmp_path)
    moved = COMPANY.replace("casting@example.org", "foundry@example.org")
    assert load(records, moved.replace("2026-12-31", "2027-03-31"), tmp_path) == (2, 7)
    assert people(records)[0].email == "foundry@example.org"
    assert [each.to_on for each in owners(records)] == [None, date(2027, 3, 31)]


def test_what_is_exported_loads_into_the_same_records(records: Records, tmp_path: Path) -> None:
    load(records, COMPANY, tmp_path)
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    assert export_records(records, first) == 9
    with fresh_records(tmp_path / "other") as other:
        load_records(other, OPERATOR, first, NOW)
        export_records(other, second)
    assert second.read_text() == first.read_text()
    report = load_records(records, OPERATOR, first, NOW)
    assert (report.changed, report.unchanged) == (0, 9)


def test_every_problem_of_a_file_is_said_at_once_and_nothing_is_stored(
    records: Records, tmp_path: Path
) -> None:
    wrong = (
        COMPANY.replace('role = "owner"', 'role = "ownr"')
        .replace('id = "porto"', 'id = "Porto!"')
        .replace('person = "porto"', 'person = "Head of Port"')
        .replace("due_on = 2027-06-30", 'due_on = "30.06.2027"')
        .replace("high = 4", 'high = "≤ 4 %"')
        .replace('metric = "scrap_percent"\nslice', 'metric = "scrap_percnt"\nslice')
        .replace('process = "casting"\n', 'process = "castin"\n', 1)
        .replace("[[events]]", "[[event]]")
    )
    said = problems_of(records, wrong, tmp_path, "scrap_percent")
    assert said == [
        "company.toml, [[objectives]] 1.due_on: '30.06.2027' is no date. Write it like 2026-09-30.",
        "company.toml, [[owners]] 1: there is no process 'castin'. Did you mean 'casting'?",
        "company.toml, [[owners]] 2: there is no person 'Head of Port'. "
        "Add them to [[people]] first.",
        "company.toml, [[people]] 1.role: 'ownr' is not one of: viewer, owner, quality_manager, "
        "top_management, auditor, admin. Did you mean 'owner'?",
        "company.toml, [[people]] 2.id: 'Porto!' is no id. "
        "Use small letters, digits, - _ and . only.",
        "company.toml, [[targets]] 1.high: '≤ 4 %' is not a number. Write digits alone, like 5 or "
        "2.5; the unit is the metric's, the direction is the kind. "
        "That is the kind at_most with high 4.",
        "company.toml, [[targets]] 2.metric: there is no metric 'scrap_percnt'. "
        "Did you mean 'scrap_percent'?",
        "company.toml, event: unknown section 'event'. Did you mean 'events'?",
    ]
    assert people(records) == []
    assert audit_log(records, OPERATOR) == []


def test_what_follows_from_another_problem_is_not_said_again(
    records: Records, tmp_path: Path
) -> None:
    wrong = COMPANY.replace('role = "owner"', 'role = "boss"')
    said = problems_of(records, wrong, tmp_path)
    assert len(said) == 1
    assert "[[people]] 1.role: 'boss' is not one of" in said[0]


def test_an_entry_that_stands_twice_is_refused(records: Records, tmp_path: Path) -> None:
    twice = COMPANY + '[[people]]\nid = "porto"\nname = "Somebody else"\n'
    [said] = problems_of(records, twice, tmp_path)
    assert said.endswith("[[people]] 3: is [[people]] 2 again: the same id. Keep one of them.")


def test_a_target_that_would_rewrite_the_past_is_refused(records: Records, tmp_path: Path) -> None:
    load(records, COMPANY, tmp_path)
    path = tmp_path / "company.toml"
    path.write_text(COMPANY.replace("high = 4", "high = 6"), encoding="utf-8")
    with pytest.raises(DefinitionError, match="must not change what past periods were judged by"):
        load_records(records, OPERATOR, path, NOW + timedelta(days=1))


def test_a_file_that_cannot_be_read_is_refused(records: Records, tmp_path: Path) -> None:
    [said] = problems_of(records, "[[people]\nname = 1", tmp_path)
    assert said.startswith("company.toml, line 1")
    [said] = problems_of(records, 'people = "everybody"', tmp_path)
    assert said == "company.toml, people: must be a list of entries: write [[people]] over each."
    with pytest.raises(UsageError, match="records load reads these"):
        load_records(records, OPERATOR, tmp_path / "company.csv", NOW)


def test_loading_takes_the_right_of_every_section(records: Records, tmp_path: Path) -> None:
    path = tmp_path / "company.toml"
    path.write_text(COMPANY, encoding="utf-8")
    for role in ("viewer", "auditor", "owner", "admin", "quality_manager"):
        with pytest.raises(NotAllowedError):
            load_records(records, an_actor(role), path, NOW)
    both = an_actor("admin", "quality_manager")
    assert load_records(records, both, path, NOW).changed == 9


def a_workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value)
    return path


def test_a_workbook_with_a_sheet_a_section_loads_the_same(records: Records, tmp_path: Path) -> None:
    path = a_workbook(
        tmp_path / "company.xlsx",
        {
            "People": [["name", "role"], ["Head of casting", "owner"], ["Head of Porto", None]],
            "processes": [["id", "title"], ["casting", "Casting"]],
            "owners": [
                ["process", "dimension", "value", "person", "from_on", "to_on"],
                ["casting", None, None, "Head of casting", date(2024, 1, 1), None],
                ["casting", "line", 2, "Head of Porto", date(2024, 1, 1), None],
            ],
            "targets": [
                ["metric", "slice", "kind", "high", "from_on", "approver", "reason"],
                ["scrap_percent", "site=Porto", "at_most", 2.5, date(2026, 1, 1), "Head", "moulds"],
            ],
        },
    )
    assert load_records(records, OPERATOR, path, NOW).changed == 6
    assert [(each.slice, each.high) for each in targets(records)] == [('{"site":"Porto"}', 2.5)]
    owner = owner_of(records, "casting", {"line": "2"}, date(2026, 1, 1))
    assert owner is not None
    assert owner.name == "Head of Porto"


def test_a_wrong_cell_is_named(records: Records, tmp_path: Path) -> None:
    path = tmp_path / "company.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("people")
        sheet.write_row(0, 0, ["name", "email"])
        sheet.write_row(1, 0, ["Head of casting", "casting@example.org", "stray"])
        sheet.write_formula(2, 0, "=1/0", None, "#DIV/0!")
        sheet.write_formula(3, 0, '="Head of "&"Porto"', None, "")
    with pytest.raises(DefinitionError) as refused:
        load_records(records, OPERATOR, path, NOW)
    assert [str(problem) for problem in refused.value.problems] == [
        "company.xlsx, sheet people, cell A3: holds the error #DIV/0!; "
        "correct the formula or write the value.",
        "company.xlsx, sheet people, cell A4: holds a formula nobody calculated; "
        "open and save it in Excel first.",
        "company.xlsx, sheet people, cell C2: has a value under a header that is empty.",
    ]


def test_a_file_that_only_says_it_is_a_workbook_is_refused(
    records: Records, tmp_path: Path
) -> None:
    path = tmp_path / "company.xlsx"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(DefinitionError, match="cannot be read as an Excel workbook"):
        load_records(records, OPERATOR, path, NOW)
