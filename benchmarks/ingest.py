"""Reading, checking and publishing a million complaints, beside DuckDB reading the same file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from benchmarks.figures import Figure
from dashboard.company import founding, publishing
from dashboard.company.opened import Company
from data.records.access import local_operator

ROWS = 1_000_000
GOAL = 3.0
"""Times DuckDB's own reading of the file: DESIGN 11's budget, archive, keys and cells included."""

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def measure() -> Iterator[Figure]:
    """Yield the seconds of both and their ratio."""
    with TemporaryDirectory() as folder:
        file = _complaints(Path(folder) / "complaints.csv")
        by_duckdb = _read_by_duckdb(file)
        by_us = _ingest(Path(folder) / "site", file)
    yield Figure(f"{ROWS:,} complaints: read_csv into a table by DuckDB", by_duckdb, "s")
    yield Figure(f"{ROWS:,} complaints: ingested, cells of 23 metrics too", by_us, "s")
    yield Figure("ingested, of read_csv into a table", by_us / by_duckdb, "x", GOAL)


def _complaints(path: Path) -> Path:
    number = pl.int_range(ROWS, eager=True)
    days = pl.date_range(date(2023, 11, 1), date(2026, 10, 31), eager=True)
    frame = pl.DataFrame(
        {
            "complaint_id": "C-" + number.cast(pl.String),
            "received_on": days.gather(number * 7 % days.len()),
            "process": pl.repeat("customer-service", ROWS, eager=True),
            "site": pl.Series(["Aarhus", "Gdansk", "Porto"]).gather(number % 3),
            "category": pl.Series(["late", "wrong item", "damaged", "leaks"]).gather(number % 4),
            "severity": pl.Series(["minor", "major", "critical"]).gather(number * 5 % 3),
            "is_justified": number % 8 > 0,
            "cost": ((number % 9_999).cast(pl.Float64) / 100).round(2),
        }
    )
    frame.write_csv(path)
    return path


def _read_by_duckdb(file: Path) -> float:
    start = time.perf_counter()
    with duckdb.connect(str(file.with_suffix(".duckdb"))) as connection:
        connection.execute(
            "CREATE TABLE complaints AS SELECT * FROM read_csv($file)", {"file": str(file)}
        )
    return time.perf_counter() - start


def _ingest(folder: Path, file: Path) -> float:
    founding.found(folder, "Benchmark", None)
    company = Company.open(folder, today=NOW.date(), now=NOW)
    start = time.perf_counter()
    upload = publishing.Upload((file,), table="complaints")
    report = publishing.ingest(company, upload, actor=local_operator("benchmark"), at=NOW)
    taken = time.perf_counter() - start
    company.records.close()
    if report.refused:
        raise RuntimeError(report.message)
    return taken
