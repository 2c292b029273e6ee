"""What a publish computes: no more than its rows touch, and all that they do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from data.settings import WarehouseSettings
from data.tables import Table
from data.warehouse import Warehouse, WarehouseBatch, open_warehouse
from metrics.catalogue import Catalogue
from metrics.cells import read_cells
from metrics.model import Metric
from metrics.recompute import Computation, Scope, compute
from tests.metrics.test_kinds import a_metric
from tests.support.facts import TABLES, Row, a_complaint, a_metric_value, frame_of

AT = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)

USED: dict[str, Table] = {name: TABLES[name] for name in ("complaints", "metric_values")}


def named(name: str, kind: str, **measure: object) -> Metric:
    metric = a_metric(kind, ("site",), **measure)
    return Metric.model_validate({**metric.model_dump(by_alias=True), "name": name})


RECEIVED = named("received", "count", numerator={"table": "complaints"})
CLOSED = named("closed", "count", numerator={"table": "complaints", "dated_by": "closed_on"})
OPEN = named(
    "open", "stock", from_="received_on", to="closed_on", numerator={"table": "complaints"}
)
ENERGY = named("energy", "reported", metric="energy")
WATER = named("water", "reported", metric="water")

EVERY = {each.name: each for each in (RECEIVED, CLOSED, OPEN, ENERGY, WATER)}


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Return a warehouse with complaints of January and March, the later one open, and figures."""
    settings = WarehouseSettings(keep_versions=2, memory_limit="500MB", threads=1, lock_seconds=5)
    made = open_warehouse(tmp_path / "warehouse", USED, settings)
    publish(made, 1, complaints=[FIRST, SECOND], metric_values=[ONE_ENERGY, ONE_WATER])
    return made


FIRST = a_complaint(
    complaint_id="C1", received_on=date(2026, 1, 5), closed_on=date(2026, 2, 2), cost=10
)
SECOND = a_complaint(complaint_id="C2", received_on=date(2026, 3, 5))
ONE_ENERGY = a_metric_value(metric="energy", value=4)
ONE_WATER = a_metric_value(metric="water", value=5)


def publish(
    warehouse: Warehouse,
    number: int,
    metrics: dict[str, Metric] = EVERY,
    scope: Scope = "touched",
    **rows: list[Row],
) -> Computation:
    with warehouse.publish() as writer:
        writer.add_batch(WarehouseBatch(number, "a.csv", "0" * 64, AT, "clerk", "upload"))
        kept = {"_mapping": "a_mapping", "_batch": number, "_sheet": None, "_scope": None}
        for table, given in rows.items():
            placed = [{"_warnings": None, "_row": 2, **kept, **row} for row in given]
            writer.insert_rows(table, frame_of(TABLES[table], placed))
        return compute(writer, Catalogue(metrics), USED, "clerk", AT, scope)


def starts(done: Computation) -> list[date]:
    return [period.start for period in done.periods]


def test_the_same_rows_again_touch_nothing(warehouse: Warehouse) -> None:
    done = publish(warehouse, 2, complaints=[FIRST, SECOND], metric_values=[ONE_WATER])
    assert (done.cells, done.whole, done.in_part) == (0, (), ())


def test_a_corrected_day_touches_the_old_period_and_the_new(warehouse: Warehouse) -> None:
    moved = FIRST | {"closed_on": date(2026, 3, 2)}
    done = publish(warehouse, 2, {"closed": CLOSED}, complaints=[moved])
    assert starts(done) == [date(2026, 2, 1), date(2026, 3, 1)]


def test_a_stock_is_touched_from_the_day_a_record_opened_on(warehouse: Warehouse) -> None:
    new = a_complaint(complaint_id="C3", received_on=date(2026, 2, 20), closed_on=date(2026, 2, 21))
    done = publish(warehouse, 2, {"open": OPEN, "received": RECEIVED}, complaints=[new])
    assert done.in_part == ("open", "received")
    assert starts(done) == [date(2026, 2, 1), date(2026, 3, 1)]
    assert done.cells == 3  # two months of what is open, one of what was received


def test_what_is_open_is_followed_on_when_a_file_without_rows_covers_more(
    warehouse: Warehouse,
) -> None:
    """And no further than before once that file is taken back."""
    with warehouse.publish() as writer:
        writer.add_batch(WarehouseBatch(2, "b.csv", "1" * 64, AT, "clerk", "upload"))
        covered = (2, "a_mapping", "complaints", date(2026, 1, 1), date(2026, 5, 31), "{}")
        columns = ("batch", "mapping", "table_name", "covers_from", "covers_to", "slice")
        writer.add_coverage(pl.DataFrame([covered], schema=columns, orient="row"))
        done = compute(writer, Catalogue(EVERY), USED, "clerk", AT)
        assert done.in_part == ("open",)
        months = read_cells(writer, ["open"])["period"].unique().sort().to_list()
        assert months == [date(2026, month, 1) for month in (1, 2, 3, 4)]
    with warehouse.publish() as writer:
        writer.remove_batch(2)
        compute(writer, Catalogue(EVERY), USED, "clerk", AT)
        assert read_cells(writer, ["open"])["period"].max() == date(2026, 3, 1)


def test_a_row_that_only_a_warning_tells_apart_is_touched(warehouse: Warehouse) -> None:
    warned = FIRST | {"_warnings": "cost_not_negative"}
    assert publish(warehouse, 2, complaints=[warned]).in_part == ("received", "closed", "open")


def test_a_figure_touches_no_other_figure(warehouse: Warehouse) -> None:
    done = publish(warehouse, 2, metric_values=[ONE_WATER | {"value": 6}])
    assert done.in_part == ("water",)


def test_a_batch_taken_back_touches_what_it_had_replaced(warehouse: Warehouse) -> None:
    publish(warehouse, 2, complaints=[FIRST | {"quantity": 3}])
    with warehouse.publish() as writer:
        writer.remove_batch(2)
        done = compute(writer, Catalogue({"received": RECEIVED}), USED, "clerk", AT)
    assert starts(done) == [date(2026, 1, 1)]
    assert done.removed == ("closed", "energy", "open", "water")


def test_a_contract_that_counts_differently_has_its_metrics_computed_whole(
    warehouse: Warehouse,
) -> None:
    other = {**USED, "complaints": USED["complaints"].model_copy(update={"counted_by": None})}
    with warehouse.publish() as writer:
        done = compute(writer, Catalogue(EVERY), other, "clerk", AT)
    assert done.whole == ("received", "closed", "open")


def test_a_definition_of_the_same_query_and_another_meaning_is_computed_whole(
    warehouse: Warehouse,
) -> None:
    """As a share, 10 of 1 is invalid; as a rate it is 10. The query asks for the same sums."""
    sides = {
        "numerator": {"table": "complaints", "sum": "cost"},
        "denominator": {"table": "complaints"},
    }
    rate, share = (named("each", kind, **sides) for kind in ("rate", "proportion"))
    publish(warehouse, 2, {"each": rate})
    assert publish(warehouse, 3, {"each": share}).pending == ("each",)
    assert publish(warehouse, 4, {"each": share}, "changed").whole == ("each",)
    with warehouse.read() as reader:
        assert "invalid" in read_cells(reader, ["each"])["status"].to_list()
