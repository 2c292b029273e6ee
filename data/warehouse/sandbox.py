"""A version read by what nobody has approved yet: read-only, in little memory, one thread.

It belongs into a process of its own with an alarm: two connections of one process cannot open a
file with different limits, and neither time nor memory that DuckDB does not count is limited here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from data.tables.contract import Table
from data.warehouse.engine import open_sandboxed
from data.warehouse.reader import Reader


@contextmanager
def sandbox(path: Path, tables: Mapping[str, Table], folder: Path) -> Iterator[Reader]:
    """Hold the version in `path` open under limits; `folder` takes what does not fit into memory.

    Raises what a reader raises.
    """
    with closing(open_sandboxed(path, folder)) as connection:
        yield Reader(connection, tables, version=0, place="The facts")
