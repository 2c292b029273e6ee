"""The two verbs of the warehouse: `read`, which never waits, and `publish`, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from data.durable import full_disk_told
from data.errors import BusyError, NotFoundError
from data.tables.contract import Table
from data.warehouse.engine import (
    DamagedWarehouseError,
    open_for_reading,
    open_for_writing,
    run,
    told_plainly,
)
from data.warehouse.lock import writer_lock
from data.warehouse.memory import memory_warehouse
from data.warehouse.opened import OPEN_VERSIONS
from data.warehouse.reader import Reader
from data.warehouse.schema import prepare, schema_version
from data.warehouse.versions import Versions
from data.warehouse.writer import Writer

if TYPE_CHECKING:
    from data.settings import WarehouseSettings

_TRIES = 5
"""How often a reader looks at the pointer again when the version it named is deleted meanwhile."""

_COUNTS = "SELECT (SELECT count(*) FROM meta.batches), (SELECT count(*) FROM cells)"


class Warehouse:
    """A chain of immutable versions in one folder, and a pointer to the current one."""

    def __init__(
        self, folder: Path, tables: Mapping[str, Table], settings: WarehouseSettings
    ) -> None:
        # Resolved, because DuckDB and the register of open versions know a file by its path.
        self._versions = Versions(folder.resolve())
        self._tables = tables
        self._settings = settings

    def version(self) -> int:
        """Return the number of the current version; 0 before the first publish."""
        return self._versions.current()

    @contextmanager
    def read(self, version: int | None = None) -> Iterator[Reader]:
        """Hold the current version, or a kept older one, open for reading; never waits.

        Raises NotFoundError for a version no longer kept, DamagedWarehouseError for one that
        cannot be read. Before the first publish every table is there and empty.
        """
        if version is None and self.version() == 0:
            with memory_warehouse(self._tables, {}) as reader:
                yield reader
            return
        number, connection = self._take(version)
        path = self._versions.path(number)
        try:
            yield Reader(connection, self._tables, number, self._versions.place(number))
        except DamagedWarehouseError:
            OPEN_VERSIONS.discard(path, connection)
            raise
        finally:
            OPEN_VERSIONS.give_back(path, connection)

    @contextmanager
    def publish(
        self, holder: str = "another process", *, fresh: bool = False, above: int = 0
    ) -> Iterator[Writer]:
        """Make the next version: current when the block ends, and no trace of it if that raises.

        `fresh` starts from an empty version instead of a copy of the current one, numbered `above`
        any that was ever told. Raises BusyError naming the holder when another writer does not
        finish in time.
        """
        versions = self._versions
        versions.folder.mkdir(parents=True, exist_ok=True)
        with writer_lock(versions.folder, holder, self._settings.lock_seconds):
            try:
                with full_disk_told(versions.folder):
                    number = versions.begin(fresh=fresh, above=above)
                with self._writing(versions.building, number) as (connection, writer):
                    yield writer
                    counts = self._commit(connection, writer)
                with full_disk_told(versions.folder):
                    self._check(counts)
                    versions.publish(number)
            finally:
                versions.drop_building()

    @contextmanager
    def rehearse(self) -> Iterator[Writer]:
        """Hold a throw-away copy of the current version open for writing; nothing of it stays.

        Waits for no writer and stands in the way of none.
        """
        with TemporaryDirectory(prefix="clause9-rehearsal-") as folder:
            copy = Path(folder) / "rehearsal.duckdb"
            with full_disk_told(copy.parent):
                number = self._versions.copy_current(copy)
            with self._writing(copy, number + 1) as (_, writer):
                yield writer

    def file(self) -> Path | None:
        """Return the file of the current version, None before the first publish.

        It is for another process that reads it under limits of its own.
        """
        number = self.version()
        return self._versions.existing(number) if number else None

    def size(self) -> int:
        """Return the bytes of the current version; 0 before the first publish."""
        number = self.version()
        return self._versions.existing(number).stat().st_size if number else 0

    @contextmanager
    def quiet(self) -> Iterator[bool]:
        """Hold writers off for a moment and yield True; yield False at once when one is writing.

        What an interrupted run left may be settled only while it is quiet: a run under way looks
        the same from outside.
        """
        self._versions.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as held:
            try:
                held.enter_context(writer_lock(self._versions.folder, "a check at the start", 0))
            except BusyError:
                is_quiet = False
            else:
                is_quiet = True
            yield is_quiet

    @contextmanager
    def hold(self, holder: str) -> Iterator[None]:
        """Hold writers off, having waited for the one at work.

        What is decided meanwhile holds for every publish that follows. Raises BusyError as
        `publish` does.
        """
        self._versions.folder.mkdir(parents=True, exist_ok=True)
        with writer_lock(self._versions.folder, holder, self._settings.lock_seconds):
            yield

    def retain(self, named: Collection[int] = ()) -> None:
        """Delete old versions except the last ones (setting), the named and those open here."""
        versions = self._versions
        opened = OPEN_VERSIONS.read_beside(versions.path(versions.current()))
        spared = [number for number in versions.numbers() if versions.path(number) in opened]
        versions.prune(self._settings.keep_versions, {*named, *spared})

    def _take(self, version: int | None) -> tuple[int, duckdb.DuckDBPyConnection]:
        """Return a version number and its connection, which must be given back."""
        for _ in range(_TRIES):
            number = self.version() if version is None else version
            try:
                return number, self._connect(number)
            except NotFoundError:
                if version is not None:
                    raise
        raise DamagedWarehouseError(self._versions.place(number), "the file is gone.")

    def _connect(self, number: int) -> duckdb.DuckDBPyConnection:
        path, place = self._versions.path(number), self._versions.place(number)

        def opened() -> duckdb.DuckDBPyConnection:
            return open_for_reading(self._versions.existing(number), self._settings, place)

        return OPEN_VERSIONS.take(path, opened)

    @contextmanager
    def _writing(
        self, path: Path, number: int
    ) -> Iterator[tuple[duckdb.DuckDBPyConnection, Writer]]:
        """Hold the next version open, in a transaction that is rolled back unless committed."""
        # What can be damaged here is the version that was copied.
        place = self._versions.place(max(number - 1, 1))
        with closing(open_for_writing(path, self._settings, place)) as connection:
            with told_plainly(place):
                run(connection, "BEGIN TRANSACTION")
                changed_keys = prepare(connection, self._tables)
            writer = Writer(connection, self._tables, number, place)
            for table in changed_keys:
                writer.settle(table, whole=True)
            yield connection, writer

    def _commit(self, connection: duckdb.DuckDBPyConnection, writer: Writer) -> tuple[object, ...]:
        """Bring everything into the one file; return the counts it must show when reopened."""
        writer.settle_all()
        with told_plainly(f"The warehouse {self._versions.folder}"):
            (counts,) = run(connection, _COUNTS)
            run(connection, "COMMIT")
            run(connection, "CHECKPOINT")
        return counts

    def _check(self, counts: tuple[object, ...]) -> None:
        """Open the finished file once more, as a reader will, before anybody is sent there."""
        building = self._versions.building
        place = f"The version just written ({building})"
        with closing(open_for_reading(building, self._settings, place)) as connection:
            with told_plainly(place):
                found = run(connection, _COUNTS) if schema_version(connection) else []
            if found != [counts]:
                raise DamagedWarehouseError(place, f"it shows {found}, written were {counts}.")


def open_warehouse(
    folder: Path, tables: Mapping[str, Table], settings: WarehouseSettings
) -> Warehouse:
    """Return the warehouse in `folder`; nothing is created before the first publish."""
    return Warehouse(folder, tables, settings)
