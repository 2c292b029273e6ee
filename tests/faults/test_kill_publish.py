"""A publisher killed at any moment loses, doubles and tears nothing, and the next one goes on."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from data.warehouse import Warehouse
from tests.support.children import CHILDREN, kill_after, moments
from tests.support.counts import counted
from tests.support.publishing import publish_batch, publish_on_and_on, whole_batches
from tests.support.warehouses import a_warehouse


def test_what_was_acknowledged_is_there_whole_and_once_after_every_kill(tmp_path: Path) -> None:
    folder, notes = tmp_path / "warehouse", tmp_path / "acknowledged"
    warehouse = a_warehouse(folder)
    seconds = seconds_of_a_publish(warehouse)
    notes.write_text("1\n")
    unnoted_before = 0
    for moment in moments(counted(20, full=200), longest=1.5 * seconds):
        ready = CHILDREN.Event()
        child = CHILDREN.Process(target=publish_on_and_on, args=(folder, notes, ready))
        kill_after(child, ready.is_set, moment)
        acknowledged = [int(line) for line in notes.read_text().split()]
        with warehouse.read() as reader:
            batches = whole_batches(reader)
        assert batches == list(range(1, len(batches) + 1))
        assert set(acknowledged) <= set(batches)
        # Killed between the pointer and the note, one batch is there without being acknowledged.
        unnoted_now = len(batches) - len(acknowledged)
        assert unnoted_now - unnoted_before in {0, 1}
        unnoted_before = unnoted_now
        warehouse.retain()
    assert len(batches) > 1, "no publish finished in any round: the moments show nothing"
    publish_batch(warehouse, len(batches) + 1)
    assert {path.suffix for path in folder.iterdir()} <= {"", ".duckdb", ".lock"}


def seconds_of_a_publish(warehouse: Warehouse) -> float:
    """Publish the first batch; the kills are spread over the time that takes, and a bit more."""
    before = perf_counter()
    publish_batch(warehouse, 1)
    return perf_counter() - before
