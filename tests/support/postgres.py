"""A PostgreSQL of the tests' own: started on a free port of this machine, stopped by its number."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

USER = "clause9_test"
"""The owner of the server's data; what tests set up, they set up as this one."""

READER, READER_PASSWORD = "erp_reader", "p@ss/word#9 ü"
"""The account pulls use; its password has every character that is written otherwise in a URL."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    data: Path

    @property
    def url(self) -> str:
        """The URL of the database as whoever may only read it writes it."""
        return self.url_with(READER_PASSWORD)

    def url_with(self, password: str, host: str = "127.0.0.1", port: int | None = None) -> str:
        """Return the URL with another password, host or port."""
        secret = quote(password, safe="")
        return f"postgresql://{READER}:{secret}@{host}:{port or self.port}/postgres"

    @property
    def place(self) -> str:
        """Where the owner connects to, as libpq reads it."""
        return f"host=127.0.0.1 port={self.port} user={USER} dbname=postgres"

    def run(self, *statements: str) -> None:
        """Run statements as the owner."""
        with psycopg.connect(self.place, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL installed, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def account() -> pwd.struct_passwd | None:
    """Return who runs the server: a server refuses to be run by root; None is whoever tests."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("Tests run by root need an account 'postgres' or 'nobody' for PostgreSQL.")


@contextmanager
def server() -> Iterator[Server]:
    """Yield a server that trusts its owner on this machine and asks readers for a password."""
    found = programs()
    assert found is not None, "PostgreSQL is not installed: make postgres"
    folder = Path(tempfile.mkdtemp(prefix="clause9-pg-", dir="/tmp"))
    try:
        data, port = folder / "data", _free_port()
        _initialise(found, folder, data)
        process = _started(found, folder, data, port)
        try:
            running = Server(port, data)
            _wait(process, port, folder / "log")
            running.run(
                f"CREATE ROLE {READER} LOGIN PASSWORD '{READER_PASSWORD}'",
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {READER}",
            )
            yield running
        finally:
            process.terminate()  # this process alone: it ends those it has started
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(found: Path, folder: Path, data: Path) -> None:
    who = account()
    if who is not None:
        os.chown(folder, who.pw_uid, who.pw_gid)
    _run(
        [found / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    )
    rules = f"host all {USER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
    (data / "pg_hba.conf").write_text(rules, encoding="utf-8")


def _started(found: Path, folder: Path, data: Path, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(folder),
        "fsync": "off",  # the data lives as long as the tests
        "max_wal_size": "2GB",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    who = account()
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [found / "postgres", "-D", data, "-p", str(port), *options],
            stdout=log,
            stderr=log,
            user=who.pw_uid if who else None,
            group=who.pw_gid if who else None,
        )


def _run(command: Sequence[str | Path]) -> None:
    who = account()
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
        user=who.pw_uid if who else None,
        group=who.pw_gid if who else None,
    )
    assert done.returncode == 0, done.stderr


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            with psycopg.connect(
                f"host=127.0.0.1 port={port} user={USER} dbname=postgres connect_timeout=2"
            ):
                return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
