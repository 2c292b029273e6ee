"""Processes that hold a place for as long as a test asks: the pen, a version, the records."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
from sqlalchemy import make_url

from data.settings import open_workspace
from tests.support.children import CHILDREN
from tests.support.ingesting import open_company

Holding = Callable[[Path, Event], None]

WRITER = "Head of logistics, ingesting october.csv"


@contextmanager
def held(holding: Holding, root: Path) -> Iterator[int]:
    """Yield the process that holds a place of the workspace, and end it afterwards."""
    ready = CHILDREN.Event()
    child = CHILDREN.Process(target=holding, args=(root, ready))
    child.start()
    try:
        assert ready.wait(60)
        yield child.pid or 0
    finally:
        child.kill()
        child.join()


def writing(root: Path, ready: Event) -> None:
    """Be in the middle of a publish."""
    company = open_company(root)
    with company.records, company.warehouse.publish(WRITER):
        ready.set()
        time.sleep(600)


def looking_with_duckdb(root: Path, ready: Event) -> None:
    """Have the current version open as a person with DuckDB's own program has, to write."""
    (version,) = (root / "state" / "warehouse").glob("v*.duckdb")
    with duckdb.connect(str(version)):
        ready.set()
        time.sleep(600)


def writing_records(root: Path, ready: Event) -> None:
    """Be in the middle of a write to the records."""
    database = sqlite3.connect(str(make_url(open_workspace(root).records_url).database))
    database.execute("BEGIN IMMEDIATE")
    ready.set()
    time.sleep(600)
