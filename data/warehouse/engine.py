"""Opening DuckDB, hardened: no files, no extensions, no network, limits that cannot be changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from data.errors import BusyError, Clause9Error

if TYPE_CHECKING:
    from data.settings import WarehouseSettings

STORAGE_VERSION = "v1.5.0"
"""Files are written so that DuckDB 1.5 reads them too; its successor is young."""

SPILL_LIMIT = "50GB"
"""What a query may write to disk when it outgrows its memory: a runaway stops before the disk."""

COMMIT_CHECKPOINTS_AT = "1KB"
"""A commit larger than this goes straight into the file: a log beside it would be written for
nothing, since nobody opens a version before it is complete."""

_Config = dict[str, str | bool | int | float | list[str]]

_HARDENED: _Config = {
    "python_enable_replacements": False,
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
}

_HELD = re.compile(r"Could not set lock on file.*lock is held in (?P<holder>.*?\(PID \d+\))")
"""How DuckDB tells that another process has the file open for writing; it is not damaged."""

_BROKEN_STORAGE = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)


class DamagedWarehouseError(Clause9Error):
    """A version cannot be read; the text names it and the way out, `clause9 rebuild`."""

    def __init__(self, place: str, why: object) -> None:
        super().__init__(
            f"{place} cannot be read: {_first_line(why)}\n"
            "The raw files and the records are kept apart from it. Make it again from them: "
            "clause9 rebuild"
        )


def open_for_reading(
    path: Path, settings: WarehouseSettings, place: str
) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection; two of one file in one process must be opened alike."""
    return _open(path, _limits(path.parent, settings), place, read_only=True)


def open_sandboxed(path: Path, folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection for what nobody approved: little memory, one thread.

    `folder` takes what does not fit into memory.
    """
    config = _HARDENED | {
        "memory_limit": "256MB",
        "threads": 1,
        "temp_directory": str(folder),
        "max_temp_directory_size": "64MB",
    }
    return _open(path, config, "The facts", read_only=True)


def open_for_writing(
    path: Path, settings: WarehouseSettings, place: str
) -> duckdb.DuckDBPyConnection:
    """Return a connection to a file that no other process knows of yet."""
    config = _limits(path.parent, settings) | {
        "storage_compatibility_version": STORAGE_VERSION,
        "checkpoint_threshold": COMMIT_CHECKPOINTS_AT,
    }
    return _open(path, config, place, read_only=False)


def open_in_memory() -> duckdb.DuckDBPyConnection:
    """Return an empty database that is gone when closed."""
    return _locked(duckdb.connect(":memory:", config=_HARDENED | {"temp_directory": ""}))


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None
) -> list[tuple[object, ...]]:
    """Run one statement to its end and return its rows: an open result would block the next."""
    rows: list[tuple[object, ...]] = connection.execute(sql, dict(parameters or {})).fetchall()
    return rows


@contextmanager
def offered(
    connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame
) -> Iterator[None]:
    """Let SQL see `frame` as the view `name`."""
    # In one piece, for a frame in many is inserted by one thread in twice the time; and with texts
    # as Polars holds them, for copying them out takes as long as inserting them.
    whole = frame.rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    connection.register(name, whole)
    try:
        yield
    finally:
        # An aborted transaction takes the view along and refuses to be asked.
        with suppress(duckdb.Error):
            connection.unregister(name)


@contextmanager
def told_plainly(place: str) -> Iterator[None]:
    """Say what a storage fault means for the person; other errors are bugs and stay as they are."""
    try:
        yield
    except duckdb.Error as error:
        plain = _plain(place, error)
        if plain is None:
            raise
        raise plain from error


def _plain(place: str, error: duckdb.Error) -> Clause9Error | None:
    """Return what a storage fault means for the person, None for any other error."""
    text = str(error)
    if held := _HELD.search(text):
        return BusyError(
            f"{place} is held open for writing by another program: {held['holder']}. Close it "
            "there, then try again. To look into a version, open it so: duckdb -readonly FILE"
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return Clause9Error(
            f"{place}: the work needs more memory or disk than it may use. Nothing was changed. "
            "Raise memory_limit under [warehouse] in clause9.toml, or free disk space.\n"
            f"{_first_line(error)}"
        )
    if "No space left" in text:
        return Clause9Error(
            f"{place}: the disk is full. Nothing was changed. Free some space and try again."
        )
    if isinstance(error, duckdb.OutOfRangeException):
        return Clause9Error(
            f"{place}: a number that a definition makes grows beyond what can be kept. Nothing was "
            f"changed. Divide first, or count in a larger unit.\n{_first_line(error)}"
        )
    # A block that fails its checksum while rows stream out comes as a plain Error.
    if isinstance(error, _BROKEN_STORAGE) or "Corrupt database" in text:
        return DamagedWarehouseError(place, error)
    return None


def _open(path: Path, config: _Config, place: str, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    with told_plainly(place):
        return _locked(duckdb.connect(str(path), read_only=read_only, config=config))


def _limits(folder: Path, settings: WarehouseSettings) -> _Config:
    return _HARDENED | {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(folder / "spill"),
        "max_temp_directory_size": SPILL_LIMIT,
    }


def _locked(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    run(connection, "SET lock_configuration = true")
    return connection


def _first_line(why: object) -> str:
    return str(why).strip().split("\n", maxsplit=1)[0]
