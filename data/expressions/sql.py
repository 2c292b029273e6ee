"""An expression written out as SQL, its values bound as named parameters.

The text is built from the tree alone: names are quoted, values are bound, and what engines write
differently comes from a dialect.
"""

from __future__ import annotations

from typing import assert_never

from data.expressions.dialect import Dialect
from data.expressions.in_duckdb import DUCKDB
from data.expressions.tree import (
    Between,
    Binary,
    Call,
    Case,
    Cast,
    ColumnRef,
    Expression,
    In,
    IsNull,
    Like,
    Literal,
    Node,
    Unary,
)


def render(expression: Expression, parameters: dict[str, object], dialect: Dialect = DUCKDB) -> str:
    """Return SQL for `expression`; its values are added to `parameters` as p1, p2 and so on.

    Boolean results follow SQL's three-valued logic: unknown is NULL.
    """
    return _Writer(parameters, dialect).sql(expression.root)


def quoted(name: str) -> str:
    """Return `name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class _Writer:
    def __init__(self, parameters: dict[str, object], dialect: Dialect) -> None:
        self.parameters, self.dialect = parameters, dialect

    def sql(self, node: Node) -> str:
        # What can only be NULL is written so: engines differ in what `NULL + NULL` would be.
        if node.type == "null":
            return "NULL"
        match node:
            case ColumnRef():
                text = quoted(node.name)
            case Literal():
                text = self._literal(node)
            case Call():
                text = self.dialect.call(node, self.sql)
            case Case():
                text = self._case(node)
            case Cast():
                text = self._cast(node)
            case _:
                text = self._operation(node)
        return text

    def _operation(self, node: Unary | Binary | IsNull | In | Between | Like) -> str:
        match node:
            case Unary():
                text = f"({'NOT ' if node.operator == 'not' else '-'}{self.sql(node.operand)})"
            case Binary():
                text = self._binary(node)
            case IsNull():
                text = f"({self.sql(node.operand)} IS NULL)"
            case In():
                options = ", ".join(self.sql(option) for option in node.options)
                text = f"({self.sql(node.operand)} IN ({options}))"
            case Between():
                low, high = self.sql(node.low), self.sql(node.high)
                text = f"({self.sql(node.operand)} BETWEEN {low} AND {high})"
            case Like():
                text = self._like(node)
            case _:
                assert_never(node)
        return text

    def _bound(self, value: object) -> str:
        name = f"p{len(self.parameters) + 1}"
        self.parameters[name] = value
        return self.dialect.placeholder(name)

    def _literal(self, node: Literal) -> str:
        return f"CAST({self._bound(node.value)} AS {self.dialect.types[node.type]})"

    def _like(self, node: Like) -> str:
        operand = self.sql(node.operand)
        pattern = f"CAST({self._bound(node.pattern)} AS {self.dialect.types['text']})"
        return self.dialect.like(operand, pattern, ignores_case=node.ignores_case)

    def _binary(self, node: Binary) -> str:
        left, right = self.sql(node.left), self.sql(node.right)
        types = self.dialect.types
        match node.operator:
            case "/":
                double = types["float"]
                return f"(CAST({left} AS {double}) / nullif(CAST({right} AS {double}), 0))"
            case "%":
                return f"mod({left}, nullif({right}, 0))"
            case "*" if node.type == "decimal":
                # Unbounded, the scales of a chain of products add up beyond what DECIMAL holds.
                return f"CAST({left} * {right} AS {types['decimal']})"
            case "||":
                text = types["text"]
                return f"(CAST({left} AS {text}) || CAST({right} AS {text}))"
            case operator:
                return f"({left} {operator.upper()} {right})"

    def _case(self, node: Case) -> str:
        branches = " ".join(
            f"WHEN {self.sql(condition)} THEN {self.sql(value)}"
            for condition, value in node.branches
        )
        return f"(CASE {branches} ELSE {self.sql(node.otherwise)} END)"

    def _cast(self, node: Cast) -> str:
        operand = self.sql(node.operand)
        if node.operand.type == node.type:
            return operand
        return self.dialect.cast(operand, node.operand.type, node.type)
