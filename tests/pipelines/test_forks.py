"""The process that forks for each file: gone with us, started again when lost, blind to secrets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xlsxwriter

from data.errors import RefusedInputError
from pipelines.readers import open as opening
from pipelines.readers.forks import Forks
from pipelines.readers.open import read, warm_up
from pipelines.readers.raw import Ask, Limits


def a_table(folder: Path) -> Path:
    path = folder / "table.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    return path


def forking_process() -> int:
    """Return the process id of the process that forks for this one."""
    warm_up()
    assert opening.FORKS is not None
    process = opening.FORKS._process
    assert process is not None
    return process.pid


def test_reads_go_on_after_the_forking_process_was_killed(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    read(path, "table.csv", [Ask()])
    lost = forking_process()
    os.kill(lost, signal.SIGKILL)
    for _ in range(2):  # the first may still be handed to the one that dies
        ((raw,),) = read(path, "table.csv", [Ask()])
        assert raw.frame.select("a", "b").rows() == [("1", "2")]
    assert forking_process() != lost


def test_a_file_that_kills_its_reader_leaves_the_forking_process_alive(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(a_workbook_with_a_far_cell(tmp_path))
    before = forking_process()
    with pytest.raises(RefusedInputError, match=r"bomb\.xlsx"):
        read(path, "bomb.xlsx", [Ask()], Limits(seconds=20, memory_mb=512))
    assert forking_process() == before


def a_workbook_with_a_far_cell(folder: Path) -> bytes:
    """Return a workbook whose one cell lies at XFD1048576."""
    plain = folder / "plain.xlsx"
    with xlsxwriter.Workbook(str(plain)) as book:
        book.add_worksheet().write(1_048_575, 16_383, 1)
    return plain.read_bytes()


def test_a_fork_ends_by_itself_when_its_time_is_over(tmp_path: Path) -> None:
    fifo = tmp_path / "endless"
    os.mkfifo(fifo)  # opening it waits for a writer who never comes
    forks = Forks()
    request = {"path": str(fifo), "folder": str(tmp_path), "asks": [], "max_bytes": 1}
    started = time.monotonic()
    try:
        reply = forks.ask(request | {"memory_mb": 2048}, 0.5, opening._environment())
    finally:
        forks.stop()
    assert reply is None
    assert time.monotonic() - started < 5


def test_the_forking_process_sees_no_secret_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUSE9_CANARY", "s3cret")
    monkeypatch.setattr(opening, "FORKS", forks := Forks())
    try:
        read(a_table(tmp_path), "table.csv", [Ask()])
        environment = Path(f"/proc/{forking_process()}/environ").read_bytes()
    finally:
        forks.stop()
    assert b"PYTHONPATH" in environment
    assert b"s3cret" not in environment


def test_the_forking_process_ends_with_the_one_it_forks_for(tmp_path: Path) -> None:
    path = a_table(tmp_path)
    script = (
        "import os\n"
        "from pathlib import Path\n"
        "from pipelines.readers import open as opening\n"
        "from pipelines.readers.raw import Ask\n"
        f"opening.read(Path({str(path)!r}), 'table.csv', [Ask()])\n"
        "print(opening.FORKS._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    left = Path(f"/proc/{int(ended.stdout)}")
    deadline = time.monotonic() + 10
    while left.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left.exists()
