"""Random expressions over random rows: both engines agree, and DuckDB reads what is allowed."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.expressions import parse
from tests.support.expressions import both_engines, comparable
from tests.support.random_expressions import ANY_EXPRESSION, COLUMNS, ROW
from tests.support.second_opinion import not_allowed


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(ANY_EXPRESSION, min_size=1, max_size=8),
    rows=st.lists(ROW, min_size=1, max_size=6),
)
def test_duckdb_and_polars_agree(texts: list[str], rows: list[dict[str, object]]) -> None:
    expressions = [parse(text, COLUMNS) for text in texts]
    duckdb_says, polars_says = both_engines(expressions, COLUMNS, rows)
    for text, one, other in zip(texts, duckdb_says, polars_says, strict=True):
        assert [comparable(v) for v in one] == [comparable(v) for v in other], text


@settings(max_examples=150, deadline=None)
@given(text=ANY_EXPRESSION)
def test_duckdb_reads_in_the_sql_only_what_is_allowed(text: str) -> None:
    assert not_allowed(parse(text, COLUMNS), COLUMNS) == []
