"""The process that tries a definition out and may die of it.

`python -m dashboard.company.preview_child`

Reads a request (JSON) from standard input and answers with JSON on standard output: the values of
the definition as it is and as it would be, or the sentence of a refusal.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data.errors import Clause9Error
from data.tables.loader import read_tables
from data.warehouse.sandbox import sandbox
from metrics.history import effect
from metrics.model import Metric
from pipelines.readers.child import limit

PERIODS = 24
"""Periods that are shown: two years of months, the newest last."""


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return {"rows": the last periods by either definition}, or {"refused": sentence}."""
    tables = read_tables(Path(request["tables"])).tables
    before, after = (Metric.model_validate_json(request[side]) for side in ("before", "after"))
    try:
        with (
            TemporaryDirectory(prefix="clause9-preview-") as folder,
            sandbox(Path(request["warehouse"]), tables, Path(folder)) as reader,
        ):
            found = effect(reader, before, after, tables).tail(PERIODS)
    except Clause9Error as error:
        return {"refused": str(error)}
    rows = found.with_columns(found["period"].cast(str)).to_dicts()
    return {"rows": rows}


def main() -> None:
    """Answer the one request on standard input."""
    request = json.load(sys.stdin)
    if hasattr(signal, "setitimer"):
        # DuckDB does not hear Python's handlers while it works: the signal's own action ends us.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
    limit(request["memory_mb"], request["cpu_seconds"])
    json.dump(answer(request), sys.stdout)


if __name__ == "__main__":
    main()
