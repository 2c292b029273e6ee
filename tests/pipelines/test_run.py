"""A run publishes every file or none, changes nothing twice, and can be taken back."""

from __future__ import annotations

from datetime import date, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from data.errors import NotFoundError, UsageError
from data.records.forms import ProcessForm
from data.records.people import save_process
from tests.support.files import Cell, a_csv, a_parquet, a_workbook
from tests.support.submitting import COMPLAINT_HEADER, NOW, OPERATOR, Site, a_mapping

THREE = f"""
{COMPLAINT_HEADER}
C-1,2026-09-01,customer-service,Porto,late,minor,10.50,2026-09-05
C-2,2026-09-02,customer-service,Porto,damaged,major,,
C-3,2026-09-30,customer-service,Aarhus,late,minor,3,
"""


def test_a_good_file_becomes_rows_and_a_published_batch(site: Site, tmp_path: Path) -> None:
    report = site.ingest(a_csv(tmp_path / "complaints.csv", THREE))
    (batch,) = report.batches
    assert (batch.state, batch.accepted, batch.new, batch.refused) == ("published", 3, 3, 0)
    assert report.version == 1
    assert site.rows("complaints", "complaint_id", "cost", "closed_on") == [
        ("C-1", Decimal("10.50"), date(2026, 9, 5)),
        ("C-2", None, None),
        ("C-3", Decimal("3.00"), None),
    ]
    (row,) = site.batches()
    assert (row.state, row.accepted, row.version, row.file_name) == (
        "published",
        3,
        1,
        "complaints.csv",
    )
    assert site.archive.contains(row.sha256)


def test_a_row_is_numbered_as_the_person_sees_it(site: Site, tmp_path: Path) -> None:
    text = """
complaint_id,received_on,process,description
C-1,2026-09-01,p,"two
lines"

C-2,2026-09-02,p,x
"""
    site.ingest(a_csv(tmp_path / "complaints.csv", text))
    # Row 1 is the header, 2 the text on two lines, 3 the blank one.
    assert site.rows("complaints", "complaint_id", "_row") == [("C-1", 2), ("C-2", 4)]


def test_the_same_bytes_twice_change_nothing_and_say_so(site: Site, tmp_path: Path) -> None:
    file = a_csv(tmp_path / "complaints.csv", THREE)
    site.ingest(file)
    again = site.ingest(file)
    (batch,) = again.batches
    assert batch.state == "unchanged"
    assert batch.message == (
        "already published as batch 1 on 2026-11-02 by Quality manager; nothing changed."
    )
    assert again.version == 1
    assert len(site.batches()) == 1
    assert not again.refused


def test_the_day_of_a_batch_is_told_by_the_clock_of_the_company(site: Site, tmp_path: Path) -> None:
    file = a_csv(tmp_path / "complaints.csv", THREE)
    site.ingest(file)
    (batch,) = site.ingest(file, zone=timezone(timedelta(hours=-20))).batches
    assert "as batch 1 on 2026-11-01 by" in batch.message


def test_a_corrected_file_counts_what_it_restates(site: Site, tmp_path: Path) -> None:
    site.ingest(a_csv(tmp_path / "complaints.csv", THREE))
    corrected = THREE.replace("C-2,2026-09-02", "C-2,2026-09-03") + (
        "C-4,2026-09-04,customer-service,Porto,late,minor,,\n"
    )
    report = site.ingest(a_csv(tmp_path / "complaints.csv", corrected))
    (batch,) = report.batches
    assert (batch.new, batch.restated, batch.unchanged, batch.removed) == (1, 1, 2, 0)
    assert batch.message == ("4 rows published as batch 2 (1 new, 1 restated, 2 unchanged).")
    assert len(site.rows("complaints")) == 4


def test_reverting_a_batch_restores_the_former_rows(site: Site, tmp_path: Path) -> None:
    site.ingest(a_csv(tmp_path / "complaints.csv", THREE))
    before = site.rows("complaints")
    site.ingest(a_csv(tmp_path / "complaints.csv", THREE.replace("10.50", "99")))
    assert site.rows("complaints") != before
    report = site.revert(2)
    assert report.version == 3
    assert site.rows("complaints") == before
    assert [batch.state for batch in site.batches()] == ["reverted", "published"]
    with pytest.raises(UsageError, match=r"Batch 2 .* is reverted; only a published batch"):
        site.revert(2)


def test_reverted_bytes_can_be_published_again(site: Site, tmp_path: Path) -> None:
    file = a_csv(tmp_path / "complaints.csv", THREE)
    site.ingest(file)
    site.revert(1)
    assert site.rows("complaints") == []
    assert site.ingest(file).batches[0].state == "published"
    assert len(site.rows("complaints")) == 3


