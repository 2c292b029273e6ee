"""What engines write differently in an expression: the seam, and the forms of text they share.

A further engine is one more object of this shape, held to the meaning of the others by the parity
test. None may write an operand twice: expressions nest, and the text would double at every level.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from data.expressions.tree import Call, Node, ValueType

Write = Callable[[Node], str]
"""Gives the SQL of an operand, once."""


class Dialect(Protocol):
    """How one engine writes expressions."""

    @property
    def name(self) -> str:
        """The engine's name: duckdb, postgresql."""
        ...

    @property
    def types(self) -> Mapping[ValueType, str]:
        """The engine's name of each type."""
        ...

    def placeholder(self, name: str) -> str:
        """Return how a bound value is referred to."""
        ...

    def like(self, text: str, pattern: str, *, ignores_case: bool) -> str:
        """Return a comparison with a pattern in which nothing is escaped."""
        ...

    def call(self, node: Call, sql: Write) -> str:
        """Return the call of a function of the allow-list."""
        ...

    def cast(self, operand: str, given: ValueType, wanted: ValueType) -> str:
        """Return `operand` as another type, NULL where it cannot be."""
        ...


INTEGER_TEXT = r"[+-]?[0-9]{1,18}"
DECIMAL_TEXT = r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,9})?"
FLOAT_TEXT = r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?"
DATE_TEXT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME_TEXT = r"[ T](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
TEXT_FORMS: Mapping[ValueType, str] = {
    "integer": INTEGER_TEXT,
    "decimal": DECIMAL_TEXT,
    "float": FLOAT_TEXT,
    "date": DATE_TEXT,
    "timestamp": DATE_TEXT + TIME_TEXT,
}
"""How a text must look to become a value; engines alone differ ("1.5" as an integer, "1e3")."""
