"""Computing into a real warehouse: what is stored, up to which day, and in how many scans."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from data.settings import WarehouseSettings
from data.tables import Table
from data.warehouse import Warehouse, WarehouseBatch, Writer, open_warehouse
from metrics.catalogue import Catalogue
from metrics.cells import read_cells, values
from metrics.compile import compile_cells
from metrics.evaluate import cells_of
from metrics.model import Metric
from metrics.periods import Calendar, Grain, period_of
from metrics.recompute import compute
from tests.metrics.test_kinds import (
    a_metric,
    actions_open,
    complaint_count,
    complaint_rate,
    cost,
)
from tests.support.facts import (
    TABLES,
    Facts,
    Row,
    a_complaint,
    a_corrective_action,
    frame_of,
)

AT = datetime(2026, 4, 3, 8, 30, tzinfo=UTC)

NAMES = ("complaints", "corrective_actions", "outputs")

USED: dict[str, Table] = {name: TABLES[name] for name in NAMES}


def named(metric: Metric, name: str) -> Metric:
    return metric.model_copy(update={"name": name})


CATALOGUE = Catalogue(
    {
        "actions_open": named(actions_open, "actions_open"),
        "complaints": named(complaint_count, "complaints"),
        "complaint_rate": named(complaint_rate, "complaint_rate"),
    }
)


@pytest.fixture
def stored(tmp_path: Path) -> Warehouse:
    settings = WarehouseSettings(keep_versions=2, memory_limit="500MB", threads=1, lock_seconds=5)
    return open_warehouse(tmp_path / "warehouse", USED, settings)


def bring(writer: Writer, table: str, rows: list[Row], covers: tuple[date, date]) -> None:
    batch = WarehouseBatch(
        id=1, file_name="a.csv", sha256="0" * 64, received_at=AT, actor="clerk", source="upload"
    )
    if writer.batches().is_empty():
        writer.add_batch(batch)
    coverage = [(1, table, table, *covers, "{}")]
    columns = ("batch", "mapping", "table_name", "covers_from", "covers_to", "slice")
    writer.add_coverage(pl.DataFrame(coverage, schema=columns, orient="row"))
    if not rows:
        return
    kept = {"_mapping": table, "_row": 2, "_batch": 1, "_sheet": None, "_scope": None}
    frame = frame_of(TABLES[table], [{**row, **kept, "_warnings": None} for row in rows])
    writer.insert_rows(table, frame)
    writer.settle(table)


def test_cells_and_definitions_are_stored_with_their_hash(stored: Warehouse) -> None:
    with stored.publish() as writer:
        bring(writer, "complaints", [a_complaint()], (date(2026, 1, 1), date(2026, 1, 31)))
        count = compute(writer, CATALOGUE, USED, "clerk", AT).cells
    with stored.read() as reader:
        cells = read_cells(reader, ["complaints"])
        definitions = reader.frame("SELECT * FROM meta.definitions ORDER BY metric")
        assert read_cells(reader).height == count
    metric = CATALOGUE.metrics["complaints"]
    assert cells["definition_hash"].to_list() == [metric.definition_hash]
    assert definitions["metric"].to_list() == sorted(CATALOGUE.metrics)
    assert metric.canonical_json in definitions["canonical_json"].to_list()


def test_computing_again_gives_the_same_cells(stored: Warehouse) -> None:
    with stored.publish() as writer:
        bring(writer, "complaints", [a_complaint()], (date(2026, 1, 1), date(2026, 1, 31)))
        compute(writer, CATALOGUE, USED, "clerk", AT)
    with stored.read() as reader:
        first = read_cells(reader)
    with stored.publish() as writer:
        compute(writer, CATALOGUE, USED, "clerk", AT)
    with stored.read() as reader:
        assert read_cells(reader).equals(first)


def test_a_metric_no_longer_used_leaves_no_cells(stored: Warehouse) -> None:
    with stored.publish() as writer:
        bring(writer, "complaints", [a_complaint()], (date(2026, 1, 1), date(2026, 1, 31)))
        compute(writer, CATALOGUE, USED, "clerk", AT)
        compute(writer, Catalogue({}), USED, "clerk", AT)
    with stored.read() as reader:
        assert read_cells(reader).is_empty()


class TestTheLastDay:
    def test_is_the_last_one_any_upload_covers(self, stored: Warehouse) -> None:
        with stored.publish() as writer:
            actions = [a_corrective_action(raised_on=date(2026, 1, 5))]
            bring(writer, "corrective_actions", actions, (date(2026, 1, 1), date(2026, 1, 31)))
            bring(writer, "complaints", [], (date(2026, 1, 1), date(2026, 3, 31)))
            compute(writer, CATALOGUE, USED, "clerk", AT)
        with stored.read() as reader:
            found = values(reader, CATALOGUE.metrics["actions_open"])
        assert found.select("period", "value").rows() == [
            (date(2026, 1, 1), 1),
            (date(2026, 2, 1), 1),
            (date(2026, 3, 1), 1),
        ]

    def test_is_not_after_an_upload_came_in(self, stored: Warehouse) -> None:
        """A plan that covers the year to come says nothing of what will be open then."""
        with stored.publish() as writer:
            actions = [a_corrective_action(raised_on=date(2026, 3, 5))]
            covers = (date(2026, 1, 1), date(2027, 12, 31))
            bring(writer, "corrective_actions", actions, covers)
            compute(writer, CATALOGUE, USED, "clerk", AT)
        with stored.read() as reader:
            found = values(reader, CATALOGUE.metrics["actions_open"])
        assert found["period"].to_list() == [date(2026, 3, 1), date(2026, 4, 1)]

    def test_without_coverage_is_that_of_the_last_row(self, warehouse: Facts) -> None:
        days = (date(2026, 1, 5), date(2026, 3, 5))
        warehouse.fill(corrective_actions=[a_corrective_action(raised_on=day) for day in days])
        assert warehouse.values(actions_open)["value"].to_list() == [1, 1, 2]


class TestFusing:
    def test_metrics_of_one_table_date_and_slice_are_one_scan(self) -> None:
        metrics = [
            named(complaint_count, "a"),
            named(cost, "b"),
            named(complaint_rate, "c"),
            named(a_metric("count", numerator={"table": "complaints", "where": "cost > 1"}), "d"),
        ]
        queries = compile_cells(metrics, TABLES)
        assert [query.sql.count("FROM facts.") for query in queries] == [1, 1]
        assert [len(query.aggregates) for query in queries] == [4, 1]

    def test_the_same_aggregate_is_computed_once(self) -> None:
        metrics = [named(complaint_count, f"m{index}") for index in range(5)]
        (query,) = compile_cells(metrics, TABLES)
        assert query.sql.count("SUM(") == 1

    def test_a_condition_is_evaluated_once_for_all_that_it_guards(self) -> None:
        """The sum and the number of rows take it from the same column."""
        justified = a_metric("count", numerator={"table": "complaints", "where": "is_justified"})
        both = [named(justified, "a"), named(complaint_rate, "b")]
        query = next(q for q in compile_cells(both, TABLES) if len(q.aggregates) == 2)
        assert query.sql.count("is_justified") == 1

    def test_other_slices_dates_and_grains_are_scans_of_their_own(self) -> None:
        by_closing = {"table": "complaints", "dated_by": "closed_on"}
        metrics = [
            named(complaint_count, "a"),
            named(complaint_count, "b").model_copy(update={"by": ("product",)}),
            named(complaint_count, "c").model_copy(update={"period": "quarter"}),
            named(a_metric("count", numerator=by_closing), "d"),
        ]
        assert len(compile_cells(metrics, TABLES)) == 4


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("fiscal_year_start", [1, 4, 11])
def test_queries_and_the_calendar_begin_periods_on_the_same_day(
    warehouse: Facts, grain: Grain, fiscal_year_start: int
) -> None:
    days = [date(2024, 2, 29), date(2025, 1, 1), date(2025, 3, 31), date(2025, 10, 31)]
    warehouse.fill(complaints=[a_complaint(received_on=day) for day in days])
    metric = complaint_count.model_copy(update={"period": grain})
    with warehouse.read() as reader:
        cells = cells_of(reader, [metric], TABLES, calendar=Calendar(fiscal_year_start))
    starts = {period_of(day, grain, Calendar(fiscal_year_start)).start for day in days}
    assert set(cells["period"]) == starts
