"""A contract that changes: what a publish brings along, and what needs a rebuild."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import Clause9Error
from data.tables.contract import Table
from data.warehouse import Warehouse
from tests.support.warehouses import (
    COMPLAINTS,
    OUTPUTS,
    a_column,
    a_warehouse,
    bring,
    in_force,
    some_rows,
)


def with_columns(table: Table, *more: object) -> Table:
    return changed(table, columns=(*table.columns, *more))


def changed(table: Table, **fields: object) -> Table:
    return Table.model_validate(dict(table) | fields)


def publish_one(warehouse: Warehouse, table: Table, batch: int, **row: object) -> None:
    with warehouse.publish("a test") as writer:
        bring(writer, batch, (table.name, some_rows(table, [row], batch=batch)))


def test_a_new_table_is_there_after_the_next_publish(tmp_path: Path) -> None:
    publish_one(a_warehouse(tmp_path, {"complaints": COMPLAINTS}), COMPLAINTS, 1, complaint_id="C1")
    both = a_warehouse(tmp_path, {"complaints": COMPLAINTS, "outputs": OUTPUTS})
    publish_one(both, OUTPUTS, 2, quantity="5")
    assert in_force(both, "outputs", "quantity") == [("5",)]
    assert in_force(both, "complaints", "complaint_id") == [("C1",)]


def test_a_new_column_is_empty_in_rows_from_before(tmp_path: Path) -> None:
    publish_one(a_warehouse(tmp_path, {"complaints": COMPLAINTS}), COMPLAINTS, 1, complaint_id="C1")
    wider = with_columns(COMPLAINTS, a_column("carrier"))
    warehouse = a_warehouse(tmp_path, {"complaints": wider})
    with warehouse.read() as reader:
        assert reader.browse("complaints").rows["carrier"].to_list() == [None]
        assert reader.browse("complaints", equals={"carrier": "Ox cart"}).total == 0
    publish_one(warehouse, wider, 2, complaint_id="C2", carrier="Ox cart")
    found = in_force(warehouse, "complaints", "complaint_id", "carrier")
    assert found == [("C1", "-"), ("C2", "Ox cart")]


def test_a_column_no_longer_in_the_contract_stays_as_it_was(tmp_path: Path) -> None:
    publish_one(
        a_warehouse(tmp_path, {"complaints": COMPLAINTS}),
        COMPLAINTS,
        1,
        complaint_id="C1",
        cost="3.00",
    )
    narrow = changed(COMPLAINTS, columns=COMPLAINTS.columns[:3], counted_by=None)
    warehouse = a_warehouse(tmp_path, {"complaints": narrow})
    publish_one(warehouse, narrow, 2, complaint_id="C2")
    assert "cost" not in warehouse_columns(warehouse)
    back = a_warehouse(tmp_path, {"complaints": COMPLAINTS})
    assert in_force(back, "complaints", "complaint_id", "cost") == [("C1", "3.00"), ("C2", "-")]


def warehouse_columns(warehouse: Warehouse) -> list[str]:
    with warehouse.read() as reader:
        return reader.browse("complaints").rows.columns


def test_a_changed_type_is_refused_with_the_way_out(tmp_path: Path) -> None:
    publish_one(a_warehouse(tmp_path, {"complaints": COMPLAINTS}), COMPLAINTS, 1, complaint_id="C1")
    columns = tuple(
        a_column("cost", "decimal", decimals=3) if c.name == "cost" else c
        for c in COMPLAINTS.columns
    )
    warehouse = a_warehouse(tmp_path, {"complaints": changed(COMPLAINTS, columns=columns)})
    with (
        pytest.raises(Clause9Error, match=r"complaints\.cost was DECIMAL\(18,2\).*clause9 rebuild"),
        warehouse.publish("a test"),
    ):
        pass
    assert warehouse.version() == 1


def test_a_changed_key_decides_again_which_rows_are_in_force(tmp_path: Path) -> None:
    warehouse = a_warehouse(tmp_path, {"complaints": COMPLAINTS})
    publish_one(warehouse, COMPLAINTS, 1, complaint_id="C1", site="Porto")
    publish_one(warehouse, COMPLAINTS, 2, complaint_id="C1", site="Faro")
    by_site = changed(COMPLAINTS, key=("complaint_id", "site"))
    warehouse = a_warehouse(tmp_path, {"complaints": by_site})
    with warehouse.publish("a test"):
        pass
    assert in_force(warehouse, "complaints", "complaint_id", "site") == [
        ("C1", "Faro"),
        ("C1", "Porto"),
    ]


def test_a_table_that_lost_its_key_needs_a_rebuild(tmp_path: Path) -> None:
    publish_one(a_warehouse(tmp_path, {"complaints": COMPLAINTS}), COMPLAINTS, 1, complaint_id="C1")
    warehouse = a_warehouse(tmp_path, {"complaints": changed(COMPLAINTS, key=())})
    with pytest.raises(Clause9Error, match="clause9 rebuild"), warehouse.publish("a test"):
        pass
