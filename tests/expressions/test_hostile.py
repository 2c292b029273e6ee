"""What an expression may not say: every attempt is refused, with its place, and nothing runs."""

from __future__ import annotations

import pytest

from data.expressions import (
    DUCKDB,
    POSTGRESQL,
    ColumnType,
    Dialect,
    ExpressionError,
    parse,
    render,
)

COLUMNS: dict[str, ColumnType] = {
    "complaint_id": "text",
    "received_on": "date",
    "closed_on": "date",
    "is_justified": "boolean",
    "cost": "decimal",
    "quantity": "integer",
    "share": "float",
    "comment": "text",
    "logged_at": "timestamp",
}

QUERIES = [
    ("(select 1)", "character 2: 'select' is not allowed"),
    ("cost > (select max(cost) from complaints)", "character 9: 'select' is not allowed"),
    ("exists (select 1)", "character 1: no function 'exists'"),
    ("quantity in (select 1)", "character 14: 'select' is not allowed"),
    ("cost from outputs", "character 6: 'from' is not allowed"),
    ("1 union select 2", "character 3: 'union' is not allowed"),
    ("with x as (select 1) select 1", "character 1: 'with' is not allowed"),
    ("outputs.quantity", "character 1: no column 'outputs'"),
    ("complaints.cost", "character 1: no column 'complaints'"),
    ('"outputs"."quantity"', "character 1: no column 'outputs'"),
    ("cost.cost", "character 5: '.' is not allowed"),
    ("(table outputs)", "character 2: 'table' is not allowed"),
    ("(values (1))", "character 2: no function 'values'"),
]

STATEMENTS = [
    ("cost; drop table complaints", "character 5: ';' is not allowed"),
    ("drop table complaints", "character 1: no column 'drop'"),
    ("copy complaints to 'x.csv'", "character 1: no column 'copy'"),
    ("attach 'x.db'", "character 1: no column 'attach'"),
    ("pragma database_list", "character 1: no column 'pragma'"),
    ("set memory_limit = '1TB'", "character 1: no column 'set'"),
    ("install httpfs", "character 1: no column 'install'"),
    ("cost -- and more", "character 1: comments are not allowed"),
    ("cost /* more */ > 1", "character 1: comments are not allowed"),
    ("cost # 1", "character 6: '#' is not allowed"),
    ("", "the expression is empty"),
    ("   ", "the expression is empty"),
    ("cost, quantity", "cannot be read"),
    ("cost as x", "character 9: no type 'x'"),
    ("cost > 1 limit 1", "'limit' is not allowed"),
    ("cost order by cost", "character 6: 'ORDER BY' is not allowed"),
]

FUNCTIONS = [
    ("read_csv('/etc/passwd')", "character 1: no function 'read_csv'"),
    ("read_text('/etc/passwd')", "character 1: no function 'read_text'"),
    ("glob('*')", "character 1: no function 'glob'"),
    ("getenv('HOME')", "character 1: no function 'getenv'"),
    ("query('select 1')", "character 1: no function 'query'"),
    ("query_table('outputs')", "character 1: no function 'query_table'"),
    ("duckdb_settings()", "character 1: no function 'duckdb_settings'"),
    ("json_execute_serialized_sql('')", "character 1: no function"),
    ("current_setting('memory_limit')", "character 1: no function 'current_setting'"),
    ("sum(cost)", "character 1: no function 'sum'"),
    ("count(*)", "character 1: no function 'count'"),
    ("count(*) over ()", "character 1: no function 'count'"),
    ("row_number() over (order by cost)", "character 1: no function 'row_number'"),
    ("lead(cost) over ()", "Did you mean 'least'?"),
    ("unnest([1, 2])", "character 1: no function 'unnest'"),
    ("random()", "character 1: no function 'random'"),
    ("now() > received_on", "character 1: no function 'now'"),
    ("current_date > received_on", "character 1: no column 'current_date'"),
    ("length(range(2000000000))", "character 8: no function 'range'"),
    ("repeat('x', 1000000000) = 'x'", "character 1: no function 'repeat'"),
    ("lpad('x', 1000000000, 'y') = 'x'", "character 1: no function 'lpad'"),
    ("levenshtein(comment, comment)", "character 1: no function 'levenshtein'"),
    ("regexp_matches(comment, '(a+)+$')", "character 1: no function 'regexp_matches'"),
    ("abz(cost)", "character 1: no function 'abz'. Did you mean 'abs'?"),
    ("main.abs(cost)", "character 1: no column 'main'"),
    ("columns('.*')", "character 1: no function 'columns'"),
    ("try_cast(cost as integer)", "character 1: no function 'try_cast'. Did you mean 'cast'?"),
    ("extract(year from received_on)", "character 1: no function 'extract'"),
    ("trim(both 'x' from comment)", "no column 'both'"),
    ("cast(cost as integer) filter (where true)", "character 23: no function 'filter'"),
]

