"""Raw files are kept once, whole, unchangeable, under the SHA-256 of their bytes."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

import pytest

from data.archive import Archive
from data.errors import NotFoundError

BYTES = b"complaint_id,received_on\nC1,2026-10-01\n"


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "october.csv"
    path.write_bytes(BYTES)
    return path


def test_a_file_is_stored_under_its_sha256(tmp_path: Path, upload: Path) -> None:
    archive = Archive(tmp_path / "archive")
    stored = archive.put(upload)
    assert stored.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert (stored.bytes, stored.name) == (len(BYTES), "october.csv")
    assert archive.path(stored.sha256).read_bytes() == BYTES
    assert archive.contains(stored.sha256)


def test_the_same_bytes_are_stored_once(tmp_path: Path, upload: Path) -> None:
    archive = Archive(tmp_path / "archive")
    other = tmp_path / "other name.csv"
    other.write_bytes(BYTES)
    assert archive.put(upload).sha256 == archive.put(other).sha256
    assert len(list((tmp_path / "archive").iterdir())) == 1


def test_an_archived_file_is_read_only(tmp_path: Path, upload: Path) -> None:
    archive = Archive(tmp_path / "archive")
    mode = archive.path(archive.put(upload).sha256).stat().st_mode
    assert stat.S_IMODE(mode) == 0o444


def test_a_copy_cut_short_is_replaced_by_the_whole_file(tmp_path: Path, upload: Path) -> None:
    archive = Archive(tmp_path / "archive")
    kept = archive.path(archive.put(upload).sha256)
    kept.chmod(0o644)
    kept.write_bytes(BYTES[:10])
    archive.put(upload)
    assert kept.read_bytes() == BYTES


@pytest.mark.parametrize("sha256", ["0" * 64, "../october.csv", "", "A" * 64])
def test_what_is_not_archived_is_not_found(tmp_path: Path, upload: Path, sha256: str) -> None:
    archive = Archive(tmp_path / "archive")
    archive.put(upload)
    assert not archive.contains(sha256)
    with pytest.raises(NotFoundError, match="ingest the file again"):
        archive.path(sha256)
