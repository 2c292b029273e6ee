"""A disk of 24 MB that a test may fill to the last byte."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MEGABYTES = 24


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """Yield a new disk mounted at `place`; skips where nothing may be mounted."""
    place.mkdir()
    size = f"size={MEGABYTES}m"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"A small disk cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        # Lazy: a connection that a failed test left open must not keep the disk.
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def only_free(disk: Path, room: int) -> Iterator[None]:
    """Leave `room` bytes free on the disk, rounded down to its blocks, as long as this lasts."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        written = 0
        for block in (1 << 20, 1 << 12):
            try:
                while True:
                    written += file.write(b"\0" * block)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        file.truncate(max(written - room, 0))
    try:
        yield
    finally:
        ballast.unlink()
