"""What a closed period says stays: rows that would change it are refused, others are not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.errors import RefusedInputError
from data.records.closings import Extent, close_period, reopen_period
from data.records.models import PeriodClosing
from data.warehouse import Writer
from pipelines.publish import publish, recover
from tests.support.files import a_csv
from tests.support.submitting import COMPLAINT_HEADER, NOW, Site, a_mapping

SEPTEMBER = Extent("2026-09", date(2026, 9, 1), date(2026, 9, 30))

TWO = f"""
{COMPLAINT_HEADER}
C-1,2026-09-01,customer-service,Porto,late,minor,10.50,
C-2,2026-09-30,customer-service,Aarhus,late,minor,3,
"""

OCTOBER = "C-3,2026-10-04,customer-service,Porto,late,minor,,\n"


def close(site: Site, extent: Extent = SEPTEMBER) -> PeriodClosing:
    return close_period(site.records, site.actor, extent, "", NOW)


def published(site: Site, tmp_path: Path, text: str = TWO) -> Path:
    """Return a file that is published, of a month that is closed then."""
    file = a_csv(tmp_path / "complaints.csv", text)
    assert site.ingest(file).is_published
    close(site)
    return file


def refused_rows(site: Site, batch: int) -> list[tuple[int, str]]:
    return [(row.row, row.rule) for row in site.quarantine(batch)]


def test_rows_that_say_what_is_published_are_no_change_and_a_new_month_comes_in(
    site: Site, tmp_path: Path
) -> None:
    published(site, tmp_path)
    (batch,) = site.ingest(a_csv(tmp_path / "complaints.csv", TWO + OCTOBER)).batches
    assert (batch.state, batch.unchanged, batch.new, batch.refused) == ("published", 2, 1, 0)


@pytest.mark.parametrize(
    "changed",
    [
        TWO.replace("10.50", "11.50"),  # says something else
        TWO.replace("2026-09-01", "2026-10-01"),  # takes a row out of the month
        TWO.replace("C-1,", "C-9,"),  # is new
    ],
    ids=["restated", "moved out", "new"],
)
def test_a_row_that_changes_the_month_is_refused_with_who_and_the_way_out(
    site: Site, tmp_path: Path, changed: str
) -> None:
    published(site, tmp_path)
    before = site.rows("complaints")
    (batch,) = site.ingest(a_csv(tmp_path / "complaints.csv", changed + OCTOBER)).batches
    assert (batch.state, batch.refused) == ("rejected", 1)
    (reason,) = batch.reasons
    assert (reason.row, reason.column, reason.rule) == (2, "received_on", "closed period")
    assert reason.reason == (
        "2026-09 is closed since 2026-11-02 (by Quality manager), and this would change it"
    )
    assert 'clause9 periods reopen 2026-09 --reason "…"' in str(reason.accepted)
    assert site.rows("complaints") == before


def test_the_other_rows_are_published_when_asked(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    changed = TWO.replace("10.50", "11.50") + OCTOBER
    report = site.ingest(a_csv(tmp_path / "complaints.csv", changed), accept_good=True)
    (batch,) = report.batches
    assert (batch.new, batch.unchanged, batch.restated, batch.refused) == (1, 1, 0, 1)
    assert [str(cost) for _, cost in site.rows("complaints", "complaint_id", "cost")] == [
        "10.50",
        "3.00",
        "None",
    ]
    assert refused_rows(site, 2) == [(2, "closed period")]


def test_a_dry_run_says_so_beforehand(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    changed = a_csv(tmp_path / "complaints.csv", TWO.replace("10.50", "11.50"))
    (batch,) = site.ingest(changed, dry_run=True).batches
    assert (batch.state, batch.reasons[0].rule) == ("rejected", "closed period")


def test_a_reopened_period_takes_rows_again(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    changed = a_csv(tmp_path / "complaints.csv", TWO.replace("10.50", "11.50"))
    assert site.ingest(changed).refused
    reopen_period(site.records, site.actor, SEPTEMBER, "the desk found an invoice", NOW)
    (batch,) = site.ingest(changed).batches
    assert (batch.state, batch.restated) == ("published", 1)


def test_a_period_closed_while_a_file_is_read_refuses_its_rows_all_the_same(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process closes September after the file was checked and before it is published."""
    settled = recover.settle_interrupted

    def close_then_settle(desk: object, writer: Writer) -> object:
        close(site)
        return settled(desk, writer)  # type: ignore[arg-type]

    monkeypatch.setattr(publish, "settle_interrupted", close_then_settle)
    (batch,) = site.ingest(a_csv(tmp_path / "complaints.csv", TWO + OCTOBER)).batches
    assert (batch.state, batch.refused) == ("rejected", 2)
    assert site.rows("complaints") == []
    assert [row.state for row in site.batches()] == ["rejected"]


