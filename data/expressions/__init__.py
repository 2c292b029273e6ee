"""Safe expressions: parsed to a closed tree, refused with position and near miss, written out anew.

`to_polars` is in `data.expressions.frame`, apart, so that definitions load without Polars.
"""

from data.expressions.parse import ExpressionError, parse
from data.expressions.sql import render
from data.expressions.tree import ColumnType, Expression

__all__ = ["ColumnType", "Expression", "ExpressionError", "parse", "render"]
