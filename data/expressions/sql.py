"""An expression written out as SQL, its values bound as named parameters.

The text is built from the tree alone: names are quoted, values are bound, operators and functions
come from the tables below.
"""

from __future__ import annotations

from typing import Literal as OneOf
from typing import assert_never

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
    ValueType,
)

Dialect = OneOf["duckdb"]

SQL_TYPES: dict[ValueType, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "decimal": "DECIMAL(38, 9)",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}

INTEGER_TEXT = r"[+-]?[0-9]{1,18}"
DECIMAL_TEXT = r"[+-]?[0-9]{1,18}(\.[0-9]{1,9})?"
FLOAT_TEXT = r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?"
DATE_TEXT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIMESTAMP_TEXT = DATE_TEXT + r"[ T][0-9]{2}:[0-9]{2}:[0-9]{2}"
TEXT_FORMS: dict[ValueType, str] = {
    "integer": INTEGER_TEXT,
    "decimal": DECIMAL_TEXT,
    "float": FLOAT_TEXT,
    "date": DATE_TEXT,
    "timestamp": TIMESTAMP_TEXT,
}
"""How a text must look to become a value; engines alone differ ("1.5" as an integer, "1e3")."""


def render(
    expression: Expression, parameters: dict[str, object], dialect: Dialect = "duckdb"
) -> str:
    """Return SQL for `expression`; its values are added to `parameters` as p1, p2 and so on.

    Boolean results follow SQL's three-valued logic: unknown is NULL.
    """
    match dialect:
        case "duckdb":
            return _Writer(parameters).sql(expression.root)
        case _:
            assert_never(dialect)


def quoted(name: str) -> str:
    """Return `name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


class _Writer:
    def __init__(self, parameters: dict[str, object]) -> None:
        self.parameters = parameters

    def sql(self, node: Node) -> str:
        match node:
            case ColumnRef():
                text = quoted(node.name)
            case Literal():
                text = self._literal(node)
            case Call():
                text = self._call(node)
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
                operator = "ILIKE" if node.ignores_case else "LIKE"
                text = f"({self.sql(node.operand)} {operator} {self._bound(node.pattern)})"
            case _:
                assert_never(node)
        return text

    def _bound(self, value: object) -> str:
        name = f"p{len(self.parameters) + 1}"
        self.parameters[name] = value
        return f"${name}"

    def _literal(self, node: Literal) -> str:
        if node.value is None:
            return "NULL"
        return f"CAST({self._bound(node.value)} AS {SQL_TYPES[node.type]})"

    def _binary(self, node: Binary) -> str:
        left, right = self.sql(node.left), self.sql(node.right)
        match node.operator:
            case "/":
                return f"(CAST({left} AS DOUBLE) / nullif(CAST({right} AS DOUBLE), 0))"
            case "%":
                return f"({left} % nullif({right}, 0))"
            case "*" if node.type == "decimal":
                # Unbounded, the scales of a chain of products add up beyond what DECIMAL holds.
                return f"CAST({left} * {right} AS DECIMAL(38, 9))"
            case operator:
                return f"({left} {operator.upper()} {right})"

    def _case(self, node: Case) -> str:
        branches = " ".join(
            f"WHEN {self.sql(condition)} THEN {self.sql(value)}"
            for condition, value in node.branches
        )
        return f"(CASE {branches} ELSE {self.sql(node.otherwise)} END)"

    def _call(self, node: Call) -> str:
        match node.function, node.arguments:
            case ("date_trunc", (Literal(value=unit), operand)):
                return f"CAST(date_trunc('{unit}', {self.sql(operand)}) AS DATE)"
            case ("date_diff", (first, second)):
                days = [f"CAST({self.sql(day)} AS DATE)" for day in (first, second)]
                return f"date_diff('day', {days[0]}, {days[1]})"
            case ("make_date", (year, month, day)):
                known_year = f"{self.sql(year)} BETWEEN 1 AND 9999"
                parts = ", ".join(self.sql(part) for part in (year, month, day))
                return f"(CASE WHEN {known_year} THEN TRY(make_date({parts})) END)"
            case ("round", (operand, Literal(value=digits))):
                return f"round({self.sql(operand)}, {digits})"
            case ("substr", (operand, Literal(value=start), Literal(value=length))):
                return f"substr({self.sql(operand)}, {start}, {length})"
            case (function, arguments):
                return f"{function}({', '.join(self.sql(argument) for argument in arguments)})"

    def _cast(self, node: Cast) -> str:
        operand, to = self.sql(node.operand), SQL_TYPES[node.type]
        match node.operand.type, node.type:
            case (kind, wanted) if kind == wanted:
                return operand
            case ("text", "boolean"):
                word = f"lower(trim({operand}))"
                return f"(CASE {word} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)"
            case ("text", wanted):
                fits = f"regexp_full_match(trim({operand}), '{TEXT_FORMS[wanted]}')"
                return f"(CASE WHEN {fits} THEN TRY_CAST(trim({operand}) AS {to}) END)"
            case ("decimal" | "float", "integer"):
                return f"TRY_CAST(round({operand}, 0) AS {to})"
            case _:
                return f"TRY_CAST({operand} AS {to})"
