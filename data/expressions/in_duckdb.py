"""Expressions as DuckDB writes them."""

from __future__ import annotations

from collections.abc import Mapping

from data.expressions.dialect import TEXT_FORMS, Dialect, Write
from data.expressions.tree import Call, Literal, ValueType


class _DuckDB:
    name = "duckdb"
    types: Mapping[ValueType, str] = {
        "text": "VARCHAR",
        "integer": "BIGINT",
        "decimal": "DECIMAL(38, 9)",
        "float": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
    }

    def placeholder(self, name: str) -> str:
        return f"${name}"

    def like(self, text: str, pattern: str, *, ignores_case: bool) -> str:
        return f"({text} {'ILIKE' if ignores_case else 'LIKE'} {pattern})"

    def call(self, node: Call, sql: Write) -> str:
        match node.function, node.arguments:
            case ("date_trunc", (Literal(value=unit), operand)):
                return f"CAST(date_trunc('{unit}', {sql(operand)}) AS DATE)"
            case ("date_diff", (first, second)):
                days = [f"CAST({sql(day)} AS DATE)" for day in (first, second)]
                return f"date_diff('day', {days[0]}, {days[1]})"
            case ("make_date", (year, month, day)):
                known = f"least(greatest({sql(year)}, 0), 10000)"
                known = f"nullif(nullif({known}, 0), 10000)"
                return f"TRY(make_date({known}, {sql(month)}, {sql(day)}))"
            case ("round", (operand, Literal(value=digits))):
                return f"round({sql(operand)}, {digits})"
            case ("substr", (operand, Literal(value=start), Literal(value=length))):
                return f"substr({sql(operand)}, {start}, {length})"
            case (function, arguments):
                return f"{function}({', '.join(sql(argument) for argument in arguments)})"

    def cast(self, operand: str, given: ValueType, wanted: ValueType) -> str:
        to = self.types[wanted]
        match given, wanted:
            case ("text", "boolean"):
                word = f"lower(trim({operand}))"
                return f"(CASE {word} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)"
            case ("text", _):
                # An empty text, where nothing fits, is no value of any type.
                fitting = f"regexp_extract(trim({operand}), '^(?:{TEXT_FORMS[wanted]})$')"
                return f"TRY_CAST({fitting} AS {to})"
            case ("decimal" | "float", "integer"):
                return f"TRY_CAST(round({operand}, 0) AS {to})"
            case _:
                return f"TRY_CAST({operand} AS {to})"


DUCKDB: Dialect = _DuckDB()
"""The warehouse's engine."""
