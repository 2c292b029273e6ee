"""The raw files as they came, named by the SHA-256 of their bytes: the source of every fact."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from data.durable import full_disk_told, sync_folder
from data.errors import NotFoundError

BLOCK_BYTES = 1 << 20
"""Bytes read at a time: a file is never held in memory whole."""


@dataclass(frozen=True)
class StoredFile:
    """A file in the archive: what it was called, and what it is."""

    sha256: str
    bytes: int
    name: str


class Archive:
    """A folder of raw files, each stored once, read-only, under its own SHA-256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: Path) -> StoredFile:
        """Return the archived copy of `path`; when this returns the bytes are on the disk."""
        with full_disk_told(self._folder):
            return self._put(path)

    def _put(self, path: Path) -> StoredFile:
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, fresh_name = tempfile.mkstemp(prefix=".incoming-", dir=self._folder)
        fresh = Path(fresh_name)
        try:
            stored = _copy(path, descriptor)
            if not self._holds_all_of(stored):
                fresh.chmod(0o444)
                fresh.replace(self._folder / stored.sha256)
                sync_folder(self._folder)
        finally:
            fresh.unlink(missing_ok=True)
        return stored

    def path(self, sha256: str) -> Path:
        """Return where the bytes with this SHA-256 are; raises NotFoundError when not here."""
        if not self.contains(sha256):
            raise NotFoundError(
                f"The archive {self._folder} holds no file with the SHA-256 {sha256}. "
                "Restore it from a backup, or ingest the file again."
            )
        return self._folder / sha256

    def contains(self, sha256: str) -> bool:
        """Say whether the bytes with this SHA-256 are archived."""
        return _is_sha256(sha256) and (self._folder / sha256).is_file()

    def _holds_all_of(self, stored: StoredFile) -> bool:
        """Say whether the file is here already, and not cut short by a copy or a restore."""
        place = self._folder / stored.sha256
        return place.is_file() and place.stat().st_size == stored.bytes


def _copy(path: Path, descriptor: int) -> StoredFile:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as source, os.fdopen(descriptor, "wb") as target:
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            size += target.write(block)
        target.flush()
        os.fsync(target.fileno())
    return StoredFile(sha256=digest.hexdigest(), bytes=size, name=path.name)


def _is_sha256(text: str) -> bool:
    # also what keeps a name like "../records.db" from being looked up as a file
    return re.fullmatch(r"[0-9a-f]{64}", text) is not None
