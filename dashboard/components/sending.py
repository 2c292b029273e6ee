"""A file on its way in: the steps, and how each sheet of it was understood."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
import polars as pl
import streamlit as st

from dashboard.company.sheet_views import MARK, ReadColumn, SheetView
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.words import count

ADVICE = re.compile(
    r" (Say which it is:|Put the header there|Row \d+ looks like the header:).*", re.DOTALL
)
"""How a refusal of a file nobody has described goes on: for who types commands or a mapping."""

STEPS = ("File", "Understood", "Check", "Publish")


def steps(at: int, *, problem: str = "") -> str:
    """Return the four steps as badges: those done, the one at hand (from 0), those to come."""
    told = []
    for index, name in enumerate(STEPS):
        number_and_name = f"{index + 1} {name}"
        if index == at and problem:
            told.append(f":orange-badge[▲ {number_and_name}: {problem}]")
        elif index < at:
            told.append(f":gray-badge[✓ {number_and_name}]")
        else:
            told.append(f":gray-badge[○ {number_and_name}]")
    return " ".join(told)


def in_the_way(message: str) -> None:
    """Show why a file could not be read as it is, without advice the form below it makes void."""
    told = ADVICE.sub("", message.removesuffix(" Nothing was published."))
    st.caption(plain(told[:1].upper() + told[1:]))


def sheet(view: SheetView) -> None:
    """Show the rows as they came, with what could not be read, beside how they were understood."""
    raw, mapped = st.columns([1.25, 1], gap="large")
    with raw:
        name = f"{plain(view.sheet)}, " if view.sheet else ""
        page.section("Your sheet", f"{name}{view.rows.height:,} of {count(view.total, 'row')}")
        _raw(view.rows)
    with mapped:
        page.section("Understood as", f"{plain(view.title)} · table {view.table.name}")
        _understood(view.columns)


def _raw(rows: pl.DataFrame) -> None:
    tint = "#5a3a17" if st.context.theme.type == "dark" else "#fbdcbc"
    frame = pd.DataFrame(rows.to_dicts(), columns=rows.columns)
    marked = frame.style.map(
        lambda cell: f"background-color: {tint}" if str(cell).startswith(MARK) else ""
    )
    text = st.column_config.TextColumn
    widths = {name: text(width=_width(rows[name])) for name in rows.columns[1:]}
    st.dataframe(
        marked,
        hide_index=True,
        height="content",
        column_config={"Row": st.column_config.NumberColumn(width=50, pinned=True), **widths},
        alt="Rows of the file as they came; cells to fix carry ▲",
    )


def _width(cells: pl.Series) -> int:
    longest = max((len(cell) for cell in [cells.name, *cells] if cell), default=6)
    return min(220, 30 + 8 * longest)


def _understood(columns: Sequence[ReadColumn]) -> None:
    rows = [
        {
            "Header": column.theirs,
            "Column": column.ours,
            "First value": column.first,
            "Cells read": [_cells_read(column)],
        }
        for column in columns
    ]
    words = dict.fromkeys(_cells_read(column) for column in columns)
    dark = st.context.theme.type == "dark"
    concern, fine = ("#5a3a17", "#2c3440") if dark else ("#fbdcbc", "#e8ebef")
    st.dataframe(
        rows,
        hide_index=True,
        height=330 if len(rows) > 8 else "content",
        column_config={
            # A long value must not push the last column out of sight.
            "First value": st.column_config.TextColumn(width=130),
            "Cells read": st.column_config.MultiselectColumn(
                "Cells read",
                options=list(words),
                color=[concern if word.startswith("▲") else fine for word in words],
                width=120,
            ),
        },
        alt="How each column was understood, and how many of its cells could be read",
    )


def _cells_read(column: ReadColumn) -> str:
    glyph = "✓" if column.good == column.all else "▲"
    return f"{glyph} {column.good:,} of {column.all:,}"
