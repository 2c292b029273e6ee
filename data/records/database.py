"""The SQLite file under the records: how it is opened, made safe, and brought to today's schema."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from data.errors import BusyError, Clause9Error, FullDiskError, UsageError

HEAD = "0004"
"""The newest revision under migrations/; kept here so that opening a file that has it imports no
alembic, which costs half a second. A test holds the two together."""

BUSY_SECONDS = 30
"""How long a writer waits for another; writes take milliseconds, so more means a stuck process."""

ROOM_FOR_A_WRITE = 100_000
"""Bytes below which a disk is full for SQLite: it keeps a log and an index of 32 KB beside."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str) -> Engine:
    """Return an engine on the records at `url`, created or migrated to HEAD where needed.

    Raises UsageError for anything but a SQLite file, Clause9Error for a file that is no records
    database or comes from a newer Clause9.
    """
    path = _path_of(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(path)
    try:
        with _said_plainly(path):
            if _revision(engine) != HEAD:
                _migrate(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


def write_engine(engine: Engine) -> Engine:
    """Return the engine whose transactions take the write lock when they begin."""
    return engine.execution_options(takes_write_lock=True)


@contextmanager
def trouble_said_plainly(path: Path) -> Iterator[None]:
    """Turn SQLite's "database is locked" into a BusyError, and a full disk into FullDiskError."""
    try:
        yield
    except OperationalError as error:
        if _is_full(error, path.parent):
            raise FullDiskError(path, "This was not written down.") from error
        if "locked" not in str(error) and "busy" not in str(error):
            raise
        raise BusyError(
            f"Another process is writing the records and did not finish in {BUSY_SECONDS} seconds. "
            "Try again; if it persists, end the process that holds them."
        ) from error


def _is_full(error: OperationalError, folder: Path) -> bool:
    """Return whether the disk is why: SQLite calls some of that a fault of the disk."""
    if "is full" in str(error.orig):
        return True
    is_fault = any(word in str(error.orig) for word in ("disk I/O error", "unable to open"))
    return is_fault and shutil.disk_usage(folder).free < ROOM_FOR_A_WRITE


def _path_of(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError(
            f"records_url '{parsed.render_as_string(hide_password=True)}' cannot be used: records "
            "are kept in a SQLite file. Write sqlite:///path/to/records.db, or leave it out."
        )
    return Path(parsed.database)


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions itself: it would begin them without the write lock.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    # IMMEDIATE: two writers that both began by reading could otherwise not finish either.
    takes_lock = connection.get_execution_options().get("takes_write_lock", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if takes_lock else "BEGIN")


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _revision_in(connection)


def _revision_in(connection: Connection) -> str | None:
    found = connection.exec_driver_sql(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
    ).first()
    if found is None:
        return None
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if version is None else str(version)


def _migrate(engine: Engine, path: Path) -> None:
    # Deferred: see HEAD.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with FileLock(f"{path}.lock", timeout=BUSY_SECONDS):
        with closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
        with write_engine(engine).begin() as connection:
            _refuse_unknown(_revision_in(connection), path)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _refuse_unknown(revision: str | None, path: Path) -> None:
    if revision is not None and not list(_MIGRATIONS.glob(f"versions/v{revision}_*.py")):
        raise Clause9Error(
            f"{path} was written by a newer Clause9 (schema {revision}; this one knows {HEAD}). "
            "Install the newer version, or restore a backup made with this one."
        )


@contextmanager
def _said_plainly(path: Path) -> Iterator[None]:
    try:
        with trouble_said_plainly(path):
            yield
    except DatabaseError as error:
        raise Clause9Error(
            f"{path} cannot be opened as a records database: {error.orig}. "
            "If the file is damaged, restore it from a backup."
        ) from error
