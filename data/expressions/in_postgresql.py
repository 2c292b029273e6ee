"""Expressions as PostgreSQL writes them, with the meaning they have in DuckDB.

A cast that fails is an error there, so every text is cut down to what fits and every number is
brought into range before it is cast; neither needs its operand twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from data.expressions.dialect import TEXT_FORMS, TIME_TEXT, Dialect, Write
from data.expressions.tree import Call, Literal, Node, ValueType

_MONTHS = (
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])",
    "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)",
    "02-(?:0[1-9]|1[0-9]|2[0-8])",
)
_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
_DATE = f"(?!0000)(?:[0-9]{{4}}-(?:{'|'.join(_MONTHS)})|{_LEAP})"
"""The days there are, from year 1 to 9999: PostgreSQL refuses others instead of giving NULL."""

_FORMS: Mapping[ValueType, str] = {
    **TEXT_FORMS,
    "date": _DATE,
    "timestamp": _DATE + TIME_TEXT,
}

_SPACES = (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_TRIMMED = "U&'" + "".join(f"\\{sign:04X}" for sign in _SPACES) + "'"
"""What DuckDB's trim takes off; PostgreSQL's own takes off one kind of space."""

_LETTERS = 'COLLATE "und-x-icu"'
"""Whatever the database's own rules, É is the capital of é."""


class _PostgreSQL:
    name = "postgresql"
    types: Mapping[ValueType, str] = {
        "text": "text",
        "integer": "bigint",
        "decimal": "numeric(38, 9)",
        "float": "double precision",
        "boolean": "boolean",
        "date": "date",
        "timestamp": "timestamp",
    }

    def placeholder(self, name: str) -> str:
        return f"%({name})s"

    def like(self, text: str, pattern: str, *, ignores_case: bool) -> str:
        if ignores_case:
            text, pattern = (f"lower({part} {_LETTERS})" for part in (text, pattern))
        return f"({text} LIKE {pattern} ESCAPE '')"

    def call(self, node: Call, sql: Write) -> str:
        match node.function, node.arguments:
            case ("date_trunc", (Literal(value=unit), operand)):
                return f"CAST(date_trunc('{unit}', CAST({sql(operand)} AS timestamp)) AS date)"
            case ("round", (operand, Literal(value=int(digits)))):
                return _rounded(operand, digits, sql)
            case ("floor" | "ceil", (operand,)) if operand.type == "integer":
                return sql(operand)
            case ("substr", (operand, Literal(value=start), Literal(value=length))):
                return f"substr({sql(operand)}, {start}, {length})"
            case ("nullif", (one, other)) if one.type != other.type:
                return f"CAST(nullif({sql(one)}, {sql(other)}) AS {self.types[one.type]})"
            case (function, arguments):
                parts = tuple(sql(argument) for argument in arguments)
                return (
                    _CALLS[function].format(*parts)
                    if function in _CALLS
                    else (f"{function}({', '.join(parts)})")
                )

    def cast(self, operand: str, given: ValueType, wanted: ValueType) -> str:
        to = self.types[wanted]
        match given, wanted:
            case ("text", "boolean"):
                word = f"lower(btrim({operand}, {_TRIMMED}) {_LETTERS})"
                return f"(CASE {word} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END)"
            case ("text", _):
                return _fitting(f"btrim({operand}, {_TRIMMED})", _FORMS[wanted], to)
            case ("boolean", "integer"):
                return f"CAST(CAST({operand} AS integer) AS {to})"
            case ("decimal" | "float", "integer"):
                number = exactly(operand) if given == "float" else operand
                return f"CAST({within(f'round({number})', *_BIGINT)} AS {to})"
            case ("float", "decimal"):
                return f"CAST({within(f'round({exactly(operand)}, 9)', *_DECIMAL)} AS {to})"
            case _:
                return f"CAST({operand} AS {to})"


_BIGINT = ("-9223372036854775809", "9223372036854775808")
_DECIMAL = ("-1e29", "1e29")
"""The first numbers on both sides that a type does not hold."""


def within(number: str, low: str, high: str) -> str:
    """Return a numeric, NULL from `low` down and from `high` up; NaN is above every number."""
    clamped = f"least(greatest({number}, CAST({low} AS numeric)), CAST({high} AS numeric))"
    return f"nullif(nullif({clamped}, {low}), {high})"


def exactly(double: str) -> str:
    """Return a double as a numeric with all its digits: a plain cast keeps fifteen."""
    return f"CAST(CAST({double} AS text) AS numeric)"


def _fitting(text: str, form: str, to: str) -> str:
    """Return a text as `to` where all of it has a form, else NULL."""
    return f"CAST(substring({text} FROM '^({form})$') AS {to})"


def _rounded(operand: Node, digits: int, sql: Write) -> str:
    match operand.type:
        case "integer":
            return sql(operand)
        case "float":
            scaled = f"round({exactly(f'{sql(operand)} * 1e{digits}')})"
            return f"(CAST({scaled} AS double precision) / 1e{digits})"
        case _:
            return f"round({sql(operand)}, {digits})"


_YEAR_MONTH_DAY = (
    "to_char({}, 'FM0000') || '-' || to_char({}, 'FM00') || '-' || to_char({}, 'FM00')"
)

_CALLS: Mapping[str, str] = {
    "contains": "(strpos({}, {}) > 0)",
    "date_diff": "CAST(-(CAST({} AS date) - CAST({} AS date)) AS bigint)",
    "day": "CAST(extract(day FROM {}) AS bigint)",
    "ends_with": "starts_with(reverse({}), reverse({}))",
    "length": "CAST(char_length({}) AS bigint)",
    "lower": f"lower({{}} {_LETTERS})",
    "make_date": _fitting(
        f"({_YEAR_MONTH_DAY})", _DATE.replace("{", "{{").replace("}", "}}"), "date"
    ),
    "month": "CAST(extract(month FROM {}) AS bigint)",
    "quarter": "CAST(extract(quarter FROM {}) AS bigint)",
    "trim": f"btrim({{}}, {_TRIMMED})",
    "upper": f"upper({{}} {_LETTERS})",
    "year": "CAST(extract(year FROM {}) AS bigint)",
}
"""Functions that are written otherwise, by their arguments in our order."""

POSTGRESQL: Dialect = _PostgreSQL()
"""An external engine: the site's own PostgreSQL."""
