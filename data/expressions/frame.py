"""An expression written out as a Polars expression, with the same meaning as the SQL.

The same tree, the same three-valued logic, the same NULL for a division by zero or a text that is
no number; the parity test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from operator import or_

import polars as pl

from data.expressions.dialect import TEXT_FORMS
from data.expressions.tree import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    ColumnRef,
    Expression,
    In,
    IsNull,
    Like,
    Literal,
    Node,
    Unary,
    ValueType,
    walk,
)

SPACES = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""What DuckDB's trim takes off: the space separators of Unicode, no tabs and no line ends."""

POLARS_TYPES: dict[ValueType, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "decimal": pl.Decimal(38, 9),
    "float": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
    "null": pl.Null(),
}

_TRUNCATION = {"day": "1d", "week": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}


def to_polars(expression: Expression) -> pl.Expr:
    """Return `expression` for a frame that holds its columns with the types it was parsed with."""
    return _polars(expression.root)


def _polars(node: Node) -> pl.Expr:
    if isinstance(node, ColumnRef | Literal) or _has_columns(node):
        return _built(node)
    # Worked out here, one value stays one value: see `_column`.
    lone = pl.DataFrame({"row": [0]}).select(_built(node)).item()
    return pl.lit(lone, dtype=POLARS_TYPES[node.type])


def _has_columns(node: Node) -> bool:
    return any(isinstance(part, ColumnRef) for part in walk(node))


def _built(node: Node) -> pl.Expr:
    match node:
        case ColumnRef():
            result = pl.col(node.name)
        case Literal():
            result = _literal(node)
        case Call():
            result = _call(node)
        case Case():
            result = _case(node)
        case Cast():
            result = _cast(node)
        case _:
            result = _operation(node)
    return result


def _operation(node: Unary | Binary | IsNull | In | Between | Like) -> pl.Expr:
    match node:
        case Unary():
            operand = _polars(node.operand)
            result = ~operand if node.operator == "not" else -operand
        case Binary():
            result = _binary(node)
        case IsNull():
            result = _polars(node.operand).is_null()
        case In():
            equals = [_compared("=", node.operand, option) for option in node.options]
            result = reduce(or_, equals)
        case Between():
            above = _compared(">=", node.operand, node.low)
            result = above & _compared("<=", node.operand, node.high)
        case Like():
            result = _like(node)
    return result


def _literal(node: Literal) -> pl.Expr:
    if isinstance(node.value, Decimal):
        return pl.lit(node.value, dtype=pl.Decimal(38, 9))
    if node.type == "null":
        return pl.lit(None)
    return pl.lit(node.value, dtype=POLARS_TYPES[node.type])


def _typed(node: Node, wanted: ValueType) -> pl.Expr:
    """Return `node` widened to `wanted`, the common type of its company."""
    if wanted in {node.type, "null"}:
        return _polars(node)
    return _polars(node).cast(POLARS_TYPES[wanted])


def _common(*nodes: Node) -> ValueType:
    order = ("null", "boolean", "text", "integer", "decimal", "float", "date", "timestamp")
    return max((node.type for node in nodes), key=order.index)


def _binary(node: Binary) -> pl.Expr:
    match node.operator:
        case "and":
            result = _column(node.left, "boolean") & _typed(node.right, "boolean")
        case "or":
            result = _column(node.left, "boolean") | _typed(node.right, "boolean")
        case "||":
            result = _column(node.left, "text") + _typed(node.right, "text")
        case "+" | "-" | "*" | "/" | "%":
            result = _arithmetic(node)
        case comparison:
            result = _compared(comparison, node.left, node.right)
    return result


def _arithmetic(node: Binary) -> pl.Expr:
    common = "float" if node.operator == "/" else _common(node.left, node.right)
    left, right = _column(node.left, common), _typed(node.right, common)
    match node.operator:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*" if common == "decimal":
            # Polars keeps the larger scale of the two; wide first, so that no digit is lost.
            wide = POLARS_TYPES["decimal"]
            result = left.cast(wide) * right.cast(wide)
        case "*":
            result = left * right
        case "/":
            result = left / pl.when(right != 0).then(right)
        case _:
            rest = left.abs() % pl.when(right != 0).then(right.abs())
            result = pl.when(left < 0).then(-rest).otherwise(rest)
    return result


def _compared(operator: str, one: Node, other: Node) -> pl.Expr:
    common = _common(one, other)
    left, right = _column(one, common), _typed(other, common)
    match operator:
        case "=":
            result = left == right
        case "<>":
            result = left != right
        case "<":
            result = left < right
        case "<=":
            result = left <= right
        case ">":
            result = left > right
        case _:
            result = left >= right
    return result


def _like(node: Like) -> pl.Expr:
    text, pattern = _polars(node.operand), node.pattern
    if node.ignores_case:
        text, pattern = text.str.to_lowercase(), pattern.lower()
    signs = {"%": ".*", "_": "."}
    body = "".join(signs.get(character, re.escape(character)) for character in pattern)
    return text.str.contains(f"(?s)^{body}$")


