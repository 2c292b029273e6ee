"""Random expressions over random rows: PostgreSQL agrees with Polars, and so with DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.expressions import ColumnType, parse
from tests.support import postgres
from tests.support.counts import examples
from tests.support.expressions import both_engines, by_postgres, comparable
from tests.support.random_expressions import ANY_EXPRESSION, COLUMNS, ROW


@pytest.fixture(scope="module")
def connection(server: postgres.Server) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.place, autocommit=True) as opened:
        opened.execute("SET timezone = 'UTC'")
        yield opened


@settings(
    max_examples=examples(80, full=500),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    texts=st.lists(ANY_EXPRESSION, min_size=1, max_size=8),
    rows=st.lists(ROW, min_size=1, max_size=6),
)
def test_postgresql_and_polars_agree(
    connection: psycopg.Connection, texts: list[str], rows: list[dict[str, object]]
) -> None:
    expressions = [parse(text, COLUMNS) for text in texts]
    _, polars_says = both_engines(expressions, COLUMNS, rows)
    postgres_says = by_postgres(connection, expressions, COLUMNS, rows)
    for text, one, other in zip(texts, postgres_says, polars_says, strict=True):
        assert [comparable(v) for v in one] == [comparable(v) for v in other], text


NUMBER: dict[str, ColumnType] = {"share": "float", "amount": "decimal", "word": "text"}

EDGES = [
    ("round(share, 2)", {"share": 1.005}),
    ("round(share, 2)", {"share": 2.675}),
    ("round(share)", {"share": 0.49999999999999994}),
    ("round(share)", {"share": -2.5}),
    ("cast(share as integer)", {"share": 1e19}),
    ("cast(share as integer)", {"share": -2.5}),
    ("cast(share as integer)", {"share": 9007199254740993.0}),
    ("cast(share as decimal)", {"share": 1e30}),
    ("cast(share as decimal)", {"share": 0.1}),
    ("cast(amount as integer)", {"amount": Decimal("-0.5")}),
    ("cast(word as date)", {"word": "2024-02-29"}),
    ("cast(word as date)", {"word": "2100-02-29"}),
    ("cast(word as date)", {"word": "2026-04-31"}),
    ("cast(word as timestamp)", {"word": "2026-04-30T23:59:59"}),
    ("cast(word as timestamp)", {"word": "2026-04-30 24:00:00"}),
    ("cast(word as integer)", {"word": "12\n"}),
    ("cast(word as float)", {"word": "-1.5E-3"}),
    ("trim(word)", {"word": "\u00a0\u3000a\t "}),
    ("lower(word)", {"word": "ÉÅÇ"}),
    ("word ilike 'é%'", {"word": "Été"}),
    ("word like 'a\\%'", {"word": "a\\b"}),
    ("word like '50%'", {"word": "50 %"}),
    ("null || null", {}),
    ("nullif(1, 2.5) + null", {}),
]


@pytest.mark.parametrize(("text", "row"), EDGES)
def test_every_engine_gives_the_same_at_the_edges(
    connection: psycopg.Connection, text: str, row: dict[str, object]
) -> None:
    expression = parse(text, NUMBER)
    duckdb_says, polars_says = both_engines([expression], NUMBER, [row])
    postgres_says = by_postgres(connection, [expression], NUMBER, [row])
    wanted = [comparable(value) for value in polars_says[0]]
    assert [comparable(value) for value in duckdb_says[0]] == wanted
    assert [comparable(value) for value in postgres_says[0]] == wanted


@pytest.mark.parametrize("text", ["make_date(10000, 1, 1)", "make_date(2026, 2, 29)"])
def test_a_day_that_does_not_exist_is_no_value_in_postgresql(
    connection: psycopg.Connection, text: str
) -> None:
    parsed = parse(f"coalesce({text}, date '2026-01-01')", NUMBER)
    assert by_postgres(connection, [parsed], NUMBER, [{}]) == [[date(2026, 1, 1)]]
