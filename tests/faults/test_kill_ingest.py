"""`clause9 ingest` killed at any moment: records and warehouse agree again at the next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from data.records.batches import batches
from data.records.records import open_records
from data.settings import open_workspace
from tests.support.children import CHILDREN, kill_after, kills, moments
from tests.support.ingesting import a_file, a_workspace, ingest_and_note, whole_files


def test_what_was_acknowledged_is_there_whole_and_once_after_every_kill(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    usual = seconds_of_an_ingest(root, notes)
    number, killed, wanted = 3, 0, kills(usual=50)
    for at, moment in enumerate(moments(4 * wanted, longest=usual)):
        file = a_file(root, number)
        child = CHILDREN.Process(target=ingest_and_note, args=(root, file, notes))
        # A third of the kills falls anywhere in the command, a third after it began to make a
        # version, a third after the records know the batch and before they know it published.
        begun, seconds = [
            (at_once, 0.8 * moment),
            (is_making_a_version(root), 0.3 * moment),
            (has_a_pending_batch(root), 0.15 * moment),
        ][at % 3]
        killed += kill_after(child, begun, seconds, may_end=True)
        files = whole_files(root)
        acknowledged = notes.read_text().split()
        # In the order of files: the killed one is there whole, or not at all and tried again.
        assert files == [a_file(root, at).name for at in range(1, len(files) + 1)]
        assert set(acknowledged) <= set(files)
        assert len(files) in {number - 1, number}
        number = len(files) + 1
        if killed == wanted:
            break
    assert killed == wanted
    assert ingest(root, a_file(root, number), notes) == 0
    assert len(whole_files(root)) == number


def at_once() -> bool:
    return True


def is_making_a_version(root: Path) -> Callable[[], bool]:
    """Say whether a version is begun, other than the one an earlier kill may have left behind."""
    building = root / "state" / "warehouse" / "building.duckdb"
    before = building.stat().st_mtime_ns if building.exists() else None
    return lambda: building.exists() and building.stat().st_mtime_ns != before


def has_a_pending_batch(root: Path) -> Callable[[], bool]:
    """Say whether the records hold a batch that is not published yet."""
    url = open_workspace(root).records_url

    def has() -> bool:
        with open_records(url) as records:
            return bool(batches(records, state="pending"))

    return has


def test_the_same_file_sent_in_by_several_at_once_is_one_batch(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    file = a_file(root, 1)
    children = [
        CHILDREN.Process(target=ingest_and_note, args=(root, file, notes)) for _ in range(4)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    assert whole_files(root) == [file.name]


def test_different_files_sent_in_at_once_are_all_published(tmp_path: Path) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    files = [a_file(root, number) for number in range(1, 5)]
    children = [
        CHILDREN.Process(target=ingest_and_note, args=(root, file, notes)) for file in files
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
    assert [child.exitcode for child in children] == [0, 0, 0, 0]
    assert sorted(whole_files(root)) == [file.name for file in files]


def ingest(root: Path, file: Path, notes: Path) -> int | None:
    """Run one ingest to its end in a process of its own; return its exit code."""
    child = CHILDREN.Process(target=ingest_and_note, args=(root, file, notes))
    child.start()
    child.join(120)
    return child.exitcode


def seconds_of_an_ingest(root: Path, notes: Path) -> float:
    """Ingest two files; the second shows how long one takes in a company that is set up."""
    assert ingest(root, a_file(root, 1), notes) == 0
    before = perf_counter()
    assert ingest(root, a_file(root, 2), notes) == 0
    return perf_counter() - before
