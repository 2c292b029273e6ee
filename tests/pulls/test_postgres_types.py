"""What PostgreSQL holds comes with its type and value; a COPY of every kind, read back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from data.engines.database import Access
from data.engines.extract import Answer, extract
from data.engines.question import Question
from data.errors import SourceError
from tests.support.postgres import READER, Server

KINDS: list[tuple[str, str, pl.DataType, object]] = [
    ("bigint", "9007199254740993", pl.Int64(), 9007199254740993),
    ("smallint", "-1", pl.Int64(), -1),
    ("numeric(12, 2)", "1.50", pl.Decimal(12, 2), Decimal("1.50")),
    ("numeric", "123456789.123456789", pl.Decimal(38, 9), Decimal("123456789.123456789")),
    ("numeric", "'NaN'", pl.String(), "NaN"),
    ("numeric(50, 10)", "1.5", pl.Decimal(38, 10), Decimal("1.5000000000")),
    ("numeric", f"1e{40}", pl.String(), f"1{'0' * 40}"),
    ("float8", "0.1", pl.Float64(), 0.1),
    ("float8", "'-Infinity'", pl.Float64(), float("-inf")),
    ("boolean", "true", pl.Boolean(), True),
    ("date", "'2026-09-30'", pl.Date(), date(2026, 9, 30)),
    ("date", "'infinity'", pl.String(), "infinity"),
    (
        "timestamp",
        "'2026-09-30 10:00:00.123456'",
        pl.Datetime("us"),
        datetime(2026, 9, 30, 10, 0, 0, 123456),  # noqa: DTZ001 the column has no zone
    ),
    (
        "timestamptz",
        "'2026-09-30 10:00+02'",
        pl.Datetime("us", "UTC"),
        datetime(2026, 9, 30, 8, tzinfo=UTC),
    ),
    ("timestamp", "'0044-03-15 00:00 BC'", pl.String(), "0044-03-15 00:00:00 BC"),
    ("text", "''", pl.String(), ""),
    ("text", "E'a\\nb\\r\\n\"c\",'", pl.String(), 'a\nb\r\n"c",'),
    ("text", "E'\\\\N'", pl.String(), "\\N"),
    ("text", "'Ørsted €'", pl.String(), "Ørsted €"),
    ("jsonb", """'{"a": [1]}'""", pl.String(), '{"a": [1]}'),
    ("text[]", "'{a,b}'", pl.String(), "{a,b}"),
]


@pytest.fixture(scope="module")
def reader(server: Server) -> Iterator[Server]:
    yield server
    server.run("DROP TABLE IF EXISTS kinds")


def answer(server: Server, folder: Path, question: Question) -> tuple[Answer, pl.DataFrame]:
    target = folder / "answer.parquet"
    told = extract(Access(server.url, "ERP_URL", 30), question, target, 10)
    return told, pl.read_parquet(target)


@pytest.mark.parametrize(("kind", "literal", "dtype", "value"), KINDS, ids=str)
def test_a_value_and_none_come_as_they_are(
    reader: Server, tmp_path: Path, kind: str, literal: str, dtype: pl.DataType, value: object
) -> None:
    values = f"(1, {literal}::{kind}), (2, NULL)"
    reader.run(
        "DROP TABLE IF EXISTS kinds",
        f"CREATE TABLE kinds (n, x) AS SELECT n, x::{kind} FROM (VALUES {values}) AS v (n, x)",
        f"ALTER TABLE kinds ALTER x TYPE {kind}",
        f"GRANT SELECT ON kinds TO {READER}",
    )
    told, frame = answer(reader, tmp_path, Question(table="public.kinds"))
    column = frame.sort("n")["x"]
    assert (column.dtype, column.to_list()) == (dtype, [value, None])
    assert told == Answer(2, ("x",) if value in {"infinity", "0044-03-15 00:00:00 BC"} else ())


def test_no_row_is_a_file_with_columns(database: Server, tmp_path: Path) -> None:
    query = "SELECT id, cost::numeric AS cost FROM complaints WHERE false"
    told, frame = answer(database, tmp_path, Question(query=query))
    assert told == Answer(0)
    assert frame.columns == ["id", "cost"]


def test_the_same_rows_make_the_same_bytes(database: Server, tmp_path: Path) -> None:
    files = []
    for _ in range(2):
        answer(database, tmp_path, Question(table="complaints"))
        files.append((tmp_path / "answer.parquet").read_bytes())
    assert files[0] == files[1]


def test_two_columns_of_one_name_are_refused(database: Server, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="2 columns called 'id'"):
        answer(database, tmp_path, Question(query="SELECT id, 1 AS id FROM complaints"))


def test_nothing_is_left_beside_the_answer(database: Server, tmp_path: Path) -> None:
    answer(database, tmp_path, Question(table="complaints", columns=("id", "cost")))
    assert [path.name for path in tmp_path.iterdir()] == ["answer.parquet"]
