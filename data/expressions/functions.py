"""The functions an expression may call: what they take, what they give.

This list is the whole list. A function is added here, in `convert`, in each dialect and in `frame`,
and the parity test then holds all engines to one meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from data.expressions.refusal import ExpressionError
from data.expressions.tree import Call, Literal, Node, ValueType, walk
from data.expressions.types import DATES, NUMBERS, aligned, must_be

Arguments = tuple[Node, ...]
Signature = Callable[[str, Arguments], Call]

MOST_GROWTH = 1_000
"""How many times longer texts may become by replacing: nested, each replacement multiplies, and
three of 300 characters make 27 million of one."""

TRUNCATIONS = ("day", "week", "month", "quarter", "year")
"""What `date_trunc` cuts a date down to."""


_TAKES_NULL = frozenset({"coalesce", "concat", "greatest", "least", "nullif"})


def call(function: str, arguments: Arguments) -> Call:
    """Return the call, its types checked; ExpressionError says what it takes instead."""
    if function not in _TAKES_NULL and any(argument.type == "null" for argument in arguments):
        raise ExpressionError(f"{function} of null is always null: give it a column.")
    return SIGNATURES[function](function, arguments)


def _exactly(function: str, arguments: Arguments, *counts: int) -> None:
    if len(arguments) not in counts:
        wanted = " or ".join(str(count) for count in counts)
        message = f"{function} takes {wanted} arguments, not {len(arguments)}."
        raise ExpressionError(message)


def _number(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 1)
    must_be(arguments[0], NUMBERS, f"what {function} takes")
    return Call(function, arguments, arguments[0].type)


def _rounded(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 1, 2)
    must_be(arguments[0], NUMBERS, f"what {function} takes")
    if len(arguments) == 1:
        arguments = (*arguments, Literal(0, "integer"))
    _whole(function, arguments[1], "the digits", 0, 9)
    return Call(function, arguments, arguments[0].type)


def _whole(function: str, node: Node, what: str, low: int, high: int) -> None:
    value = node.value if isinstance(node, Literal) else None
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        message = f"{what} of {function} must be written as a whole number from {low} to {high}."
        raise ExpressionError(message)


def _text(gives: ValueType, *counts: int) -> Signature:
    def check(function: str, arguments: Arguments) -> Call:
        _exactly(function, arguments, *counts)
        for argument in arguments:
            must_be(argument, ("text",), f"what {function} takes")
        return Call(function, arguments, gives)

    return check


def _joined(function: str, arguments: Arguments) -> Call:
    for argument in arguments:
        must_be(argument, ("text",), f"what {function} takes")
    return Call(function, arguments, "text")


def _part(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 2, 3)
    must_be(arguments[0], ("text",), f"what {function} takes first")
    _whole(function, arguments[1], "the start", 1, 100_000)
    if len(arguments) == 2:
        arguments = (*arguments, Literal(100_000, "integer"))
    _whole(function, arguments[2], "the length", 0, 100_000)
    return Call(function, arguments, "text")


def _replaced(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 3)
    must_be(arguments[0], ("text",), f"what {function} takes first")
    for argument in arguments[1:]:
        if not isinstance(argument, Literal) or argument.type != "text":
            message = f"what {function} seeks and puts must be written as texts in quotes."
            raise ExpressionError(message)
    if arguments[1] == Literal("", "text"):
        raise ExpressionError(f"{function} cannot seek an empty text.")
    replaced = Call(function, arguments, "text")
    growth = prod(_growth(node) for node in walk(replaced))
    if growth > MOST_GROWTH:
        message = f"{function} in {function} could make a text {growth:,.0f} times as long"
        raise ExpressionError(f"{message}; {MOST_GROWTH} times are allowed.")
    return replaced


def _growth(node: Node) -> float:
    """Return how many times longer a text may become by one node alone."""
    match node:
        case Call("replace", (_, Literal(value=str() as sought), Literal(value=str() as put))):
            return max(1.0, len(put) / len(sought))
        case _:
            return 1.0


def _first_known(function: str, arguments: Arguments) -> Call:
    nodes, kind = aligned(arguments, f"what {function} chooses from")
    return Call(function, nodes, kind)


def _without(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 2)
    nodes, _ = aligned(arguments, f"what {function} compares")
    return Call(function, nodes, nodes[0].type)


def _extreme(function: str, arguments: Arguments) -> Call:
    nodes, kind = aligned(arguments, f"what {function} chooses from")
    if kind not in (*NUMBERS, *DATES):
        raise ExpressionError(f"{function} chooses from numbers or dates, not {kind}.")
    return Call(function, nodes, kind)


def _calendar(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 1)
    must_be(arguments[0], DATES, f"what {function} takes")
    return Call(function, arguments, "integer")


def _days_between(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 3)
    if arguments[0] != Literal("day", "text"):
        raise ExpressionError(f"{function} counts days: write {function}('day', from, to).")
    days = list(arguments[1:])
    if not any(node.type in DATES for node in days):
        raise ExpressionError(f"{function} needs a date column, not {days[0].type}.")
    nodes, _ = aligned(days, f"the two dates of {function}")
    return Call(function, nodes, "integer")


def _made_date(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 3)
    for argument in arguments:
        must_be(argument, ("integer",), f"what {function} takes")
    return Call(function, arguments, "date")


def _truncated(function: str, arguments: Arguments) -> Call:
    _exactly(function, arguments, 2)
    unit = arguments[0].value if isinstance(arguments[0], Literal) else None
    if unit not in TRUNCATIONS:
        known = ", ".join(f"'{word}'" for word in TRUNCATIONS)
        raise ExpressionError(f"{function} cuts down to one of {known}.")
    must_be(arguments[1], DATES, f"what {function} cuts down")
    return Call(function, arguments, "date")


SIGNATURES: dict[str, Signature] = {
    "abs": _number,
    "ceil": _number,
    "coalesce": _first_known,
    "concat": _joined,
    "contains": _text("boolean", 2),
    "date_diff": _days_between,
    "date_trunc": _truncated,
    "day": _calendar,
    "ends_with": _text("boolean", 2),
    "floor": _number,
    "greatest": _extreme,
    "least": _extreme,
    "length": _text("integer", 1),
    "lower": _text("text", 1),
    "make_date": _made_date,
    "month": _calendar,
    "nullif": _without,
    "quarter": _calendar,
    "replace": _replaced,
    "round": _rounded,
    "starts_with": _text("boolean", 2),
    "substr": _part,
    "trim": _text("text", 1),
    "upper": _text("text", 1),
    "year": _calendar,
}

FUNCTIONS = frozenset(SIGNATURES) | {"if", "cast"}
"""Every name that may stand before a bracket; `if` and `cast` have nodes of their own."""
