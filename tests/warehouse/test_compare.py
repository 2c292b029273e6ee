"""What incoming rows would change, counted before they come in."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.tables.contract import Table
from data.warehouse import Comparison, Warehouse
from tests.support.warehouses import COMPLAINTS, OUTPUTS, a_warehouse, bring, drawn, some_rows


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return a_warehouse(tmp_path)


def publish(
    warehouse: Warehouse, batch: int, table: Table, text: str, scope: str | None = None
) -> None:
    rows = some_rows(table, drawn(table, text), batch=batch, scope=scope)
    with warehouse.publish("a test") as writer:
        bring(writer, batch, (table.name, rows))


def comparison(
    warehouse: Warehouse, table: Table, text: str, scope: str | None = None
) -> Comparison:
    with warehouse.read() as reader:
        return reader.compare(table.name, some_rows(table, drawn(table, text), scope=scope))


FIRST = """
complaint_id | site  | cost
C1           | Porto | 10.00
C2           | -     | 20.00
"""


def test_the_same_rows_are_unchanged(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    assert comparison(warehouse, COMPLAINTS, FIRST) == Comparison(0, 0, unchanged=2, removed=0)


def test_rows_compare_by_key_and_content(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    corrected = """
    complaint_id | site  | cost
    C1           | Porto | 10
    C2           | Faro  | 20.00
    C3           | Faro  | 30.00
    """
    # C1 is stored as 10.00 either way; C2 got a site; C3 is not there yet.
    assert comparison(warehouse, COMPLAINTS, corrected) == Comparison(
        new=1, restated=1, unchanged=1, removed=0
    )


def test_rows_compare_to_the_correction_in_force_not_to_what_it_corrected(
    warehouse: Warehouse,
) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    publish(warehouse, 2, COMPLAINTS, "complaint_id | cost\nC2 | 25.00")
    back_again = "complaint_id | cost\nC2 | 20.00"
    assert comparison(warehouse, COMPLAINTS, back_again).restated == 1


def test_a_replaced_period_counts_the_keys_that_end(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST, scope="2026-10-01")
    only_one = "complaint_id | site  | cost\nC1 | Porto | 10.00"
    assert comparison(warehouse, COMPLAINTS, only_one, scope="2026-10-01") == Comparison(
        new=0, restated=0, unchanged=1, removed=1
    )


def test_without_a_scope_nothing_ends(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    assert comparison(warehouse, COMPLAINTS, "complaint_id\nC1").removed == 0


OCTOBER = """
_row | output_on  | quantity
2    | 2026-10-01 | 100
3    | 2026-10-02 | 100
4    | 2026-10-03 | 100
"""


def test_rows_without_a_key_compare_by_their_place_in_the_slot(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER, scope="outputs/october.csv")
    resubmitted = """
    _row | output_on  | quantity
    2    | 2026-10-01 | 100
    3    | 2026-10-02 | 120
    5    | 2026-10-04 | 100
    """
    assert comparison(warehouse, OUTPUTS, resubmitted, scope="outputs/october.csv") == Comparison(
        new=1, restated=1, unchanged=1, removed=1
    )
    elsewhere = comparison(warehouse, OUTPUTS, resubmitted, scope="outputs/november.csv")
    assert elsewhere == Comparison(new=3, restated=0, unchanged=0, removed=0)


def test_a_slot_replaced_by_nothing_ends_its_rows(warehouse: Warehouse) -> None:
    publish(warehouse, 1, OUTPUTS, OCTOBER, scope="outputs/october.csv")
    with warehouse.read() as reader:
        found = reader.compare(
            "outputs", some_rows(OUTPUTS, []), replacing=[("a_mapping", "outputs/october.csv")]
        )
    assert found == Comparison(new=0, restated=0, unchanged=0, removed=3)


def test_comparing_leaves_the_warehouse_as_it_is(warehouse: Warehouse) -> None:
    publish(warehouse, 1, COMPLAINTS, FIRST)
    with warehouse.publish("a test") as writer:
        rows = some_rows(COMPLAINTS, drawn(COMPLAINTS, FIRST), batch=2)
        assert writer.compare("complaints", rows).unchanged == 2
        assert writer.compare("complaints", rows).unchanged == 2
