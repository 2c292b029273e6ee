"""One writer at a time, across threads and processes, and the name of the one who is writing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from data.errors import BusyError


@contextmanager
def writer_lock(folder: Path, holder: str, seconds: float) -> Iterator[None]:
    """Hold the right to write; the operating system frees it when the process dies.

    Raises BusyError naming the holder when it does not come free within `seconds`.
    """
    # A soft lock would outlive a killed process; without real locks it is better to stop.
    lock = FileLock(folder / "writer.lock", timeout=seconds, fallback_to_soft=False)
    note = folder / "writer.json"
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(_busy(note, seconds)) from error
    try:
        _leave_note(note, holder)
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _leave_note(note: Path, holder: str) -> None:
    fresh = note.with_name("writer.json.new")
    # On a full disk it is better to write without a note than not to read at all.
    with suppress(OSError):
        fresh.write_text(json.dumps({"holder": holder, "pid": os.getpid()}), encoding="utf-8")
        fresh.replace(note)


def _busy(note: Path, seconds: float) -> str:
    who = "somebody else"
    # The holder may be finishing while we look: then there is no note to read.
    with suppress(OSError, ValueError, KeyError):
        told = json.loads(note.read_text(encoding="utf-8"))
        who = f"{told['holder']} (process {told['pid']})"
    return (
        f"The warehouse is being written by {who}, which did not finish within {seconds:g} "
        "seconds. Nothing was changed. Try again when it is done; what came in so far: clause9 "
        "batches list. To wait longer, raise lock_seconds under [warehouse] in clause9.toml."
    )
