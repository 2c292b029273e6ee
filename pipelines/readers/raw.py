"""What crosses the line between the child that parses a file and everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import SEEK_END
from pathlib import Path
from typing import Literal, get_args

import polars as pl

ROW = "clause9:row"
"""The column of row numbers in a raw frame; a colon keeps it apart from headers people write."""

Spreadsheet = Literal["xlsx", "xls", "xlsb", "ods"]
Kind = Literal["csv", "json", "parquet"] | Spreadsheet
"""JSON lines are json, and a packed file is what lies in it."""

SPREADSHEETS: frozenset[Kind] = frozenset(get_args(Spreadsheet))
"""Kinds with sheets and cells: numbers are binary floats, dates are true dates."""

LONGEST_CELL = 32_767
"""Characters a cell may hold: Excel's own limit. Anything longer is a quote that never closed."""


@dataclass(frozen=True)
class Limits:
    """What reading one file may cost; time and memory grow with files above 20 MB.

    `seconds` are of the processor: a busy machine refuses nothing it would read when idle. By the
    clock it may take three times as long.
    """

    max_bytes: int = 2_000_000_000
    seconds: float = 20
    memory_mb: int = 1024

    def for_file(self, path: Path) -> Limits:
        """Return the limits for one file, by its size or what it may unpack to."""
        size = path.stat().st_size
        with path.open("rb") as source:
            if source.read(2) == b"\x1f\x8b" and size > 18:
                source.seek(-4, SEEK_END)
                told = int.from_bytes(source.read(4), "little")
                size = max(size, min(told, size * MOST_PACKED, self.max_bytes))
        return replace(
            self,
            seconds=max(self.seconds, size / 1_000_000),
            memory_mb=max(self.memory_mb, 16 * size >> 20),
        )


MOST_PACKED = 30
"""How many times its size a gzip file may claim to unpack to and still be given memory for it."""


@dataclass(frozen=True)
class Ask:
    """How one file is to be read, as far as a mapping says.

    `sheet` may be a pattern; `prefer` names sheets taken where it is None and there are several.
    `expected` are the headers the mapping needs: they settle a doubt, and are not yet demanded.
    `shows_percent`: a cell of Excel that shows 95.2 % comes as that text, not as the 0.952 behind.
    """

    sheet: str | None = None
    header_row: int | None = None
    header_rows: int = 1
    block: str | None = None
    until: str | None = None
    shows_percent: bool = False
    encoding: str = "utf-8"
    separator: str | None = None
    quoting: Literal["standard", "none"] = "standard"
    prefer: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flaw:
    """One cell the file itself spoils: an error value, or a formula nobody calculated.

    `reason` goes on from the cell's name: "holds the error #N/A".
    """

    row: int
    header: str
    cell: str
    value: str
    reason: str
    rule: str = "error cell"
    accepted: str = "a value: correct the formula, or type what it should give"


@dataclass(frozen=True)
class Mark:
    """One cell to mark in a copy of the file: by its letters where it has some, else by header."""

    sheet: str | None
    row: int
    header: str
    cell: str | None
    comment: str


@dataclass(frozen=True)
class Raw:
    """One sheet (or the whole of a file without sheets).

    `frame` has `headers` as String (Parquet keeps its types) and ROW as UInt32: the row as Excel
    shows it, the header being `header_row`. Rows without any value are left out. `letters` has the
    letters Excel gives a column, by header; it is empty for files without sheets. `marker` is what
    the hidden sheet of our own templates says, name to value; other files have none. Instants with
    an offset are read by the clocks of `zone`.
    """

    file: str
    kind: Kind
    sheet: str | None
    header_row: int
    headers: tuple[str, ...]
    frame: pl.DataFrame
    warnings: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    has_controls: bool = True
    letters: Mapping[str, str] = field(default_factory=dict)
    marker: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"


@dataclass(frozen=True)
class Part:
    """A raw sheet on its way out of the child, before it has a file name."""

    sheet: str | None
    header_row: int
    headers: tuple[str, ...]
    frame: pl.DataFrame
    warnings: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = field(default=())
    has_controls: bool = True
    letters: Mapping[str, str] = field(default_factory=dict)
    marker: Mapping[str, str] = field(default_factory=dict)
