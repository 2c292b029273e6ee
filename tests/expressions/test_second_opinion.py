"""Every expression of the shipped definitions and the examples: DuckDB reads what we read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from data.expressions import ColumnType, parse
from data.tables import Table, load_tables
from data.tables.loader import read_tables
from metrics.catalogue import Catalogue, load_metrics
from tests.support.second_opinion import not_allowed, read_beyond
from tests.support.source_tree import REPOSITORY

EXAMPLES = sorted((REPOSITORY / "data" / "examples").glob("*/metrics"))


def written() -> Iterator[tuple[str, Mapping[str, ColumnType]]]:
    """Yield each expression of the shipped tables, the library and the examples."""
    tables = load_tables()
    yield from of_tables(tables)
    yield from of_metrics(load_metrics(tables), tables)
    for folder in EXAMPLES:
        own = read_tables(folder.parent / "tables").tables
        yield from of_tables(own)
        yield from of_metrics(load_metrics(own, folder), own)


def of_tables(tables: Mapping[str, Table]) -> Iterator[tuple[str, Mapping[str, ColumnType]]]:
    for table in tables.values():
        yield from ((rule.expect, table.column_types) for rule in table.rules)


def of_metrics(
    catalogue: Catalogue, tables: Mapping[str, Table]
) -> Iterator[tuple[str, Mapping[str, ColumnType]]]:
    for metric in catalogue.metrics.values():
        for source in metric.sources.values():
            texts = (source.where, source.sum, source.value)
            yield from ((t, tables[source.table].column_types) for t in texts if t)


def test_duckdb_reads_only_what_is_allowed_in_every_written_expression() -> None:
    found = dict.fromkeys((text, tuple(columns.items())) for text, columns in written())
    assert len(found) >= 100
    for text, columns in found:
        known = dict(columns)
        assert not_allowed(parse(text, known), known) == [], text


@pytest.mark.parametrize(
    ("sql", "seen"),
    [
        ("(SELECT max(x) FROM y)", "SUBQUERY"),
        ("cost -> cost + 1", "LAMBDA"),
        ("count(cost) OVER ()", "WINDOW"),
        ("*", "STAR"),
        ("getenv('HOME')", "getenv"),
        ("other", "['other']"),
        ("1 FROM facts; SELECT 2", "several statements"),
        ("cost)", "syntax error"),
    ],
)
def test_the_second_opinion_sees_what_is_not_allowed(sql: str, seen: str) -> None:
    assert any(seen in text for text in read_beyond(sql, ["cost"]))
