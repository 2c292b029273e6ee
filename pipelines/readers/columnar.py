"""Parquet: types kept, anything that is not one plain value a cell refused."""

from __future__ import annotations

from io import BytesIO

import polars as pl

from data.errors import RefusedInputError
from pipelines.readers.headers import checked_headers
from pipelines.readers.raw import ROW, Part


def read_parquet(data: bytes) -> Part:
    """Return the one part of a Parquet file; its first row is row 2, as below a header."""
    try:
        frame = pl.read_parquet(BytesIO(data))
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
            return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        case pl.Time() | pl.Duration():
            return column.cast(pl.String)
        case _ if dtype.is_nested() or dtype in {pl.Binary, pl.Object}:
            raise RefusedInputError(
                f"column '{name}' holds {dtype} values, not one plain value a row. "
                "Flatten it before writing the file."
            )
        case _:
            return column
