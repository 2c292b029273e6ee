"""The same load as others would write it: a dlt pipeline into DuckDB, each row checked by Pydantic.

dlt is asked for nothing it does not do by itself; it computes no cells and archives no bytes.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel


class Complaint(BaseModel):
    complaint_id: str
    received_on: date
    process: str
    site: str
    category: str
    severity: Literal["minor", "major", "critical"]
    is_justified: bool
    cost: Decimal


def load_by_dlt(file: Path, folder: Path) -> None:
    """Load a CSV file of complaints into `folder`/loaded.duckdb, replacing by key."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}
    import dlt

    @dlt.resource(name="complaints", primary_key="complaint_id", columns=Complaint,
                  write_disposition="merge")  # fmt: skip
    def rows() -> Iterator[dict[str, str]]:
        with file.open(encoding="utf-8", newline="") as source:
            yield from csv.DictReader(source)

    folder.mkdir()
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=str(folder / "pipelines"),
        destination=dlt.destinations.duckdb(str(folder / "loaded.duckdb")),
        dataset_name="bench",
    )
    pipeline.run(rows()).raise_on_failed_jobs()
