"""The sandbox of what nobody approved: it reads the facts, and nothing else comes of it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from data.errors import Clause9Error
from data.warehouse.sandbox import sandbox
from tests.support.warehouses import COMPLAINTS, TABLES, a_warehouse, bring, some_rows

PROBES = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "ATTACH '/tmp/other.duckdb'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '8GB'",
    "SET lock_configuration = false",
    "CREATE TABLE facts.x (a INTEGER)",
    "DELETE FROM facts.complaints",
    "DROP TABLE facts.complaints",
    "SELECT * FROM a_frame_of_the_caller",
]

LARGE = "SELECT list(a.range) FROM range(200000000) a"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    warehouse = a_warehouse(tmp_path_factory.mktemp("sandbox"))
    with warehouse.publish("a test") as writer:
        rows = some_rows(COMPLAINTS, [{"complaint_id": f"C{at}"} for at in range(100)])
        bring(writer, 1, ("complaints", rows))
    found = warehouse.file()
    assert found is not None
    return found


def test_facts_are_read(file: Path, tmp_path: Path) -> None:
    with sandbox(file, TABLES, tmp_path) as reader:
        assert reader.frame("SELECT count(*) AS n FROM facts.complaints").item() == 100


@pytest.mark.parametrize("sql", PROBES)
def test_nothing_else_is(file: Path, tmp_path: Path, sql: str) -> None:
    with pytest.raises(duckdb.Error), sandbox(file, TABLES, tmp_path) as reader:
        reader.frame(sql)


def test_what_asks_for_too_much_memory_is_stopped(file: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(Clause9Error, match="needs more memory"),
        sandbox(file, TABLES, tmp_path) as reader,
    ):
        reader.frame(LARGE)


def test_before_the_first_publish_there_is_no_file(tmp_path: Path) -> None:
    assert a_warehouse(tmp_path).file() is None
