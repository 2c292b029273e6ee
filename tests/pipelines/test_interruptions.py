"""A run that is interrupted, or meets another one: both stores agree afterwards."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.warehouse import Writer
from data.warehouse.versions import Versions
from pipelines.publish import publish as publishing
from tests.support.files import a_csv
from tests.support.submitting import COMPLAINT_HEADER, Site

THREE = f"""
{COMPLAINT_HEADER}
C-1,2026-09-01,customer-service,Porto,late,minor,10.50,2026-09-05
C-2,2026-09-02,customer-service,Porto,damaged,major,,
C-3,2026-09-30,customer-service,Aarhus,late,minor,3,
"""


def test_cells_are_computed_in_the_same_publish_or_nothing_is_published(
    site: Site, tmp_path: Path
) -> None:
    def fails(_: Writer) -> None:
        raise ArithmeticError("no")

    file = a_csv(tmp_path / "complaints.csv", THREE)
    with pytest.raises(ArithmeticError):
        site.ingest(file, recompute=fails)
    assert site.warehouse.version() == 0
    (batch,) = site.batches()
    assert (batch.state, batch.reason) == ("rejected", "Nothing was published: no")
    assert site.ingest(file).batches[0].id == 2


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("step", "state", "rows"),
    [("finish_planned", "published", 3), ("settle_interrupted", None, 0)],
)
def test_an_interrupted_run_is_settled_at_the_next_start(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, state: str, rows: int
) -> None:
    file = a_csv(tmp_path / "complaints.csv", THREE)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, step, _stop)
        with pytest.raises(KeyboardInterrupt):
            site.ingest(file)
    site.reconcile()
    assert [batch.state for batch in site.batches()] == ([state] if state else [])
    assert len(site.rows("complaints")) == rows
    site.ingest(file)
    assert len(site.rows("complaints")) == 3
    assert len([batch for batch in site.batches() if batch.state == "published"]) == 1
    assert site.batches()[0].accepted == 3


def test_a_disk_that_fails_after_the_version_is_current_rejects_nothing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Versions.publish

    def fails_afterwards(versions: Versions, number: int) -> None:
        moved(versions, number)
        raise OSError("the folder could not be forced to the disk")

    with monkeypatch.context() as patch:
        patch.setattr(Versions, "publish", fails_afterwards)
        with pytest.raises(OSError, match="could not be forced"):
            site.ingest(a_csv(tmp_path / "complaints.csv", THREE))
    assert site.warehouse.version() == 1
    assert [batch.state for batch in site.batches()] == ["pending"]
    assert site.reconcile() == (1,)
    (batch,) = site.batches()
    assert (batch.state, batch.version, batch.accepted) == ("published", 1, 3)
    assert len(site.rows("complaints")) == 3


def test_a_batch_pending_without_a_publish_is_rejected_at_the_next_start(
    site: Site, tmp_path: Path
) -> None:
    file = a_csv(tmp_path / "complaints.csv", THREE)
    with pytest.raises(KeyboardInterrupt):
        site.ingest(file, recompute=_stop)
    assert [batch.state for batch in site.batches()] == ["pending"]
    assert site.reconcile() == (1,)
    (batch,) = site.batches()
    assert batch.state == "rejected"
    assert batch.reason is not None
    assert "Ingest the file again" in batch.reason
    assert site.rows("complaints") == []


def test_an_interrupted_revert_is_recorded_at_the_next_start(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.ingest(a_csv(tmp_path / "complaints.csv", THREE))
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "mark_reverted", _stop)
        with pytest.raises(KeyboardInterrupt):
            site.revert(1)
    assert site.reconcile() == (1,)
    assert site.batches()[0].state == "reverted"
    assert site.rows("complaints") == []


def test_of_ten_submissions_of_one_file_at_once_one_is_published(
    site: Site, tmp_path: Path
) -> None:
    file = a_csv(tmp_path / "complaints.csv", THREE)
    submit: Callable[[int], str] = lambda _: site.ingest(file).batches[0].state  # noqa: E731
    with ThreadPoolExecutor(4) as pool:
        states = sorted(pool.map(submit, range(10)))
    assert states == ["published", *["unchanged"] * 9]
    assert len(site.batches()) == 1
    assert site.warehouse.version() == 1
