"""Which values go together: the common type of two values, and literals read as dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from data.expressions.refusal import ExpressionError
from data.expressions.tree import Literal, Node, ValueType

NUMBERS: tuple[ValueType, ...] = ("integer", "decimal", "float")
"""In order of what a mixture becomes: an integer and a decimal make a decimal."""

DATES: tuple[ValueType, ...] = ("date", "timestamp")


def common_type(types: Iterable[ValueType]) -> ValueType | None:
    """Return the type that values of all `types` have together, None when there is none."""
    known = [kind for kind in types if kind != "null"]
    if not known:
        return "null"
    if len(set(known)) == 1:
        return known[0]
    for family in (NUMBERS, DATES):
        if all(kind in family for kind in known):
            return max(known, key=family.index)
    return None


def aligned(nodes: Sequence[Node], what: str) -> tuple[tuple[Node, ...], ValueType]:
    """Return `nodes` with dates in quotes read as dates, and the type they have together.

    `what` names them in the refusal: "the two sides of =".
    """
    if any(node.type in DATES for node in nodes):
        nodes = [_as_date(node) for node in nodes]
    together = common_type(node.type for node in nodes)
    if together is None:
        kinds = " and ".join(dict.fromkeys(node.type for node in nodes))
        raise ExpressionError(f"{what} must be of one type, not {kinds}.")
    return tuple(nodes), together


def must_be(node: Node, wanted: Iterable[ValueType], what: str) -> None:
    """Raise ExpressionError unless `node` is of a wanted type, or NULL."""
    wanted = tuple(wanted)
    if node.type != "null" and node.type not in wanted:
        raise ExpressionError(f"{what} must be {' or '.join(wanted)}, not {node.type}.")


def date_literal(text: str) -> Literal:
    """Return the date that `text` spells as 2026-09-30."""
    try:
        return Literal(date.fromisoformat(text), "date")
    except ValueError:
        raise ExpressionError(f"'{text}' is not a date. Write it as '2026-09-30'.") from None


def timestamp_literal(text: str) -> Literal:
    """Return the instant that `text` spells as 2026-09-30 08:15:00, without a time zone."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is not None:
        message = f"'{text}' is not an instant. Write it as '2026-09-30 08:15:00'."
        raise ExpressionError(message)
    return Literal(value, "timestamp")


def _as_date(node: Node) -> Node:
    if isinstance(node, Literal) and isinstance(node.value, str):
        is_day = len(node.value) <= len("2026-09-30")
        return date_literal(node.value) if is_day else timestamp_literal(node.value)
    return node
