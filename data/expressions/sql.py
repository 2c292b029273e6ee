"""An expression written out as SQL, its values bound as named parameters."""

from __future__ import annotations

from typing import Literal

from data.expressions.tree import Expression

Dialect = Literal["duckdb"]


def render(
    expression: Expression, parameters: dict[str, object], dialect: Dialect = "duckdb"
) -> str:
    """Return SQL for `expression`; its values are added to `parameters` as p1, p2, …"""
    raise NotImplementedError
