"""A number opens to its rows, and a row says which of its cells was put right on upload."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from dashboard.company import facts, origins, publishing
from data.records.access import Actor
from metrics.periods import period_of
from pipelines.clean.corrections import Correction
from tests.support.small_company import COMPLAINT_HEADER, NOW, OPERATOR, an_empty_company
from tests.support.small_company import open_company as opened

VIEWER = Actor("Visitor", frozenset({"viewer"}))
RIGHT = Correction(None, 2, "received_on", "2026-10-32", "2026-10-31")


def test_a_corrected_row_says_so_with_what_the_file_says(tmp_path: Path) -> None:
    company = opened(an_empty_company(tmp_path / "works"))
    file = tmp_path / "complaints.csv"
    file.write_text(
        f"{COMPLAINT_HEADER}\nA-1,2026-10-32,Cork,late,\nA-2,2026-10-30,Cork,late,\n", "utf-8"
    )
    upload = publishing.Upload((file,), corrections=(RIGHT,))
    publishing.ingest(company, upload, actor=OPERATOR, at=NOW)
    october = period_of(date(2026, 10, 1), "month")

    (side,) = origins.open_number(company, "complaints", october, {}, actor=OPERATOR)
    told = dict(side.rows.select("complaint_id", "_corrected").iter_rows())
    sentence = "received_on corrected on upload by Quality manager"
    assert told == {"A-1": f"{sentence}: found '2026-10-32'", "A-2": None}

    (side,) = origins.open_number(company, "complaints", october, {}, actor=VIEWER)
    assert side.rows["_corrected"].to_list() == [sentence, None]
    page = facts.browse(company, "complaints", {}, (None, None), (10, 0), actor=OPERATOR)
    assert sorted(page.rows["_corrected"].drop_nulls()) == [f"{sentence}: found '2026-10-32'"]

    for actor, found in ((OPERATOR, "2026-10-32"), (VIEWER, "•••")):
        shown = publishing.show_batch(company, 1, actor=actor)
        assert shown["report"]["corrections"][0]["found"] == found
