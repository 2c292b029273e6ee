"""Files that are there after a power cut: synced before they are named, renamed in one step."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import FullDiskError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The disk has no room left, or the person's share of it is used up."""


def sync_file(path: Path) -> None:
    """Force the bytes of `path` to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to the disk; a rename is not durable before that."""
    if os.name == "nt":  # Windows has no folder handles to sync and journals its renames
        return
    sync_file(folder)


def write_atomically(path: Path, text: str) -> None:
    """Replace `path` by `text` so that everybody, also after a crash, sees old or new."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    sync_file(fresh)
    fresh.replace(path)
    sync_folder(path.parent)


@contextmanager
def full_disk_told(place: object) -> Iterator[None]:
    """Say that the disk which holds `place` is full, where that is why the writing failed."""
    try:
        yield
    except Exception as error:
        if not is_full(error):
            raise
        raise FullDiskError(place) from error


def is_full(error: BaseException | None) -> bool:
    """Return whether a full disk is behind an error, whatever it was wrapped in."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def write_whole(path: Path, content: bytes) -> None:
    """Write a file somebody asked for, whole or not at all; FullDiskError where no room is left."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        with full_disk_told(path):
            fresh.write_bytes(content)
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