def test_the_first_version_of_a_corrected_file_takes_its_place_back(
    site: Site, tmp_path: Path
) -> None:
    first = a_csv(tmp_path / "complaints.csv", THREE)
    site.ingest(first)
    site.ingest(a_csv(tmp_path / "complaints.csv", THREE.replace("10.50", "99")))
    report = site.ingest(a_csv(tmp_path / "complaints.csv", THREE))
    assert report.batches[0].restated == 1
    assert site.rows("complaints", "cost")[0] == (Decimal("10.50"),)


WRONG = THREE.replace("2026-09-02", "02.09.2026").replace("minor,10.50", "tiny,1o")


def test_one_refused_row_refuses_the_file_and_keeps_every_reason(
    site: Site, tmp_path: Path
) -> None:
    report = site.ingest(a_csv(tmp_path / "complaints.csv", WRONG))
    (batch,) = report.batches
    assert report.refused
    assert report.exit_code == 3
    assert batch.state == "rejected"
    assert (batch.accepted, batch.refused) == (1, 2)
    assert site.warehouse.version() == 0
    found = {(r.row, r.column, r.value, r.rule) for r in site.quarantine(1)}
    assert found == {
        (2, "severity", "tiny", "allowed"),
        (2, "cost", "1o", "number"),
        (3, "received_on", "02.09.2026", "date order"),
    }
    assert '"complaint_id":"C-2"' in site.quarantine(1)[-1].row_json
    assert "2 of 3 rows refused, so nothing of the file is published:" in batch.message
    assert "1 × column 'received_on': '02.09.2026' could be 2 September 2026 or " in batch.message
    assert "clause9 batches show 1 --rejected" in batch.message
    (row,) = site.batches()
    assert (row.state, row.refused) == ("rejected", 2)
    assert site.archive.contains(row.sha256)


def test_the_good_rows_alone_are_published_when_asked_for(site: Site, tmp_path: Path) -> None:
    report = site.ingest(a_csv(tmp_path / "complaints.csv", WRONG), accept_good=True)
    (batch,) = report.batches
    assert (batch.state, batch.accepted, batch.refused) == ("published", 1, 2)
    assert site.rows("complaints", "complaint_id") == [("C-3",)]
    assert len(site.quarantine(1)) == 3
    assert not report.refused


def test_a_file_without_one_good_row_is_refused_even_then(site: Site, tmp_path: Path) -> None:
    text = f"{COMPLAINT_HEADER}\n,,,,,,,x\n"
    assert site.ingest(a_csv(tmp_path / "complaints.csv", text), accept_good=True).refused
    assert site.warehouse.version() == 0


def test_a_dry_run_reports_the_same_and_writes_nothing(site: Site, tmp_path: Path) -> None:
    site.ingest(a_csv(tmp_path / "complaints.csv", THREE))
    corrected = a_csv(tmp_path / "complaints.csv", THREE.replace("10.50", "99"))
    report = site.ingest(corrected, dry_run=True)
    (batch,) = report.batches
    assert (batch.id, batch.state, batch.restated, batch.unchanged) == (None, "checked", 1, 2)
    refused = site.ingest(a_csv(tmp_path / "complaints_2.csv", WRONG), dry_run=True)
    assert refused.refused
    assert len(refused.batches[0].reasons) == 3
    assert len(site.batches()) == 1
    assert site.warehouse.version() == 1
    assert not site.archive.contains(batch.sha256)


