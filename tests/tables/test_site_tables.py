"""A site extends and overrides shipped tables; what is wrong is said at once, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from data.errors import DefinitionError
from data.tables import Table, load_tables
from tests.support.workspaces import write_definitions

SHIFTS = """
[table]
title = "Shifts"
meaning = "One row is one shift."
key = "row"
dated_by = "held_on"

[columns.held_on]
type = "date"
meaning = "The day the shift began."
"""


def tables_with(folder: Path, **files: str) -> Mapping[str, Table]:
    return load_tables(write_definitions(folder / "tables", files))


def problems_of(folder: Path, **files: str) -> list[str]:
    with pytest.raises(DefinitionError) as raised:
        tables_with(folder, **files)
    return [str(problem) for problem in raised.value.problems]


def test_a_site_adds_a_column_and_keeps_the_shipped_ones(tmp_path: Path) -> None:
    text = '[columns.carrier]\ntype = "text"\ndimension = true\nmeaning = "Who carried it."'
    complaints = tables_with(tmp_path, complaints=text)["complaints"]
    assert complaints.column_names[-1] == "carrier"
    assert complaints.dimensions[-1] == "carrier"
    assert complaints.column_names[:-1] == load_tables()["complaints"].column_names


def test_a_site_overrides_one_attribute_and_keeps_the_others(tmp_path: Path) -> None:
    text = '[columns.severity]\nallowed = ["low", "high"]\nexample = "low"'
    severity = tables_with(tmp_path, complaints=text)["complaints"].column("severity")
    shipped = load_tables()["complaints"].column("severity")
    assert severity == shipped.model_copy(update={"allowed": ("low", "high"), "example": "low"})


def test_the_number_of_a_complaint_is_optional_where_the_key_is_the_row(tmp_path: Path) -> None:
    complaints = tables_with(tmp_path, complaints='[table]\nkey = "row"')["complaints"]
    assert not complaints.is_keyed
    assert not complaints.column("complaint_id").required
    assert complaints.column("received_on").required


def test_a_site_dates_a_table_by_another_column_which_then_is_required(tmp_path: Path) -> None:
    complaints = tables_with(tmp_path, complaints='[table]\ndated_by = "closed_on"')["complaints"]
    assert complaints.column("closed_on").required
    assert not complaints.column("received_on").required


def test_a_site_makes_a_shipped_rule_refuse(tmp_path: Path) -> None:
    text = '[rules.closed_after_received]\nseverity = "refuse"\nspoils = []'
    rules = {rule.name: rule for rule in tables_with(tmp_path, complaints=text)["complaints"].rules}
    assert rules["closed_after_received"].severity == "refuse"
    assert rules["closed_after_received"].expect == "closed_on >= received_on"
    assert rules["answered_after_received"].severity == "warn"


def test_a_site_adds_a_table_which_has_process_and_site(tmp_path: Path) -> None:
    tables = tables_with(tmp_path, shifts=SHIFTS)
    assert tables["shifts"].column_names == ("held_on", "process", "site")
    assert len(tables) == len(load_tables()) + 1


def test_a_dimension_a_site_adds_to_monthly_figures_becomes_part_of_their_key(
    tmp_path: Path,
) -> None:
    text = '[columns.shift]\ntype = "text"\ndimension = true\nmeaning = "Early, late or night."'
    table = tables_with(tmp_path, metric_values=text)["metric_values"]
    assert table.key == ("metric", "period", "process", "site", "shift")


def test_an_example_and_a_default_are_kept_as_they_would_be_typed(tmp_path: Path) -> None:
    text = """
    [columns.is_night]
    type = "boolean"
    meaning = "Whether it was at night."
    example = true
    [columns.started_at]
    type = "timestamp"
    meaning = "When it began."
    example = 2026-09-14T22:00:00
    [columns.head_count]
    type = "integer"
    meaning = "How many people."
    default = 4
    """
    table = tables_with(tmp_path, shifts=SHIFTS + text)["shifts"]
    assert table.column("is_night").example == "true"
    assert table.column("started_at").example == "2026-09-14 22:00:00"
    assert table.column("head_count").default == "4"


WRONG = {
    "unknown section": (
        "[column.x]\ntype = 'text'",
        "tables/complaints.toml, column: unknown key 'column'. Did you mean 'columns'?",
    ),
    "unknown attribute": (
        "[columns.severity]\nallow = ['low']",
        "columns.severity.allow: unknown key 'allow'. Did you mean 'allowed'?",
    ),
    "unknown type": (
        "[columns.x]\ntype = 'datum'\nmeaning = 'A day.'",
        "columns.x.type: 'datum' is not one of: text, integer, decimal, float, boolean, date, "
        "timestamp.",
    ),
    "near type": (
        "[columns.x]\ntype = 'decimals'\nmeaning = 'A day.'",
        "columns.x.type: 'decimals' is not one of: text, integer, decimal, float, boolean, date, "
        "timestamp. Did you mean 'decimal'?",
    ),
    "truth in quotes": (
        "[columns.site]\nrequired = 'yes'",
        "columns.site.required: must be true or false, not 'yes'.",
    ),
    "text without list": (
        "[columns.severity]\nallowed = 'low'",
        "columns.severity.allowed: must be a list in [ ], not 'low'.",
    ),
    "misspelt column": (
        "[columns.severty]\nallowed = ['low']",
        "columns.severty.type: is missing. What a value is: text, integer, decimal, float, "
        "boolean, date or timestamp. Did you mean 'severity'?",
    ),
    "no such key column": (
        "[table]\nkey = ['complaint_no']",
        "table.key: no column 'complaint_no'. Did you mean 'complaint_id'?",
    ),
    "no such date": (
        "[table]\ndated_by = 'recieved_on'",
        "table.dated_by: no column 'recieved_on'. Did you mean 'received_on'?",
    ),
    "dated by a text": (
        "[table]\ndated_by = 'category'",
        "table.dated_by: 'category' is a text; a row is dated by a date or a timestamp.",
    ),
    "counted by a text": (
        "[table]\ncounted_by = 'category'",
        "table.counted_by: 'category' is a text; a row is counted by a number.",
    ),
    "key not required": (
        "[columns.complaint_id]\nrequired = false",
        "columns.complaint_id.required: must not be false: the column names or dates the row.",
    ),
    "reserved name": (
        "[columns.slice]\ntype = 'text'\nmeaning = 'A part.'",
        "columns.slice: is reserved: it has a meaning in keys. Take another name.",
    ),
    "name of bookkeeping": (
        "[columns._batch]\ntype = 'text'\nmeaning = 'A part.'",
        "columns._batch: is no name: use small letters",
    ),
    "decimal without decimals": (
        "[columns.x]\ntype = 'decimal'\nmeaning = 'An amount.'",
        "columns.x.decimals: is missing. A decimal says how many digits follow the point.",
    ),
    "too many decimals": (
        "[columns.cost]\ndecimals = 10",
        "columns.cost.decimals: 10 is not between 0 and 9.",
    ),
    "unit of a text": (
        "[columns.category]\nunit = 'pieces'",
        "columns.category.unit: a text has no unit.",
    ),
    "date as dimension": (
        "[columns.closed_on]\ndimension = true",
        "columns.closed_on.dimension: a date cannot be a dimension; text, boolean or integer can.",
    ),
    "doubled value": (
        "[columns.category]\nallowed = ['late', 'late']\nexample = 'late'",
        "columns.category.allowed: 'late' is there twice.",
    ),
    "example of another type": (
        "[columns.closed_on]\nexample = '28.09.2026'",
        "columns.closed_on.example: '28.09.2026' is not a date like 2026-09-30.",
    ),
    "example that is not allowed": (
        "[columns.severity]\nallowed = ['low', 'high']",
        "columns.severity.example: 'major' is not one of the allowed: low, high.",
    ),
    "infinite default": (
        "[columns.quantity]\ndefault = inf",
        "columns.quantity.default: 'inf' is not a number like 1250.5.",
    ),
    "default that no column holds": (
        "[columns.quantity]\ndefault = 1e30",
        "columns.quantity.default: '1e+30' is too large; a decimal holds 18 digits.",
    ),
    "default with too many decimals": (
        "[columns.cost]\ndefault = 1.005",
        "columns.cost.default: '1.005' has more than 2 decimals.",
    ),
    "week as a date": (
        "[columns.closed_on]\nexample = '2026-W40-3'",
        "columns.closed_on.example: '2026-W40-3' is not a date like 2026-09-30.",
    ),
    "nested without end": (
        "x = " + "[" * 100_000,
        "tables/complaints.toml: is nested too deeply to be a definition.",
    ),
    "number of thousands of digits": (
        "[columns.cost]\ndecimals = " + "9" * 5000,
        "tables/complaints.toml, line ",
    ),
    "type that breaks a shipped rule": (
        "[columns.closed_on]\ntype = 'text'",
        "tables/complaints.toml, rules.closed_after_received.expect: ",
    ),
    "rule over no column": (
        "[rules.x]\nexpect = 'closd_on > received_on'\nmessage = 'Mend it.'",
        "Did you mean 'closed_on'?",
    ),
    "rule that is no truth": (
        "[rules.x]\nexpect = 'quantity + 1'\nmessage = 'Mend it.'",
        "rules.x.expect: gives a decimal; a rule is true or false.",
    ),
    "rule that reads another table": (
        "[rules.x]\nexpect = 'quantity > (select 1 from outputs)'\nmessage = 'Mend it.'",
        "tables/complaints.toml, rules.x.expect: ",
    ),
    "refusing rule that spoils": (
        "[rules.quantity_not_negative]\nspoils = ['quantity']",
        "rules.quantity_not_negative.spoils: a refused row is in no measure.",
    ),
    "spoilt column there is not": (
        "[rules.closed_after_received]\nspoils = ['closed_at']",
        "rules.closed_after_received.spoils: no column 'closed_at'. Did you mean 'closed_on'?",
    ),
    "rule without message": (
        "[rules.x]\nexpect = 'quantity > 1'",
        "rules.x.message: is missing. What the person is told, with the way out.",
    ),
    "another name than the file": (
        "[table]\nname = 'complaint'",
        "table.name: 'complaint' is not the file's name. Call the file complaint.toml.",
    ),
    "syntax": (
        "[table]\nkey = row",
        "tables/complaints.toml, line 2, column 7: is not TOML: Invalid value.",
    ),
    "section twice": (
        "[columns.cost]\ndecimals = 3\n[columns.cost]\ndecimals = 4",
        "tables/complaints.toml, line 3, column 14: is not TOML: Cannot declare",
    ),
    "key twice": (
        "[columns.cost]\ndecimals = 3\ndecimals = 4",
        "line 3: is not TOML: Cannot overwrite a value: the key or the section is already there",
    ),
    "tab": (
        "[table]\n\tkey = 'row'",
        "tables/complaints.toml, line 2: holds a tab, which cannot be seen. Use spaces.",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_file_key_and_near_miss(
    tmp_path: Path, text: str, sentence: str
) -> None:
    problems = problems_of(tmp_path, complaints=text)
    assert any(sentence in problem for problem in problems), problems
    assert all(problem.startswith("tables/complaints.toml") for problem in problems)


def test_all_problems_of_all_files_come_in_one_report(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        complaints="[columns.severty]\ntype = 'text'\n[columns.cost]\ndecimals = 12",
        outputs="[table]\ndated_by = 'made_on'",
        shifts="[tables]",
    )
    assert [problem.split(":")[0] for problem in problems] == [
        "tables/complaints.toml, columns.cost.decimals",
        "tables/complaints.toml, columns.severty.meaning",
        "tables/outputs.toml, table.dated_by",
        "tables/shifts.toml, tables",
    ]


def test_a_misspelt_file_name_is_taken_for_a_new_table_and_says_so(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, complaint='[table]\nkey = "row"')
    assert (
        "tables/complaint.toml: is a new table; it is not shipped. Did you mean 'complaints'?"
        in problems
    )


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"\xef\xbb\xbf[table]\n", "line 1: starts with a byte order mark."),
        (b"[table]\ntitle = 'Entr\xe9es'\n", "line 2: holds the byte 0xe9, which is not UTF-8."),
    ],
)
def test_a_file_that_is_not_plain_utf8_is_refused_with_its_line(
    tmp_path: Path, raw: bytes, sentence: str
) -> None:
    (tmp_path / "complaints.toml").write_bytes(raw)
    with pytest.raises(DefinitionError, match=sentence):
        load_tables(tmp_path)


def test_a_folder_without_files_leaves_the_shipped_tables(tmp_path: Path) -> None:
    assert load_tables(tmp_path) == load_tables()
