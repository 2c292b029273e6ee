"""From what sqlglot read to the closed tree; every class and every argument is listed here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from data.errors import near_miss
from data.expressions.functions import call
from data.expressions.refusal import ExpressionError
from data.expressions.tree import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    ColumnRef,
    ColumnType,
    In,
    IsNull,
    Like,
    Literal,
    Node,
    Operator,
    Unary,
    ValueType,
)
from data.expressions.types import NUMBERS, aligned, date_literal, must_be, timestamp_literal

DEEPEST = 60
"""Levels an expression may nest: far beyond a readable one, far below what stops an engine."""

_OPERATORS: dict[type[exp.Expr], Operator] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
    exp.Mod: "%",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.And: "and",
    exp.Or: "or",
    exp.DPipe: "||",
}

_CALLS: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.Abs: ("abs", ("this",)),
    exp.Ceil: ("ceil", ("this",)),
    exp.Coalesce: ("coalesce", ("this", "expressions")),
    exp.Concat: ("concat", ("expressions",)),
    exp.Contains: ("contains", ("this", "expression")),
    exp.DateDiff: ("date_diff", ("unit", "expression", "this")),
    exp.DateFromParts: ("make_date", ("year", "month", "day")),
    exp.DateTrunc: ("date_trunc", ("unit", "this")),
    exp.Day: ("day", ("this",)),
    exp.EndsWith: ("ends_with", ("this", "expression")),
    exp.Floor: ("floor", ("this",)),
    exp.Greatest: ("greatest", ("this", "expressions")),
    exp.Least: ("least", ("this", "expressions")),
    exp.Length: ("length", ("this",)),
    exp.Lower: ("lower", ("this",)),
    exp.Month: ("month", ("this",)),
    exp.Nullif: ("nullif", ("this", "expression")),
    exp.Quarter: ("quarter", ("this",)),
    exp.Replace: ("replace", ("this", "expression", "replacement")),
    exp.Round: ("round", ("this", "decimals")),
    exp.StartsWith: ("starts_with", ("this", "expression")),
    exp.Substring: ("substr", ("this", "start", "length")),
    exp.TimestampTrunc: ("date_trunc", ("unit", "this")),
    exp.Trim: ("trim", ("this",)),
    exp.Upper: ("upper", ("this",)),
    exp.Year: ("year", ("this",)),
}
"""sqlglot's class, our function, and its arguments in our order."""

_REMARKS = frozenset({"safe", "typed", "coalesce", "ignore_nulls", "date_part_boundary"})
"""Arguments sqlglot adds by itself to say how DuckDB reads a function."""

_TYPES: dict[exp.DType, ColumnType] = {
    exp.DType.TEXT: "text",
    exp.DType.VARCHAR: "text",
    exp.DType.INT: "integer",
    exp.DType.BIGINT: "integer",
    exp.DType.DECIMAL: "decimal",
    exp.DType.FLOAT: "float",
    exp.DType.DOUBLE: "float",
    exp.DType.BOOLEAN: "boolean",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp",
    exp.DType.TIMESTAMPNTZ: "timestamp",
}

_CASTS: dict[ColumnType, frozenset[ValueType]] = {
    "text": frozenset({"text", "integer", "boolean", "date"}),
    "integer": frozenset({"text", "integer", "decimal", "float", "boolean"}),
    "decimal": frozenset({"text", "integer", "decimal", "float"}),
    "float": frozenset({"text", "integer", "decimal", "float"}),
    "boolean": frozenset({"text", "boolean"}),
    "date": frozenset({"text", "date", "timestamp"}),
    "timestamp": frozenset({"text", "date", "timestamp"}),
}
"""What may be cast to a type: only where both engines write the same thing."""


