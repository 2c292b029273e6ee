"""Which rows count: corrections by key, replacement of slots and periods, and reverts of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from data.tables.contract import Table
from data.warehouse import Warehouse
from tests.support.warehouses import (
    COMPLAINTS,
    FIGURES,
    OUTPUTS,
    a_batch,
    a_warehouse,
    bring,
    drawn,
    in_force,
    some_rows,
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return a_warehouse(tmp_path)


def publish(
    warehouse: Warehouse, batch: int, table: Table, text: str, scope: str | None = None
) -> None:
    rows = some_rows(table, drawn(table, text), batch=batch, scope=scope)
    with warehouse.publish("a test") as writer:
        bring(writer, batch, (table.name, rows))


def revert(warehouse: Warehouse, batch: int) -> None:
    with warehouse.publish("a test") as writer:
        writer.remove_batch(batch)


FIRST = """
complaint_id | site  | cost
C1           | Porto | 10.00
C2           | Porto | 20.00
"""
CORRECTION = """
complaint_id | site  | cost
C2           | Porto | 25.00
C3           | Faro  | 30.00
"""


def test_a_later_batch_corrects_the_rows_with_its_keys(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    publish(warehouse, 2, COMPLAINTS, CORRECTION)
    assert in_force(warehouse, "complaints", "complaint_id", "cost", "_batch") == [
        ("C1", "10.00", "1"),
        ("C2", "25.00", "2"),
        ("C3", "30.00", "2"),
    ]


def test_a_reverted_correction_brings_the_corrected_row_back(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    publish(warehouse, 2, COMPLAINTS, CORRECTION)
    revert(warehouse, 2)
    assert in_force(warehouse, "complaints", "complaint_id", "cost", "_batch") == [
        ("C1", "10.00", "1"),
        ("C2", "20.00", "1"),
    ]


def test_a_reverted_first_batch_leaves_its_correction_alone(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    publish(warehouse, 2, COMPLAINTS, CORRECTION)
    revert(warehouse, 1)
    assert in_force(warehouse, "complaints", "complaint_id", "cost") == [
        ("C2", "25.00"),
        ("C3", "30.00"),
    ]


def test_of_a_key_twice_in_one_file_the_row_further_down_counts(warehouse: Warehouse) -> None:
    publish(
        warehouse,
        1,
        COMPLAINTS,
        """
        complaint_id | cost  | _row
        C1           | 99.00 | 10
        C1           | 10.00 | 9
        """,
    )
    assert in_force(warehouse, "complaints", "complaint_id", "cost") == [("C1", "99.00")]


def test_a_key_that_is_empty_in_part_is_one_key(warehouse: Warehouse) -> None:
    figure = """
    metric | period     | site | note
    scrap  | 2026-10-01 | -    | {note}
    """
    publish(warehouse, 1, FIGURES, figure.format(note="first"))
    publish(warehouse, 2, FIGURES, figure.format(note="corrected"))
    assert in_force(warehouse, "figures", "metric", "site", "note") == [("scrap", "-", "corrected")]


OCTOBER = """
output_on  | site  | quantity
2026-10-01 | Porto | 100
2026-10-02 | Porto | 100
"""
OCTOBER_AGAIN = """
output_on  | site  | quantity
2026-10-01 | Porto | 120
"""


def test_a_resubmitted_slot_replaces_all_its_rows(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER, scope="outputs/october.csv")
    publish(warehouse, 2, OUTPUTS, OCTOBER_AGAIN, scope="outputs/october.csv")
    assert in_force(warehouse, "outputs", "output_on", "quantity") == [("2026-10-01", "120")]


def test_a_slot_leaves_other_slots_alone(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER, scope="outputs/porto.csv")
    publish(warehouse, 2, OUTPUTS, OCTOBER_AGAIN, scope="outputs/faro.csv")
    assert [q for (q,) in in_force(warehouse, "outputs", "quantity")] == ["100", "100", "120"]


def test_a_reverted_slot_shows_the_rows_it_had_replaced(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER, scope="outputs/october.csv")
    publish(warehouse, 2, OUTPUTS, OCTOBER_AGAIN, scope="outputs/october.csv")
    revert(warehouse, 2)
    assert in_force(warehouse, "outputs", "output_on", "quantity") == [
        ("2026-10-01", "100"),
        ("2026-10-02", "100"),
    ]


def test_the_same_row_twice_in_a_slot_counts_twice(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER_AGAIN + OCTOBER_AGAIN.splitlines()[2], scope="o/x.csv")
    assert [q for (q,) in in_force(warehouse, "outputs", "quantity")] == ["120", "120"]


def test_a_slot_submitted_without_rows_is_empty(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER, scope="outputs/october.csv")
    with warehouse.publish("a test") as writer:
        writer.add_batch(a_batch(2))
        writer.declare_scope(2, "outputs", "a_mapping", "outputs/october.csv")
    assert in_force(warehouse, "outputs", "quantity") == []
    revert(warehouse, 2)
    assert [q for (q,) in in_force(warehouse, "outputs", "quantity")] == ["100", "100"]


def test_a_replaced_period_of_a_keyed_table_ends_the_keys_it_no_longer_has(
    warehouse: Warehouse,
) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST, scope="2026-10-01")
    publish(warehouse, 2, COMPLAINTS, CORRECTION, scope="2026-10-01")
    assert in_force(warehouse, "complaints", "complaint_id", "cost") == [
        ("C2", "25.00"),
        ("C3", "30.00"),
    ]


def test_a_key_that_moved_out_of_a_replaced_period_comes_back_with_its_older_row(
    warehouse: Warehouse,
) -> None:
    publish(warehouse, 1, COMPLAINTS, "complaint_id | cost\nC1 | 10.00", scope="2026-09-01")
    publish(warehouse, 2, COMPLAINTS, "complaint_id | cost\nC1 | 11.00", scope="2026-10-01")
    publish(warehouse, 3, COMPLAINTS, "complaint_id | cost\nC2 | 12.00", scope="2026-10-01")
    # Batch 3 replaced October, where C1 had its later row: its row of September is in force again.
    assert in_force(warehouse, "complaints", "complaint_id", "cost") == [
        ("C1", "10.00"),
        ("C2", "12.00"),
    ]


def test_scopes_belong_to_their_mapping(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER, scope="2026-10-01")
    other = some_rows(
        OUTPUTS, drawn(OUTPUTS, OCTOBER_AGAIN), batch=2, mapping="other", scope="2026-10-01"
    )
    with warehouse.publish("a test") as writer:
        bring(writer, 2, ("outputs", other))
    assert len(in_force(warehouse, "outputs", "quantity")) == 3


def test_rows_that_were_not_settled_are_settled_when_published(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    with warehouse.publish("a test") as writer:
        writer.add_batch(a_batch(2))
        rows = some_rows(COMPLAINTS, drawn(COMPLAINTS, CORRECTION), batch=2)
        writer.insert_rows("complaints", rows)
    assert len(in_force(warehouse, "complaints", "complaint_id")) == 3


def test_a_batch_that_extends_an_earlier_one_is_not_later_than_what_came_between(
    warehouse: Warehouse,
) -> None:
    """Batch 3 brings two rows that batch 1 left out; C2 came in with batch 2 meanwhile."""
    publish(warehouse, 1, COMPLAINTS, "complaint_id | cost\nC1 | 1")
    publish(warehouse, 2, COMPLAINTS, "complaint_id | cost\nC2 | 2")
    left_out = drawn(COMPLAINTS, "complaint_id | cost\nC2 | 20\nC3 | 30")
    with warehouse.publish("a test") as writer:
        writer.add_batch(replace(a_batch(3), extends=1))
        writer.insert_rows("complaints", some_rows(COMPLAINTS, left_out, batch=3))
    assert in_force(warehouse, "complaints", "complaint_id", "cost") == [
        ("C1", "1.00"),
        ("C2", "2.00"),
        ("C3", "30.00"),
    ]
    revert(warehouse, 2)
    assert ("C2", "20.00") in in_force(warehouse, "complaints", "complaint_id", "cost")


def test_a_version_of_an_earlier_release_learns_of_batches_that_extend_others(
    warehouse: Warehouse,
) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    with warehouse.publish("an earlier release") as writer:
        writer.execute("ALTER TABLE meta.batches DROP COLUMN extends")
    publish(warehouse, 2, COMPLAINTS, CORRECTION)
    assert len(in_force(warehouse, "complaints", "complaint_id")) == 3


def test_a_batch_takes_its_coverage_along_when_reverted(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    with warehouse.publish("a test") as writer:
        rows = some_rows(COMPLAINTS, drawn(COMPLAINTS, CORRECTION), batch=2)
        bring(writer, 2, ("complaints", rows))
        for batch in (1, 2):
            writer.add_coverage(coverage_of(batch))
    with warehouse.publish("a test") as writer:
        writer.remove_batch(2)
    with warehouse.read() as reader:
        assert reader.coverage()["batch"].to_list() == [1]
        assert reader.batches()["id"].to_list() == [1]


def coverage_of(batch: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "batch": batch,
            "mapping": "a_mapping",
            "table_name": "complaints",
            "covers_from": "2026-10-01",
            "covers_to": "2026-10-31",
            "slice": "{}",
        }
    )
