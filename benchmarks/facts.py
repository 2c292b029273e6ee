"""Made facts: complaints of five years as a site's log has them, month after month."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from data.settings import WarehouseSettings
from data.tables import load_tables
from data.warehouse import Warehouse, WarehouseBatch, open_warehouse
from metrics.catalogue import Catalogue
from metrics.model import Count, Metric, Source
from metrics.recompute import compute

ROWS = int(os.environ.get("CLAUSE9_BENCH_ROWS", "5000000"))
"""How many facts: the budget is for five million. Fewer try the benchmark out."""

METRICS = 20

CHUNK = 1_000_000
"""Rows made and inserted at once, so that making them takes no more memory than keeping them."""

FIRST, LAST = date(2021, 1, 1), date(2025, 12, 31)

TABLES = load_tables()

SITES = ("Aarhus", "Gdansk", "Porto")

AT = datetime(2026, 1, 2, tzinfo=UTC)


def complaints(first: int, last: int, of: int) -> pl.DataFrame:
    """Return the complaints numbered from `first` to before `last`, of `of` in date order."""
    number = pl.int_range(first, last, dtype=pl.Int64, eager=True).alias("number")
    drawn = [(number.hash(seed) % 1_000_000).alias(f"drawn_{seed}") for seed in range(6)]
    day = pl.col("number") * ((LAST - FIRST).days + 1) // of
    received_on = pl.lit(FIRST) + pl.duration(days=day)
    closed_on = received_on + pl.duration(days=pl.col("drawn_0") % 60)
    return pl.DataFrame([number, *drawn]).select(
        complaint_id=pl.format("C-{}", "number"),
        received_on=received_on,
        closed_on=pl.when(pl.col("drawn_0") % 10 > 0).then(closed_on),
        process=pl.lit("customer-service"),
        site=_one_of(SITES, drawn[1]),
        product=_one_of([f"product {at}" for at in range(50)], drawn[2]),
        category=_one_of([f"category {at}" for at in range(METRICS)], drawn[3]),
        severity=_one_of(("minor", "major", "critical"), drawn[4]),
        is_justified=drawn[4] % 8 > 0,
        cost=(drawn[5].cast(pl.Decimal(18, 2)) / 100),
        quantity=pl.lit(1).cast(pl.Decimal(18, 4)),
    )


def in_chunks(rows: int) -> Iterator[pl.DataFrame]:
    """Yield `rows` complaints, CHUNK at a time."""
    for first in range(0, rows, CHUNK):
        yield complaints(first, min(first + CHUNK, rows), rows)


def warehouse_of(folder: Path, rows: int) -> Warehouse:
    """Return a warehouse on disk with `rows` complaints, a batch for each CHUNK, and no cells."""
    warehouse = open_warehouse(folder, TABLES, WarehouseSettings())
    columns = ("batch", "mapping", "table_name", "covers_from", "covers_to", "slice")
    for batch, chunk in enumerate(in_chunks(rows), start=1):
        coverage = [(batch, "complaints", "complaints", FIRST, LAST, "{}")]
        with warehouse.publish() as writer:
            writer.add_batch(a_batch(batch))
            writer.add_coverage(pl.DataFrame(coverage, schema=columns, orient="row"))
            writer.insert_rows("complaints", with_origin(chunk, batch))
        warehouse.retain()
    return warehouse


@dataclass(frozen=True)
class Stored:
    """A warehouse on disk and the folder it lies in."""

    warehouse: Warehouse
    folder: Path

    @property
    def file(self) -> Path:
        """The file of the current version."""
        return self.folder / f"v{self.warehouse.version():06}.duckdb"


@cache
def stored() -> Stored:
    """Return ROWS facts on disk with the cells of twenty metrics, for every benchmark the same."""
    folder = Path(mkdtemp(prefix="clause9-benchmark-"))
    atexit.register(shutil.rmtree, folder)
    warehouse = warehouse_of(folder, ROWS)
    with warehouse.publish() as writer:
        compute(writer, catalogue(), TABLES, "benchmark", AT)
    return Stored(warehouse, folder)


def a_batch(number: int) -> WarehouseBatch:
    """Return a batch of that number."""
    name = f"complaints-{number}.csv"
    return WarehouseBatch(number, name, f"{number:064}", AT, "benchmark", "upload")


def with_origin(rows: pl.DataFrame, batch: int) -> pl.DataFrame:
    """Return rows as they come out of a file: each with its place in it."""
    nothing = pl.lit(None, dtype=pl.String)
    return rows.with_columns(
        _batch=pl.lit(batch),
        _mapping=pl.lit("complaints"),
        _sheet=nothing,
        _row=pl.int_range(2, pl.len() + 2),
        _scope=nothing,
        _warnings=nothing,
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


def definitions() -> list[Metric]:
    """Return twenty metrics that share a scan."""
    return [counted(f"category {at}") for at in range(METRICS)]


def catalogue() -> Catalogue:
    """Return the same metrics as a site has them."""
    return Catalogue({metric.name: metric for metric in definitions()})


def _one_of(values: tuple[str, ...] | list[str], drawn: pl.Series) -> pl.Series:
    return pl.Series(values).gather(drawn % len(values))