SHAPES = [
    ("*", "'star' is not allowed"),
    ("cost = *", "not allowed"),
    ("? = cost", "character 1: '?' is not allowed"),
    ("$1 = cost", "character 1: '$' is not allowed"),
    ("$p1 = cost", "character 1: '$' is not allowed"),
    (":name = cost", "character 1: ':' is not allowed"),
    ("@cost", "character 1: '@' is not allowed"),
    ("[1, 2]", "character 1: '[' is not allowed"),
    ("comment[1]", "character 8: '[' is not allowed"),
    ("{'a': 1}", "character 1: '{' is not allowed"),
    ("x -> x + 1", "character 1: no column 'x'"),
    ("cost -> 1", "character 6: '->' is not allowed"),
    ("comment ->> 'a'", "'->>' is not allowed"),
    ("cast(comment as struct(x integer))", "character 17: no type 'struct'"),
    ("cast(comment as integer[])", "character 24: '[' is not allowed"),
    ("cast(comment as blob)", "character 17: no type 'blob'"),
    ("cast(comment as json)", "character 17: no type 'json'"),
    ("cast(comment as regclass)", "character 17: no type 'regclass'"),
    ("comment::blob", "character 10: no type 'blob'"),
    ("cast(cost as decimal(38, 10))", "character 14: the type decimal is written without digits"),
    ("interval 1 day", "character 1: 'interval' is not allowed"),
    ("logged_at at time zone 'UTC'", "character 11: no column 'at'"),
    ("cost ** 1000", "character 6: '**' is not allowed"),
    ("quantity ^ 2", "character 10: '^' is not allowed"),
    ("quantity & 1", "character 10: '&' is not allowed"),
    ("quantity << 60", "'bitwiseleftshift' is not allowed"),
    ("quantity // 2", "character 10: '//' is not allowed"),
    ("comment ~ '(a+)+$'", "character 9: '~' is not allowed"),
    ("comment similar to 'a'", "character 9: 'SIMILAR TO' is not allowed"),
    ("comment collate nocase = 'a'", "character 9: no column 'collate'"),
    ("$$text$$ = comment", "character 1: no column 'text'"),
    ("E'text' = comment", "character 1: no column 'text'"),
    ("X'00' = comment", "character 1: no column 'X'"),
    ("cost is distinct from 1", "character 9: 'distinct' is not allowed"),
    ("comment like 'a' escape '!'", "character 18: no column 'escape'"),
    ("comment like comment", "the pattern of `like` must be a text in quotes"),
]