def test_a_folder_is_one_publish_with_a_batch_for_each_file(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "september"
    folder.mkdir()
    a_csv(folder / "complaints_1.csv", THREE)
    a_csv(folder / "complaints_2.csv", THREE.replace("C-", "D-"))
    a_csv(folder / "notes.csv", "a,b\n1,2\n")
    (folder / "README.md").write_text("read me")
    report = site.ingest(folder)
    assert [batch.id for batch in report.batches] == [1, 2]
    assert report.version == 1
    assert report.left_aside == ("README.md", "notes.csv")
    assert len(site.rows("complaints")) == 6


def test_a_refused_file_holds_back_the_whole_folder(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "september"
    folder.mkdir()
    a_csv(folder / "complaints_1.csv", THREE)
    a_csv(folder / "complaints_2.csv", WRONG)
    report = site.ingest(folder)
    assert [batch.state for batch in report.batches] == ["checked", "rejected"]
    assert "another file of the run was refused" in report.batches[0].message
    assert site.warehouse.version() == 0
    assert [batch.file_name for batch in site.batches()] == ["complaints_2.csv"]


def test_of_two_files_of_a_run_the_later_restates_the_earlier(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "september"
    folder.mkdir()
    a_csv(folder / "complaints_1.csv", THREE)
    a_csv(folder / "complaints_2.csv", THREE.replace("10.50", "99"))
    report = site.ingest(folder)
    assert (report.batches[1].restated, report.batches[1].unchanged) == (1, 2)
    assert len(site.rows("complaints")) == 3
    assert site.rows("complaints", "cost")[0] == (Decimal(99),)


OUTPUTS = "output_on,process,quantity\n2026-09-01,p,{}\n2026-09-02,p,5\n"


def test_rows_without_a_key_replace_those_of_the_same_file_name(site: Site, tmp_path: Path) -> None:
    site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS.format(3)))
    site.ingest(a_csv(tmp_path / "outputs_october.csv", OUTPUTS.format(7)))
    report = site.ingest(
        a_csv(tmp_path / "outputs.csv", "output_on,process,quantity\n2026-09-01,p,4\n")
    )
    (batch,) = report.batches
    assert (batch.restated, batch.removed) == (1, 1)
    assert sorted(site.rows("outputs", "quantity")) == [(4,), (5,), (7,)]


def test_a_declared_period_replaces_what_another_file_said_of_it(
    site: Site, tmp_path: Path
) -> None:
    site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS.format(3)), period="2026-09")
    site.ingest(a_csv(tmp_path / "outputs_v2.csv", OUTPUTS.format(4)), period="2026-09")
    assert sorted(site.rows("outputs", "quantity")) == [(4,), (5,)]


def test_a_day_outside_the_declared_period_is_refused(site: Site, tmp_path: Path) -> None:
    report = site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS.format(3)), period="2026-10")
    assert "'output_on': 2026-09-01 is outside the declared period 2026-10" in report.message


def test_a_period_in_which_nothing_happened_can_be_submitted(site: Site, tmp_path: Path) -> None:
    empty = a_csv(tmp_path / "complaints.csv", COMPLAINT_HEADER + "\n")
    assert "If nothing happened, say when: --period 2026-09" in site.ingest(empty).message
    report = site.ingest(empty, period="2026-09")
    assert report.batches[0].state == "published"
    assert site.coverage() == [("complaints", date(2026, 9, 1), date(2026, 9, 30), "{}")]


def test_a_source_that_replaces_periods_ends_rows_that_are_not_sent_again(
    site: Site, tmp_path: Path
) -> None:
    site.knows(a_mapping(replace="period", columns={"complaint_id": "No", "received_on": "Date"}))
    site.ingest(a_csv(tmp_path / "a.csv", "No,Date\n1,2026-08-31\n2,2026-09-01\n3,2026-09-02\n"))
    report = site.ingest(a_csv(tmp_path / "b.csv", "No,Date\n2,2026-09-01\n"))
    assert (report.batches[0].unchanged, report.batches[0].removed) == (1, 1)
    assert site.rows("complaints", "complaint_id") == [("1",), ("2",)]


def test_the_file_speaks_for_the_periods_of_its_rows_also_of_those_left_out(
    site: Site, tmp_path: Path
) -> None:
    site.knows(a_mapping(where="Kind = 'complaint'", constants={"process": "p", "site": "Porto"}))
    text = "No,Date,Kind\n1,2026-08-15,praise\n2,2026-10-02,complaint\n3,2026-11-02,praise\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text))
    assert (report.batches[0].accepted, report.batches[0].left_out) == (1, 2)
    assert site.coverage() == [
        ("complaints", date(2026, 8, 1), NOW.date(), '{"process":"p","site":"Porto"}')
    ]


def test_a_filter_on_the_date_limits_what_the_file_speaks_for(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(where="Date >= date '2026-10-01'", types={"Date": "date"}))
    text = "No,Date\n1,2026-08-15\n2,2026-10-02\n"
    site.ingest(a_csv(tmp_path / "a.csv", text))
    assert site.coverage()[0][1:3] == (date(2026, 10, 1), date(2026, 10, 31))


def test_a_refused_row_says_nothing_of_the_days_the_file_covers(site: Site, tmp_path: Path) -> None:
    text = f"""
{COMPLAINT_HEADER}
C-1,2026-09-01,customer-service,Porto,late,minor,,
C-2,2019-09-03,customer-service,Porto,late,no such severity,,
"""
    site.ingest(a_csv(tmp_path / "complaints.csv", text), accept_good=True)
    assert site.coverage() == [("complaints", date(2026, 9, 1), date(2026, 9, 30), "{}")]


def test_a_year_mistyped_far_ahead_covers_no_day_after_the_file_came(
    site: Site, tmp_path: Path
) -> None:
    text = THREE.replace("C-3,2026-09-30", "C-3,2062-09-03")
    report = site.ingest(a_csv(tmp_path / "complaints.csv", text))
    assert report.batches[0].accepted == 3
    assert site.coverage() == [("complaints", date(2026, 9, 1), NOW.date(), "{}")]
    assert report.batches[0].parts[0].covers_to == NOW.date()


