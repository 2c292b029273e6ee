"""Random expressions over random rows: both engines agree, and DuckDB reads what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.expressions import parse, render
from data.expressions.functions import FUNCTIONS
from tests.support.expressions import both_engines, comparable
from tests.support.random_expressions import ANY_EXPRESSION, COLUMNS, ROW


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(ANY_EXPRESSION, min_size=1, max_size=8),
    rows=st.lists(ROW, min_size=1, max_size=6),
)
def test_duckdb_and_polars_agree(texts: list[str], rows: list[dict[str, object]]) -> None:
    expressions = [parse(text, COLUMNS) for text in texts]
    duckdb_says, polars_says = both_engines(expressions, COLUMNS, rows)
    for text, one, other in zip(texts, duckdb_says, polars_says, strict=True):
        assert [comparable(v) for v in one] == [comparable(v) for v in other], text


@settings(max_examples=150, deadline=None)
@given(text=ANY_EXPRESSION)
def test_duckdb_reads_in_the_sql_only_what_is_allowed(text: str) -> None:
    parameters: dict[str, object] = {}
    sql = render(parse(text, COLUMNS), parameters)
    connection = duckdb.connect()
    try:
        found = connection.execute(
            "SELECT json_serialize_sql($sql)", {"sql": f"SELECT {sql} FROM facts"}
        ).fetchall()
    finally:
        connection.close()
    (statement,) = json.loads(found[0][0])["statements"]
    query = statement["node"]
    assert (query["type"], len(query["select_list"])) == ("SELECT_NODE", 1)
    assert query["from_table"]["type"] == "BASE_TABLE"
    for node in _nodes(query["select_list"][0]):
        assert node["class"] in ALLOWED_CLASSES, node
        if node["class"] == "COLUMN_REF":
            assert node["column_names"][0] in COLUMNS
        if node["class"] == "FUNCTION":
            assert node["function_name"] in FUNCTIONS | ALSO_CALLED, node["function_name"]


ALLOWED_CLASSES = {
    "BETWEEN",
    "CASE",
    "CAST",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    "OPERATOR",
    "PARAMETER",
    "TYPE",
}
"""Classes of DuckDB's own tree; no SUBQUERY, WINDOW, LAMBDA, STAR or POSITIONAL_REFERENCE."""

ALSO_CALLED = {
    *("+", "-", "*", "/", "||", "~~", "!~~", "~~*", "!~~*"),
    *("mod", "regexp_extract", "try"),
}
"""Operators, which are functions to DuckDB, and what the renderer itself calls."""


def test_the_second_opinion_sees_what_is_not_allowed() -> None:
    connection = duckdb.connect()
    try:
        sql = "SELECT (SELECT max(x) FROM y) + list_sum([z -> 1]) FROM facts"
        found = connection.execute("SELECT json_serialize_sql($sql)", {"sql": sql}).fetchall()
    finally:
        connection.close()
    query = json.loads(found[0][0])["statements"][0]["node"]
    classes = {node["class"] for node in _nodes(query["select_list"][0])}
    assert "SUBQUERY" in classes


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
