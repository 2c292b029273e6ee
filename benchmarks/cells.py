"""What governed definitions cost beside the query somebody would have written by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

import polars as pl

from benchmarks.figures import Figure, seconds
from data.tables import load_tables
from data.warehouse import Reader, memory_warehouse
from metrics.compile import compile_cells
from metrics.evaluate import cells_of
from metrics.model import Count, Metric, Source

ROWS = int(os.environ.get("CLAUSE9_BENCH_ROWS", "1000000"))
"""The budget is for 5,000,000; CLAUSE9_BENCH_ROWS=5000000 measures that."""

METRICS = 20


def measure() -> Iterator[Figure]:
    """Time 20 fused metrics beside one hand-written query of the same 20 sums."""
    tables = load_tables()
    definitions = [counted(f"category {i}") for i in range(METRICS)]
    with memory_warehouse(tables, {"complaints": complaints()}) as reader:
        queries = compile_cells(definitions, tables)
        by_hand = seconds(lambda: reader.frame(HAND_WRITTEN))
        fused = seconds(lambda: [reader.frame(query.sql, query.parameters) for query in queries])
        cells = seconds(lambda: cells_of(reader, definitions, tables), times=2)
        expect_agreement(reader, definitions)
    over = f"{METRICS} metrics over {ROWS:,} rows"
    yield Figure(f"{over}: one query by hand", by_hand, "s")
    yield Figure(f"{over}: compiled, of the query by hand", fused / by_hand, "x", 1.3)
    yield Figure(f"{over}: to cells, of the query by hand", cells / by_hand, "x", 1.3)


HAND_WRITTEN = (
    "SELECT CAST(date_trunc('month', received_on) AS DATE) AS period, site, "
    + ", ".join(
        f"SUM(quantity) FILTER (WHERE category = 'category {i}') AS a{i}" for i in range(METRICS)
    )
    + " FROM facts.complaints WHERE _is_current GROUP BY ALL"
)


def counted(category: str) -> Metric:
    """Return a metric that counts the complaints of one category by site."""
    source = Source(table="complaints", where=f"category = '{category}'")
    return Metric(
        name=category.replace(" ", "_"),
        title=category,
        why="To measure.",
        unit="complaints",
        better="lower",
        process="customer-service",
        by=("site",),
        measure=Count(numerator=source),
    )


def complaints() -> pl.DataFrame:
    """Return ROWS complaints over 60 months, 3 sites and 20 categories."""
    at = pl.int_range(ROWS, dtype=pl.Int64, eager=True).alias("at").to_frame()
    return at.select(
        complaint_id=pl.format("C{}", "at"),
        received_on=pl.lit(date(2021, 1, 1)) + pl.duration(days=pl.col("at") * 7 % 1826),
        process=pl.lit("customer-service"),
        site=pl.format("site {}", pl.col("at") % 3),
        category=pl.format("category {}", pl.col("at") * 13 % METRICS),
        quantity=pl.lit(1).cast(pl.Decimal(18, 2)),
    )


def expect_agreement(reader: Reader, definitions: list[Metric]) -> None:
    """Refuse to compare two queries that do not give the same sums."""
    cells = cells_of(reader, definitions, load_tables())
    by_hand = reader.frame(HAND_WRITTEN).select(pl.col("^a\\d+$").sum()).row(0)
    if cells["numerator"].sum() != sum(by_hand):
        raise AssertionError(f"{cells['numerator'].sum()} by definition, {sum(by_hand)} by hand")
