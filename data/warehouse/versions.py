"""The files of the warehouse: complete versions, the pointer to the current one, and leftovers.

v000041.duckdb  v000042.duckdb   complete and never changed again
current                          the text "42"; replaced in one step
building.duckdb                  the next version, while one writer makes it
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from data.durable import sync_file, sync_folder, write_atomically
from data.errors import NotFoundError
from data.warehouse.engine import DamagedWarehouseError

_TRIES = 5
"""How often a version is looked for again when it is deleted while it is copied."""

_VERSION_NAME = re.compile(r"v(\d{6,})\.duckdb")


class Versions:
    """The versions in one folder. Whoever changes anything here holds the writer's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.building = folder / "building.duckdb"
        self._pointer = folder / "current"

    def path(self, number: int) -> Path:
        """Return where a version lies, or would lie."""
        return self.folder / f"v{number:06}.duckdb"

    def place(self, number: int) -> str:
        """Return how a version is called in a sentence."""
        return f"Warehouse version {number} ({self.path(number)})"

    def numbers(self) -> tuple[int, ...]:
        """Return the numbers of the versions on disk, ascending."""
        if not self.folder.is_dir():
            return ()
        names = (_VERSION_NAME.fullmatch(entry.name) for entry in self.folder.iterdir())
        return tuple(sorted(int(name[1]) for name in names if name))

    def current(self) -> int:
        """Return the number of the current version; 0 where nothing was published yet."""
        try:
            text = self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return self._current_without_pointer()
        except UnicodeDecodeError:
            text = "unreadable bytes"
        if not text.isdecimal():
            raise DamagedWarehouseError(
                f"The pointer {self._pointer}", f"it holds '{text[:40]}', not a version number."
            )
        return int(text)

    def existing(self, number: int) -> Path:
        """Return the file of a version; raises NotFoundError where it is not kept any more."""
        path = self.path(number)
        if path.is_file():
            return path
        kept = ", ".join(str(kept) for kept in self.numbers()) or "none"
        raise NotFoundError(f"{self.place(number)} is not on disk. Kept versions: {kept}.")

    def begin(self, *, fresh: bool, above: int = 0) -> int:
        """Lay the next version out in `building`, as a copy of the current; return its number."""
        current = max(self._highest(), above) if fresh else self.current()
        self._sweep(current)
        if current and not fresh:
            try:
                shutil.copyfile(self.path(current), self.building)
            except FileNotFoundError as error:
                raise DamagedWarehouseError(self.place(current), "the file is gone.") from error
        return current + 1

    def copy_current(self, target: Path) -> int:
        """Copy the current version, if there is one, and return its number."""
        for _ in range(_TRIES):
            number = self.current()
            # A version may be deleted between the pointer and the copy: then there is a newer one.
            with suppress(FileNotFoundError):
                if number:
                    shutil.copyfile(self.path(number), target)
                return number
        raise DamagedWarehouseError(self.place(self.current()), "the file is gone.")

    def publish(self, number: int) -> None:
        """Make the finished `building` the current version: whole, durable, and in one step."""
        sync_file(self.building)
        self.building.replace(self.path(number))
        sync_folder(self.folder)
        write_atomically(self._pointer, f"{number}\n")

    def drop_building(self) -> None:
        """Remove an unfinished version and what DuckDB laid beside it."""
        for leftover in self.folder.glob("building.duckdb*"):
            leftover.unlink(missing_ok=True)

    def prune(self, keep: int, spared: Collection[int]) -> None:
        """Delete all but the last `keep` versions and the spared ones.

        Another process that still reads a deleted version keeps its bytes until it lets go.
        """
        current = self.current()
        published = [number for number in self.numbers() if number <= current]
        for number in published[:-keep]:
            if number not in spared:
                self.path(number).unlink(missing_ok=True)

    def _sweep(self, current: int) -> None:
        """Remove what a killed writer left: nothing of it was ever current."""
        self.drop_building()
        for number in self.numbers():
            if number > current:
                self.path(number).unlink()

    def _highest(self) -> int:
        """Return the highest number ever taken, as far as it can be known."""
        with suppress(DamagedWarehouseError):
            return max((self.current(), *self.numbers()))
        return max((0, *self.numbers()))

    def _current_without_pointer(self) -> int:
        # A first publish that was killed just before its pointer leaves version 1 alone.
        numbers = self.numbers()
        if numbers in {(), (1,)}:
            return 0
        raise DamagedWarehouseError(
            f"The warehouse {self.folder}",
            f"its file 'current' is gone; if version {numbers[-1]} is the last one published, "
            f"write {numbers[-1]} into it.",
        )
