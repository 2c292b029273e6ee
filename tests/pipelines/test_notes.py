"""What is kept beside the rows of a batch: what was said of it, and the day it came in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.support.files import a_csv
from tests.support.submitting import COMPLAINT_HEADER, Site

TWO = f"""
{COMPLAINT_HEADER}
C-1,2026-09-01,customer-service,Porto,late,minor,10.50,2026-09-05
C-2,2026-09-30,customer-service,Aarhus,late,minor,3,
"""

WRONG = TWO.replace("2026-09-01", "01.09.2026")


def test_what_is_said_of_a_file_is_kept_with_its_batch(site: Site, tmp_path: Path) -> None:
    file = a_csv(tmp_path / "complaints.csv", TWO)
    site.ingest(file, note=" Two returns are still open. ", late_reason="the desk was closed")
    (row,) = site.batches()
    assert (row.note, row.late_reason) == ("Two returns are still open.", "the desk was closed")
    refused = site.ingest(a_csv(tmp_path / "complaints.csv", WRONG), note="second try")
    assert refused.refused
    assert site.batches()[0].note == "second try"


def test_the_day_of_receipt_is_that_of_the_company_s_calendar(site: Site, tmp_path: Path) -> None:
    """At 23:30 UTC on the 2nd it is 12:30 on the 3rd in Auckland, where 3 November is known."""
    late = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
    november = TWO.replace("2026-09-30", "2026-11-03")
    file = a_csv(tmp_path / "complaints.csv", november)
    site.ingest(file, at=late, zone=ZoneInfo("Pacific/Auckland"))
    with site.warehouse.read() as reader:
        assert reader.coverage()["covers_to"].to_list() == [date(2026, 11, 3)]
    assert site.batches()[0].report["received_on"] == "2026-11-03"
