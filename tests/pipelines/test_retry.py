"""Refused rows tried again after a mapping was put right: each counts in one batch only."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.errors import NotAllowedError, UsageError
from data.records.access import Actor
from data.records.audit import verify_audit
from data.records.closings import Extent, close_period
from data.warehouse import Writer
from pipelines.mapping import Mapping
from tests.support.files import a_csv
from tests.support.submitting import NOW, Site, a_mapping

COLUMNS = {"complaint_id": "No", "received_on": "Date", "severity": "Grade"}

# Two of five rows name a severity as only this sender does, one has no date.
FIVE = """
No,Date,Grade
C-1,2026-09-01,minor
C-2,2026-09-02,slight
C-3,2026-09-03,major
C-4,2026-09-04,slight
C-5,,minor
"""

CRM = a_mapping(columns=COLUMNS)
PUT_RIGHT = a_mapping(columns=COLUMNS, values={"severity": {"slight": "minor"}})


def published(site: Site, tmp_path: Path, text: str = FIVE, **options: object) -> None:
    """Publish the good rows of a file as batch 1, and put the mapping right afterwards."""
    site.knows(CRM)
    assert site.ingest(a_csv(tmp_path / "crm.csv", text), accept_good=True, **options).is_published
    site.knows(PUT_RIGHT)


def counts(site: Site) -> list[tuple[int, str, int, int]]:
    """Return number, state, accepted and refused of every batch, oldest first."""
    return [
        (int(row.id or 0), row.state, row.accepted, row.refused) for row in reversed(site.batches())
    ]


def names(site: Site) -> list[object]:
    return [row[0] for row in site.rows("complaints", "complaint_id")]


def test_a_row_that_is_good_now_counts_in_one_batch_only(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    assert counts(site) == [(1, "published", 2, 3)]
    (batch,) = site.retry(1).batches
    assert batch.message == (
        "of what batch 1 had refused, 2 rows published as batch 2 (2 new); 1 row still refused."
    )
    # 2 + 2 accepted and 1 refused are the 5 rows of the file.
    assert counts(site) == [(1, "published", 2, 1), (2, "published", 2, 0)]
    assert site.batches()[0].retries == 1
    assert sorted(map(str, names(site))) == ["C-1", "C-2", "C-3", "C-4"]
    assert [(row.row, row.rule) for row in site.quarantine(1)] == [(6, "required")]
    assert site.quarantine(2) == ()
    assert verify_audit(site.records) is None


def test_trying_again_what_is_still_refused_changes_nothing(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    site.retry(1)
    before = site.records.revision()
    (batch,) = site.retry(1).batches
    assert (batch.state, batch.id) == ("rejected", 1)
    assert "none of what batch 1 had refused can be published yet: 1 row" in batch.message
    assert (counts(site)[-1][0], site.records.revision()) == (2, before)


def test_a_row_still_refused_gets_the_reasons_of_today(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    site.knows(a_mapping(columns=COLUMNS, dates="%d.%m.%Y"))
    site.retry(1)
    assert {(row.row, row.column, row.rule) for row in site.quarantine(1)} == {
        (3, "Date", "date"),
        (3, "Grade", "allowed"),
        (5, "Date", "date"),
        (5, "Grade", "allowed"),
        (6, "Date", "required"),
    }
    assert counts(site) == [(1, "published", 2, 3)]


def test_a_rebuild_makes_the_same_facts(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    site.retry(1)
    site.ingest(a_csv(tmp_path / "more.csv", "No,Date,Grade\nC-9,2026-10-01,minor\n"))
    before, coverage = site.facts("complaints"), site.coverage()
    assert [(each.id, each.accepted) for each in site.rebuild().batches] == [(1, 2), (2, 2), (3, 1)]
    assert site.facts("complaints").equals(before)
    assert site.coverage() == coverage


def test_a_column_that_is_called_otherwise_today_does_not_hide_which_rows_were_refused(
    site: Site, tmp_path: Path
) -> None:
    """Today's mapping calls the column Level, as later files do: no row looks as it did then."""
    published(site, tmp_path)
    renamed = a_mapping(
        columns=COLUMNS | {"severity": "Level"},
        also_called={"Level": ("Grade",)},
        values={"severity": {"slight": "minor"}},
    )
    site.knows(renamed)
    (batch,) = site.retry(1).batches
    assert batch.accepted == 2
    before = site.facts("complaints")
    site.rebuild()
    assert site.facts("complaints").equals(before)


