"""Each rule of a contract, asked of rows by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.templates import write_template
from tests.support.files import Cell, a_csv, a_workbook
from tests.support.submitting import COMPLAINT_HEADER, TABLES, Site


def reasons(site: Site, path: Path, *rows: str) -> list[tuple[object, ...]]:
    text = "\n".join([COMPLAINT_HEADER, *rows, ""])
    report = site.ingest(a_csv(path / "complaints.csv", text), dry_run=True)
    return [(r.row, r.column, r.value, r.rule) for r in report.batches[0].reasons]


def test_a_sound_row_has_no_reason(site: Site, tmp_path: Path) -> None:
    assert reasons(site, tmp_path, "C-1,2026-09-01,p,Porto,late,minor,1,2026-09-02") == []


def test_a_required_cell_must_not_be_empty(site: Site, tmp_path: Path) -> None:
    assert reasons(site, tmp_path, ",,p,,late,,,", "C-2,2026-09-01,,,late,,,") == [
        (2, "complaint_id", None, "required"),
        (2, "received_on", None, "required"),
        (3, "process", None, "required"),
    ]


def test_a_cell_that_cannot_be_read_has_one_reason_only(site: Site, tmp_path: Path) -> None:
    assert reasons(site, tmp_path, "C-1,soon,p,,late,,,") == [(2, "received_on", "soon", "date")]


def test_a_value_must_be_one_of_the_allowed(site: Site, tmp_path: Path) -> None:
    assert reasons(site, tmp_path, "C-1,2026-09-01,p,,late,Minor,,") == [
        (2, "severity", "Minor", "allowed")
    ]


def test_a_rule_that_refuses_names_its_columns_and_values(site: Site, tmp_path: Path) -> None:
    header = "complaint_id,received_on,process,category,quantity"
    text = f"{header}\nC-1,2026-09-01,p,late,-1\n"
    report = site.ingest(a_csv(tmp_path / "complaints.csv", text))
    (reason,) = report.batches[0].reasons
    assert (reason.column, reason.value, reason.rule) == (
        "quantity",
        "-1.0000",
        "quantity_not_negative",
    )
    assert "quantity is negative" in reason.reason


def test_a_rule_that_warns_publishes_and_marks_the_row(site: Site, tmp_path: Path) -> None:
    text = (
        f"{COMPLAINT_HEADER}\nC-1,2026-09-02,p,,late,,-1,2026-09-01\nC-2,2026-09-02,p,,late,,1,\n"
    )
    report = site.ingest(a_csv(tmp_path / "complaints.csv", text))
    (batch,) = report.batches
    assert (batch.accepted, batch.parts[0].warned) == (2, 1)
    assert site.rows("complaints", "complaint_id", "_warnings") == [
        ("C-1", "closed_after_received,cost_not_negative"),
        ("C-2", None),
    ]
    assert any(warning.startswith("1 row published and marked") for warning in batch.warnings)


def test_all_rows_of_one_key_are_refused_each_naming_another(site: Site, tmp_path: Path) -> None:
    text = "\n".join(
        [COMPLAINT_HEADER, *(f"{key},2026-09-0{n},p,,late,,," for n, key in enumerate("ABAA", 1))]
    )
    report = site.ingest(a_csv(tmp_path / "complaints.csv", text + "\n"), dry_run=True)
    assert [(r.row, r.reason) for r in report.batches[0].reasons] == [
        (2, "row 4 has the same key"),
        (4, "row 2 has the same key"),
        (5, "row 2 has the same key"),
    ]


def test_every_reason_of_a_row_is_kept(site: Site, tmp_path: Path) -> None:
    found = reasons(site, tmp_path, "C-1,31.02.2026,,,late,tiny,ten,x")
    assert {(column, rule) for _, column, _, rule in found} == {
        ("received_on", "date"),
        ("process", "required"),
        ("severity", "allowed"),
        ("cost", "number"),
        ("closed_on", "date"),
    }


def test_a_template_as_it_was_written_holds_no_rows(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "complaints.xlsx"
    write_template(TABLES["complaints"], path, as_of=date(2026, 11, 2))
    report = site.ingest(path)
    assert "there is a header, but no row below it" in report.message


def test_a_filled_template_is_read_without_its_example(site: Site, tmp_path: Path) -> None:
    table = TABLES["complaints"]
    path = tmp_path / "filled.xlsx"
    example: dict[str, Cell] = {column.name: column.example for column in table.columns}
    mine: dict[str, Cell] = {"complaint_id": "C-1", "received_on": date(2026, 9, 1), "process": "p"}
    mine |= {"category": "late"}
    rows = [[row.get(name) for name in table.column_names] for row in (example, mine)]
    a_workbook(path, {"complaints": [list(table.column_names), *rows]})
    report = site.ingest(path)
    assert site.rows("complaints", "complaint_id", "_row") == [("C-1", 3)]
    assert "Row 2 is the template's example and was not read." in report.batches[0].warnings
