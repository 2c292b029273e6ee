"""What a publish would give, looked at in a copy: nobody waits for it, nothing of it stays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from tests.support.warehouses import COMPLAINTS, a_warehouse, bring, drawn, some_rows

FIRST = """
complaint_id | received_on | cost
C1           | 2026-10-01  | 10.00
C2           | 2026-10-02  | 20.00
"""

AGAIN = """
complaint_id | received_on | cost
C2           | 2026-10-02  | 25.00
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    made = a_warehouse(tmp_path)
    with made.publish("a test") as writer:
        bring(writer, 1, ("complaints", some_rows(COMPLAINTS, drawn(COMPLAINTS, FIRST), batch=1)))
    return made


def costs(warehouse: Warehouse) -> dict[str, str]:
    with warehouse.read() as reader:
        frame = reader.facts_frame("complaints", ["complaint_id", "cost"])
    return {name: str(cost) for name, cost in frame.iter_rows()}


def test_a_rehearsal_sees_its_own_rows_and_leaves_no_trace(warehouse: Warehouse) -> None:
    before = {path.name for path in warehouse._versions.folder.iterdir()}
    with warehouse.rehearse() as writer:
        bring(writer, 2, ("complaints", some_rows(COMPLAINTS, drawn(COMPLAINTS, AGAIN), batch=2)))
        writer.settle_all()
        frame = writer.facts_frame("complaints", ["complaint_id", "cost"])
    assert {n: str(c) for n, c in frame.iter_rows()} == {"C1": "10.00", "C2": "25.00"}
    assert costs(warehouse) == {"C1": "10.00", "C2": "20.00"}
    assert warehouse.version() == 1
    assert {path.name for path in warehouse._versions.folder.iterdir()} == before


def test_a_rehearsal_waits_for_no_writer(warehouse: Warehouse) -> None:
    with warehouse.publish("somebody"), warehouse.rehearse() as writer:
        assert writer.facts_frame("complaints").height == 2


def test_an_empty_warehouse_can_be_rehearsed_in(tmp_path: Path) -> None:
    empty = a_warehouse(tmp_path / "empty")
    assert empty.size() == 0
    with empty.rehearse() as writer:
        assert writer.facts_frame("complaints").is_empty()
    assert empty.version() == 0


def test_rows_in_force_that_do_not_come_again_are_named_by_their_key(warehouse: Warehouse) -> None:
    rows = some_rows(COMPLAINTS, drawn(COMPLAINTS, AGAIN))
    mapping = rows["_mapping"][0]
    october = (date(2026, 10, 1), date(2026, 10, 31))
    with warehouse.read() as reader:
        found = reader.absent("complaints", rows, mapping, october, 5)
        later = reader.absent("complaints", rows, mapping, (date(2026, 11, 1),) * 2, 5)
        other = reader.absent("complaints", rows, "another", october, 5)
    assert found.rows() == [("C1", 1)]
    assert later.is_empty()
    assert other.is_empty()
