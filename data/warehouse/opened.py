"""The versions this process holds open: one connection a version, however many read it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import duckdb


@dataclass
class _Opened:
    connection: duckdb.DuckDBPyConnection
    readers: int = 0


class OpenVersions:
    """Connections by file, each counted; one that is superseded closes with its last reader.

    DuckDB refuses a second connection to a file with other settings in the same process, so there
    is one such register a process, not one a warehouse object.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._opened: dict[Path, _Opened] = {}
        self._process = os.getpid()

    def take(
        self, path: Path, connect: Callable[[], duckdb.DuckDBPyConnection]
    ) -> duckdb.DuckDBPyConnection:
        """Return the connection to `path`, opened if need be; give it back with `give_back`."""
        with self._lock:
            self._forget_after_fork()
            opened = self._opened.get(path)
            if opened is None:
                opened = self._opened[path] = _Opened(connect())
            opened.readers += 1
            self._close_superseded(path.parent)
            return opened.connection

    def give_back(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Say that one reader of `path` is done with the connection it took."""
        with self._lock:
            opened = self._opened.get(path)
            if opened and opened.connection is connection:
                opened.readers -= 1
            self._close_superseded(path.parent)

    def discard(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Close the connection to a damaged version, so that the next reader starts anew."""
        with self._lock:
            opened = self._opened.get(path)
            if opened and opened.connection is connection:
                self._opened.pop(path).connection.close()

    def read_beside(self, newest: Path) -> frozenset[Path]:
        """Return the versions in the folder of `newest` that are being read; close the idle ones.

        The newest stays open, idle or not.
        """
        with self._lock:
            self._close_idle(newest.parent, newest)
            return frozenset(self._opened)

    def _close_superseded(self, folder: Path) -> None:
        newest = max((path for path in self._opened if path.parent == folder), default=None)
        self._close_idle(folder, newest)

    def _close_idle(self, folder: Path, newest: Path | None) -> None:
        """Close what nobody reads, but for the newest version of the folder."""
        idle = [path for path, opened in self._opened.items() if opened.readers == 0]
        for path in idle:
            if path.parent == folder and path != newest:
                self._opened.pop(path).connection.close()

    def _forget_after_fork(self) -> None:
        # A forked child has the parent's connections but not their threads: using or closing one
        # would hang, so they are left alone.
        if self._process != os.getpid():
            _ABANDONED.append(self._opened)
            self._opened = {}
            self._process = os.getpid()


_ABANDONED: list[dict[Path, _Opened]] = []

OPEN_VERSIONS = OpenVersions()
"""The register of this process."""