class Converter:
    """Rebuilds one expression over `columns`; `seen` collects the columns it reads."""

    def __init__(self, columns: Mapping[str, ColumnType]) -> None:
        self.columns = columns
        self.seen: set[str] = set()
        self._depth = 0

    def node(self, tree: exp.Expr) -> Node:
        """Return `tree` in our nodes, or raise ExpressionError at its first word."""
        self._depth += 1
        if self._depth > DEEPEST:
            message = f"the expression nests more than {DEEPEST} levels. Use `in (…)` for lists."
            raise ExpressionError(message, _position(tree))
        try:
            return self._rebuilt(tree)
        except ExpressionError as error:
            if error.position is not None or _position(tree) is None:
                raise
            raise ExpressionError(str(error), _position(tree)) from None
        finally:
            self._depth -= 1

    def _rebuilt(self, tree: exp.Expr) -> Node:
        kind = type(tree)
        if kind in _OPERATORS:
            _only(tree, "this", "expression")
            return _binary(_OPERATORS[kind], self.node(tree.this), self.node(tree.expression))
        if kind in _CALLS:
            return self._call(tree, *_CALLS[kind])
        if kind in self._handlers:
            return self._handlers[kind](self, tree)
        message = f"{_name(tree)} is not allowed in an expression."
        raise ExpressionError(message)

    def _call(self, tree: exp.Expr, function: str, keys: tuple[str, ...]) -> Call:
        _only(tree, *keys)
        found = [tree.args.get(key) for key in keys]
        flat = [part for value in found for part in (value if isinstance(value, list) else [value])]
        arguments = tuple(self._argument(part) for part in flat if part is not None)
        return call(function, arguments)

    def _argument(self, tree: exp.Expr) -> Node:
        if isinstance(tree, exp.Var):
            return Literal(tree.name.lower(), "text")
        return self.node(tree)

    def _column(self, tree: exp.Expr) -> Node:
        _only(tree, "this")
        name = tree.name
        if name not in self.columns or not isinstance(tree.this, exp.Identifier):
            raise ExpressionError(f"no column '{name}'.{near_miss(name, self.columns)}")
        self.seen.add(name)
        return ColumnRef(name, self.columns[name])

    def _literal(self, tree: exp.Expr) -> Node:
        text = str(tree.this)
        return Literal(text, "text") if tree.args["is_string"] else _number(text)

    def _boolean(self, tree: exp.Expr) -> Node:
        return Literal(bool(tree.this), "boolean")

    def _null(self, _: exp.Expr) -> Node:
        return Literal(None, "null")

    def _brackets(self, tree: exp.Expr) -> Node:
        _only(tree, "this")
        return self.node(tree.this)

    def _not(self, tree: exp.Expr) -> Node:
        _only(tree, "this")
        return _negated(self.node(tree.this))

    def _minus(self, tree: exp.Expr) -> Node:
        _only(tree, "this")
        operand = self.node(tree.this)
        must_be(operand, NUMBERS, "what follows -")
        return Unary("-", operand, operand.type)

    def _is(self, tree: exp.Expr) -> Node:
        _only(tree, "this", "expression")
        operand = self.node(tree.this)
        if isinstance(tree.expression, exp.Null):
            return IsNull(operand)
        if isinstance(tree.expression, exp.Boolean):
            must_be(operand, ("boolean",), "what stands before `is`")
            claim = operand if tree.expression.this else _negated(operand)
            return Call("coalesce", (claim, Literal(value=False, type="boolean")), "boolean")
        raise ExpressionError("`is` is followed by null, true or false.")

    def _in(self, tree: exp.Expr) -> Node:
        _only(tree, "this", "expressions")
        if not tree.expressions:
            raise ExpressionError("`in` needs at least one value in its brackets.")
        nodes = [self.node(part) for part in (tree.this, *tree.expressions)]
        (operand, *options), _ = aligned(nodes, "what `in` compares")
        return In(operand, tuple(options))

    def _between(self, tree: exp.Expr) -> Node:
        _only(tree, "this", "low", "high")
        nodes = [self.node(tree.args[key]) for key in ("this", "low", "high")]
        (operand, low, high), kind = aligned(nodes, "what `between` compares")
        _ordered(kind, "between")
        return Between(operand, low, high)

    def _like(self, tree: exp.Expr) -> Node:
        _only(tree, "this", "expression", "negate")
        operand, pattern = self.node(tree.this), self.node(tree.expression)
        must_be(operand, ("text",), "what `like` looks at")
        if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
            raise ExpressionError("the pattern of `like` must be a text in quotes.")
        like = Like(operand, pattern.value, ignores_case=isinstance(tree, exp.ILike))
        return _negated(like) if tree.args.get("negate") else like

    def _case(self, tree: exp.Expr) -> Node:
        _only(tree, "this", "ifs", "default")
        subject = tree.args.get("this")
        branches = [self._branch(subject, branch) for branch in tree.args["ifs"]]
        return self._choice(branches, tree.args.get("default"))

    def _branch(self, subject: exp.Expr | None, branch: exp.Expr) -> tuple[Node, Node]:
        _only(branch, "this", "true")
        condition = self.node(branch.this)
        if subject is not None:
            condition = _binary("=", self.node(subject), condition)
        return condition, self.node(branch.args["true"])

    def _if(self, tree: exp.Expr) -> Node:
        _only(tree, "this", "true", "false")
        if tree.args.get("true") is None:
            raise ExpressionError("if takes a condition and two values: if(condition, yes, no).")
        pair = (self.node(tree.this), self.node(tree.args["true"]))
        return self._choice([pair], tree.args.get("false"))

    def _choice(self, branches: list[tuple[Node, Node]], otherwise: exp.Expr | None) -> Node:
        last: Node = Literal(None, "null") if otherwise is None else self.node(otherwise)
        for condition, _ in branches:
            must_be(condition, ("boolean",), "the condition of a branch")
        values, kind = aligned([*(value for _, value in branches), last], "what the branches give")
        pairs = zip((condition for condition, _ in branches), values, strict=False)
        return Case(tuple(pairs), values[-1], kind)

    def _cast(self, tree: exp.Expr) -> Node:
        _only(tree, "this", "to")
        to = tree.args["to"]
        # sqlglot gives a bare decimal DuckDB's digits; digits that were written never get here.
        is_detailed = to.args.get("expressions") and to.this != exp.DType.DECIMAL
        if to.this not in _TYPES or is_detailed or to.args.get("nested"):
            known = ", ".join(_CASTS)
            raise ExpressionError(f"cannot cast to {_type_name(to)}. Types are: {known}.")
        operand, kind = self.node(tree.this), _TYPES[to.this]
        must_be(operand, sorted(_CASTS[kind]), f"what is cast to {kind}")
        if isinstance(operand, Literal) and isinstance(operand.value, str):
            if kind == "date":
                return date_literal(operand.value)
            if kind == "timestamp":
                return timestamp_literal(operand.value)
        return Cast(operand, kind)

    _handlers: ClassVar[dict[type[exp.Expr], Callable[[Converter, exp.Expr], Node]]] = {
        exp.Between: _between,
        exp.Boolean: _boolean,
        exp.Case: _case,
        exp.Cast: _cast,
        exp.Column: _column,
        exp.If: _if,
        exp.ILike: _like,
        exp.In: _in,
        exp.Is: _is,
        exp.Like: _like,
        exp.Literal: _literal,
        exp.Neg: _minus,
        exp.Not: _not,
        exp.Null: _null,
        exp.Paren: _brackets,
    }


