"""How long a person waits for the command line itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure, seconds


def measure() -> Iterator[Figure]:
    """Time `clause9 --help` beside the start of Python alone."""
    clause9 = Path(sys.executable).with_name("clause9")
    bare = seconds(lambda: run(sys.executable, "-c", "pass"))
    yield Figure("start Python", bare, "s")
    yield Figure("clause9 --help", seconds(lambda: run(str(clause9), "--help")), "s", 0.15)


def run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
