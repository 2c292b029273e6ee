"""F13: pages are read while the command line ingests: one page is one version, and none fails."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from data.warehouse import Warehouse
from tests.support.children import CHILDREN
from tests.support.counts import Tell, counted
from tests.support.ingesting import (
    ROWS_A_FILE,
    a_file,
    a_workspace,
    ingest,
    ingest_and_note,
    open_company,
    whole_files,
)

FILES = counted(4, full=100)

READERS_HERE, READERS_ELSEWHERE = 18, 2
"""Readers in threads, as the sessions of one app are, and in processes, as commands are."""

PAUSE = 0.2
"""Seconds between two looks of a reader, so that twenty of them leave the writer a processor."""


def test_an_app_that_was_reading_first_sees_the_old_rows_then_the_new(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    app = open_company(root)
    with app.records:
        with app.warehouse.read() as reader:
            assert ingest(root, a_file(root, 1), notes) == 0
            assert reader.browse("complaints").total == 0
        with app.warehouse.read() as reader:
            assert reader.browse("complaints").total == ROWS_A_FILE


def test_twenty_readers_see_one_version_in_one_page_while_files_come_in(
    tmp_path: Path, tell: Tell
) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    stop = tmp_path / "stop"
    assert ingest(root, a_file(root, 1), notes) == 0
    app = open_company(root)
    elsewhere = [
        CHILDREN.Process(target=read_elsewhere, args=(root, stop)) for _ in range(READERS_ELSEWHERE)
    ]
    for process in elsewhere:
        process.start()
    with app.records, ThreadPoolExecutor(READERS_HERE) as threads:
        readers = [threads.submit(pages_read, app.warehouse, stop) for _ in range(READERS_HERE)]
        try:
            for number in range(2, FILES + 2):
                assert ingest(root, a_file(root, number), notes) == 0
        finally:
            stop.touch()
        seen = [reader.result() for reader in readers]
    for process in elsewhere:
        process.join(60)
    assert [process.exitcode for process in elsewhere] == [0] * READERS_ELSEWHERE
    assert len(whole_files(root)) == FILES + 1
    pages, versions = sum(len(each) for each in seen), {number for each in seen for number in each}
    assert len(versions) > 1, "no reader saw a version change: nothing was shown"
    tell(
        f"F13: {FILES} publishes, {READERS_HERE + READERS_ELSEWHERE} readers, {pages:,} pages read "
        f"by the {READERS_HERE} in threads in {len(versions)} versions: 0 errors, 0 mixed."
    )


def read_elsewhere(root: Path, stop: Path) -> None:
    """Read pages in this process until told to stop; fails, and so ends with a code, at a fault."""
    app = open_company(root)
    with app.records:
        pages_read(app.warehouse, stop)


def pages_read(warehouse: Warehouse, stop: Path) -> list[int]:
    """Return the version of each page read until told to stop; none older than the one before."""
    seen = [0]
    while not stop.exists():
        seen.append(version_of_a_page(warehouse))
        assert seen[-1] >= seen[-2]
        time.sleep(PAUSE)
    return seen[1:]


def version_of_a_page(warehouse: Warehouse) -> int:
    """Read what a page shows, figure by figure, and return the one version all of it is from."""
    with warehouse.read() as reader:
        files = reader.batches().height
        assert reader.version == files
        assert reader.browse("complaints", limit=10).total == ROWS_A_FILE * files
        cells = reader.frame("SELECT sum(numerator) FROM cells WHERE metric = 'complaints'")
        assert int(cells.item()) == ROWS_A_FILE * files
        by_day = reader.summarise("complaints", "process")
        assert by_day["records"].to_list() == [ROWS_A_FILE * files]
        return reader.version


def test_an_app_opened_while_files_come_in_disturbs_no_ingest(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    for number in range(1, 3):
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
