"""Opening the records: created, migrated, safe, and refused in words where it cannot be."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

import data.records
from data.errors import Clause9Error, UsageError
from data.records.audit import verify_audit
from data.records.batches import batch
from data.records.database import HEAD
from data.records.people import people, save_person
from data.records.quarantine import quarantined
from data.records.records import Records, open_records
from tests.support.people import NOW, OPERATOR, a_person, in_processes


def test_the_migrated_schema_is_that_of_the_models(records: Records) -> None:
    with records.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_head_kept_in_the_code_is_the_newest_migration() -> None:
    folder = Path(data.records.__file__).parent / "migrations" / "versions"
    newest = max(path.name for path in folder.glob("v*.py"))
    assert newest.startswith(f"v{HEAD}_")


def test_records_of_the_first_schema_keep_all_they_hold(tmp_path: Path) -> None:
    """The rows are written as the first release wrote them, into its own schema."""
    path = tmp_path / "records.db"
    shutil.copy(_at_revision("0001", tmp_path), path)
    with closing(sqlite3.connect(path)) as old, old:
        old.execute(
            "INSERT INTO batches (file_name, sha256, bytes, source, state, actor, received_at,"
            " accepted, refused, restated, unchanged, new, removed, left_out, report) VALUES"
            " ('june.csv', 'aa', 12, 'desk', 'published', 'Quality manager',"
            " '2026-07-01T08:00:00.000000+00:00', 3, 1, 0, 0, 3, 0, 0, '{}')"
        )
        old.execute(
            "INSERT INTO quarantine (batch, mapping, table_name, row, rule, reason, row_json)"
            " VALUES (1, 'desk', 'complaints', 4, 'date', 'no day', '{}')"
        )
        audit = old.execute("SELECT count(*) FROM audit_log").fetchone()
    with open_records(f"sqlite:///{path}") as records:
        held = batch(records, 1)
        assert (held.file_name, held.accepted, held.refused) == ("june.csv", 3, 1)
        assert (held.note, held.late_reason, held.retries) == (None, None, None)
        (refused,) = quarantined(records, 1).rows
        assert (refused.row, refused.retried_by, refused.replaced_at) == (4, None, None)
        assert verify_audit(records) is None
        save_person(records, OPERATOR, a_person("Head of casting"), NOW)
        with records.reading() as session:
            pragma = session.connection().exec_driver_sql
            assert pragma("SELECT count(*) FROM audit_log").scalar() == audit[0] + 1
            # An id is never given twice: the table was extended in place, not made anew.
            assert pragma("SELECT seq FROM sqlite_sequence WHERE name = 'batches'").scalar() == 1
            assert pragma("PRAGMA foreign_key_check").fetchall() == []


def test_a_migrated_database_has_the_schema_of_a_new_one(tmp_path: Path) -> None:
    path = _at_revision("0001", tmp_path)
    with open_records(f"sqlite:///{path}") as records, records.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def _at_revision(revision: str, folder: Path) -> Path:
    """Return a new records file brought to an older schema, as an older release left it."""
    path = folder / f"{revision}.db"
    engine = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option(
        "script_location", str(Path(data.records.__file__).parent / "migrations")
    )
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
    return path


def test_every_commit_is_forced_to_disk_and_readers_never_wait(records: Records) -> None:
    with records.reading() as session:
        pragma = session.connection().exec_driver_sql
        assert pragma("PRAGMA journal_mode").scalar() == "wal"
        assert pragma("PRAGMA synchronous").scalar() == 2  # FULL
        assert pragma("PRAGMA foreign_keys").scalar() == 1


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'records.db'}"
    with open_records(url) as records:
        save_person(records, OPERATOR, a_person("Head of casting"), NOW)
    with open_records(url) as again:
        assert [each.name for each in people(again)] == ["Head of casting"]


def _open(url: str) -> int:
    with open_records(url) as records:
        return len(people(records))


def test_eight_processes_can_create_the_same_records_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'records.db'}"
    assert in_processes(_open, [url] * 8) == [0] * 8


def test_opening_migrated_records_imports_no_alembic(records: Records) -> None:
    script = (
        "import sys; from data.records.records import open_records;"
        f"open_records({str(records.engine.url)!r}).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_database_that_is_not_sqlite_is_refused_without_its_password() -> None:
    with pytest.raises(UsageError, match="SQLite file") as refused:
        open_records("postgresql://clause9:canary@server/records")
    assert "canary" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    path.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(Clause9Error, match="restore it from a backup"):
        open_records(f"sqlite:///{path}")


def test_records_of_a_newer_version_are_refused_not_touched(records: Records) -> None:
    with records.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Clause9Error, match="newer Clause9"):
        open_records(str(records.engine.url))


def test_several_writes_together_are_stored_all_or_none(records: Records) -> None:
    with suppress(UsageError), records.together() as joined:
        save_person(joined, OPERATOR, a_person("Head of casting"), NOW)
        assert [each.name for each in people(joined)] == ["Head of casting"]
        raise UsageError
    assert people(records) == []


def test_an_instant_without_a_time_zone_is_a_bug(records: Records) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        save_person(records, OPERATOR, a_person(), NOW.replace(tzinfo=None))
