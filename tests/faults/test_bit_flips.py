"""A flipped bit in a version is told, or falls where nothing is kept: no number is ever wrong."""

from __future__ import annotations

import random
from pathlib import Path

from data.warehouse import DamagedWarehouseError
from tests.support.publishing import publish_batch, whole_batches
from tests.support.warehouses import a_warehouse

FLIPS = 30


def test_a_flipped_bit_is_told_or_harmless(tmp_path: Path) -> None:
    warehouse = a_warehouse(tmp_path)
    publish_batch(warehouse, 1)
    path = tmp_path / "v000001.duckdb"
    whole = path.read_bytes()
    with warehouse.read() as reader:
        right = reader.facts_frame("complaints"), reader.facts_frame("outputs")
    chance, told = random.Random(60), 0  # noqa: S311 - not for secrets
    for flip in range(FLIPS):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        # Under its own folder each time: DuckDB knows an open file by its path.
        copy = tmp_path / f"flip {flip}"
        copy.mkdir()
        (copy / path.name).write_bytes(damaged)
        (copy / "current").write_text("1\n")
        try:
            with a_warehouse(copy).read() as reader:
                assert whole_batches(reader) == [1]
                assert reader.facts_frame("complaints").equals(right[0])
                assert reader.facts_frame("outputs").equals(right[1])
        except DamagedWarehouseError as error:
            assert "clause9 rebuild" in str(error)  # noqa: PT017
            told += 1
    assert told > 0, "every flip fell where nothing is kept: nothing was shown"
