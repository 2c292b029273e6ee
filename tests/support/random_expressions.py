"""Random expressions and random rows, on which every engine must agree."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from data.expressions import ColumnType

COLUMNS: dict[str, ColumnType] = {
    "whole": "integer",
    "other": "integer",
    "amount": "decimal",
    "share": "float",
    "word": "text",
    "note": "text",
    "is_open": "boolean",
    "begun_on": "date",
    "ended_on": "date",
    "logged_at": "timestamp",
}

WORDS = ["", "a", "A", " a ", "ab%", "a_b", "Été", "12", " 12 ", "1.5", "1e3", "2026-02-29", "true"]

FIRST = date(2023, 12, 25)


def either(*choices: str) -> st.SearchStrategy[str]:
    return st.sampled_from(choices)


def filled(pattern: str, **parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(parts).map(lambda found: pattern.format(**found))


def numbers(depth: int) -> st.SearchStrategy[str]:
    leaf = either("whole", "other", "amount", "share", "3", "0", "-2", "1.25", "null + 1")
    if depth == 0:
        return leaf
    a, b = numbers(depth - 1), numbers(depth - 1)
    return st.one_of(
        leaf,
        filled("({a} {o} {b})", a=a, b=b, o=either("+", "-", "*", "/")),
        filled("({a} % {b})", a=either("whole", "other", "7"), b=either("whole", "other", "-3")),
        filled("-({a})", a=a),
        filled("abs({a})", a=a),
        filled("{f}({a})", f=either("floor", "ceil"), a=either("amount", "whole", "share")),
        filled("round({a}, {d})", a=either("amount", "whole"), d=either("0", "1")),
        filled("{f}({a}, {b})", f=either("least", "greatest", "coalesce"), a=a, b=b),
        filled("nullif({a}, {b})", a=either("whole", "amount"), b=either("0", "other")),
        filled("if({c}, {a}, {b})", c=conditions(depth - 1), a=a, b=b),
        filled("date_diff('day', {a}, {b})", a=dates(0), b=dates(0)),
        filled("{f}({a})", f=either("year", "month", "day", "quarter"), a=dates(depth - 1)),
        filled("length({a})", a=texts(depth - 1)),
        filled("cast({a} as {t})", a=texts(0), t=either("integer", "decimal", "float")),
    )


def dates(depth: int) -> st.SearchStrategy[str]:
    leaf = either("begun_on", "ended_on", "date '2024-02-29'")
    if depth == 0:
        return leaf
    unit = either("day", "week", "month", "quarter", "year")
    return st.one_of(
        leaf,
        filled("date_trunc('{u}', {a})", u=unit, a=either("begun_on", "logged_at")),
        filled("coalesce({a}, {b})", a=dates(depth - 1), b=dates(depth - 1)),
        filled("least({a}, {b})", a=dates(0), b=dates(0)),
        filled("make_date(2024, {m}, {d})", m=either("2", "13", "whole"), d=either("29", "30")),
        filled("cast({a} as date)", a=either("logged_at", "word")),
    )


def texts(depth: int) -> st.SearchStrategy[str]:
    leaf = either("word", "note", "'a'", "'%'", "''")
    if depth == 0:
        return leaf
    a, b = texts(depth - 1), texts(depth - 1)
    return st.one_of(
        leaf,
        filled("({a} || {b})", a=a, b=b),
        filled("concat({a}, {b})", a=a, b=b),
        filled("{f}({a})", f=either("lower", "upper", "trim"), a=a),
        filled("substr({a}, {n}, 2)", a=a, n=either("1", "2")),
        filled("replace({a}, 'a', '{b}')", a=a, b=either("", "xy")),
        filled("case when {c} then {a} else {b} end", c=conditions(depth - 1), a=a, b=b),
        filled("cast({a} as text)", a=either("whole", "is_open", "begun_on")),
        filled("nullif({a}, {b})", a=a, b=b),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    leaf = either("is_open", "whole > 0", "ended_on is null", "word = 'a'")
    if depth == 0:
        return leaf
    a, b, compared = conditions(depth - 1), conditions(depth - 1), either("=", "<>", "<", ">=")
    return st.one_of(
        leaf,
        filled("(({a}) {o} ({b}))", a=a, b=b, o=either("and", "or", "=")),
        filled("not ({a})", a=a),
        filled("({a}) is {n}{t}", a=a, n=either("", "not "), t=either("true", "false", "null")),
        filled("{a} {o} {b}", a=either("whole", "amount"), b=numbers(0), o=compared),
        filled("{a} {o} {b}", a=dates(depth - 1), b=either("begun_on", "logged_at"), o=compared),
        filled("{a} = {b}", a=texts(depth - 1), b=texts(0)),
        filled("{a} between {b} and {c}", a=either("whole", "amount"), b=numbers(0), c=numbers(0)),
        filled("{a} in ({b}, {c}, null)", a=texts(0), b=texts(0), c=texts(0)),
        filled("{a} not in (1, 2.5, other)", a=either("whole", "amount")),
        filled("{a} {n}{o} '{b}'", a=texts(0), n=either("", "not "), o=either("like", "ilike"),
               b=either("a%", "%a", "_", "É%", "")),
        filled("{f}({a}, {b})", f=either("starts_with", "ends_with", "contains"), a=texts(0),
               b=texts(0)),
        filled("cast({a} as boolean)", a=texts(0)),
    )  # fmt: skip


ANY_EXPRESSION = st.one_of(numbers(2), conditions(3), texts(2), dates(2))

ROW = st.fixed_dictionaries(
    {
        "whole": st.none() | st.integers(-9, 99),
        "other": st.none() | st.integers(-3, 3),
        "amount": st.none() | st.integers(-999, 999).map(lambda n: Decimal(n).scaleb(-2)),
        "share": st.none() | st.integers(-8, 8).map(lambda n: n / 4),
        "word": st.none() | st.sampled_from(WORDS),
        "note": st.none() | st.sampled_from(WORDS),
        "is_open": st.none() | st.booleans(),
        "begun_on": st.none() | st.integers(0, 99).map(lambda n: FIRST + timedelta(n)),
        "ended_on": st.none() | st.integers(0, 99).map(lambda n: FIRST + timedelta(n)),
        "logged_at": st.none()
        | st.integers(0, 10**7).map(
            lambda n: datetime.fromisoformat("2023-12-25") + timedelta(seconds=n)
        ),
    }
)