def _case(node: Case) -> pl.Expr:
    result = _typed(node.otherwise, node.type)
    for condition, value in reversed(node.branches):
        result = (
            pl.when(_column(condition, "boolean")).then(_typed(value, node.type)).otherwise(result)
        )
    return result


def _column(node: Node, wanted: ValueType) -> pl.Expr:
    """Return `node` as a column as long as the frame, even where it is one value.

    Two lone values give Polars a result as long as the left one, and a choice that all rows make
    alike is a lone value: for such data only, `1 = if(is_open, 1, 2)` would have one row.
    """
    if _has_columns(node):
        return _typed(node, wanted)
    lone = pl.DataFrame({"row": [0]}).select(_typed(node, wanted)).item()
    return pl.repeat(lone, pl.len(), dtype=POLARS_TYPES[wanted])


def _call(node: Call) -> pl.Expr:
    first, *others = node.arguments
    arguments = [_column(first, _wanted(node, first))]
    arguments += [_typed(argument, _wanted(node, argument)) for argument in others]
    result: pl.Expr
    match node.function, node.arguments:
        case ("nullif", (one, other)):
            differs = ~_compared("=", one, other).fill_null(value=False)
            result = pl.when(differs).then(arguments[0])
        case ("round", (_, Literal(value=int(digits)))):
            result = arguments[0].round(digits, mode="half_away_from_zero")
        case ("date_trunc", (Literal(value=str(unit)), _)):
            result = arguments[1].cast(pl.Date).dt.truncate(_TRUNCATION[unit])
        case (function, _):
            result = _FUNCTIONS[function](*arguments)
    return result


def _wanted(node: Call, argument: Node) -> ValueType:
    if node.function in {"coalesce", "least", "greatest"}:
        return node.type
    return argument.type


def _days_between(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    return -(first.cast(pl.Date) - second.cast(pl.Date)).dt.total_days()


def _part(text: pl.Expr, start: pl.Expr, length: pl.Expr) -> pl.Expr:
    return text.str.slice(start - 1, length)


def _made_date(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    # pl.date raises for 31 February; a text that is no date is NULL.
    parts = [year.cast(pl.String).str.zfill(4)]
    parts += [part.cast(pl.String).str.zfill(2) for part in (month, day)]
    text = pl.concat_str(parts, separator="-")
    known = year.is_between(1, 9999) & text.str.contains(f"^{TEXT_FORMS['date']}$")
    return pl.when(known).then(text).str.to_date("%Y-%m-%d", strict=False)


_FUNCTIONS: dict[str, Callable[..., pl.Expr]] = {
    "abs": lambda number: number.abs(),
    "ceil": lambda number: number.ceil(),
    "coalesce": pl.coalesce,
    "concat": lambda *texts: pl.concat_str(*texts, ignore_nulls=True),
    "contains": lambda text, part: text.str.contains(part, literal=True),
    "date_diff": _days_between,
    "day": lambda day: day.dt.day().cast(pl.Int64),
    "ends_with": lambda text, part: text.str.ends_with(part),
    "floor": lambda number: number.floor(),
    "greatest": pl.max_horizontal,
    "least": pl.min_horizontal,
    "length": lambda text: text.str.len_chars().cast(pl.Int64),
    "lower": lambda text: text.str.to_lowercase(),
    "make_date": _made_date,
    "month": lambda day: day.dt.month().cast(pl.Int64),
    "quarter": lambda day: day.dt.quarter().cast(pl.Int64),
    "replace": lambda text, old, new: text.str.replace_all(old, new, literal=True),
    "starts_with": lambda text, part: text.str.starts_with(part),
    "substr": _part,
    "trim": lambda text: text.str.strip_chars(SPACES),
    "upper": lambda text: text.str.to_uppercase(),
    "year": lambda day: day.dt.year().cast(pl.Int64),
}


def _cast(node: Cast) -> pl.Expr:
    operand, to = _polars(node.operand), POLARS_TYPES[node.type]
    match node.operand.type, node.type:
        case (kind, wanted) if kind == wanted:
            return operand
        case ("text", wanted):
            return _from_text(operand.str.strip_chars(SPACES), wanted)
        case ("decimal" | "float", "integer"):
            rounded = operand.round(0, mode="half_away_from_zero")
            return rounded.cast(to, strict=False)
        case ("float", "decimal"):
            # Polars raises where a number has more digits than the type, `strict` or not.
            return pl.when(operand.abs() < 1e29).then(operand).cast(to, strict=False)
        case _:
            return operand.cast(to, strict=False)


def _from_text(text: pl.Expr, wanted: ValueType) -> pl.Expr:
    if wanted == "boolean":
        word = text.str.to_lowercase()
        return pl.when(word.is_in(["true", "false"])).then(word == "true")
    fitting = pl.when(text.str.contains(f"^(?:{TEXT_FORMS[wanted]})$")).then(text)
    match wanted:
        case "date":
            return fitting.str.to_date("%Y-%m-%d", strict=False)
        case "timestamp":
            spaced = fitting.str.replace("T", " ", literal=True)
            return spaced.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
        case _:
            return fitting.cast(POLARS_TYPES[wanted], strict=False)
