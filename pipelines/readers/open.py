"""Open one file: parsed by a child process that may die, under limits of memory and time."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from math import ceil
from pathlib import Path
from time import monotonic
from typing import Any

import polars as pl

import pipelines
from data.errors import FullDiskError, RefusedInputError
from pipelines.readers.forks import Forks
from pipelines.readers.look import SheetLook
from pipelines.readers.raw import Ask, Flaw, Limits, Mark, Raw

NOT_SAFE = (
    "the file could not be read safely: it asks for more {} than a table of its size needs. "
    "Delete empty rows and columns far from the data, keep one sheet, or save it as CSV UTF-8."
)

GAVE_UP = (
    "the file could not be read safely: the reader gave up on it, so it is damaged or was made to "
    "be. Save it again as .xlsx or as CSV UTF-8 and send the new file."
)

FORKS = Forks() if hasattr(os, "fork") else None
"""The process that forks for each file; None where the system cannot fork."""

_FRUGAL = {
    "POLARS_MAX_THREADS": "2",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
}
"""What keeps the child from reserving addresses it never uses: its limit counts those as well, and
the allocators of threads and of Arrow would set a gigabyte aside each."""

_KEPT_FROM_ENVIRONMENT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
)


def read(
    path: Path, name: str, asks: Sequence[Ask], limits: Limits | None = None
) -> list[list[Raw]]:
    """Return the sheets of each ask, in the order of `asks`.

    `name` is what the file is called in messages. Raises RefusedInputError: the file, the place,
    the way out.
    """
    asked = {"asks": [asdict(ask) for ask in asks]}
    with _answer(path, name, asked, limits or Limits()) as (reply, folder):
        return [[_raw(name, reply["kind"], part, folder) for part in g] for g in reply["groups"]]


def look(path: Path, name: str, limits: Limits | None = None) -> tuple[SheetLook, ...]:
    """Return every sheet of a file as it lies, nothing demanded of it; limits as for `read`.

    Raises RefusedInputError for a file that is no table in any way, or is not safe to open.
    """
    with _answer(path, name, {"look": True}, limits or Limits()) as (reply, folder):
        return tuple(_look(part, folder) for part in reply["looks"])


def mark(
    path: Path,
    name: str,
    asks: Sequence[Ask],
    marks: Sequence[Mark],
    limits: Limits | None = None,
) -> bytes:
    """Return a workbook that is the file with cells marked: filled, and a comment on each.

    `asks` say how it is read, for a file that is no workbook of Excel's today. Raises
    RefusedInputError as `read` does.
    """
    asked = {"asks": [asdict(ask) for ask in asks], "marks": [asdict(each) for each in marks]}
    with _answer(path, name, asked, limits or Limits()) as (reply, folder):
        return (folder / str(reply["marked"])).read_bytes()


@contextmanager
def _answer(
    path: Path, name: str, asked: dict[str, Any], limits: Limits
) -> Iterator[tuple[dict[str, Any], Path]]:
    """Give what the child answers, and the folder that holds its frames for as long as it lasts."""
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise RefusedInputError(
            f"{name}: the file has {size / 1e6:,.0f} MB; at most {limits.max_bytes / 1e6:,.0f} MB "
            "are read. Split it."
        )
    limits = limits.for_file(path)
    with tempfile.TemporaryDirectory(prefix="clause9-") as folder:
        request = asked | {
            "path": str(path.resolve()),
            "folder": folder,
            "max_bytes": limits.max_bytes,
            "memory_mb": limits.memory_mb,
            "cpu_seconds": ceil(limits.seconds),
        }
        try:
            reply = _ask_child(request, limits.seconds * 3)
        except RefusedInputError as error:
            raise RefusedInputError(f"{name}: {error}") from error
        yield reply, Path(folder)


def warm_up() -> None:
    """Begin to start what reading needs, and do not wait for it."""
    if FORKS is not None:
        FORKS.start(_environment())


def _ask_child(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    started = monotonic()
    reply = FORKS.ask(request, seconds, _environment()) if FORKS is not None else None
    if reply is None and monotonic() - started > request["cpu_seconds"] / 2:
        raise RefusedInputError(NOT_SAFE.format("time"))  # nobody waits for that twice
    if reply is None:
        reply = _ask_anew(request, seconds)
    if "refused" in reply:
        raise RefusedInputError(reply["refused"])
    return reply


def _environment() -> dict[str, str]:
    """Return what the reading process sees of ours: no secrets."""
    kept = {key: os.environ[key] for key in _KEPT_FROM_ENVIRONMENT if key in os.environ}
    root = str(Path(next(iter(pipelines.__path__))).parent)
    return kept | _FRUGAL | {"PYTHONPATH": root}


def _ask_anew(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return the answer of a process started for this file alone, or refuse the file it died of."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "pipelines.readers.child"],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=seconds,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedInputError(NOT_SAFE.format("time")) from error
    if child.returncode != 0:
        _raise_for(child.returncode, child.stderr.decode("utf-8", "replace"))
    reply: dict[str, Any] = json.loads(child.stdout)
    return reply


def _raise_for(code: int, talk: str) -> None:
    """Raise a refusal where the file killed the child, and the bug where ours did."""
    if code == -signal.SIGXCPU:
        raise RefusedInputError(NOT_SAFE.format("time"))
    if code < 0 or "MemoryError" in talk or "memory allocation" in talk:
        raise RefusedInputError(NOT_SAFE.format("memory"))
    if "No space left" in talk or "os error 28" in talk:
        raise FullDiskError(f"the folder for temporary files, {tempfile.gettempdir()},")
    if "panicked" in talk:
        raise RefusedInputError(GAVE_UP)
    raise RuntimeError(f"The reader failed with code {code}:\n{talk[-4000:]}")


def _raw(name: str, kind: Any, part: dict[str, Any], folder: Path) -> Raw:  # noqa: ANN401 JSON
    return Raw(
        file=name,
        kind=kind,
        sheet=part["sheet"],
        header_row=part["header_row"],
        headers=tuple(part["headers"]),
        frame=pl.read_ipc(folder / part["frame"]),
        warnings=tuple(part["warnings"]),
        flaws=tuple(Flaw(**flaw) for flaw in part["flaws"]),
        has_controls=part["has_controls"],
        marker=part["marker"],
        letters=part["letters"],
    )


def _look(part: dict[str, Any], folder: Path) -> SheetLook:
    lists = {key: tuple(part[key]) for key in ("merges", "encodings", "separators")}
    return SheetLook(**part | lists | {"top": pl.read_ipc(folder / part["top"])})
