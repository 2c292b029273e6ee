"""A correction published among many facts, beside copying the file: what a copy costs at least."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import polars as pl

from benchmarks.facts import AT, ROWS, TABLES, a_batch, catalogue, complaints, stored, with_origin
from benchmarks.figures import Figure, seconds
from data.durable import sync_file
from data.warehouse import Warehouse
from metrics.recompute import compute

CORRECTED = 1_000
"""Rows of one day, corrected together: what a person hands in on an ordinary afternoon."""

FIRST_CORRECTION = 1_000
"""Batches of that number and above put others right; those below brought the facts."""

RUNS = 3


def measure() -> Iterator[Figure]:
    """Time publishing a correction of one day, beside copying the file it ends up in."""
    facts = stored()
    file, copy = facts.file, facts.folder / "copy"
    copied = seconds(lambda: shutil.copyfile(file, copy), RUNS)
    safe = seconds(lambda: copy_safely(file, copy), RUNS)
    copy.unlink()
    size, batches = file.stat().st_size / 1e6, count(FIRST_CORRECTION)
    corrected = corrections(ROWS)
    published = seconds(lambda: correct(facts.warehouse, corrected, next(batches)), RUNS)
    yield Figure(f"the file of {ROWS:,} facts, {size:.0f} MB: copied", copied, "s")
    yield Figure("the same, and safe on disk", safe, "s")
    yield Figure(f"{CORRECTED:,} of its rows corrected, published with cells", published, "s")
    yield Figure("published, of copied", published / copied, "x", 3)
    yield Figure("published, of copied and safe on disk", published / safe, "x")


def copy_safely(file: Path, copy: Path) -> None:
    """Copy a file and wait until the copy would survive a power cut."""
    shutil.copyfile(file, copy)
    sync_file(copy)


def corrections(of: int) -> pl.DataFrame:
    """Return the complaints of one day of the last year, of `of`, as they came in."""
    first = of * 17 // 20
    return complaints(first, first + CORRECTED, of)


def correct(warehouse: Warehouse, rows: pl.DataFrame, batch: int) -> None:
    """Publish other costs of these complaints as batch `batch`, and the cells they touch."""
    restated = with_origin(rows.with_columns(cost=pl.lit(batch)), batch)
    with warehouse.publish() as writer:
        writer.add_batch(a_batch(batch))
        writer.insert_rows("complaints", restated)
        writer.settle("complaints")
        compute(writer, catalogue(), TABLES, "benchmark", AT)
    warehouse.retain()