def test_a_closing_of_one_source_or_process_leaves_the_others_open(
    site: Site, tmp_path: Path
) -> None:
    site.knows(a_mapping(files="crm*.csv"), a_mapping(name="shop", files="shop*.csv"))
    close(site, Extent("2026-09", date(2026, 9, 1), date(2026, 9, 30), source="shop"))
    assert site.ingest(a_csv(tmp_path / "crm.csv", "No,Date\nA,2026-09-03\n")).is_published
    assert site.ingest(a_csv(tmp_path / "shop.csv", "No,Date\nB,2026-09-03\n")).refused
    # A row of the other source may not take the place of one of the closed source, though.
    reopened = Extent("2026-09", date(2026, 9, 1), date(2026, 9, 30), source="shop")
    reopen_period(site.records, site.actor, reopened, "a test", NOW)
    close(site, Extent("2026-09", date(2026, 9, 1), date(2026, 9, 30), source="crm"))
    assert site.ingest(a_csv(tmp_path / "shop_2.csv", "No,Date\nA,2026-10-03\n")).refused


OUTPUTS = "output_on,process,quantity\n2026-09-10,p,5\n2026-09-20,p,6\n"


def test_rows_without_a_key_may_move_in_their_file(site: Site, tmp_path: Path) -> None:
    """The newest row is put in at the top: every other one is a row further down."""
    site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS))
    close(site)
    longer = OUTPUTS.replace("quantity\n", "quantity\n2026-10-02,p,7\n")
    assert site.ingest(a_csv(tmp_path / "outputs.csv", longer)).is_published
    assert len(site.rows("outputs")) == 3


@pytest.mark.parametrize(
    "text",
    [OUTPUTS.replace(",6", ",60"), OUTPUTS.replace("2026-09-20,p,6\n", "2026-10-20,p,6\n")],
    ids=["restated", "gone"],
)
def test_a_file_that_replaces_the_one_before_is_refused_whole_where_a_closed_row_would_end(
    site: Site, tmp_path: Path, text: str
) -> None:
    site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS))
    close(site)
    report = site.ingest(a_csv(tmp_path / "outputs.csv", text), accept_good=True)
    (batch,) = report.batches
    assert batch.state == "rejected"
    assert "1 row published there would end" in batch.message
    assert "clause9 periods reopen 2026-09" in batch.message
    assert len(site.rows("outputs")) == 2


def test_new_rows_without_a_key_are_refused_by_row(site: Site, tmp_path: Path) -> None:
    site.ingest(a_csv(tmp_path / "outputs.csv", OUTPUTS))
    close(site)
    both = "output_on,process,quantity\n2026-09-25,p,1\n2026-10-02,p,7\n"
    (batch,) = site.ingest(a_csv(tmp_path / "outputs_2.csv", both), accept_good=True).batches
    assert (batch.state, batch.accepted, batch.refused) == ("published", 1, 1)


def test_a_source_that_replaces_periods_leaves_the_closed_one_alone(
    site: Site, tmp_path: Path
) -> None:
    """C-2 stays as it is in September although its file brings it without change."""
    site.knows(a_mapping(replace="period"))
    site.ingest(a_csv(tmp_path / "a.csv", "No,Date\nC-1,2026-09-03\nC-2,2026-09-04\n"))
    close(site)
    text = "No,Date\nC-1,2026-09-05\nC-2,2026-09-04\nC-3,2026-10-01\n"
    (batch,) = site.ingest(a_csv(tmp_path / "b.csv", text), accept_good=True).batches
    assert (batch.accepted, batch.refused, batch.removed) == (1, 2, 0)
    assert site.rows("complaints", "complaint_id", "received_on") == [
        ("C-1", date(2026, 9, 3)),
        ("C-2", date(2026, 9, 4)),
        ("C-3", date(2026, 10, 1)),
    ]
    declared = site.ingest(
        a_csv(tmp_path / "c.csv", "No,Date\nC-1,2026-09-03\n"), period="2026-09", accept_good=True
    )
    assert "1 row published there would end" in declared.batches[0].message


def test_nothing_is_said_of_days_of_a_closed_period_nobody_spoke_of(
    site: Site, tmp_path: Path
) -> None:
    close(site)
    report = site.ingest(
        a_csv(tmp_path / "complaints.csv", COMPLAINT_HEADER + "\n"), period="2026-09"
    )
    assert "it speaks for days nobody had sent" in report.batches[0].message


def test_a_batch_of_a_closed_period_is_not_taken_back(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    site.ingest(a_csv(tmp_path / "complaints_2.csv", COMPLAINT_HEADER + "\n" + OCTOBER))
    with pytest.raises(RefusedInputError, match=r"Batch 1 .* cannot be taken back: 2026-09 is clo"):
        site.revert(1)
    assert len(site.rows("complaints")) == 3
    site.revert(2)  # it has no row in September
    assert len(site.rows("complaints")) == 2
    reopen_period(site.records, site.actor, SEPTEMBER, "it was the wrong file", NOW)
    site.revert(1)
    assert site.rows("complaints") == []


def test_a_batch_that_changed_nothing_there_is_taken_back(site: Site, tmp_path: Path) -> None:
    site.ingest(a_csv(tmp_path / "complaints.csv", TWO))
    site.ingest(a_csv(tmp_path / "complaints.csv", TWO + OCTOBER))
    close(site)
    site.revert(2)  # batch 1 says the same of September
    assert [row[0] for row in site.rows("complaints", "complaint_id")] == ["C-1", "C-2"]
