"""Rows of facts as people read them: titles from the contract, days, yes or no, nothing as a dash.

What names a row comes first, then the file and the row it came from, then what it says.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.components.words import NOTHING, title
from data.tables import Column, Table

MOST_ROWS = 17
MOST_HEIGHT = 620
"""Rows a list shows at once, and the pixels a longer one takes: it scrolls in itself."""

LONG_TEXT = 32
"""Characters from which a text column goes last: it would push the rest off the page."""

SHORT_UNIT = 5
"""Characters of a unit that fits into a heading; a longer one is part of the help."""

SHORT_HASH = 12
"""Characters of a SHA-256 that are shown: enough to tell files apart, and to search by."""


def show_rows(
    rows: pl.DataFrame, table: Table, *, alt: str, without: Sequence[str] = (), adds: str = ""
) -> None:
    """Show rows of a table that carry file_name, sha256 and _row.

    `without` are columns not worth their room; `adds` the title of `_amount`, where it is told.
    """
    held = [
        column
        for column in table.columns
        if column.name in rows.columns
        and column.name not in without
        and rows[column.name].null_count() < rows.height
    ]
    frame = rows.select(
        *(_readable(column, rows) for column in _first(held, table)),
        *_amount(adds),
        *_provenance(rows),
        *(_readable(column, rows) for column in _rest(held, table, rows)),
        *_said(rows, "_corrected"),
        *_warned(rows),
    )
    st.dataframe(
        frame,
        hide_index=True,
        height=MOST_HEIGHT if frame.height > MOST_ROWS else "content",
        column_config=_config(held, rows, adds),
        placeholder=NOTHING,
        alt=alt,
    )


def same_everywhere(rows: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the names of the columns that say the same in all of several rows."""
    return [
        name
        for name in names
        if name in rows.columns and rows.height > 1 and rows[name].n_unique() == 1
    ]


def _first(held: Sequence[Column], table: Table) -> list[Column]:
    named = (*(name for name in table.key if name != "slice"), table.dated_by)
    return [column for name in dict.fromkeys(named) for column in held if column.name == name]


def _rest(held: Sequence[Column], table: Table, rows: pl.DataFrame) -> list[Column]:
    first = {column.name for column in _first(held, table)}
    rest = [column for column in held if column.name not in first]
    return sorted(rest, key=lambda column: _is_long(column, rows))


def _is_long(column: Column, rows: pl.DataFrame) -> bool:
    if column.type != "text":
        return False
    longest = rows[column.name].str.len_chars().max()
    return isinstance(longest, int) and longest > LONG_TEXT


def _readable(column: Column, rows: pl.DataFrame) -> pl.Expr:
    value = pl.col(column.name)
    match column.type:
        case "boolean":
            said = pl.when(value).then(pl.lit("yes")).when(value.not_()).then(pl.lit("no"))
            return said.alias(column.name)
        case "date":
            return value.cast(pl.Date)
        case "timestamp":
            return value.cast(pl.Date) if _is_midnight(rows[column.name]) else value
        case "decimal" | "float":
            return value.cast(pl.Float64)
        case "integer" | "text":
            return value


def _is_midnight(moments: pl.Series) -> bool:
    return bool((moments.cast(pl.Datetime).dt.truncate("1d") == moments.cast(pl.Datetime)).all())


def _amount(adds: str) -> list[pl.Expr]:
    return [pl.col("_amount").cast(pl.Float64)] if adds else []


def _provenance(rows: pl.DataFrame) -> list[pl.Expr]:
    if not rows["_row"].count():
        return []  # kept by an engine: they came in no file
    sheet = ["_sheet"] if "_sheet" in rows.columns and rows["_sheet"].count() else []
    return [
        *(pl.col(name) for name in ("_row", *sheet, "file_name")),
        pl.col("sha256").str.slice(0, SHORT_HASH),
    ]


def _warned(rows: pl.DataFrame) -> list[pl.Expr]:
    return [said.str.replace_all("_", " ") for said in _said(rows, "_warnings")]


def _said(rows: pl.DataFrame, remark: str) -> list[pl.Expr]:
    """Return the column of remarks, unless no row has one."""
    return [pl.col(remark)] if remark in rows.columns and rows[remark].count() else []


def _config(held: Sequence[Column], rows: pl.DataFrame, adds: str) -> dict[str, ColumnConfig]:
    column_config = st.column_config
    return {
        **{column.name: _column(column, rows) for column in held},
        "_amount": column_config.NumberColumn(adds, help="What the row gives to the number above"),
        "file_name": column_config.TextColumn("File", width=205),
        "_sheet": column_config.TextColumn("Sheet"),
        "_row": column_config.NumberColumn(
            "Row", format="%d", help="As a person sees it: header 1"
        ),
        "sha256": column_config.TextColumn("SHA-256", help="The first 12 of 64 characters"),
        "_corrected": column_config.TextColumn("Corrected", width="large"),
        "_warnings": column_config.TextColumn("Warned"),
    }


def _column(column: Column, rows: pl.DataFrame) -> ColumnConfig:
    column_config, heading = st.column_config, title(column.name)
    match column.type:
        case "date":
            return column_config.DateColumn(heading, format="YYYY-MM-DD", help=column.meaning)
        case "timestamp":
            day = "YYYY-MM-DD" if _is_midnight(rows[column.name]) else "YYYY-MM-DD HH:mm"
            return column_config.DatetimeColumn(heading, format=day, help=column.meaning)
        case "integer" | "decimal" | "float":
            unit = f", {column.unit}" if column.unit and len(column.unit) <= SHORT_UNIT else ""
            pattern = _pattern(column, rows)
            return column_config.NumberColumn(heading + unit, format=pattern, help=column.meaning)
        case "text" | "boolean":
            return column_config.TextColumn(heading, help=column.meaning)


def _pattern(column: Column, rows: pl.DataFrame) -> str:
    """Return the printf pattern of a column: no decimals where no row has any."""
    values = rows[column.name].cast(pl.Float64)
    whole = bool((values == values.round(0)).all())
    return "%d" if whole else f"%.{2 if column.decimals is None else column.decimals}f"
