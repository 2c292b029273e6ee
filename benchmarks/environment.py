"""The Python that peers run in: environments of their own, made where they are not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def made(environment: Path, requirements: str) -> Path:
    """Return the Python of an environment that holds what a file of requirements names."""
    python = environment / "bin" / "python"
    if not python.exists():
        run(sys.executable, "-m", "venv", str(environment))
    run(str(python), "-m", "pip", "install", "--quiet", "--no-deps", "-r", requirements)
    return python


def run(*command: str, given: str = "") -> str:
    """Return what a command prints; raises subprocess.CalledProcessError where it fails."""
    told = subprocess.run(command, check=True, capture_output=True, text=True, input=given)
    return told.stdout


def last_line(text: str) -> str:
    """Return what a program said last, which is why it failed."""
    return text.strip().rsplit("\n", maxsplit=1)[-1]