def _binary(operator: Operator, left: Node, right: Node) -> Node:
    what = f"the two sides of {operator}"
    if operator in {"and", "or"}:
        must_be(left, ("boolean",), what)
        must_be(right, ("boolean",), what)
        return Binary(operator, left, right, "boolean")
    if operator == "||":
        must_be(left, ("text",), what)
        must_be(right, ("text",), what)
        return Binary(operator, left, right, "text")
    (left, right), kind = aligned([left, right], what)
    if operator in {"+", "-", "*", "/", "%"}:
        return Binary(operator, left, right, _arithmetic(operator, kind))
    if Literal(None, "null") in (left, right):
        raise ExpressionError("nothing equals null: say `is null` or `is not null`.")
    if operator not in {"=", "<>"}:
        _ordered(kind, operator)
    return Binary(operator, left, right, "boolean")


def _arithmetic(operator: str, kind: ValueType) -> ValueType:
    if kind not in (*NUMBERS, "null"):
        hint = " Count days with date_diff('day', from, to)." if kind == "date" else ""
        raise ExpressionError(f"{operator} takes numbers, not {kind}.{hint}")
    if operator == "%" and kind not in {"integer", "null"}:
        raise ExpressionError(f"% takes whole numbers, not {kind}.")
    return "float" if operator == "/" else kind


def _ordered(kind: ValueType, what: str) -> None:
    if kind in {"boolean", "text"}:
        raise ExpressionError(f"`{what}` compares numbers or dates, not {kind}.")


def _negated(operand: Node) -> Node:
    must_be(operand, ("boolean",), "what follows `not`")
    return Unary("not", operand, "boolean")


def _number(text: str) -> Literal:
    if "e" in text.lower():
        try:
            value = float(text)
        except ValueError:
            raise ExpressionError(f"'{text}' is not a number. Write 1e3 or 1000.") from None
        if not math.isfinite(value):
            raise ExpressionError(f"the number {text} is too large.")
        return Literal(value, "float")
    whole, _, fraction = text.partition(".")
    if len(whole) > 18 or len(fraction) > 9:
        raise ExpressionError(f"the number {text} is too long: 18 digits and 9 decimals at most.")
    return Literal(Decimal(text), "decimal") if "." in text else Literal(int(text), "integer")


def _only(tree: exp.Expr, *keys: str) -> None:
    """Refuse a node that carries anything beside `keys`: what is not read must not be there."""
    extra = [key for key, value in tree.args.items() if value and key not in _REMARKS]
    if unread := sorted(set(extra) - set(keys)):
        raise ExpressionError(f"{_name(tree)} with '{unread[0]}' is not allowed here.")


def _name(tree: exp.Expr) -> str:
    word = tree.name if isinstance(tree, exp.Anonymous) else tree.key
    return f"'{word}'"


def _type_name(to: exp.Expr) -> str:
    return f"'{to.sql(dialect='duckdb').lower()}'"


_PLACED = (exp.Identifier, exp.Anonymous)
"""The nodes sqlglot keeps the place of."""


def _position(tree: exp.Expr) -> int | None:
    """Return where the first word of `tree` stands, counted from 1; None when it has no word."""
    found = (node.meta.get("start") for node in tree.walk() if isinstance(node, _PLACED))
    starts = [start for start in found if isinstance(start, int)]
    return min(starts) + 1 if starts else None
