"""Looking a value up among stored cells, beside others who ask the facts each time."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.environment import last_line, made, run
from benchmarks.facts import ROWS, definitions, stored
from benchmarks.figures import Figure, seconds
from metrics.cells import values

ENVIRONMENT = Path(".venv-peers")
"""Peers need other versions of DuckDB and sqlglot than we do."""

PEERS = ("sidemantic", "boring-semantic-layer")

RUNS = 5

GOAL = 0.05
"""Twenty times faster than the live query."""


def measure() -> Iterator[Figure | str]:
    """Time the same metric by month and site: from its cells, and by each peer from the facts."""
    facts, metric = stored(), definitions()[3]

    def look_up() -> float:
        with facts.warehouse.read() as reader:
            return float(values(reader, metric, by=("site",))["value"].sum())

    ours, total = seconds(look_up, RUNS), look_up()
    # A file of their own: one of them opens it for writing, which nobody may who reads ours.
    file = shutil.copyfile(facts.file, facts.folder / "peers.duckdb")
    yield Figure(f"a metric by month and site from cells, {ROWS:,} facts", ours, "s")
    for peer in PEERS:
        try:
            found = json.loads(_asked("benchmarks/peers/live.py", peer, str(file), str(RUNS)))
        except subprocess.CalledProcessError as error:
            yield f"{peer} was not measured: {last_line(error.stderr)}"
            continue
        if found["sum"] != total:
            raise AssertionError(f"{found['sum']} by {peer}, {total} by us")
        yield Figure(f"the same by {peer}, live", found["seconds"], "s")
        yield Figure(f"from cells, of {peer}", ours / found["seconds"], "x", GOAL)


def _asked(*arguments: str) -> str:
    """Return what the Python of the peers prints, having made its environment where need be."""
    return run(str(made(ENVIRONMENT, "benchmarks/peers/requirements.txt")), *arguments)