TYPES = [
    ("recieved_on is null", "character 1: no column 'recieved_on'. Did you mean 'received_on'?"),
    ("cost > 0 and kost > 1", "character 14: no column 'kost'. Did you mean 'cost'?"),
    ("Cost > 1", "character 1: no column 'Cost'. Did you mean 'cost'?"),
    ("cost + comment", "character 1: the two sides of + must be of one type"),
    ("closed_on - received_on", "Count days with date_diff('day', from, to)"),
    ("comment = 1", "the two sides of = must be of one type, not text and integer"),
    ("comment < 'b'", "`<` compares numbers or dates, not text"),
    ("cost = null", "nothing equals null: say `is null`"),
    ("received_on > '2026-02-30'", "'2026-02-30' is not a date"),
    ("received_on > 'yesterday'", "'yesterday' is not a date"),
    ("not cost", "what follows `not` must be boolean, not decimal"),
    ("cost and is_justified", "the two sides of and must be boolean, not decimal"),
    ("cost % 2", "% takes whole numbers, not decimal"),
    ("round(cost, quantity)", "must be written as a whole number from 0 to 9"),
    ("substr(comment, 0)", "the start of substr must be written as a whole number from 1"),
    ("date_diff('hour', received_on, closed_on)", "date_diff counts days"),
    ("date_trunc('century', received_on)", "date_trunc cuts down to one of 'day', 'week'"),
    ("cast(share as text) = '1'", "what is cast to text must be"),
    ("case when cost then 1 else 2 end", "the condition of a branch must be boolean"),
    ("case when is_justified then 1 else 'x' end", "what the branches give must be of one type"),
    ("1e999 > share", "is too large"),
    ("1234567890123456789 > quantity", "is too long"),
    ("date_diff('day', null, received_on)", "date_diff of null is always null"),
    ("abs()", "character 5: the expression cannot be read"),
    ("abs(cost, cost)", "character 15: the expression cannot be read"),
]


@pytest.mark.parametrize(("text", "told"), QUERIES + STATEMENTS + FUNCTIONS + SHAPES + TYPES)
def test_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ExpressionError) as refusal:
        parse(text, COLUMNS)
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    "character", ["\0", "\t", "\r", "\x1b", "\u202e", "\u200b", "\ufeff", "\u2028", "\ud800"]
)
def test_an_invisible_character_is_refused_with_its_place(character: str) -> None:
    with pytest.raises(ExpressionError, match=r"character 6: the invisible character U\+"):
        parse(f"cost {character}> 1", COLUMNS)


def test_a_long_expression_is_refused() -> None:
    longest = "cost > 1".ljust(2_000)
    assert parse(longest, COLUMNS).columns == {"cost"}
    with pytest.raises(ExpressionError, match="2,001 characters; 2,000 are allowed"):
        parse(longest + " ", COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "cost" + ")" * 900,
        "not " * 480 + "is_justified",
        "- " * 900 + "cost",
        "cost" + " + 1" * 480,
        "is_justified" + " or is_justified" * 120,
        "abs(" * 390 + "cost" + ")" * 390,
        "case when is_justified then " * 60 + "1" + " end" * 60,
        "if(is_justified, 1, " * 90 + "1" + ")" * 90,
    ],
)
def test_a_deep_expression_is_refused(text: str) -> None:
    assert len(text) <= 2_000
    with pytest.raises(ExpressionError, match="nests"):
        parse(text, COLUMNS)


def test_a_long_list_is_not_deep() -> None:
    options = ", ".join(str(number) for number in range(300))
    assert parse(f"quantity in ({options})", COLUMNS).type == "boolean"


@pytest.mark.parametrize("text", ["'open", '"open', "cost > 'a", "(cost", "cost)", "cost >", "and"])
def test_a_broken_expression_says_that_it_cannot_be_read(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"cannot be read|no column"):
        parse(text, COLUMNS)


def test_a_value_with_quotes_and_semicolons_stays_a_value() -> None:
    expression = parse("comment = 'x''; drop table complaints; --'", COLUMNS)
    assert expression.columns == {"comment"}


@pytest.mark.parametrize("dialect", [DUCKDB, POSTGRESQL], ids=lambda dialect: dialect.name)
@pytest.mark.parametrize(
    "layer",
    [
        "cast(cast({} as integer) as text)",
        "trim(lower({}))",
        "if(ends_with(comment, {}), 'a', 'b')",
        "cast(make_date(year(cast({} as date)), 1, 1) as text)",
        "cast(cast(cast({} as float) as integer) as text)",
    ],
)
def test_nested_expressions_grow_by_a_layer_at_a_time(layer: str, dialect: Dialect) -> None:
    """An operand written twice would double the text with every layer, to gigabytes."""
    texts = ["comment"]
    for _ in range(8):
        texts.append(layer.format(texts[-1]))
    lengths = [len(render(parse(text, COLUMNS), {}, dialect)) for text in texts]
    assert lengths[8] - lengths[7] <= lengths[2] - lengths[1] + 100
