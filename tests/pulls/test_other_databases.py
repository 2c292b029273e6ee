"""Databases other than PostgreSQL come in chunks of rows; SQLite stands for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from data.engines.columns import common_schema, frame_of
from data.engines.database import Access
from data.engines.extract import extract
from data.engines.question import Question
from data.errors import SourceError
from tests.support.pulling import Site, a_site, erp, numbers

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.db"
    run(
        path,
        "CREATE TABLE complaints (id, received_on, plant, kind, cost, said, changed_at)",
        "INSERT INTO complaints VALUES (1, '2026-09-01', 'Porto', 'late', 10.5, '', "
        "'2026-09-01 08:00:00'), (2, '2026-09-02', 'Cork', NULL, 2, 'x', '2026-09-02 08:00:00')",
    )
    return path


@pytest.fixture
def site(file: Path, tmp_path: Path) -> Site:
    return a_site(tmp_path / "company", erp("lag_minutes = 90"), {"ERP_URL": f"sqlite:///{file}"})


def run(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_sqlite_file_is_pulled_by_a_cursor_of_texts(site: Site, file: Path) -> None:
    assert site.pull()["new"] == 2
    assert site.facts()["cost"].to_list() == [Decimal("10.50"), Decimal("2.00")]
    run(
        file,
        "INSERT INTO complaints VALUES (3, '2026-09-03', 'Cork', 'late', 1, 'x', "
        "'2026-09-02 07:00:00')",
    )
    pulled = site.pull()
    assert [pulled[name] for name in ("new", "unchanged")] == [1, 1]
    assert numbers(site.facts()) == ["1", "2", "3"]


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    absent = tmp_path / "absent.db"
    with pytest.raises(SourceError, match="unable to open database file"):
        answer(absent, tmp_path, "complaints")
    assert not absent.exists()


def test_every_chunk_is_in_the_file_whatever_its_values_are(file: Path, tmp_path: Path) -> None:
    run(file, "CREATE TABLE mixed (n, t)", "INSERT INTO mixed VALUES (NULL, 1), (1, 2), (2.5, 'a')")
    found = answer(file, tmp_path, "mixed", chunk_rows=1)
    assert found.rows() == [(None, "1"), (1.0, "2"), (2.5, "a")]


def answer(file: Path, folder: Path, table: str, chunk_rows: int = 10) -> pl.DataFrame:
    target = folder / "answer.parquet"
    access = Access(f"sqlite:///{file}", "ERP_URL", 10)
    extract(access, Question(table=table), target, chunk_rows)
    return pl.read_parquet(target)


COLUMNS: list[tuple[Sequence[Any], pl.DataType]] = [
    ([1, None], pl.Int64()),
    ([1, 2**70], pl.String()),
    ([1, 2.5], pl.Float64()),
    ([True, False], pl.Boolean()),
    ([True, 1], pl.String()),
    ([Decimal("1.50"), Decimal(2), 3], pl.Decimal(38, 2)),
    ([Decimal("NaN")], pl.String()),
    ([Decimal("1E+40")], pl.String()),
    ([date(2026, 9, 1), None], pl.Date()),
    ([NOON, None], pl.Datetime("us", "UTC")),
    ([NOON.replace(tzinfo=None)], pl.Datetime("us")),
    ([NOON, NOON.replace(tzinfo=None)], pl.String()),
    ([b"x"], pl.String()),
    ([None], pl.Null()),
]


@pytest.mark.parametrize(("values", "dtype"), COLUMNS, ids=str)
def test_a_column_takes_the_type_that_holds_its_values(
    values: Sequence[Any], dtype: pl.DataType
) -> None:
    column = frame_of(["x"], [[value] for value in values])["x"]
    assert column.dtype == dtype
    assert column.null_count() == sum(value is None for value in values)


TOGETHER: list[tuple[list[pl.DataType], pl.DataType]] = [
    ([pl.Null(), pl.Null()], pl.String()),
    ([pl.Null(), pl.Date()], pl.Date()),
    ([pl.Int64(), pl.Float64(), pl.Null()], pl.Float64()),
    ([pl.Decimal(38, 2), pl.Int64(), pl.Decimal(38, 4)], pl.Decimal(38, 4)),
    ([pl.Int64(), pl.Date()], pl.String()),
    ([pl.Datetime("us"), pl.Datetime("us", "UTC")], pl.String()),
]


@pytest.mark.parametrize(("parts", "dtype"), TOGETHER, ids=str)
def test_parts_take_the_type_that_holds_all_of_them(
    parts: list[pl.DataType], dtype: pl.DataType
) -> None:
    schemas = [pl.Schema({"x": part}) for part in parts]
    assert common_schema([*schemas, pl.Schema({"y": pl.Date()})]) == {"x": dtype, "y": pl.Date()}
