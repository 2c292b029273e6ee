"""What is sure never to fall below zero, by what is known of the columns it is made of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from data.expressions.tree import Binary, Call, Cast, ColumnRef, Expression, Literal, Node


@dataclass(frozen=True)
class Known:
    """Columns that are never negative, and pairs of dates of which the first is never later."""

    columns: Collection[str] = frozenset()
    in_order: Collection[tuple[str, str]] = frozenset()


def known_by(condition: Expression) -> Known:
    """Return what a condition that holds says: "cost >= 0", "closed_on >= received_on"."""
    parts = list(_parts(condition.root))
    columns = {
        part.left.name
        for part in parts
        if part.operator in {">", ">="}
        and isinstance(part.left, ColumnRef)
        and isinstance(part.right, Literal)
        and is_never_negative(part.right, Known())
    }
    in_order = {
        (part.right.name, part.left.name)
        for part in parts
        if part.operator in {">", ">="}
        and isinstance(part.left, ColumnRef)
        and isinstance(part.right, ColumnRef)
    }
    return Known(frozenset(columns), frozenset(in_order))


def is_never_negative(node: Node, known: Known) -> bool:
    """Return whether a value is sure not to be negative; what is not sure is said to be able to."""
    match node:
        case Literal():
            return isinstance(node.value, int | float | Decimal) and node.value >= 0
        case ColumnRef():
            return node.name in known.columns
        case Cast():
            return is_never_negative(node.operand, known)
        case Binary(operator="+" | "*" | "/"):
            return all(is_never_negative(each, known) for each in (node.left, node.right))
        case Call(function="date_diff", arguments=(ColumnRef() as first, ColumnRef() as last)):
            return (first.name, last.name) in known.in_order
        case _:
            return False


def _parts(node: Node) -> list[Binary]:
    """Return the comparisons of which every one has to hold."""
    match node:
        case Binary(operator="and"):
            return [*_parts(node.left), *_parts(node.right)]
        case Binary():
            return [node]
        case _:
            return []
