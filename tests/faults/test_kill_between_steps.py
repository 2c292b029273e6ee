"""F2: `clause9 ingest` killed between each pair of its steps; both stores agree afterwards."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from signal import SIGKILL

from tests.support.children import CHILDREN
from tests.support.counts import Tell, counted
from tests.support.dying import Step, after, before, die_at
from tests.support.ingesting import a_file, a_workspace, batches_of, clause9, ingest, whole_files

ROUNDS = counted(1, full=20)

NOTHING, REFUSED, PUBLISHED = "nothing on record", "refused", "published"
"""What becomes of the batch at the next start."""

STEPS = {
    # archive
    "before the raw bytes": (before("data/archive.py", "Archive.put"), NOTHING),
    "raw bytes not named yet": (after("data/archive.py", "_copy"), NOTHING),
    "raw bytes archived": (after("data/archive.py", "Archive.put"), NOTHING),
    "read and checked": (before("pipelines/publish/settle.py", "settled"), NOTHING),
    # pending
    "version laid out": (after("data/warehouse/versions.py", "Versions.begin"), NOTHING),
    "batch not committed": (after("data/records/batches.py", "create_batch"), NOTHING),
    "batch pending": (after("pipelines/publish/desk.py", "open_batch"), REFUSED),
    # warehouse transaction
    "rows in": (after("pipelines/publish/facts.py", "insert"), REFUSED),
    "cells computed": (before("data/warehouse/store.py", "Warehouse._commit"), REFUSED),
    "committed": (after("data/warehouse/store.py", "Warehouse._commit"), REFUSED),
    "checked": (before("data/warehouse/versions.py", "Versions.publish"), REFUSED),
    # pointer
    "version named": (before("data/durable.py", "write_atomically"), REFUSED),
    "pointer not moved": (after("data/durable.py", "sync_file", nth=4), REFUSED),
    "pointer moved": (after("data/durable.py", "write_atomically"), PUBLISHED),
    # published record, audit
    "not on record": (before("pipelines/publish/desk.py", "finish_planned"), PUBLISHED),
    "no audit entry": (before("data/records/chain.py", "append_entry", nth=2), PUBLISHED),
    "audit not committed": (after("data/records/chain.py", "append_entry", nth=2), PUBLISHED),
    "on record": (after("pipelines/publish/desk.py", "finish_planned"), PUBLISHED),
    "before the answer": (before("dashboard/company/publishing.py", "sweep"), PUBLISHED),
}
"""Each step, and what becomes of a batch that was interrupted there. In the order of a run: sync 1
is the archive's folder, 2 the version, 3 the folder of versions, 4 the new pointer; audit entry 1
is the pending batch, 2 the published one."""


def test_both_stores_agree_after_a_kill_between_any_two_steps(tmp_path: Path, tell: Tell) -> None:
    root, notes = a_workspace(tmp_path / "company"), tmp_path / "acknowledged"
    assert ingest(root, a_file(root, 1), notes) == 0
    number, files, told = 1, [a_file(root, 1).name], Counter[str]()
    for name, (step, becomes) in STEPS.items():
        for _ in range(ROUNDS):
            number += 1
            file = a_file(root, number)
            child = CHILDREN.Process(target=ingest_and_die, args=(root, file, step))
            child.start()
            child.join(60)
            assert child.exitcode == -SIGKILL, f"'{name}' was not reached"
            files += [file.name] if becomes == PUBLISHED else []
            assert whole_files(root) == files, name
            assert on_record(root, file) == becomes, name
            told[becomes] += 1
    # Sent again, what was not published is, and what was is not published a second time.
    assert ingest(root, root / "inbox", notes) == 0
    assert sorted(whole_files(root)) == sorted(a_file(root, n).name for n in range(1, number + 1))
    became = ", ".join(f"{times} {becomes}" for becomes, times in told.items())
    tell(
        f"F2: {len(STEPS)} steps x {ROUNDS} kills; both stores agreed {told.total()} of "
        f"{told.total()} times: {became}."
    )


def ingest_and_die(root: Path, file: Path, step: Step) -> None:
    die_at(step, lambda: clause9(root, ["ingest", str(file)]))


def on_record(root: Path, file: Path) -> str:
    """Return what the records say became of a file."""
    states = {batch.file_name: batch.state for batch in batches_of(root)}
    return {None: NOTHING, "rejected": REFUSED, "published": PUBLISHED}[states.get(file.name)]
