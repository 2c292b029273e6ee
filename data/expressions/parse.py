"""From the text of an expression to its tree, or a refusal that names the place."""

from __future__ import annotations

from collections.abc import Mapping

from data.errors import Clause9Error
from data.expressions.tree import ColumnType, Expression


class ExpressionError(Clause9Error):
    """An expression says something that is not allowed; the text names where, and a way out."""


def parse(text: str, columns: Mapping[str, ColumnType]) -> Expression:
    """Return the tree of `text`, an expression over `columns`.

    Raises ExpressionError for everything outside the allowed set of nodes and functions.
    """
    raise NotImplementedError