def test_what_came_later_stays_in_force(site: Site, tmp_path: Path) -> None:
    """C-2 was sent again with another date before the quarantine of batch 1 was tried again."""
    published(site, tmp_path)
    site.ingest(a_csv(tmp_path / "crm_2.csv", "No,Date,Grade\nC-2,2026-10-02,minor\n"))
    (batch,) = site.retry(1).batches
    assert (batch.accepted, batch.new) == (1, 1)
    dated = site.rows("complaints", "complaint_id", "received_on")
    assert ("C-2", date(2026, 10, 2)) in dated
    assert len(dated) == 4
    assert ("came later", 3) in [(row.rule, row.row) for row in site.quarantine(1)]
    before = site.facts("complaints")
    site.rebuild()
    assert site.facts("complaints").equals(before)


def test_a_later_correction_of_the_file_replaces_both(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    site.retry(1)
    site.ingest(a_csv(tmp_path / "crm.csv", FIVE.replace("C-5,,", "C-5,2026-09-05,")))
    assert len(site.rows("complaints")) == 5
    site.revert(3)
    assert sorted(map(str, names(site))) == ["C-1", "C-2", "C-3", "C-4"]


def test_taking_the_retry_back_returns_its_rows_to_the_quarantine(
    site: Site, tmp_path: Path
) -> None:
    published(site, tmp_path)
    site.retry(1)
    with pytest.raises(UsageError, match=r"tried again in batch 2\. Take that back first"):
        site.revert(1)
    site.revert(2)
    assert counts(site) == [(1, "published", 2, 3), (2, "reverted", 2, 0)]
    assert [row.row for row in site.quarantine(1)] == [3, 5, 6]
    assert names(site) == ["C-1", "C-3"]
    site.retry(1)
    assert counts(site)[0] == (1, "published", 2, 1)
    site.rebuild()
    assert sorted(map(str, names(site))) == ["C-1", "C-2", "C-3", "C-4"]


OUTPUTS = """
Day,Made
2026-09-01,5
2026-09-02,six
2026-09-03,7
"""


def an_outputs_mapping(**more: object) -> Mapping:
    keys: dict[str, object] = {"name": "press", "table": "outputs", "constants": {"process": "p"}}
    return a_mapping(**keys, columns={"output_on": "Day", "quantity": "Made"}, **more)


def made(site: Site) -> list[float]:
    return sorted(float(str(row[0])) for row in site.rows("outputs", "quantity"))


@pytest.mark.parametrize("replaces", [None, "period"])
def test_rows_without_a_key_stand_beside_those_of_their_file(
    site: Site, tmp_path: Path, replaces: str | None
) -> None:
    site.knows(an_outputs_mapping(replace=replaces))
    site.ingest(a_csv(tmp_path / "press.csv", OUTPUTS), accept_good=True)
    put_right = an_outputs_mapping(replace=replaces, values={"quantity": {"six": "6"}})
    site.knows(put_right)
    (batch,) = site.retry(1).batches
    assert (batch.accepted, batch.new, batch.removed) == (1, 1, 0)
    assert made(site) == [5, 6, 7]
    before = site.facts("outputs")
    site.rebuild()
    assert site.facts("outputs").equals(before)
    # The file sent again replaces the rows of both.
    site.ingest(a_csv(tmp_path / "press.csv", OUTPUTS.replace("six", "8")))
    assert made(site) == [5, 7, 8]
    assert [row.rule for row in site.quarantine(1)] == []


def test_rows_of_a_file_that_was_replaced_since_are_not_published(
    site: Site, tmp_path: Path
) -> None:
    site.knows(an_outputs_mapping())
    site.ingest(a_csv(tmp_path / "press.csv", OUTPUTS), accept_good=True)
    site.ingest(a_csv(tmp_path / "press.csv", OUTPUTS.replace("six", "8")))
    site.knows(an_outputs_mapping(values={"quantity": {"six": "6"}}))
    (batch,) = site.retry(1).batches
    assert batch.state == "rejected"
    assert "a later batch has brought this row since" in batch.message
    assert len(site.rows("outputs")) == 3


def test_a_rejected_file_is_ingested_again(site: Site, tmp_path: Path) -> None:
    site.knows(CRM)
    whole = FIVE.replace("C-5,,", "C-5,2026-09-05,")
    assert site.ingest(a_csv(tmp_path / "crm.csv", whole), note="from the desk").refused
    assert counts(site) == [(1, "rejected", 0, 2)]
    (again,) = site.retry(1).batches
    assert (again.state, again.id) == ("rejected", 1)
    assert len(site.batches()) == 1
    site.knows(PUT_RIGHT)
    (batch,) = site.retry(1).batches
    assert (batch.state, batch.accepted) == ("published", 5)
    assert counts(site) == [(1, "rejected", 0, 0), (2, "published", 5, 0)]
    assert (site.batches()[0].retries, site.batches()[0].note) == (1, "from the desk")
    site.revert(2)
    assert counts(site)[0] == (1, "rejected", 0, 2)


def test_a_file_no_mapping_named_is_read_by_one_that_names_it_now(
    site: Site, tmp_path: Path
) -> None:
    assert site.ingest(a_csv(tmp_path / "crm.csv", FIVE)).refused
    site.knows(PUT_RIGHT)
    (batch,) = site.retry(1, accept_good=True).batches
    assert (batch.state, batch.accepted, batch.refused) == ("published", 4, 1)


def test_a_closed_period_takes_no_retried_row(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)
    september = Extent("2026-09", date(2026, 9, 1), date(2026, 9, 30))
    close_period(site.records, site.actor, september, "", NOW)
    (batch,) = site.retry(1).batches
    assert batch.state == "rejected"
    assert {row.rule for row in site.quarantine(1)} == {"closed period", "required"}


def test_nothing_in_quarantine_and_an_unfit_state_are_said(site: Site, tmp_path: Path) -> None:
    site.knows(PUT_RIGHT)
    site.ingest(a_csv(tmp_path / "crm.csv", "No,Date,Grade\nC-1,2026-09-01,minor\n"))
    (batch,) = site.retry(1).batches
    assert batch.message == "nothing of batch 1 is in quarantine; nothing changed."
    site.revert(1)
    with pytest.raises(UsageError, match="is reverted: nothing of it can be tried again"):
        site.retry(1)
    with pytest.raises(NotAllowedError):
        site.retry(1, actor=Actor("Clerk", frozenset({"viewer"})))


def test_a_retry_that_fails_leaves_the_quarantine_as_it_was(site: Site, tmp_path: Path) -> None:
    published(site, tmp_path)

    def fails(_: Writer) -> None:
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        site.retry(1, recompute=fails)
    assert counts(site) == [(1, "published", 2, 3), (2, "rejected", 0, 0)]
    assert [row.row for row in site.quarantine(1)] == [3, 5, 6]
    site.retry(1)
    assert counts(site)[0] == (1, "published", 2, 1)


def test_a_retry_interrupted_after_its_publish_is_settled_by_what_the_warehouse_holds(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(site, tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("pipelines.publish.retry.finish_planned", killed)
        with pytest.raises(KeyboardInterrupt):
            site.retry(1)
    assert site.reconcile() == (2,)
    assert counts(site) == [(1, "published", 2, 1), (2, "published", 2, 0)]
    assert [row.row for row in site.quarantine(1)] == [6]
