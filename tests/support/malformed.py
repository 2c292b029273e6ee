"""A file nobody could read rightly, and what must become of it: a clear message and no more."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from data.records.audit import audit_log
from pipelines.mapping import Mapping as Definition
from pipelines.readers import open as opening
from tests.support import files
from tests.support.submitting import OPERATOR, Site

COLUMNS = ["complaint_id", "received_on", "process", "cost"]
HEADER = ",".join(COLUMNS)
GOOD: list[files.Cell] = ["C-1", date(2026, 9, 1), "p", 10.5]

LONGEST_SECONDS = 20
MOST_MEMORY = 1 << 30


@dataclass(frozen=True)
class Malformed:
    """A file, and what its one message must say: the place (or the fact) and the way out."""

    name: str
    write: Callable[[Path], object]
    place: str
    way: str
    options: Mapping[str, object] = field(default_factory=dict)
    mappings: tuple[Definition, ...] = ()


def texts(name: str, text: str | bytes, place: str, way: str, **options: object) -> Malformed:
    return Malformed(name, lambda path: files.a_csv(path, text), place, way, options)


def rows(name: str, cells: str, place: str, way: str) -> Malformed:
    """Return a CSV file of complaints whose rows are `cells`."""
    return texts(name, f"{HEADER}\n{cells}\n", place, way)


def sheet(name: str, table: files.Table, place: str, way: str, *mappings: Definition) -> Malformed:
    write = lambda path: files.a_workbook(path, {"complaints": table})  # noqa: E731
    return Malformed(name, write, place, way, mappings=mappings)


def raw(name: str, data: bytes, place: str, way: str) -> Malformed:
    return Malformed(name, lambda path: path.write_bytes(data), place, way)


def refused(malformed: Malformed, site: Site, folder: Path) -> None:
    """Submit the file and hold that it costs little, says where and what to do, changes nothing."""
    path = folder / malformed.name
    malformed.write(path)
    site.knows(*malformed.mappings)
    started = perf_counter()
    with _measured(folder) as taken:
        report = site.ingest(path, **malformed.options)
    assert perf_counter() - started <= LONGEST_SECONDS
    assert all(int(line) <= MOST_MEMORY for line in taken.read_text().split())
    assert report.refused
    (batch,) = report.batches
    assert malformed.place in batch.message, batch.message
    assert malformed.way in batch.message, batch.message
    assert site.warehouse.version() == 0
    (row,) = site.batches()
    assert (row.state, row.accepted) == ("rejected", 0)
    assert site.archive.contains(row.sha256)
    entries = audit_log(site.records, OPERATOR, f"batch:{row.id}")
    assert '"rejected"' in str(entries[0].after)
    assert entries[0].actor == OPERATOR.name


@contextmanager
def _measured(folder: Path) -> Iterator[Path]:
    """Read files by a process started anew, and give the file of the most bytes each has taken.

    A child's peak begins with what its parent holds when it starts, and this process may hold more
    than a reader may take. So a small process of its own starts the reader and notes its peak.
    """
    taken, reader = folder / "taken", folder / "reader"
    taken.touch()
    reader.write_text(_NOTING_READER.format(python=sys.executable, taken=str(taken)))
    reader.chmod(0o755)
    with patch.object(opening, "FORKS", None), patch("sys.executable", str(reader)):
        yield taken


_NOTING_READER = """#!{python}
import os, resource, subprocess, sys
code = subprocess.run([{python!r}, *sys.argv[1:]]).returncode
unit = 1 if sys.platform == "darwin" else 1024
with open({taken!r}, "a") as file:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit, file=file)
if code < 0:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.kill(os.getpid(), -code)
sys.exit(code)
"""
