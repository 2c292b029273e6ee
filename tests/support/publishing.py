"""Publishing batches that are easy to check: run in a process that may be killed at any moment.

Batch n brings `ROWS_A_BATCH` complaints and as many outputs, and sets the one cell to their total,
so that anything lost, doubled or torn shows in a count.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from multiprocessing.synchronize import Event
from pathlib import Path

import polars as pl

from data.warehouse import Reader, Warehouse
from tests.support.warehouses import COMPLAINTS, OUTPUTS, a_warehouse, bring

ROWS_A_BATCH = 4000


def publish_batch(warehouse: Warehouse, batch: int) -> None:
    with warehouse.publish(f"batch {batch}") as writer:
        bring(writer, batch, ("complaints", complaints(batch)), ("outputs", outputs(batch)))
        total = writer.frame("SELECT count(*) AS n FROM facts.complaints WHERE _is_current").item()
        writer.replace_cells(None, the_cell(total))


def publish_on_and_on(folder: Path, acknowledged: Path, ready: Event) -> None:
    """Publish batch after batch, and note each in `acknowledged` once `publish` has returned."""
    warehouse = a_warehouse(folder)
    with warehouse.read() as reader:
        batch = reader.batches().height
    ready.set()
    with acknowledged.open("a", encoding="utf-8") as notes:
        while True:
            batch += 1
            publish_batch(warehouse, batch)
            notes.write(f"{batch}\n")
            notes.flush()
            os.fsync(notes.fileno())


def whole_batches(reader: Reader) -> list[int]:
    """Return the batches of this version, having checked that each is there whole and once."""
    batches: list[int] = reader.batches()["id"].to_list()
    for table in ("complaints", "outputs"):
        counted = f"SELECT _batch, count(*) FROM facts.{table} WHERE _is_current GROUP BY _batch"
        assert sorted(reader.frame(counted).rows()) == [(b, ROWS_A_BATCH) for b in batches]
    cell = reader.frame("SELECT n FROM cells")["n"].to_list()
    assert cell == ([ROWS_A_BATCH * len(batches)] if batches else [])
    return batches


def read_on_and_on(folder: Path, stop: Path) -> None:
    """Read until the file `stop` is there; fails, and so ends with a code, at half a batch."""
    for _ in versions_seen(a_warehouse(folder)):
        if stop.exists():
            return


def versions_seen(warehouse: Warehouse) -> Iterator[int]:
    """Yield the version found by each look; never an older one than before, never half of one."""
    last = 0
    while True:
        with warehouse.read() as reader:
            assert reader.version >= last
            assert len(whole_batches(reader)) == reader.version
            last = reader.version
        yield last


def complaints(batch: int) -> pl.DataFrame:
    names = pl.format("B{}-{}", pl.lit(batch), pl.int_range(ROWS_A_BATCH))
    return _bookkept(pl.select(complaint_id=names, received_on=date(2026, 10, 1)), batch, None)


def outputs(batch: int) -> pl.DataFrame:
    rows = pl.select(quantity=pl.int_range(ROWS_A_BATCH), output_on=date(2026, 10, 1))
    return _bookkept(rows, batch, f"outputs/file {batch}.csv")


def the_cell(n: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "metric": ["complaint_count"],
            "definition_hash": ["d1"],
            "period": [date(2026, 10, 1)],
            "slice": ["{}"],
            "n": [n],
            "status": ["ok"],
        }
    )


def _bookkept(rows: pl.DataFrame, batch: int, scope: str | None) -> pl.DataFrame:
    table = COMPLAINTS if "complaint_id" in rows.columns else OUTPUTS
    return rows.with_columns(
        _batch=pl.lit(batch),
        _mapping=pl.lit(table.name),
        _sheet=pl.lit(None, pl.String),
        _row=pl.int_range(2, pl.len() + 2),
        _scope=pl.lit(scope, pl.String),
        _warnings=pl.lit(None, pl.String),
    )
