"""Readers in threads and in another process see whole versions only, in order, and no errors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from pathlib import Path

from tests.support.children import CHILDREN
from tests.support.counts import counted
from tests.support.publishing import publish_batch, read_on_and_on, versions_seen
from tests.support.warehouses import a_warehouse

PUBLISHES = counted(12, full=100)


def test_readers_never_see_half_a_batch(tmp_path: Path) -> None:
    folder, stop = tmp_path / "warehouse", tmp_path / "stop"
    warehouse = a_warehouse(folder)
    elsewhere = CHILDREN.Process(target=read_on_and_on, args=(folder, stop))
    elsewhere.start()

    def read_until_stopped() -> int:
        seen = takewhile(lambda _: not stop.exists(), versions_seen(warehouse))
        return len(set(seen))

    with ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read_until_stopped) for _ in range(4)]
        try:
            for batch in range(1, PUBLISHES + 1):
                publish_batch(warehouse, batch)
                warehouse.retain()
        finally:
            stop.touch()
        versions = [reader.result() for reader in readers]
    elsewhere.join(30)
    assert elsewhere.exitcode == 0
    assert max(versions) > 1, "no reader saw a version change: nothing was shown"
