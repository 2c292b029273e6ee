"""What expressions mean, by hand; DuckDB and Polars are asked the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import pytest

from data.expressions import ColumnType, parse
from tests.support.expressions import both_engines
from tests.support.second_opinion import not_allowed

COLUMNS: dict[str, ColumnType] = {
    "received_on": "date",
    "closed_on": "date",
    "logged_at": "timestamp",
    "is_justified": "boolean",
    "cost": "decimal",
    "quantity": "integer",
    "share": "float",
    "comment": "text",
    "date": "date",
    "Min Delay": "text",
}

ROW: Mapping[str, object] = {
    "received_on": date(2026, 1, 31),
    "closed_on": None,
    "logged_at": datetime.fromisoformat("2026-01-31T23:59:59"),
    "is_justified": None,
    "cost": Decimal("2.50"),
    "quantity": -7,
    "share": 0.25,
    "comment": " Été 100% ",
    "date": date(2026, 2, 28),
    "Min Delay": "12",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Unknown is neither true nor false, and only `and false`, `or true` decide over it.
        ("is_justified", None),
        ("not is_justified", None),
        ("is_justified and quantity > 0", False),
        ("is_justified or quantity < 0", True),
        ("is_justified is true", False),
        ("is_justified is not true", True),
        ("is_justified is null", True),
        ("closed_on in ('2026-01-31')", None),
        ("quantity in (1, null)", None),
        ("quantity in (-7, null)", True),
        # Numbers.
        ("quantity % 3", -1),
        ("quantity / 2", -3.5),
        ("quantity / 0", None),
        ("quantity % 0", None),
        ("cost * 3", Decimal("7.50")),
        ("cost * 0.001", Decimal("0.0025")),
        ("round(cost)", Decimal(3)),
        ("round(-cost)", Decimal(-3)),
        ("round(2.345, 2)", Decimal("2.35")),
        ("floor(-cost)", Decimal(-3)),
        ("ceil(-cost)", Decimal(-2)),
        ("abs(quantity)", 7),
        ("least(quantity, null, 3)", -7),
        ("greatest(cost, 2)", Decimal("2.5")),
        ("nullif(quantity, -7)", None),
        ("coalesce(closed_on, received_on)", date(2026, 1, 31)),
        # Dates; a date in quotes is a date beside one.
        ("received_on >= '2026-01-31'", True),
        ("date_diff('day', received_on, '2026-03-01')", 29),
        ("date_diff('day', logged_at, '2026-02-01')", 1),
        ("date_trunc('month', logged_at)", date(2026, 1, 1)),
        ("date_trunc('quarter', date)", date(2026, 1, 1)),
        ("date_trunc('week', received_on)", date(2026, 1, 26)),
        ("year(date) * 100 + month(date)", 202602),
        ("quarter(date) + day(date)", 29),
        ("make_date(2026, 2, 29)", None),
        ("make_date(2024, 2, 29)", date(2024, 2, 29)),
        ("logged_at > date '2026-01-31'", True),
        ("received_on between '2026-01-01' and '2026-01-31'", True),
        # Texts.
        ("trim(comment)", "Été 100%"),
        ("length(trim(comment))", 8),
        ("lower(trim(comment)) like 'été%'", True),
        ("trim(comment) ilike 'ÉTÉ%'", True),
        ("comment like '%100%'", True),
        ("comment not like 'E%'", True),
        ("substr(trim(comment), 2, 2)", "té"),
        ("replace(comment, '100', '7')", " Été 7% "),
        ("contains(comment, '%')", True),
        ("starts_with(comment, ' ')", True),
        ("ends_with(comment, '%')", False),
        ("comment || null", None),
        ("concat(\"Min Delay\", null, '!')", "12!"),
        ("upper('é') = 'É'", True),
        # Branches.
        ("if(is_justified, 1, 2)", 2),
        ("case when quantity > 0 then 'up' when quantity < 0 then 'down' end", "down"),
        ("case quantity when 1 then cost end", None),
        # Casts; a text that is no value is unknown, as DuckDB alone would not have it ("1.5" as 2).
        ('cast("Min Delay" as integer) + 1', 13),
        ("cast('1.5' as integer)", None),
        ("cast(' 12 ' as integer)", 12),
        ("cast('12,5' as decimal)", None),
        ("cast('12.5' as decimal)", Decimal("12.5")),
        ("cast('1e3' as float)", 1000.0),
        ("cast('1e3' as decimal)", None),
        ("cast(comment as date)", None),
        ("cast(cost as integer)", 3),
        ("cast(quantity as text)", "-7"),
        ("cast(logged_at as date)", date(2026, 1, 31)),
        ("cast('TRUE' as boolean)", True),
        ("cast('yes' as boolean)", None),
        ("'2026-01-31'::date = received_on", True),
        ("date = '2026-02-28'", True),
    ],
)
def test_means_the_same_on_both_engines(text: str, expected: object) -> None:
    expression = parse(text, COLUMNS)
    duckdb, polars = both_engines([expression], COLUMNS, [ROW])
    assert duckdb[0][0] == expected
    assert polars[0][0] == expected
    assert not_allowed(expression, COLUMNS) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nullif('a', nullif('a', comment))", [None, None]),
        ("1 = if(is_justified, 1, 2)", [False, False]),
        ("0.5 < 1 / (quantity + 7)", [None, None]),
        ("'x' = upper(case when quantity > 0 then 'x' else 'y' end)", [False, False]),
    ],
)
def test_rows_that_all_choose_alike_keep_their_number(text: str, expected: list[object]) -> None:
    duckdb, polars = both_engines([parse(text, COLUMNS)], COLUMNS, [ROW, ROW])
    assert (duckdb[0], polars[0]) == (expected, expected)


def test_an_expression_names_the_columns_it_reads_and_its_type() -> None:
    expression = parse("if(is_justified, cost, 0) / nullif(quantity, 0)", COLUMNS)
    assert expression.columns == {"is_justified", "cost", "quantity"}
    assert expression.type == "float"
