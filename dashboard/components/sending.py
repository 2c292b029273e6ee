"""A file on its way in: how it was understood, which cells to fix, what publishing it changed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import polars as pl
import streamlit as st

from dashboard import session
from dashboard.company.handing_in import MARK, Moved, Published, ReadColumn, SheetView
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.scorecard import variation_word
from dashboard.components.words import NOTHING, count, number, part_words
from pipelines.report import BatchReport, Reason

MOST_MOVED = 12
"""Figures shown after publishing; the count of all stands beside."""

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
            "Cells read": st.column_config.MultiselectColumn(
                "Cells read",
                options=list(words),
                color=[concern if word.startswith("▲") else fine for word in words],
                width=120,
            )
        },
        alt="How each column was understood, and how many of its cells could be read",
    )


def _cells_read(column: ReadColumn) -> str:
    glyph = "✓" if column.good == column.all else "▲"
    return f"{glyph} {column.good:,} of {column.all:,}"


def cells_to_fix(batch: BatchReport) -> None:
    """Show what to fix by cell: where it is, what was found, what is expected."""
    if not batch.reasons:
        return
    shown = len(batch.reasons)
    remark = "sheet, row and column as you see them in Excel"
    if batch.refused > shown:
        remark = f"the first {shown} of {count(batch.refused, 'row')}; {remark}"
    words = "1 cell to fix" if shown == 1 else f"{shown} cells to fix"
    page.section(words, remark)
    st.table(
        [_reason(reason) for reason in batch.reasons],
        border="horizontal",
        hide_index=True,
        alt="Cells to fix",
    )


def _reason(reason: Reason) -> dict[str, str]:
    where = f"row {reason.row}" if reason.row else ""
    sheet = f"{reason.sheet}, " if reason.sheet else ""
    return {
        "Cell": f"**{plain(sheet + where)}** &nbsp;{plain(reason.column or '')}",
        "Found": plain(reason.value or "nothing"),
        "Expected": plain(_without_settings(reason.accepted or "")),
        "Why it is refused": plain(reason.reason.rstrip(".")),
    }


def _without_settings(accepted: str) -> str:
    """Return what is expected without advice for whoever writes the mapping."""
    return accepted.partition("; say ")[0]


def done(published: Published) -> None:
    """Show what was published, and each figure that is different now."""
    report, batch = published.report, published.report.batches[0]
    st.markdown(
        f":blue-badge[✓ Published] &nbsp;Batch {batch.id}: {count(batch.new, 'new row')}, "
        f"{batch.restated:,} restated, {batch.unchanged:,} unchanged"
        + (f"; {count(batch.refused, 'row')} kept back." if batch.refused else "."),
    )
    moved = published.moved
    if not moved:
        st.markdown("No figure has changed by it.")
        return
    extent = count(len(moved), "figure")
    if len(moved) > MOST_MOVED:
        extent = f"{MOST_MOVED} of {extent}"
    page.section("What it changed", f"{extent}, version {report.version}")
    with st.container(border=True, gap="xxsmall"):
        for index, each in enumerate(moved[:MOST_MOVED]):
            _moved(each, index)


def _moved(each: Moved, index: int) -> None:
    view = each.view
    digits = view.metric.decimals
    name, values, signal = st.columns([2, 2, 1.1], vertical_alignment="center", gap="small")
    part = f", {part_words(view.slice)}" if view.slice else ""
    with name:
        if st.button(
            f"**{plain(view.metric.title)}**{plain(part)}",
            type="tertiary",
            wrap=True,
            key=f"upload.moved.{index}",
        ):
            links.go("metric", metric=view.metric.name, **view.slice)
    before = "no figure" if each.before is None else number(each.before, digits)
    after = NOTHING if each.after is None else number(each.after, digits)
    values.markdown(
        f":small[{each.period}:] &nbsp;{before} → **{after}** "
        f":small[:gray[{plain(view.metric.unit)}]]"
    )
    signal.markdown(f":small[:gray[{variation_word(view)}]]")


def would_change(batch: BatchReport) -> None:
    """Show how many rows are new, restated, unchanged and refused, against the current version."""
    version = session.company().warehouse.version()
    page.section("What publishing would change", f"against version {version}")
    counts = (
        ("New", batch.new),
        ("Restated", batch.restated),
        ("Unchanged", batch.unchanged),
        ("Refused", batch.refused),
        ("Removed", batch.removed),
    )
    with st.grid(5, min_column_width=80, gap="small"):
        for name, value in counts:
            if value or name != "Removed":
                st.metric(name, f"{value:,}")
    remarks = [*batch.warnings]
    remarks += [f"{count(batch.left_out, 'row')} left out by the filter of the source."] * bool(
        batch.left_out
    )
    for remark in remarks:
        st.caption(f"▲ {plain(remark)}")
