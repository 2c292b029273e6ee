"""How an expression is refused."""

from __future__ import annotations

from data.errors import Clause9Error


class ExpressionError(Clause9Error):
    """An expression says something that is not allowed; the text names where, and a way out.

    `position` counts characters from 1; None when the whole expression is meant.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        self.position = position
        super().__init__(message if position is None else f"character {position}: {message}")
