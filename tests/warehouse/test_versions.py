"""Publishing: all or nothing, one pointer, leftovers swept, old versions kept as asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data.errors import Clause9Error, NotFoundError
from data.warehouse import DamagedWarehouseError, Warehouse
from tests.support.warehouses import COMPLAINTS, a_warehouse, bring, in_force, some_rows


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return a_warehouse(tmp_path / "warehouse")


def publish_one(warehouse: Warehouse, batch: int) -> None:
    rows = some_rows(COMPLAINTS, [{"complaint_id": f"C{batch}"}], batch=batch)
    with warehouse.publish("a test") as writer:
        bring(writer, batch, ("complaints", rows))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "writer.lock")


def test_before_the_first_publish_every_table_is_there_and_empty(warehouse: Warehouse) -> None:
    with warehouse.read() as reader:
        assert reader.version == 0
        assert reader.browse("complaints").total == 0
        assert reader.batches().is_empty()
        assert reader.frame("SELECT * FROM cells").is_empty()


def test_reading_creates_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    with warehouse.read():
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_publish_is_one_file_and_a_pointer(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_one(warehouse, 1)
    assert files(tmp_path / "warehouse") == ["current", "v000001.duckdb"]
    assert (tmp_path / "warehouse" / "current").read_text() == "1\n"
    assert warehouse.version() == 1


def test_a_failed_publish_leaves_no_trace(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_one(warehouse, 1)
    with pytest.raises(ZeroDivisionError), warehouse.publish("a test") as writer:  # noqa: PT012
        rows = some_rows(COMPLAINTS, [{"complaint_id": "C2"}], batch=2)
        bring(writer, 2, ("complaints", rows))
        raise ZeroDivisionError
    assert files(tmp_path / "warehouse") == ["current", "v000001.duckdb"]
    assert in_force(warehouse, "complaints", "complaint_id") == [("C1",)]


def test_after_a_failed_statement_the_next_publish_works(warehouse: Warehouse) -> None:
    publish_one(warehouse, 1)
    with pytest.raises(duckdb.ConstraintException):
        publish_one(warehouse, 1)
    publish_one(warehouse, 2)
    assert in_force(warehouse, "complaints", "complaint_id") == [("C1",), ("C2",)]


def test_a_reader_keeps_its_version_while_the_next_is_published(warehouse: Warehouse) -> None:
    publish_one(warehouse, 1)
    with warehouse.read() as before:
        publish_one(warehouse, 2)
        with warehouse.read() as after:
            assert before.browse("complaints").total == 1
            assert after.browse("complaints").total == 2
        assert before.browse("complaints").total == 1


def test_the_writer_sees_what_it_did_so_far(warehouse: Warehouse) -> None:
    with warehouse.publish("a test") as writer:
        rows = some_rows(COMPLAINTS, [{"complaint_id": "C1"}])
        bring(writer, 1, ("complaints", rows))
        assert writer.version == 1
        assert writer.frame("SELECT count(*) AS n FROM facts.complaints").item() == 1


def test_what_a_killed_writer_left_is_swept(warehouse: Warehouse, tmp_path: Path) -> None:
    publish_one(warehouse, 1)
    folder = tmp_path / "warehouse"
    (folder / "building.duckdb").write_bytes(b"half a copy")
    (folder / "building.duckdb.wal").write_bytes(b"half a log")
    (folder / "v000002.duckdb").write_bytes(b"finished, but the pointer was never moved")
    publish_one(warehouse, 2)
    assert files(folder) == ["current", "v000001.duckdb", "v000002.duckdb"]
    assert in_force(warehouse, "complaints", "complaint_id") == [("C1",), ("C2",)]


def test_a_first_publish_killed_before_its_pointer_counts_as_none(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    publish_one(warehouse, 1)
    (tmp_path / "warehouse" / "current").unlink()
    assert warehouse.version() == 0
    publish_one(warehouse, 2)
    assert in_force(warehouse, "complaints", "complaint_id") == [("C2",)]


def test_old_versions_go_but_for_the_last_the_named_and_the_open(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    publish_one(warehouse, 1)
    publish_one(warehouse, 2)
    with warehouse.read() as reader:  # version 2
        for batch in range(3, 8):
            publish_one(warehouse, batch)
        warehouse.retain(named=[4])
        assert reader.browse("complaints").total == 2
    # The settings keep the last three: 5, 6, 7.
    kept = ["v000002", "v000004", "v000005", "v000006", "v000007"]
    assert files(tmp_path / "warehouse") == ["current", *(f"{name}.duckdb" for name in kept)]
    warehouse.retain(named=[4])
    assert not (tmp_path / "warehouse" / "v000002.duckdb").exists()


def test_a_kept_version_can_be_read_again(warehouse: Warehouse) -> None:
    publish_one(warehouse, 1)
    publish_one(warehouse, 2)
    with warehouse.read(version=1) as reader:
        assert reader.browse("complaints").total == 1


def test_a_version_no_longer_kept_is_not_found(warehouse: Warehouse) -> None:
    for batch in range(1, 6):
        publish_one(warehouse, batch)
    warehouse.retain()
    with pytest.raises(NotFoundError, match="Kept versions: 3, 4, 5"), warehouse.read(version=1):
        pass


def test_a_fresh_publish_starts_empty_under_the_next_number(warehouse: Warehouse) -> None:
    publish_one(warehouse, 1)
    with warehouse.publish("a rebuild", fresh=True) as writer:
        assert writer.batches().is_empty()
    assert warehouse.version() == 2
    assert in_force(warehouse, "complaints", "complaint_id") == []


def damage_middle(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 4, len(data), 1024):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a database" * 5000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.unlink(),
        damage_middle,
    ],
    ids=["empty", "junk", "cut short", "gone", "bits flipped"],
)
def test_a_damaged_version_names_itself_and_the_way_out(
    warehouse: Warehouse, tmp_path: Path, damage: object
) -> None:
    publish_one(warehouse, 1)
    assert callable(damage)
    damage(tmp_path / "warehouse" / "v000001.duckdb")
    for attempt in (read_everything, lambda warehouse: publish_one(warehouse, 2)):
        with pytest.raises(DamagedWarehouseError) as told:
            attempt(warehouse)
        assert "Warehouse version 1" in str(told.value)
        assert "clause9 rebuild" in str(told.value)
    with warehouse.publish("a rebuild", fresh=True):
        pass
    assert in_force(warehouse, "complaints", "complaint_id") == []


def read_everything(warehouse: Warehouse) -> None:
    with warehouse.read() as reader:
        reader.facts_frame("complaints")
        reader.batches()


@pytest.mark.parametrize("text", ["", "nine", "\udcff"])
def test_an_unreadable_pointer_is_damage_not_version_zero(
    warehouse: Warehouse, tmp_path: Path, text: str
) -> None:
    publish_one(warehouse, 1)
    pointer = tmp_path / "warehouse" / "current"
    pointer.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DamagedWarehouseError, match="current"):
        warehouse.version()


def test_a_lost_pointer_is_damage_and_says_which_version_was_last(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    publish_one(warehouse, 1)
    publish_one(warehouse, 2)
    (tmp_path / "warehouse" / "current").unlink()
    with pytest.raises(DamagedWarehouseError, match="write 2 into it"):
        publish_one(warehouse, 3)
    assert (tmp_path / "warehouse" / "v000002.duckdb").exists()


def test_a_query_for_something_not_published_yet_says_so(tmp_path: Path) -> None:
    publish_one(a_warehouse(tmp_path, {"complaints": COMPLAINTS}), 1)
    grown = a_warehouse(tmp_path)
    with grown.read() as reader:
        with pytest.raises(Clause9Error, match=r"before figures, outputs existed.*clause9 compute"):
            reader.frame("SELECT * FROM facts.outputs")
        assert reader.browse("outputs").total == 0


def test_cells_are_replaced_by_metric_or_all(warehouse: Warehouse) -> None:
    with warehouse.publish("a test") as writer:
        writer.replace_cells(None, cells(first=1, second=1))
    with warehouse.publish("a test") as writer:
        writer.replace_cells(["first"], cells(first=2))
    with warehouse.read() as reader:
        found = reader.frame("SELECT metric, n FROM cells ORDER BY metric").rows()
    assert found == [("first", 2), ("second", 1)]


SEEN_AT = datetime(2026, 11, 2, 8, tzinfo=UTC)


def test_a_definition_is_kept_as_first_seen(warehouse: Warehouse) -> None:
    for actor in ("Quality manager", "Somebody later"):
        definition = {"definition_hash": "d1", "metric": "first", "canonical_json": "{}"}
        seen = {"first_seen_at": SEEN_AT, "actor": actor}
        with warehouse.publish("a test") as writer:
            writer.store_definitions(pl.DataFrame([definition | seen]))
    with warehouse.read() as reader:
        found = reader.definitions().select("actor", "first_seen_at").rows()
    # The same instant whatever time zone the machine is in.
    assert found == [("Quality manager", SEEN_AT)]


def cells(**n_by_metric: int) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "metric": metric,
                "definition_hash": "d1",
                "period": "2026-10-01",
                "slice": "{}",
                "n": n,
                "status": "ok",
            }
            for metric, n in n_by_metric.items()
        ]
    )
