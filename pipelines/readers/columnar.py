"""Parquet: types kept, anything that is not one plain value a cell refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from data.errors import RefusedInputError
from pipelines.readers.headers import checked_headers
from pipelines.readers.raw import ROW, Part

MOST_CELLS = 1_000_000_000
"""Cells a Parquet file may say it holds: 30 million rows of 30 columns. It packs a column of one
value a thousandfold, so its size in bytes promises nothing."""

MOST_COLUMNS = 2_000
"""Columns a Parquet file may have; no table of records is wider."""


def read_parquet(path: Path) -> Part:
    """Return the one part of a Parquet file; its first row is row 2, as below a header."""
    try:
        lazy = pl.scan_parquet(path)
        width = len(lazy.collect_schema())
        _refuse_large(width, int(lazy.select(pl.len()).collect().item()))
        frame = lazy.collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise RefusedInputError(
            "the Parquet file is damaged or cut short. Write it again and send the new file."
        ) from error
    columns = checked_headers(frame.columns, [True] * frame.width, row=1)
    frame = frame.select(
        _plain(frame.columns[i], frame.dtypes[i]).alias(name) for i, name in columns
    )
    frame = frame.with_row_index(ROW, offset=2)
    return Part(None, 1, tuple(name for _, name in columns), frame)


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    match dtype:
        case pl.Categorical() | pl.Enum() | pl.Null():
            return column.cast(pl.String)
        case pl.Datetime(time_zone=str()):
            # With its offset: which day it is there, the organisation's zone says.
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00")
        case pl.Time() | pl.Duration():
            return column.cast(pl.String)
        case _ if dtype.is_nested() or dtype in {pl.Binary, pl.Object}:
            raise RefusedInputError(
                f"column '{name}' holds {dtype} values, not one plain value a row. "
                "Flatten it before writing the file."
            )
        case _:
            return column


def _refuse_large(width: int, height: int) -> None:
    if width > MOST_COLUMNS:
        raise RefusedInputError(
            f"the Parquet file has {width:,} columns; at most {MOST_COLUMNS:,} are read. "
            "Keep the columns that are needed."
        )
    if width * height > MOST_CELLS:
        raise RefusedInputError(
            f"the Parquet file has {height:,} rows by {width:,} columns; at most "
            f"{MOST_CELLS:,} cells are read. Split it."
        )
