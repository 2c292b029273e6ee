"""Where a figure comes from: the query, the rows it took, and the files those rows came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

SHOWN_ROWS = 200
"""Rows of one side of one figure in an exported page; all of them are in the pack's Parquet."""

Which = Literal["whole", "latest", "previous"]


@dataclass(frozen=True)
class SourceFile:
    """A file that rows of a figure came in: what it was called, its bytes, who brought it, when."""

    batch: int
    file_name: str
    sha256: str
    actor: str
    received_at: datetime | None
    rows: int


@dataclass(frozen=True)
class SourceRow:
    """One row behind a figure: its cells as text (personal ones masked) and where it stood."""

    cells: tuple[str, ...]
    batch: int
    sheet: str | None
    row: int


@dataclass(frozen=True)
class SourceSide:
    """The numerator or denominator of a figure: `amount`, and the `total` rows it came from.

    `of` is the part of a formula it is a side of, by its title and, where it has two, the side;
    None where it is the figure's own.
    `kept_by` is the external engine that keeps the rows: none of them is listed then.
    """

    side: Literal["numerator", "denominator"]
    of: str | None
    table: str
    amount: Decimal | None
    query: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...] = ()
    rows: tuple[SourceRow, ...] = ()
    shown: int = 0
    total: int = 0
    files: tuple[SourceFile, ...] = ()
    kept_by: str | None = None

    @property
    def title(self) -> str:
        """Return "Numerator", or of a part of a formula "Cost of complaints"."""
        return self.of or self.side.capitalize()

    @property
    def extent(self) -> str:
        """Return "1,234 rows of complaints", and where all are when only the first are listed."""
        if self.kept_by is not None:
            return f"the rows of {self.table} are kept by {self.kept_by}, not here"
        rows = f"{self.total:,} {'row' if self.total == 1 else 'rows'} of {self.table}"
        if self.shown < self.total:
            place = f"facts/{self.table}.parquet"
            return f"{rows}: the first {self.shown:,} are listed here, the pack has all in {place}"
        return rows


@dataclass(frozen=True)
class Source:
    """Everything one number opens to."""

    figure: str
    which: Which
    sides: tuple[SourceSide, ...]
