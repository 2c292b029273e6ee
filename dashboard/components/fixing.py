"""Cells to fix: each with what was found and what would do, and a field to put it right in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.company.refused_cells import RefusedCell, by_kind
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.words import count, spelled
from pipelines.clean.corrections import Correction

MOST_FIELDS = 20
"""Cells that can be put right on the page; more are quicker corrected in the file."""

EMPTY = "(leave empty)"
"""The choice of a list that empties the cell."""

_WIDTHS = (1.5, 2, 1.3)


def cells_to_fix(cells: Sequence[RefusedCell], key: str) -> tuple[Correction, ...]:
    """Show what to fix; return the cells put right when the person says so, else nothing.

    Up to MOST_FIELDS cells have a field each; more are told by kind. `key` names the file, so that
    another one does not find the texts typed for this.
    """
    if not cells:
        return ()
    title = f"{spelled(len(cells), 'cell')} to fix"
    if len(cells) > MOST_FIELDS:
        page.section(title, "by kind; the rows are those you see in the file")
        _kinds(cells)
        return ()
    page.section(title, "put them right here, or in the file")
    with st.form(f"upload.fix.{key}", border=False):
        _headings()
        kinds = [cell for group in by_kind(cells) for cell in group]
        values = [_line(cell, f"upload.fix.{key}.{at}") for at, cell in enumerate(kinds)]
        pressed = st.form_submit_button("Check again with these values")
    if not pressed:
        return ()
    pairs = zip(kinds, values, strict=True)
    return tuple(cell.corrected(value) for cell, value in pairs if value is not None)


def _headings() -> None:
    names = ("Cell, and what it holds", "Expected", "Your value")
    with st.container(key="upload.fix.headings"):
        for column, name in zip(st.columns(_WIDTHS, gap="medium"), names, strict=True):
            column.markdown(f":small[:gray[{name}]]")


def _line(cell: RefusedCell, key: str) -> str | None:
    """Show one cell; return what it is to say, or None where it stays as it is."""
    where, expected, field = st.columns(_WIDTHS, gap="medium", vertical_alignment="center")
    where.markdown(f"**{plain(cell.place)}** &nbsp;{plain(cell.found or 'nothing')}")
    wanted = _without_settings(cell.expected)
    expected.markdown(f"{plain(wanted)}  \n:small[:gray[{plain(cell.reason)}]]")
    if not cell.may_be_fixed:
        field.markdown(":small[:gray[cannot be put right here]]")
        return None
    if cell.choices:
        return _chosen(cell, field, key)
    typed = field.text_input(
        f"Your value for {cell.place}", cell.found or "", label_visibility="collapsed", key=key
    )
    return None if typed == (cell.found or "") else typed.strip()


def _chosen(cell: RefusedCell, field: st.delta_generator.DeltaGenerator, key: str) -> str | None:
    choices = [*cell.choices, *([EMPTY] if cell.may_be_empty else [])]
    chosen = field.selectbox(
        f"Your value for {cell.place}",
        choices,
        index=None,
        placeholder="Choose",
        label_visibility="collapsed",
        key=key,
    )
    return "" if chosen == EMPTY else chosen


def put_right(corrections: Sequence[Correction]) -> bool:
    """Show what was put right on this page; return whether it is all to be as it was."""
    if not corrections:
        return False
    told = "; ".join(
        f"{plain(each.place)}: {plain(each.found or 'nothing')} → {plain(each.value or 'empty')}"
        for each in corrections
    )
    said, undo = st.columns([4, 1], vertical_alignment="center")
    said.caption(f"✓ {spelled(len(corrections), 'cell')} put right on this page. {told}.")
    return undo.button("Take that back", type="tertiary", key="upload.undo")


def _kinds(cells: Sequence[RefusedCell]) -> None:
    groups = by_kind(cells)
    st.table(
        [_kind(group) for group in groups[:MOST_FIELDS]],
        border="horizontal",
        hide_index=True,
        alt="Cells to fix, by kind",
    )
    if len(groups) > MOST_FIELDS:
        st.caption(f"and {len(groups) - MOST_FIELDS} more kinds.")


def _kind(group: Sequence[RefusedCell]) -> dict[str, str]:
    first = group[0]
    rows = ", ".join(f"{each.row}" for each in group[:5])
    more = " …" if len(group) > 5 else ""
    sheet = f"{first.sheet}, " if first.sheet else ""
    return {
        "Cells": f"**{count(len(group), 'cell')}** &nbsp;{plain(first.header)}",
        "Rows": plain(f"{sheet}{rows}") + more,
        "Found": plain(first.found or "nothing"),
        "Expected": plain(_without_settings(first.expected)),
        "Why it is refused": plain(first.reason),
    }


def _without_settings(accepted: str) -> str:
    """Return what is expected without advice for whoever writes the mapping."""
    return accepted.partition("; say ")[0]
