"""Somebody else's database, opened to be read and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from data.errors import SourceError

CONNECT_SECONDS = 15
"""How long a database may take to answer at all; a wrong host must not hold up the next source."""

CONNECTORS = "pip install 'clause9[connectors]'"


@dataclass(frozen=True)
class Access:
    """Where a database is and how long one question may take; `name` is what holds the URL."""

    url: str
    name: str
    seconds: int


@contextmanager
def opened(access: Access) -> Iterator[sa.Connection]:
    """Yield a connection in one read-only transaction.

    Raises SourceError for what the database or its driver says, without the URL in it.
    """
    try:
        engine = _engine(access)
        try:
            with engine.connect() as connection:
                _make_read_only(connection)
                yield connection
        finally:
            engine.dispose()
    except SQLAlchemyError as error:
        raise SourceError(told(error, access)) from None


def _engine(access: Access) -> sa.Engine:
    url = _url(access)
    arguments: dict[str, Any] = {}
    match url.get_backend_name():
        case "postgresql":
            url = url.set(drivername="postgresql+psycopg")
            settings = {
                "default_transaction_read_only": "on",
                "default_transaction_isolation": "repeatable\\ read",  # one state of the data
                "statement_timeout": f"{access.seconds * 1000}",
                "synchronize_seqscans": "off",  # the same rows twice come in the same order
                "timezone": "UTC",
                "datestyle": "ISO",
                "intervalstyle": "iso_8601",
                "extra_float_digits": "1",
                "standard_conforming_strings": "on",
                "client_encoding": "UTF8",
            }
            arguments = {
                "connect_timeout": CONNECT_SECONDS,
                "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            }
        case "sqlite":
            url = _file_that_is_there(url)
        case _:
            pass
    try:
        return sa.create_engine(
            url, connect_args=arguments, poolclass=sa.NullPool, hide_parameters=True
        )
    except (ImportError, NoSuchModuleError):
        raise SourceError(_no_driver(url, access)) from None


def _url(access: Access) -> sa.URL:
    """Return the URL; one that cannot be read is not shown, for it holds the password."""
    try:
        url = sa.make_url(access.url)
    except (SQLAlchemyError, ValueError):
        raise SourceError(_unreadable(access)) from None
    if "@" in (url.host or ""):
        raise SourceError(_unreadable(access))
    return url


def _unreadable(access: Access) -> str:
    return (
        f"{access.name} does not hold the URL of a database. Write "
        "postgresql://user:password@host:5432/database, and %40 for an @ in the password."
    )


def _file_that_is_there(url: sa.URL) -> sa.URL:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SourceError("A SQLite source is a file: sqlite:////srv/erp/orders.db")
    return url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})


def _no_driver(url: sa.URL, access: Access) -> str:
    if url.get_backend_name() == "postgresql":
        return f"PostgreSQL takes its driver, which is not installed: {CONNECTORS}"
    return (
        f"{access.name} names a database of the kind '{url.drivername}', for which no driver is "
        "installed beside Clause9. Install one that SQLAlchemy knows."
    )


def _make_read_only(connection: sa.Connection) -> None:
    match connection.dialect.name:
        case "sqlite":
            connection.exec_driver_sql("PRAGMA query_only = ON")
        case "mysql" | "mariadb":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        case _:
            pass  # PostgreSQL is told as it connects; others go by the rights of the account


def told(error: SQLAlchemyError, access: Access) -> str:
    """Return what the database said: the driver's own words, for SQLAlchemy adds the statement."""
    words = str(error.orig) if isinstance(error, DBAPIError) and error.orig else str(error)
    lines = [line.strip() for line in words.splitlines()]
    # PostgreSQL shows the place in a statement nobody wrote like that: ours stands around theirs.
    told = [line for line in lines if line.strip("^") and not line.startswith("LINE ")]
    return f"The database of {access.name} says: {' '.join(told[:4])}"
