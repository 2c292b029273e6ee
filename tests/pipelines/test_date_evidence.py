"""Which of day and month comes first is settled by all cells of a column, or asked."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.clean.columns import convert
from pipelines.clean.date_evidence import date_formats_of
from pipelines.clean.formats import Converted, Formats, Target
from pipelines.mapping.model import EVIDENCE
from tests.support.files import a_csv, a_workbook
from tests.support.submitting import Site, a_mapping


def read(cells: list[str | None], kind: str = "date") -> Converted:
    target = Target("timestamp") if kind == "timestamp" else Target("date")
    return convert(pl.Series("Opened", cells), target, Formats(dates=EVIDENCE))


@pytest.mark.parametrize(
    ("cells", "first_day"),
    [
        (["03/04/2026", "25/04/2026"], date(2026, 4, 3)),
        (["03/04/2026", "04/25/2026"], date(2026, 3, 4)),
        (["3.4.2026", "31.12.2026"], date(2026, 4, 3)),
        (["3-4-26", "25-4-26", "25-12-99"], date(2026, 4, 3)),
        (["26-09-30", "32-09-01"], date(2026, 9, 30)),
        (["03/04/26", "30.09.2026", "25/04/2026"], date(2026, 4, 3)),
        (["05/05/2026", "07/07/2026"], date(2026, 5, 5)),
        (["2026-09-30", "2026-01-05 00:00:00"], date(2026, 9, 30)),
        (["2026/09/30"], date(2026, 9, 30)),
        (["20260930"], date(2026, 9, 30)),
        (["30-Sep-26", "1-Oct-2026"], date(2026, 9, 30)),
        (["September 3, 2026", "3 Oct 2026", "3. May 2026"], date(2026, 9, 3)),
        (["1/2/2026 1:05 PM", "1/13/2026 11:00 am"], date(2026, 1, 2)),
        (["26-01-30", "2026-09-30", None, "26-13-30"], None),
    ],
)
def test_the_cells_of_a_column_say_how_its_dates_are_written(
    cells: list[str | None], first_day: date | None
) -> None:
    converted = read(cells)
    if first_day is None:
        assert converted.failures.height
    else:
        assert converted.failures.is_empty()
        assert converted.values[0] == first_day


def test_times_are_read_with_their_dates() -> None:
    cells: list[str | None] = ["13/01/2026 14:05", "1/2/2026 9:00:30", "2026-01-05T10:00:00.5Z"]
    assert read(cells, "timestamp").values.to_list() == [
        datetime(2026, 1, 13, 14, 5),  # noqa: DTZ001
        datetime(2026, 2, 1, 9, 0, 30),  # noqa: DTZ001
        datetime(2026, 1, 5, 10, 0, 0, 500_000),  # noqa: DTZ001
    ]


def test_two_readings_are_a_question_with_both_days() -> None:
    evidence = date_formats_of(pl.Series(["01/01/2026", "03/04/2026", "x"]))
    assert not evidence.is_decided
    (doubt,) = evidence.doubts
    assert doubt.readings == (("%d/%m/%Y",), ("%m/%d/%Y",))
    assert doubt.sentence == (
        "'03/04/2026' could be 3 April 2026 or 4 March 2026, and no cell of the column settles it. "
        'Which is it: dates = "%d/%m/%Y" or dates = "%m/%d/%Y"?'
    )
    assert (evidence.read, evidence.unread) == (2, 1)


def test_a_cell_in_doubt_fails_and_a_certain_one_beside_it_does_not() -> None:
    converted = read(["2026-09-30", "05/05/2026", "03/04/2026", None, "x"])
    assert converted.values.to_list() == [date(2026, 9, 30), date(2026, 5, 5), None, None, None]
    assert converted.failures.select("index", "rule", "reason").rows() == [
        (2, "date order", "'03/04/2026' could be 3 April 2026 or 4 March 2026, and no cell of the "
            "column settles it"),
        (4, "date", "'x' is not a date as declared"),
    ]  # fmt: skip


def test_cells_that_contradict_each_other_are_both_named() -> None:
    evidence = date_formats_of(pl.Series(["03/04/2026", "13/05/2026", "05/13/2026"]))
    (doubt,) = evidence.doubts
    assert doubt.is_contradiction
    assert doubt.examples == ("13/05/2026", "05/13/2026")
    assert read(["13/05/2026", "05/13/2026"]).failures.get_column("reason").unique().to_list() == [
        "'13/05/2026' has the day first and '05/13/2026' the month: the column is written both ways"
    ]


def test_true_dates_that_excel_has_swapped_are_found_by_the_texts_beside_them() -> None:
    swapped = [f"2026-{day:02}-04 00:00:00" for day in (1, 5, 9)]
    (doubt,) = date_formats_of(
        pl.Series([*swapped, "13/04/2026", "20/04/2026", "30/04/2026"])
    ).doubts
    assert "Excel has probably swapped day and month" in doubt.sentence
    whole_months = [*swapped, "2026-09-30 00:00:00"]
    texts = ["13/04/2026", "20/04/2026", "30/04/2026"]
    assert date_formats_of(pl.Series([*whole_months, *texts])).is_decided


def test_an_impossible_day_still_says_which_number_is_the_day() -> None:
    failures = read(["31.02.2026", "03.04.2026"]).failures
    assert failures.get_column("reason").to_list() == ["'31.02.2026' is no day of the calendar"]


CRM = a_mapping(dates="evidence")


def test_a_column_in_doubt_is_refused_with_its_question(site: Site, tmp_path: Path) -> None:
    site.knows(CRM)
    file = a_csv(tmp_path / "crm.csv", "No,Date\n1,03/04/2026\n2,05/04/2026\n")
    refused = site.ingest(file)
    assert refused.refused
    assert (
        "2 × column 'Date': '03/04/2026' could be 3 April 2026 or 4 March 2026" in refused.message
    )
    assert 'dates = "%d/%m/%Y" or dates = "%m/%d/%Y"' in refused.message
    site.mappings.clear()
    site.knows(a_mapping(dates="%d/%m/%Y"))
    site.ingest(file)
    assert site.rows("complaints", "received_on") == [(date(2026, 4, 3),), (date(2026, 4, 5),)]


def test_the_report_says_which_cell_settled_the_order(site: Site, tmp_path: Path) -> None:
    site.knows(CRM)
    report = site.ingest(
        a_workbook(
            tmp_path / "crm.xlsx",
            {"S": [["No", "Date"], [1, "03/04/2026"], [2, "25/04/2026"], [3, date(2026, 4, 30)]]},
        )
    )
    assert report.batches[0].warnings == (
        "Column 'Date': dates were read as %Y-%m-%d %H:%M:%S or %d/%m/%Y, as '25/04/2026' shows.",
    )
    assert site.rows("complaints", "received_on")[0] == (date(2026, 4, 3),)


def test_a_file_without_a_mapping_is_read_by_evidence(site: Site, tmp_path: Path) -> None:
    text = "complaint_id,received_on,process\nC-1,30.09.2026,p\nC-2,1.10.2026,p\n"
    site.ingest(a_csv(tmp_path / "complaints.csv", text))
    assert site.rows("complaints", "received_on") == [(date(2026, 9, 30),), (date(2026, 10, 1),)]
