"""How far an ingest came before it was killed, as the files it left say before anybody looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data.records.batches import batches
from data.records.records import open_records
from data.settings import open_workspace


@dataclass(frozen=True)
class Left:
    """What lies on the disk: unlike the commands of the product, looking changes nothing."""

    root: Path

    @property
    def building(self) -> Path:
        return self.root / "state" / "warehouse" / "building.duckdb"

    @property
    def current(self) -> int:
        pointer = self.root / "state" / "warehouse" / "current"
        return int(pointer.read_text()) if pointer.exists() else 0

    def version(self, number: int) -> Path:
        return self.root / "state" / "warehouse" / f"v{number:06}.duckdb"

    def reached(self, version_before: int) -> str:
        """Return where the kill fell, in an order of steps."""
        if self.building.exists():
            copied, written = self.version(version_before).read_bytes(), self.building.read_bytes()
            # The facts are held in memory until the commit: only then the copy begins to differ.
            is_copy = copied.startswith(written)
            return "2 making the version" if is_copy else "3 commit and checkpoint"
        if self.current == version_before:
            is_named = self.version(version_before + 1).exists()
            return "4 named, pointer not moved" if is_named else "1 before the version"
        return "5 pointer moved, not on record" if self.has_pending() else "6 on record"

    def has_pending(self) -> bool:
        with open_records(open_workspace(self.root).records_url) as records:
            return bool(batches(records, state="pending"))


def at_once() -> bool:
    return True


def is_making_a_version(left: Left) -> Callable[[], bool]:
    """Say whether a version is begun, other than the one an earlier kill may have left behind."""
    before = _changed_at(left.building)
    return lambda: _changed_at(left.building) not in {None, before}


def is_committing(left: Left) -> Callable[[], bool]:
    """Say whether the first byte of the commit is in the copy, or it is past that."""
    is_making = is_making_a_version(left)
    laid_out: list[int] = []

    def begun() -> bool:
        changed_at = _changed_at(left.building)
        if not laid_out:
            # The copy is whole once the records know the batch that goes into it.
            if changed_at is not None and is_making() and left.has_pending():
                laid_out.append(changed_at)
            return False
        return changed_at != laid_out[0]

    return begun


def _changed_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
