"""The closed set of nodes an expression may consist of, each with the type of its value.

An expression is read once (`parse`), kept as this tree, and written out again for the engine that
runs it (`sql`, `frame`). Text typed by a person never reaches an engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal as OneOf

ColumnType = OneOf["text", "integer", "decimal", "float", "boolean", "date", "timestamp"]
ValueType = OneOf["text", "integer", "decimal", "float", "boolean", "date", "timestamp", "null"]
"""What a node gives back; `null` is the type of the bare word NULL, which fits anywhere."""

Scalar = str | int | float | Decimal | bool | date | datetime | None

ArithmeticOperator = OneOf["+", "-", "*", "/", "%"]
ComparisonOperator = OneOf["=", "<>", "<", "<=", ">", ">="]
LogicOperator = OneOf["and", "or"]
Operator = ArithmeticOperator | ComparisonOperator | LogicOperator | OneOf["||"]


@dataclass(frozen=True)
class ColumnRef:
    """A column of the table, by its exact name."""

    name: str
    type: ValueType


@dataclass(frozen=True)
class Literal:
    """A value written in the expression."""

    value: Scalar
    type: ValueType


@dataclass(frozen=True)
class Unary:
    """`not x` or `-x`."""

    operator: OneOf["not", "-"]
    operand: Node
    type: ValueType


@dataclass(frozen=True)
class Binary:
    """Two operands and what joins them; `/` gives a float, and NULL when the divisor is zero."""

    operator: Operator
    left: Node
    right: Node
    type: ValueType


@dataclass(frozen=True)
class IsNull:
    """`x is null`; its opposite is `not` of it."""

    operand: Node
    type: ValueType = "boolean"


@dataclass(frozen=True)
class In:
    """`x in (a, b, …)`."""

    operand: Node
    options: tuple[Node, ...]
    type: ValueType = "boolean"


@dataclass(frozen=True)
class Between:
    """`x between low and high`, both included."""

    operand: Node
    low: Node
    high: Node
    type: ValueType = "boolean"


@dataclass(frozen=True)
class Like:
    """`x like 'a%_'`: `%` any text, `_` any one character, nothing escapes them."""

    operand: Node
    pattern: str
    ignores_case: bool
    type: ValueType = "boolean"


@dataclass(frozen=True)
class Case:
    """The result of the first branch whose condition is true, or else `otherwise`."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node
    type: ValueType


@dataclass(frozen=True)
class Call:
    """A function of the allow-list (data.expressions.functions)."""

    function: str
    arguments: tuple[Node, ...]
    type: ValueType


@dataclass(frozen=True)
class Cast:
    """`x` as another type, NULL where it cannot be."""

    operand: Node
    type: ValueType


Node = ColumnRef | Literal | Unary | Binary | IsNull | In | Between | Like | Case | Call | Cast


@dataclass(frozen=True)
class Expression:
    """An expression as it was written, its tree, the columns it reads and the type it gives."""

    text: str
    root: Node
    columns: frozenset[str]
    type: ValueType


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and every node below it."""
    yield node
    for child in _children(node):
        yield from walk(child)


def is_weighted_sum(node: Node) -> bool:
    """Return whether `node` only adds and takes away columns, each by itself or times a number.

    Such a sum of totals is the total of the sums: whatever is added up first, the rest agrees.
    """
    match node:
        case ColumnRef():
            return True
        case Unary(operator="-"):
            return is_weighted_sum(node.operand)
        case Binary(operator="+" | "-"):
            return is_weighted_sum(node.left) and is_weighted_sum(node.right)
        case Binary(operator="*" | "/", right=Literal()):
            return is_weighted_sum(node.left)
        case Binary(operator="*", left=Literal()):
            return is_weighted_sum(node.right)
        case _:
            return False


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Unary() | IsNull() | Cast() | Like():
            below: tuple[Node, ...] = (node.operand,)
        case Binary():
            below = (node.left, node.right)
        case In():
            below = (node.operand, *node.options)
        case Between():
            below = (node.operand, node.low, node.high)
        case Case():
            below = (*(part for branch in node.branches for part in branch), node.otherwise)
        case Call():
            below = node.arguments
        case ColumnRef() | Literal():
            below = ()
    return below
