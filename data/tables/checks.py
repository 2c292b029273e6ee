"""What a contract must hold beyond the types of its keys; each finding names key and value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.errors import near_miss
from data.expressions.parse import ExpressionError, parse
from data.tables.cells import cell_of
from data.tables.contract import Column, ColumnType, Rule, Table
from data.tables.resolve import SLICE

Finding = tuple[str, str]
"""Where in the contract (`columns.severity.type`), and what is wrong there."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_RESERVED = {"row", SLICE}
_ENGINE_TABLE = re.compile(r"[\w$ -]+(\.[\w$ -]+)?")
_ENTERED_HERE = "metric_values"
"""The table that figures are typed into on a page, so that it cannot lie elsewhere."""

_NUMBERS = ("integer", "decimal", "float")
MOST_DECIMALS = 9
"""Cells keep nine digits after the point; a column with more could not be summed exactly."""


def table_findings(table: Table) -> Iterator[Finding]:
    """Yield everything that is wrong with a table, in the order of its file."""
    if not _NAME.fullmatch(table.name):
        yield "table", f"'{table.name}' {_name_sentence(table.name)}"
    yield from _blanks("table", {"title": table.title, "meaning": table.meaning})
    yield from _head_findings(table)
    yield from _engine_findings(table)
    for column in table.columns:
        for key, message in _column_findings(column):
            yield f"columns.{column.name}{key}", message
    for rule in table.rules:
        for key, message in _rule_findings(rule, table):
            yield f"rules.{rule.name}{key}", message


def _head_findings(table: Table) -> Iterator[Finding]:
    types = table.column_types
    named = [("key", name) for name in table.key]
    named += [("dated_by", table.dated_by)]
    named += [("counted_by", table.counted_by)] if table.counted_by else []
    for key, name in named:
        if name not in types:
            yield f"table.{key}", _no_column(name, table)
        elif not _may_be(key, types[name]):
            yield f"table.{key}", f"'{name}' is a {types[name]}; {_HEAD_COLUMNS[key]}."


def _engine_findings(table: Table) -> Iterator[Finding]:
    if table.engine is not None and table.name == _ENTERED_HERE:
        yield "table.engine", "cannot be said of metric_values: its figures are entered here."
    if table.engine_table is None:
        return
    if table.engine is None:
        yield "table.engine_table", "is the name in an engine: say which, engine = …"
    if not _ENGINE_TABLE.fullmatch(table.engine_table):
        sentence = "is no table or view: write its name, or schema.name, without quotes."
        yield "table.engine_table", f"'{table.engine_table}' {sentence}"


_HEAD_COLUMNS = {
    "key": "no two floats are surely the same",
    "dated_by": "a row is dated by a date or a timestamp",
    "counted_by": "a row is counted by a number",
}


def _may_be(key: str, kind: ColumnType) -> bool:
    match key:
        case "key":
            return kind != "float"
        case "dated_by":
            return kind in {"date", "timestamp"}
        case _:
            return kind in _NUMBERS


def _column_findings(column: Column) -> Iterator[Finding]:
    if not _NAME.fullmatch(column.name) or column.name in _RESERVED:
        yield "", _name_sentence(column.name)
    yield from _blanks("", {"meaning": column.meaning})
    yield from _decimals_findings(column)
    if column.unit is not None and column.type not in _NUMBERS:
        yield ".unit", f"a {column.type} has no unit."
    if column.dimension and column.type not in {"text", "boolean", "integer"}:
        yield ".dimension", f"a {column.type} cannot be a dimension; text, boolean or integer can."
    yield from _allowed_findings(column)
    for attribute, text in (("example", column.example), ("default", column.default)):
        if text is not None:
            yield from _value_findings(column, attribute, text)


def _decimals_findings(column: Column) -> Iterator[Finding]:
    if column.type != "decimal":
        if column.decimals is not None:
            yield ".decimals", f"only a decimal has decimals; this is a {column.type}."
    elif column.decimals is None:
        yield ".decimals", "is missing. A decimal says how many digits follow the point."
    elif not 0 <= column.decimals <= MOST_DECIMALS:
        yield ".decimals", f"{column.decimals} is not between 0 and {MOST_DECIMALS}."


def _allowed_findings(column: Column) -> Iterator[Finding]:
    if column.allowed and column.type != "text":
        yield ".allowed", f"only a text has allowed values; this is a {column.type}."
    for value in column.allowed:
        if not value or value != value.strip() or not value.isprintable():
            yield ".allowed", f"'{value}' is empty or starts, ends or is written invisibly."
    doubled = sorted({value for value in column.allowed if column.allowed.count(value) > 1})
    if doubled:
        yield ".allowed", f"'{doubled[0]}' is there twice."


def _value_findings(column: Column, attribute: str, text: str) -> Iterator[Finding]:
    try:
        cell_of(column, text)
    except ValueError as error:
        yield f".{attribute}", str(error)


def _rule_findings(rule: Rule, table: Table) -> Iterator[Finding]:
    if not _NAME.fullmatch(rule.name):
        yield "", _name_sentence(rule.name)
    yield from _blanks("", {"message": rule.message})
    try:
        expression = parse(rule.expect, table.column_types)
    except ExpressionError as error:
        yield ".expect", str(error)
    else:
        if expression.type not in {"boolean", "null"}:
            yield ".expect", f"gives a {expression.type}; a rule is true or false."
    if rule.spoils and rule.severity == "refuse":
        yield ".spoils", "a refused row is in no measure. Take spoils out or say severity = 'warn'."
    for name in rule.spoils:
        if name not in table.column_types:
            yield ".spoils", _no_column(name, table)


def _blanks(key: str, texts: dict[str, str]) -> Iterator[Finding]:
    for name, text in texts.items():
        if not text.strip():
            yield f"{key}.{name}", "is empty. Say it in a sentence."


def _no_column(name: str, table: Table) -> str:
    return f"no column '{name}'.{near_miss(name, table.column_names)}"


def _name_sentence(name: str) -> str:
    if name in _RESERVED:
        return "is reserved: it has a meaning in keys. Take another name."
    return "is no name: use small letters, digits and _, starting with a letter, 63 at most."
