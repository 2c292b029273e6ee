"""The second opinion: what DuckDB itself reads in the SQL that was written from an expression."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import duckdb

from data.expressions import Expression, render
from data.expressions.functions import FUNCTIONS

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


def not_allowed(expression: Expression, columns: Collection[str]) -> list[str]:
    """Return what DuckDB reads in the expression's SQL beyond columns, values and functions."""
    return read_beyond(render(expression, {}), columns)


def read_beyond(sql: str, columns: Collection[str]) -> list[str]:
    """Return the classes, functions and columns of one SQL value that an expression has not."""
    connection = duckdb.connect()
    try:
        found = connection.execute(
            "SELECT json_serialize_sql($sql)", {"sql": f"SELECT {sql} FROM facts"}
        ).fetchall()
    finally:
        connection.close()
    told = json.loads(found[0][0])
    if told["error"]:
        return [str(told["error_message"])]
    statements = told["statements"]
    query = statements[0]["node"]
    beyond = [] if len(statements) == 1 else ["several statements"]
    if query["type"] != "SELECT_NODE" or len(query["select_list"]) != 1:
        beyond.append("more than one value")
    elif query["from_table"]["type"] != "BASE_TABLE" or query["cte_map"]["map"]:
        beyond.append("another table")
    for node in _nodes(query.get("select_list", [])):
        beyond += _beyond(node, columns)
    return beyond


def _beyond(node: dict[str, Any], columns: Collection[str]) -> Iterator[str]:
    if node["class"] not in ALLOWED_CLASSES:
        yield str(node["class"])
    if node["class"] == "COLUMN_REF" and node["column_names"][0] not in columns:
        yield str(node["column_names"])
    if node["class"] == "FUNCTION" and node["function_name"] not in FUNCTIONS | ALSO_CALLED:
        yield str(node["function_name"])


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)
