"""The two verbs of the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from data.warehouse.reader import Reader
from data.warehouse.writer import Writer

if TYPE_CHECKING:
    from data.settings import WarehouseSettings
    from data.tables.contract import Table


class Warehouse:
    """A chain of immutable versions in one folder, and a pointer to the current one."""

    def __init__(
        self, folder: Path, tables: Mapping[str, Table], settings: WarehouseSettings
    ) -> None:
        self._folder = folder
        self._tables = tables
        self._settings = settings

    def version(self) -> int:
        """Return the number of the current version; 0 before the first publish."""
        raise NotImplementedError

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Hold the current version open for reading; never waits."""
        raise NotImplementedError
        yield

    @contextmanager
    def publish(self, holder: str = "another process", *, fresh: bool = False) -> Iterator[Writer]:
        """Make the next version; `fresh` starts from an empty one instead of the current."""
        raise NotImplementedError
        yield

    def retain(self, named: Collection[int] = ()) -> None:
        """Delete old versions except the last ones (setting), the named and the open."""
        raise NotImplementedError


def open_warehouse(
    folder: Path, tables: Mapping[str, Table], settings: WarehouseSettings
) -> Warehouse:
    """Return the warehouse in `folder`; nothing is created before the first publish."""
    return Warehouse(folder, tables, settings)
