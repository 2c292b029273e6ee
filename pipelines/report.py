"""What a run says about itself: the same on screen, as JSON and on record."""

from __future__ import annotations

from collections import abc
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Literal

BatchState = Literal["published", "rejected", "unchanged", "checked"]
"""`checked`: a dry run found it good; nothing was written."""


def rows(count: int) -> str:
    """Return "1 row" or "1,204 rows"."""
    return "1 row" if count == 1 else f"{count:,} rows"


@dataclass(frozen=True)
class Reason:
    """One cell that was refused, as the person finds it in the file.

    `cell` is its place in a workbook, like B7; None where a file has no cells with letters.
    """

    sheet: str | None
    row: int | None
    column: str | None
    value: str | None
    rule: str
    reason: str
    accepted: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        column = f"column '{self.column}'" if self.column else ""
        parts = [place(self.sheet, self.row, self.cell), column]
        wanted = f" Accepted: {self.accepted}." if self.accepted else ""
        return f"{', '.join(filter(None, parts))}: {self.reason}.{wanted}"


def place(sheet: str | None, row: int | None, cell: str | None = None) -> str:
    """Return where something stands: "sheet 'October', cell B7", or "row 7" without letters."""
    where = f"cell {cell}" if cell else f"row {row}" if row else ""
    return ", ".join(filter(None, (f"sheet '{sheet}'" if sheet else "", where)))


@dataclass(frozen=True)
class PartReport:
    """What one mapping made of one file; counts are rows."""

    mapping: str
    table: str
    sheet: str | None
    read: int = 0
    left_out: int = 0
    accepted: int = 0
    refused: int = 0
    warned: int = 0
    new: int = 0
    restated: int = 0
    unchanged: int = 0
    removed: int = 0
    covers_from: date | None = None
    covers_to: date | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class BatchReport:
    """What became of one file. `id` is None where no batch was made (dry run).

    `message` is the sentence for it, without the file's name.
    """

    id: int | None
    file: str
    sha256: str
    state: BatchState
    message: str
    accepted: int = 0
    refused: int = 0
    restated: int = 0
    unchanged: int = 0
    new: int = 0
    removed: int = 0
    left_out: int = 0
    parts: tuple[PartReport, ...] = ()
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunReport:
    """One run over one or several files.

    `version` is the warehouse version readers now see, whether this run made it or not.
    `left_aside` are files of a folder that no mapping names.
    """

    batches: tuple[BatchReport, ...]
    version: int
    dry_run: bool = False
    left_aside: tuple[str, ...] = ()
    seconds: abc.Mapping[str, float] = field(default_factory=dict)

    @property
    def refused(self) -> bool:
        """Return whether any file was refused; then nothing of the run was published."""
        return any(batch.state == "rejected" for batch in self.batches)

    @property
    def is_published(self) -> bool:
        """Return whether the run made a new version."""
        return any(batch.state == "published" for batch in self.batches)

    @property
    def exit_code(self) -> int:
        """Return 3 for a refused run, else 0."""
        return 3 if self.refused else 0

    @property
    def message(self) -> str:
        """Return what became of each file, after its name."""
        return "\n".join(f"{batch.file}: {batch.message}" for batch in self.batches)

    def as_json(self) -> dict[str, object]:
        """Return the report as plain values; dates are left to the caller's encoder."""
        return {**asdict(self), "refused": self.refused}
