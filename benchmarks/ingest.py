"""Reading, checking and publishing, beside others who read the same file without checking it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import fastexcel
import polars as pl

from benchmarks.by_dlt import load_by_dlt
from benchmarks.figures import Figure, seconds
from dashboard.company import founding, publishing
from dashboard.company.opened import Company
from data.records.access import local_operator

CSV_ROWS = 1_000_000
EXCEL_ROWS = 100_000

CSV_GOAL = 3.0
"""Times DuckDB's own reading of the file: DESIGN 11's budget, archive, keys and cells included."""

EXCEL_GOAL = 2.0
"""Times fastexcel's reading of the sheet, likewise."""

RUNS = 3
"""Runs of which the shortest counts, after one that warms everything up."""

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def measure() -> Iterator[Figure]:
    """Yield the seconds of each pair, and their ratio."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        yield from _csv(place)
        yield from _excel(place)
        yield from _dlt(place)


def _csv(place: Path) -> Iterator[Figure]:
    file = place / "complaints.csv"
    complaints(CSV_ROWS).write_csv(file)
    fresh = _fresh(place)
    by_duckdb = seconds(lambda: _read_by_duckdb(file, next(fresh)), times=RUNS)
    companies = _companies(place)
    by_us = seconds(lambda: _ingest(next(companies), file), times=RUNS)
    what = f"{CSV_ROWS:,} complaints (CSV)"
    yield Figure(f"{what}: read_csv into a table by DuckDB", by_duckdb, "s")
    yield Figure(f"{what}: ingested, cells of 23 metrics too", by_us, "s")
    yield Figure("ingested, of read_csv into a table", by_us / by_duckdb, "x", CSV_GOAL)


def _excel(place: Path) -> Iterator[Figure]:
    file = place / "complaints.xlsx"
    complaints(EXCEL_ROWS).write_excel(file, worksheet="complaints")
    by_fastexcel = seconds(lambda: fastexcel.read_excel(file).load_sheet(0).to_polars(), times=RUNS)
    companies = _companies(place)
    by_us = seconds(lambda: _ingest(next(companies), file), times=RUNS)
    what = f"{EXCEL_ROWS:,} complaints (Excel)"
    yield Figure(f"{what}: read by fastexcel", by_fastexcel, "s")
    yield Figure(f"{what}: ingested, cells of 23 metrics too", by_us, "s")
    yield Figure("ingested, of reading by fastexcel", by_us / by_fastexcel, "x", EXCEL_GOAL)


def _dlt(place: Path) -> Iterator[Figure]:
    file = place / "some_complaints.csv"
    complaints(EXCEL_ROWS).write_csv(file)
    fresh = _fresh(place)
    by_dlt = seconds(lambda: load_by_dlt(file, next(fresh)), times=1)
    companies = _companies(place)
    by_us = seconds(lambda: _ingest(next(companies), file), times=RUNS)
    what = f"{EXCEL_ROWS:,} complaints (CSV)"
    yield Figure(f"{what}: by dlt, checked by Pydantic", by_dlt, "s")
    yield Figure(f"{what}: ingested, cells of 23 metrics too", by_us, "s")
    yield Figure("ingested, of dlt with a validator", by_us / by_dlt, "x")


def complaints(rows: int) -> pl.DataFrame:
    """Return complaints over three years, three sites, four categories, three severities."""
    number = pl.int_range(rows, eager=True)
    days = pl.date_range(date(2023, 11, 1), date(2026, 10, 31), eager=True)
    return pl.DataFrame(
        {
            "complaint_id": "C-" + number.cast(pl.String),
            "received_on": days.gather(number * 7 % days.len()),
            "process": pl.repeat("customer-service", rows, eager=True),
            "site": pl.Series(["Aarhus", "Gdansk", "Porto"]).gather(number % 3),
            "category": pl.Series(["late", "wrong item", "damaged", "leaks"]).gather(number % 4),
            "severity": pl.Series(["minor", "major", "critical"]).gather(number * 5 % 3),
            "is_justified": number % 8 > 0,
            "cost": ((number % 9_999).cast(pl.Float64) / 100).round(2),
        }
    )


def _fresh(place: Path) -> Iterator[Path]:
    """Yield folders nobody has used yet."""
    for number in count(len(list(place.iterdir()))):
        yield place / f"site-{number}"


def _read_by_duckdb(file: Path, folder: Path) -> None:
    folder.mkdir()
    with duckdb.connect(str(folder / "plain.duckdb")) as connection:
        connection.execute(
            "CREATE TABLE complaints AS SELECT * FROM read_csv($file)", {"file": str(file)}
        ).fetchall()


def _companies(place: Path) -> Iterator[Company]:
    """Return new companies, founded before anybody takes the time."""
    folders = _fresh(place)
    made = []
    for _ in range(RUNS + 1):
        folder = next(folders)
        founding.found(folder, "Benchmark", None)
        made.append(Company.open(folder, today=NOW.date(), now=NOW))
    return iter(made)


def _ingest(company: Company, file: Path) -> None:
    upload = publishing.Upload((file,), table="complaints")
    report = publishing.ingest(company, upload, actor=local_operator("benchmark"), at=NOW)
    company.records.close()
    if report.refused:
        raise RuntimeError(report.message)
