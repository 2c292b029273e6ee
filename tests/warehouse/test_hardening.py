"""What a connection may not do, and what threads may do with one reader."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data.warehouse import Warehouse, memory_warehouse
from tests.support.warehouses import COMPLAINTS, SETTINGS, TABLES, a_warehouse, bring, some_rows

FORBIDDEN = [
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{file}'",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "ATTACH '{folder}/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET lock_configuration = false",
    "PRAGMA database_list; SET threads = 64",
    "SELECT * FROM a_frame_of_the_caller",
]


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    warehouse = a_warehouse(tmp_path / "warehouse")
    with warehouse.publish("a test") as writer:
        rows = some_rows(COMPLAINTS, [{"complaint_id": f"C{at}"} for at in range(1000)])
        bring(writer, 1, ("complaints", rows))
    return warehouse


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_no_connection_reaches_files_extensions_settings_or_python(
    warehouse: Warehouse, tmp_path: Path, sql: str
) -> None:
    a_frame_of_the_caller = pl.DataFrame({"secret": [1]})
    file = tmp_path / "secret.csv"
    file.write_text("secret\n1\n")
    attack = sql.format(file=file, folder=tmp_path)
    with warehouse.read() as reader, pytest.raises(duckdb.Error):
        reader.frame(attack)
    with memory_warehouse(TABLES, {}) as reader, pytest.raises(duckdb.Error):
        reader.frame(attack)
    with pytest.raises(duckdb.Error), warehouse.publish("a test") as writer:
        writer.frame(attack)
    assert a_frame_of_the_caller.height == 1


@pytest.mark.parametrize(
    "sql", ["DELETE FROM facts.complaints", "CREATE TABLE t (a INTEGER)", "DROP TABLE cells"]
)
def test_a_reader_changes_nothing(warehouse: Warehouse, sql: str) -> None:
    with warehouse.read() as reader, pytest.raises(duckdb.InvalidInputException):
        reader.frame(sql)


def test_values_are_bound_not_pasted(warehouse: Warehouse) -> None:
    with warehouse.read() as reader:
        found = reader.frame("SELECT $text AS echo", {"text": "'; DROP TABLE cells; --"})
    assert found.item() == "'; DROP TABLE cells; --"


def test_threads_on_one_reader_each_get_their_own_rows(warehouse: Warehouse) -> None:
    def ask(number: int) -> tuple[object, ...]:
        sql = "SELECT $n AS n, count(*) AS total FROM facts.complaints WHERE _row <= $n"
        return reader.frame(sql, {"n": number}).row(0)

    with warehouse.read() as reader, ThreadPoolExecutor(16) as threads:
        numbers = [2 + at % 999 for at in range(1600)]
        assert list(threads.map(ask, numbers)) == [(n, n - 1) for n in numbers]


def test_the_limits_of_the_settings_hold(warehouse: Warehouse) -> None:
    with warehouse.read() as reader:
        sql = "SELECT current_setting('threads') AS n, current_setting('memory_limit') AS m"
        assert reader.frame(sql).row(0) == (SETTINGS.threads, "476.8 MiB")


def test_the_file_is_written_for_the_older_duckdb_too(warehouse: Warehouse) -> None:
    with warehouse.read() as reader:
        tags = reader.frame("SELECT tags FROM duckdb_databases() WHERE NOT internal").item()
    assert "v1.5" in str(tags)
