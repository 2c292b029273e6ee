"""An expression written out as a Polars expression, with the same meaning as the SQL."""

from __future__ import annotations

import polars as pl

from data.expressions.tree import Expression


def to_polars(expression: Expression) -> pl.Expr:
    """Return `expression` for a frame that holds its columns."""
    raise NotImplementedError
