"""Safe expressions: parsed to a closed tree, refused with position and near miss, written out anew.

`to_polars` is in `data.expressions.frame`, apart, so that definitions load without Polars.
"""

from data.expressions.dialect import Dialect
from data.expressions.in_duckdb import DUCKDB
from data.expressions.in_postgresql import POSTGRESQL
from data.expressions.parse import ExpressionError, parse
from data.expressions.signs import Known, is_never_negative, known_by
from data.expressions.sql import render
from data.expressions.tree import ColumnType, Expression, is_weighted_sum

__all__ = [
    "DUCKDB",
    "POSTGRESQL",
    "ColumnType",
    "Dialect",
    "Expression",
    "ExpressionError",
    "Known",
    "is_never_negative",
    "is_weighted_sum",
    "known_by",
    "parse",
    "render",
]
