"""Files that are there after a power cut: synced before they are named, renamed in one step."""

from __future__ import annotations

import os
from pathlib import Path


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
