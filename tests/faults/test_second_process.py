"""F6: who comes second is told who holds the place and what to do; exit code 4, no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.records import database
from tests.support.command_line import Answer, clause9
from tests.support.counts import Tell
from tests.support.holding import WRITER, held, looking_with_duckdb, writing, writing_records
from tests.support.ingesting import a_file, a_workspace, ingest, whole_files

IMPATIENT = "\n[warehouse]\nlock_seconds = 0.2\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a company with one published file, whose writers do not wait long."""
    root = a_workspace(tmp_path / "company")
    with (root / "clause9.toml").open("a", encoding="utf-8") as settings:
        settings.write(IMPATIENT)
    assert ingest(root, a_file(root, 1), tmp_path / "acknowledged") == 0
    return root


def run(root: Path, *arguments: str | Path) -> Answer:
    return clause9("--workspace", root, *arguments)


def refused(root: Path, *arguments: str | Path) -> str:
    """Return what a command says that finds its place taken."""
    answer = run(root, *arguments)
    assert (answer.code, answer.out) == (4, ""), answer.err
    assert "Traceback" not in answer.err
    return answer.err


def test_a_second_writer_is_told_who_writes_and_reading_goes_on(root: Path, tell: Tell) -> None:
    with held(writing, root) as process:
        told = refused(root, "ingest", a_file(root, 2))
        assert f"is being written by {WRITER} (process {process})" in told
        assert "clause9 batches list" in told
        assert run(root, "batches", "list").code == 0
        assert run(root, "metrics", "values", "complaints").code == 0
    assert run(root, "ingest", a_file(root, 2)).code == 0
    assert len(whole_files(root)) == 2
    tell("F6: a second writer, a version held by DuckDB's own program, records held: exit 4, named")


def test_a_version_that_another_program_holds_open_is_not_called_damaged(root: Path) -> None:
    with held(looking_with_duckdb, root) as process:
        told = refused(root, "metrics", "values", "complaints")
        assert f"(PID {process})" in told
        assert "duckdb -readonly" in told
        assert "rebuild" not in told
    assert run(root, "metrics", "values", "complaints").code == 0


def test_records_that_another_process_writes_are_waited_for_then_said_to_be_busy(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with held(writing_records, root):
        told = refused(root, "ingest", a_file(root, 2))
        assert "Another process is writing the records" in told
    assert run(root, "ingest", a_file(root, 2)).code == 0
    assert len(whole_files(root)) == 2
