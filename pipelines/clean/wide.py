"""Wide columns turned into rows, and broken cells and failures found in them again."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import polars as pl

from data.errors import RefusedInputError
from pipelines.clean.drift import place_of
from pipelines.clean.failures import INDEX
from pipelines.mapping import Mapping, Unpivot
from pipelines.mapping.theirs import needed_columns, needed_headers
from pipelines.readers.raw import ROW, Raw

WIDE_HEADER = "clause9:header"
"""The column that keeps which wide column a long row came from."""


def wide_columns(headers: Sequence[str], unpivot: Unpivot | None) -> dict[str, str]:
    """Return the wide headers that are there, each with what it stands for."""
    if unpivot is None:
        return {}
    if isinstance(unpivot.columns, tuple):
        patterns = unpivot.columns
        return {h: h for h in headers if any(fnmatchcase(h, pattern) for pattern in patterns)}
    return unpivot.columns


def long(frame: pl.DataFrame, unpivot: Unpivot, raw: Raw) -> pl.DataFrame:
    """Return one row for every wide cell, in the order of the rows.

    Raises RefusedInputError where no header fits, or a column made is there already.
    """
    wide = wide_columns(raw.headers, unpivot)
    if not wide:
        raise RefusedInputError(
            f"{place_of(raw)}: no header fits the patterns {', '.join(unpivot.columns)} that are "
            "to become rows. Correct `unpivot` in the mapping."
        )
    rest = [name for name in frame.columns if name not in wide]
    clash = [name for name in (unpivot.name_to, unpivot.value_to) if name in rest]
    if clash:
        raise RefusedInputError(
            f"{place_of(raw)}: `unpivot` makes a column '{clash[0]}', but the file has one itself. "
            "Give it another name in the mapping and take it up in `derive`."
        )
    columns = [frame.select(pl.col(list(wide)).cast(pl.String)), frame.select(rest)]
    melted = pl.concat(columns, how="horizontal").unpivot(
        on=list(wide), index=rest, variable_name=WIDE_HEADER, value_name=unpivot.value_to
    )
    labels = pl.col(WIDE_HEADER).replace(wide).alias(unpivot.name_to)
    return melted.with_columns(labels).sort(ROW, maintain_order=True)


def refuse_melted(frame: pl.DataFrame, raw: Raw, mapping: Mapping) -> None:
    """Raise RefusedInputError for a column the mapping reads that has become rows."""
    wide = wide_columns(raw.headers, mapping.unpivot)
    lost = [name for name in needed_columns(mapping) if name in wide and name not in frame.columns]
    if lost:
        raise RefusedInputError(
            f"{place_of(raw)}: the mapping '{mapping.name}' reads the column '{lost[0]}', but "
            "`unpivot` turns it into rows. Take it out of one of the two."
        )


def named(
    failures: pl.DataFrame, frame: pl.DataFrame, header: str, mapping: Mapping
) -> pl.DataFrame:
    """Return the failures of one column under its header; a melted cell's is the wide one."""
    at = failures.get_column("index")
    unpivot = mapping.unpivot
    is_melted = unpivot is not None and header in {unpivot.value_to, unpivot.name_to}
    column = frame.get_column(WIDE_HEADER).gather(at) if is_melted else pl.lit(header)
    index = frame.get_column(INDEX).gather(at)
    return failures.with_columns(index.alias("index"), column=column)


def broken_cells(frame: pl.DataFrame, raw: Raw, mapping: Mapping) -> pl.DataFrame:
    """Return the file's own broken cells in columns that are read."""
    wide = wide_columns(raw.headers, mapping.unpivot)
    used = {*needed_headers(mapping), *wide}
    flaws = [flaw for flaw in raw.flaws if flaw.header in used]
    broken = pl.DataFrame(
        {
            "row": [flaw.row for flaw in flaws],
            "column": [flaw.header for flaw in flaws],
            "value": [flaw.value for flaw in flaws],
            "reason": [f"cell {flaw.cell} {flaw.reason}" for flaw in flaws],
            "rule": [flaw.rule for flaw in flaws],
            "accepted": [flaw.accepted for flaw in flaws],
        },
        schema={"row": pl.UInt32}
        | dict.fromkeys(("column", "value", "reason", "rule", "accepted"), pl.String),
    )
    found = frame.select(INDEX, ROW, *([WIDE_HEADER] if wide else [])).join(
        broken, left_on=ROW, right_on="row"
    )
    if wide:
        is_here = ~pl.col("column").is_in(list(wide)) | (pl.col("column") == pl.col(WIDE_HEADER))
        found = found.filter(is_here)
    return found.select(
        pl.col(INDEX).alias("index"),
        "column",
        "value",
        "rule",
        "reason",
        "accepted",
    )