def test_rows_that_all_lie_ahead_are_taken_in_and_cover_nothing(site: Site, tmp_path: Path) -> None:
    text = f"{COMPLAINT_HEADER}\nC-1,2062-09-03,customer-service,Porto,late,minor,,\n"
    assert site.ingest(a_csv(tmp_path / "complaints.csv", text)).batches[0].accepted == 1
    assert site.coverage() == []


def test_a_declared_period_is_covered_to_its_end(site: Site, tmp_path: Path) -> None:
    text = f"{COMPLAINT_HEADER}\nC-1,2026-11-02,customer-service,Porto,late,minor,,\n"
    site.ingest(a_csv(tmp_path / "complaints.csv", text), period="2026-11")
    assert site.coverage()[0][1:3] == (date(2026, 11, 1), date(2026, 11, 30))


def test_several_mappings_read_one_file_into_one_batch(site: Site, tmp_path: Path) -> None:
    late = a_mapping(name="late", where="Days > 3", types={"Days": "integer"})
    made = a_mapping(
        name="made",
        table="outputs",
        columns={"output_on": "Date", "quantity": "Pieces"},
    )
    site.knows(late, made)
    text = "No,Date,Days,Pieces\n1,2026-09-01,5,10\n2,2026-09-02,1,20\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text))
    (batch,) = report.batches
    assert [(part.mapping, part.accepted) for part in batch.parts] == [("late", 1), ("made", 2)]
    assert batch.accepted == 3
    assert site.batches()[0].source == "late, made"


def test_an_unknown_process_is_refused_once_the_records_know_some(
    site: Site, tmp_path: Path
) -> None:
    file = a_csv(tmp_path / "outputs.csv", OUTPUTS.format(3).replace(",p,", ",Moulding 3,"))
    assert not site.ingest(file, dry_run=True).refused
    save_process(site.records, OPERATOR, ProcessForm(id="moulding-3", title="Moulding 3"), NOW)
    report = site.ingest(file)
    assert "'Moulding 3' is not a process of the records. Did you mean 'moulding-3'?" in (
        report.message
    )


def test_a_table_named_by_the_caller_takes_a_file_of_any_name(site: Site, tmp_path: Path) -> None:
    file = a_csv(tmp_path / "export.csv", OUTPUTS.format(3))
    assert site.ingest(file, table="outputs").batches[0].accepted == 2
    with pytest.raises(NotFoundError, match=r"no table 'output'. Did you mean 'outputs'"):
        site.ingest(file, table="output")
    with pytest.raises(NotFoundError, match="no mapping 'x'"):
        site.ingest(file, mapping="x")
    with pytest.raises(
        UsageError, match=r"no file or folder .*exprt.csv. Did you mean 'export.csv'"
    ):
        site.ingest(tmp_path / "exprt.csv")


def test_a_file_whose_headers_fit_no_table_is_refused_with_the_way_out(
    site: Site, tmp_path: Path
) -> None:
    report = site.ingest(a_csv(tmp_path / "x.csv", "a,b\n1,2\n"))
    assert report.refused
    assert "Say which it is: --table T or --mapping M" in report.message


def test_workbook_and_parquet_give_the_same_rows_as_csv(site: Site, tmp_path: Path) -> None:
    header = ["complaint_id", "received_on", "process", "cost", "is_justified"]
    rows: list[list[Cell]] = [
        ["C-1", date(2026, 9, 1), "p", 10.5, True],
        ["C-2", date(2026, 9, 2), "p", None, None],
    ]
    site.ingest(a_workbook(tmp_path / "complaints.xlsx", {"complaints": [header, *rows]}))
    expected = site.rows("complaints", *header)
    frame = pl.DataFrame(rows, schema=header, orient="row")
    report = site.ingest(a_parquet(tmp_path / "complaints.parquet", frame))
    assert (report.batches[0].unchanged, report.batches[0].restated) == (2, 0)
    assert expected == [
        ("C-1", date(2026, 9, 1), "p", Decimal("10.50"), True),
        ("C-2", date(2026, 9, 2), "p", None, None),
    ]


def test_rows_without_a_key_that_are_the_same_all_count_and_are_told(
    site: Site, tmp_path: Path
) -> None:
    text = "output_on,process,quantity\n2026-09-01,p,4\n2026-09-01,p,4\n2026-09-01,p,5\n"
    report = site.ingest(a_csv(tmp_path / "outputs.csv", text))
    assert sorted(site.rows("outputs", "quantity")) == [(4,), (4,), (5,)]
    assert report.batches[0].warnings == (
        "1 row the same as one before in every column; all of them count.",
    )
