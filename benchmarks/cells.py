"""What governed definitions cost beside the query somebody would have written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from benchmarks.facts import LAST, METRICS, ROWS, TABLES, definitions, stored
from benchmarks.figures import Figure, seconds
from data.warehouse import Reader
from metrics.compile import compile_cells
from metrics.evaluate import cells_of
from metrics.periods import Period, period_of

RUNS = 3


def measure() -> Iterator[Figure]:
    """Time twenty fused metrics beside one hand-written query of the same twenty sums."""
    with stored().warehouse.read() as reader:
        expect_agreement(reader)
        by_hand = seconds(lambda: reader.frame(HAND_WRITTEN), RUNS)
        fused = seconds(lambda: answer(reader, None), RUNS)
        of_month = seconds(lambda: answer(reader, [period_of(LAST, "month")]), RUNS)
        cells = seconds(lambda: cells_of(reader, definitions(), TABLES, LAST), RUNS)
    over = f"{METRICS} metrics over {ROWS:,} rows"
    yield Figure(f"{over}: one query by hand", by_hand, "s")
    yield Figure(f"{over}: compiled, of the query by hand", fused / by_hand, "x", 1.3)
    yield Figure(f"{over}: to cells, of the query by hand", cells / by_hand, "x", 1.3)
    yield Figure(f"{over}: one month of 60, of all", of_month / fused, "x", 0.1)


HAND_WRITTEN = (
    "SELECT CAST(date_trunc('month', received_on) AS DATE) AS period, site, "
    + ", ".join(
        f"SUM(quantity) FILTER (WHERE category = 'category {i}') AS a{i}" for i in range(METRICS)
    )
    + " FROM facts.complaints WHERE _is_current GROUP BY ALL"
)


def answer(reader: Reader, periods: Sequence[Period] | None) -> None:
    """Run the compiled queries, for all periods or for some."""
    for query in compile_cells(definitions(), TABLES, LAST, periods=periods):
        reader.frame(query.sql, query.parameters)


def expect_agreement(reader: Reader) -> None:
    """Refuse to compare two queries that do not give the same sums."""
    cells = cells_of(reader, definitions(), TABLES, LAST)
    by_hand = reader.frame(HAND_WRITTEN).select(pl.col("^a\\d+$").sum()).row(0)
    if cells["numerator"].sum() != sum(by_hand):
        raise AssertionError(f"{cells['numerator'].sum()} by definition, {sum(by_hand)} by hand")
