"""The app reads while the command line ingests, whichever of the two was there first."""

from __future__ import annotations

from pathlib import Path

from tests.support.children import CHILDREN
from tests.support.ingesting import (
    ROWS_A_FILE,
    a_file,
    a_workspace,
    ingest_and_note,
    open_company,
    whole_files,
)


def test_an_app_that_was_reading_first_sees_the_old_rows_then_the_new(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    app = open_company(root)
    with app.records:
        with app.warehouse.read() as reader:
            child = CHILDREN.Process(target=ingest_and_note, args=(root, a_file(root, 1), notes))
            child.start()
            child.join(120)
            assert child.exitcode == 0
            assert reader.browse("complaints").total == 0
        with app.warehouse.read() as reader:
            assert reader.browse("complaints").total == ROWS_A_FILE


def test_an_app_opened_while_files_come_in_reads_whole_versions(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    for number in range(1, 5):
        ready = CHILDREN.Event()
        child = CHILDREN.Process(
            target=ingest_and_note, args=(root, a_file(root, number), notes, ready)
        )
        child.start()
        assert ready.wait(60)
        while child.is_alive():
            app = open_company(root)
            with app.records, app.warehouse.read() as reader:
                assert reader.browse("complaints").total in {
                    ROWS_A_FILE * (number - 1),
                    ROWS_A_FILE * number,
                }
        child.join()
        assert child.exitcode == 0, "opening the app disturbed the ingest"
        assert len(whole_files(root)) == number
