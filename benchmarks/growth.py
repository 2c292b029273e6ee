"""What more facts cost: seconds and memory of a compute and of a publish, 1 to 30 million rows.

Each step runs in a process of its own, which says at the end how much memory it ever held:
python -m benchmarks.growth build|compute|copy|publish FOLDER ROWS
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.facts import AT, LAST, TABLES, catalogue, definitions, warehouse_of
from benchmarks.figures import Figure
from benchmarks.publishing import FIRST_CORRECTION, copy_safely, correct, corrections
from data.settings import WarehouseSettings
from data.warehouse import Warehouse, open_warehouse
from metrics.evaluate import cells_of
from metrics.recompute import compute

SIZES = (1_000_000, 2_000_000, 5_000_000, 10_000_000, 30_000_000)

RUNS = {"compute": 3, "copy": 3}
"""Of steps that leave nothing behind, the shortest of so many runs counts."""

MEMORY = 2_000
"""Megabytes a process may hold at most, DuckDB's share and Python's."""

_MOST_HELD = re.compile(r"VmHWM:\s+(\d+) kB")


def measure() -> Iterator[Figure | str]:
    """Yield seconds and megabytes at each size, and how the seconds grow with the rows."""
    taken: dict[int, float] = {}
    for rows in SIZES:
        with TemporaryDirectory(prefix="clause9-growth-") as folder:
            for step, what in STEPS_IN_WORDS.items():
                seconds, held = _in_a_process(step, folder, rows)
                yield Figure(f"{rows:,} facts: {what}", seconds, "s")
                yield Figure(f"{rows:,} facts: {what}, most memory held", held, "MB", MEMORY)
                if step == "compute":
                    taken[rows] = seconds
    yield Figure("seconds to compute grow with rows to the power of", exponent(taken), "")
    yield from bars(taken)


STEPS_IN_WORDS = {
    "build": "published, a million at once, and cells",
    "compute": "cells of 20 metrics computed",
    "copy": "the file copied, and safe on disk",
    "publish": "1,000 rows corrected, published with cells",
}


def exponent(taken: Mapping[int, float]) -> float:
    """Return the slope of the logarithms: 1 where twice the rows take twice the seconds."""
    points = [(math.log(rows), math.log(seconds)) for rows, seconds in taken.items()]
    across, up = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    spread = sum((x - across) ** 2 for x, _ in points)
    slope: float = sum((x - across) * (y - up) for x, y in points) / spread
    return slope


def bars(taken: Mapping[int, float]) -> Iterator[str]:
    """Yield the seconds as bars: on a straight line where they are as long as the rows are many."""
    most_rows, most_seconds = max(taken), max(taken.values())
    for rows, seconds in taken.items():
        yield f"{rows:>12,} rows    {'-' * round(60 * rows / most_rows)}"
        yield f"{seconds:>12.3f} seconds {'#' * round(60 * seconds / most_seconds)}"


def _in_a_process(step: str, folder: str, rows: int) -> tuple[float, float]:
    command = (sys.executable, "-m", "benchmarks.growth", step, folder, str(rows))
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds, held = json.loads(said)
    return seconds, held


def _build(folder: Path, rows: int) -> None:
    with warehouse_of(folder, rows).publish() as writer:
        compute(writer, catalogue(), TABLES, "benchmark", AT)


def _compute(folder: Path, rows: int) -> None:  # noqa: ARG001 - asked like the others
    with _opened(folder).read() as reader:
        cells_of(reader, definitions(), TABLES, LAST)


def _publish(folder: Path, rows: int) -> None:
    correct(_opened(folder), corrections(rows), FIRST_CORRECTION)


def _copy(folder: Path, rows: int) -> None:  # noqa: ARG001 - asked like the others
    copy_safely(max(folder.glob("v*.duckdb")), folder / "copy")


def _opened(folder: Path) -> Warehouse:
    return open_warehouse(folder, TABLES, WarehouseSettings())


STEPS: Mapping[str, Callable[[Path, int], None]] = {
    "build": _build,
    "compute": _compute,
    "copy": _copy,
    "publish": _publish,
}


def _timed(step: str, folder: Path, rows: int) -> float:
    start = time.perf_counter()
    STEPS[step](folder, rows)
    return time.perf_counter() - start


def main() -> None:
    """Do one step and print its seconds and the most megabytes this process ever held."""
    step, folder, rows = sys.argv[1:]
    seconds = min(_timed(step, Path(folder), int(rows)) for _ in range(RUNS.get(step, 1)))
    held = _MOST_HELD.search(Path("/proc/self/status").read_text(encoding="utf-8"))
    print(json.dumps([seconds, int(held[1]) / 1000 if held else math.nan]))


if __name__ == "__main__":
    main()
