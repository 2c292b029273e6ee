"""Columns that change their names, come and go from month to month, or are written only once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.clean.drift import near
from tests.support.files import Table, a_csv, a_workbook
from tests.support.submitting import Site, a_mapping

DELAYS = {
    "name": "delays",
    "columns": {"complaint_id": "No", "received_on": "Date", "cost": "Min Delay"},
}


def test_a_new_name_of_a_column_is_refused_with_what_to_write(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(**DELAYS))
    report = site.ingest(a_csv(tmp_path / "a.csv", "No,Date,Delay,Gap\n1,2026-09-01,5,2\n"))
    assert report.batches[0].message.startswith(
        "row 1: the column 'Min Delay' (Did you mean 'Delay'?) not found, which the mapping "
        "'delays' reads. If it is another name of the same column, write under "
        '[delays.also_called]: "Min Delay" = ["Delay"]. Rename the header, or correct the mapping.'
    )


def test_a_column_under_another_name_is_read_and_told(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(**DELAYS, also_called={"Min Delay": ["Delay", "Late by"]}))
    report = site.ingest(a_csv(tmp_path / "a.csv", "No,Date,Late by\n1,2026-09-01,5\n"))
    assert site.rows("complaints", "complaint_id", "cost") == [("1", 5)]
    assert report.batches[0].warnings == ("Column 'Min Delay' is called 'Late by' in this file.",)


def test_a_refused_cell_is_under_the_name_the_person_sees(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(**DELAYS, also_called={"Min Delay": ["Delay"]}))
    text = "No,Date,Delay\n1,2026-09-01,five\n2,2026-09-01,1\n"
    report = site.ingest(a_csv(tmp_path / "a.csv", text), accept_good=True)
    assert report.batches[0].reasons[0].column == "Delay"
    (row,) = site.quarantine(1)
    assert json.loads(row.row_json) == {"No": "1", "Date": "2026-09-01", "Delay": "five"}


def test_a_refused_cell_of_a_renamed_column_has_its_letter(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(**DELAYS, also_called={"Min Delay": ["Delay"], "Date": ["Day"]}))
    sheet: Table = [("No", "Day", "Delay"), ("1", "2026-09-01", "five"), ("2", None, 3)]
    report = site.ingest(a_workbook(tmp_path / "a.xlsx", {"S": sheet}))
    assert [(r.column, r.cell) for r in report.batches[0].reasons] == [
        ("Delay", "C2"),
        ("Day", "B3"),
    ]


def test_both_names_in_one_file_are_refused(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(**DELAYS, also_called={"Min Delay": ["Delay"]}))
    report = site.ingest(a_csv(tmp_path / "a.csv", "No,Date,Delay,Min Delay\n1,2026-09-01,5,6\n"))
    assert "the columns 'Min Delay' and 'Delay' are both there" in report.message


@pytest.mark.parametrize(
    ("name", "free", "found"),
    [
        ("Min Delay", ["Min Gap", "Delay", "Delay Code"], "Delay"),
        ("Report Date", ["report_date", "Date"], "report_date"),
        ("Location", ["Locations", "Vehicle"], "Locations"),
        ("No", ["Number"], None),
        ("Min Delay", ["Min Gap"], None),
        ("Incident", ["Incident ID"], "Incident ID"),
        ("Line", [], None),
    ],
)
def test_the_plausible_other_name_is_suggested(
    name: str, free: list[str], found: str | None
) -> None:
    assert near(name, free) == found


def test_a_likely_name_is_never_read_without_being_told_so(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(**DELAYS))
    report = site.ingest(a_csv(tmp_path / "a.csv", "No,Date,min_delay\n1,2026-09-01,5\n"))
    assert report.refused


def test_a_column_a_file_may_lack_is_empty_then_and_told(site: Site, tmp_path: Path) -> None:
    site.knows(a_mapping(**DELAYS, optional=["Min Delay"]))
    report = site.ingest(a_csv(tmp_path / "a.csv", "No,Date\n1,2026-09-01\n"))
    assert site.rows("complaints", "complaint_id", "cost") == [("1", None)]
    assert report.batches[0].warnings == (
        "There is no column 'Min Delay' in this file; its cells are empty.",
    )


def test_empty_cells_take_the_value_above_them(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            columns={"complaint_id": "No", "received_on": "Date", "site": "Plant"},
            fill_down=["Plant"],
            where="Plant <> 'Lyon'",
        )
    )
    text = "Plant,No,Date\n,0,2026-09-01\nPorto,1,2026-09-01\n,2,2026-09-01\n \
,3,2026-09-01\nLyon,4,2026-09-01\n,5,2026-09-01\n"
    site.ingest(a_csv(tmp_path / "a.csv", text))
    # The first has nothing above it; those of Lyon are left out together.
    assert site.rows("complaints", "complaint_id", "site") == [
        ("1", "Porto"),
        ("2", "Porto"),
        ("3", "Porto"),
    ]


def test_nothing_is_taken_down_across_an_error(site: Site, tmp_path: Path) -> None:
    site.knows(
        a_mapping(
            columns={"complaint_id": "No", "received_on": "Date", "site": "Plant"},
            fill_down=["Plant"],
        )
    )
    sheet = [
        ("Plant", "No", "Date"),
        ("Porto", "1", "2026-09-01"),
        ("#REF!", "2", "2026-09-01"),
        (None, "3", "2026-09-01"),
        ("Lyon", "4", "2026-09-01"),
    ]
    report = site.ingest(a_workbook(tmp_path / "a.xlsx", {"S": sheet}), accept_good=True)
    assert site.rows("complaints", "complaint_id", "site") == [("1", "Porto"), ("4", "Lyon")]
    assert [(r.row, r.value) for r in report.batches[0].reasons] == [(3, "#REF!"), (4, "#REF!")]
    assert [json.loads(row.row_json)["Plant"] for row in site.quarantine(1)] == [None, None]
