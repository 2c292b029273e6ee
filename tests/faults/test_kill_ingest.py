"""F1: `clause9 ingest` killed at any moment; records and warehouse agree at the next start."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from time import perf_counter

from tests.support.children import CHILDREN, kill_after, moments
from tests.support.counts import Tell, counted
from tests.support.ingesting import a_file, a_workspace, ingest, ingest_and_note, whole_files
from tests.support.interrupted import Left, at_once, is_committing, is_making_a_version

KILLS = counted(25, full=200)


def test_what_was_acknowledged_is_there_whole_and_once_after_every_kill(
    tmp_path: Path, tell: Tell
) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    left, usual = Left(root), seconds_of_an_ingest(root, notes)
    number, fell, acknowledged = 3, Counter[str](), [a_file(root, 1).name, a_file(root, 2).name]
    for at, moment in enumerate(moments(8 * KILLS, longest=usual)):
        file, version = a_file(root, number), left.current
        child = CHILDREN.Process(target=ingest_and_note, args=(root, file, notes))
        # A third of the kills falls anywhere in the command, a third after it began to make a
        # version, a third at the commit, its checkpoint, and what follows until the answer.
        begun, seconds = [
            (at_once, 0.8 * moment),
            (is_making_a_version(left), 0.4 * moment),
            (is_committing(left), 0.2 * moment * (at % 2)),
        ][at % 3]
        if kill_after(child, begun, seconds, may_end=True):
            fell[left.reached(version)] += 1
        files = whole_files(root)
        acknowledged = notes.read_text().split()
        # In the order of files: the killed one is there whole, or not at all and tried again.
        assert files == [a_file(root, at).name for at in range(1, len(files) + 1)]
        assert set(acknowledged) <= set(files)
        assert len(files) in {number - 1, number}
        number = len(files) + 1
        if fell.total() == KILLS:
            break
    assert fell.total() == KILLS
    assert ingest(root, a_file(root, number), notes) == 0
    assert len(whole_files(root)) == number
    where = "; ".join(f"{step}: {times}" for step, times in sorted(fell.items()))
    tell(
        f"F1: {KILLS} kills, {KILLS} opens, {len(acknowledged)} acknowledged files, "
        f"0 lost, 0 doubled, 0 torn. The kills fell: {where}."
    )


def seconds_of_an_ingest(root: Path, notes: Path) -> float:
    """Ingest two files; the second shows how long one takes in a company that is set up."""
    assert ingest(root, a_file(root, 1), notes) == 0
    before = perf_counter()
    assert ingest(root, a_file(root, 2), notes) == 0
    return perf_counter() - before
