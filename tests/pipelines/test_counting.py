"""What a run counts as new, restated, unchanged and removed: every number can be added by hand."""

from __future__ import annotations

from pathlib import Path

from pipelines.report import BatchReport
from tests.support.files import Table, a_csv, a_workbook
from tests.support.submitting import Site, a_mapping

CRM = a_mapping(columns={"complaint_id": "No", "received_on": "Date", "description": "Text"})


def counts(batch: BatchReport) -> tuple[int, int, int, int]:
    return batch.new, batch.restated, batch.unchanged, batch.removed


def desk(*rows: str) -> str:
    return "\n".join(["No,Date,Text", *rows]) + "\n"


def test_files_of_one_run_are_counted_one_after_the_other(site: Site, tmp_path: Path) -> None:
    """The second file says C-2 again and C-1 otherwise; the third says what the second says."""
    site.knows(CRM)
    folder = tmp_path / "inbox"
    folder.mkdir()
    a_csv(folder / "1.csv", desk("C-1,2026-09-01,late", "C-2,2026-09-02,late"))
    a_csv(folder / "2.csv", desk("C-1,2026-09-01,broken", "C-2,2026-09-02,late", "C-3,2026-09-03,"))
    a_csv(folder / "3.csv", desk("C-1,2026-09-01,broken"))
    first, second, third = site.ingest(folder).batches
    assert counts(first) == (2, 0, 0, 0)
    assert counts(second) == (1, 1, 1, 0)
    assert counts(third) == (0, 0, 1, 0)
    assert len(site.rows("complaints")) == 2 + 1


def test_after_a_revert_a_file_is_counted_against_what_is_left(site: Site, tmp_path: Path) -> None:
    site.knows(CRM)
    site.ingest(a_csv(tmp_path / "1.csv", desk("C-1,2026-09-01,late")))
    site.ingest(a_csv(tmp_path / "2.csv", desk("C-1,2026-09-01,broken", "C-2,2026-09-02,")))
    site.revert(2)
    text = desk("C-1,2026-09-01,broken", "C-2,2026-09-02,", "C-3,2026-09-03,")
    (batch,) = site.ingest(a_csv(tmp_path / "3.csv", text)).batches
    # C-1 was broken in batch 2 alone, and C-2 was there alone.
    assert counts(batch) == (2, 1, 0, 0)


MADE = a_mapping(
    name="made",
    table="outputs",
    files="made*",
    sheet="Line *",
    constants={"process": "p"},
    columns={"output_on": "Day", "quantity": "Made"},
)


def test_what_ends_is_reckoned_over_all_sheets_of_a_file(site: Site, tmp_path: Path) -> None:
    """Line 1 loses a row and corrects one, Line 2 stays as it is: of 4 rows, 1 ends."""
    site.knows(MADE)
    line_2: Table = [["Day", "Made"], ["2026-09-01", 7], ["2026-09-02", 8]]
    line_1: Table = [["Day", "Made"], ["2026-09-01", 5], ["2026-09-02", 6]]
    site.ingest(a_workbook(tmp_path / "made.xlsx", {"Line 1": line_1, "Line 2": line_2}))
    shorter: Table = [["Day", "Made"], ["2026-09-01", 50]]
    file = a_workbook(tmp_path / "made.xlsx", {"Line 1": shorter, "Line 2": line_2})
    (batch,) = site.ingest(file).batches
    assert counts(batch) == (0, 1, 2, 1)
    assert len(site.rows("outputs")) == 3


WIDE = a_mapping(
    name="wide",
    table="outputs",
    files="wide*",
    constants={"process": "p"},
    columns={"output_on": "day", "quantity": "made", "product": "Product"},
    unpivot={"columns": ["2026-*"], "name_to": "day", "value_to": "made"},
)


def test_rows_made_of_one_wide_row_are_told_apart(site: Site, tmp_path: Path) -> None:
    """One row of three days: one says otherwise, two the same; a fourth day is new."""
    site.knows(WIDE)
    site.ingest(a_csv(tmp_path / "wide.csv", "Product,2026-09-01,2026-09-02,2026-09-03\nA,1,2,3\n"))
    again = "Product,2026-09-01,2026-09-02,2026-09-03,2026-09-04\nA,1,20,3,4\n"
    (batch,) = site.ingest(a_csv(tmp_path / "wide.csv", again)).batches
    assert counts(batch) == (1, 1, 2, 0)


OUTPUTS = "output_on,process,quantity\n2026-09-01,p,5\n2026-09-02,p,6\n2026-09-03,p,7\n"


def test_rows_without_a_key_sent_under_another_name_count_twice_and_say_so(
    site: Site, tmp_path: Path
) -> None:
    site.ingest(a_csv(tmp_path / "outputs_sep.csv", OUTPUTS))
    corrected = OUTPUTS.replace("p,7", "p,70")
    again = a_csv(tmp_path / "outputs_corrected.csv", corrected)
    for options in ({"dry_run": True}, {}):
        (batch,) = site.ingest(again, **options).batches
        assert batch.warnings == (
            "2 of 3 rows say the same as batch 1 (outputs_sep.csv), and count beside it. If this "
            "is a correction of that file, send it under the same name, or say which period it is "
            "for: --period",
        )
    assert len(site.rows("outputs")) == 3 + 3


def test_the_same_name_and_a_few_days_alike_are_no_warning(site: Site, tmp_path: Path) -> None:
    site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS))
    (batch,) = site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS.replace("p,7", "p,70"))).batches
    assert batch.warnings == ()
    other = OUTPUTS.replace("p,5", "p,50").replace("p,6", "p,60")  # 1 of 3 days is alike
    (batch,) = site.ingest(a_csv(tmp_path / "outputs_2.csv", other.replace("p,7", "p,70"))).batches
    assert batch.warnings == ()
