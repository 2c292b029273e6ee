"""A definition that was edited: that its figures are by the one before, and how it came to be."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.company import computing
from dashboard.company.definition_history import DefinitionChange, PendingChange
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.words import NOTHING, number
from metrics.history import Change


def show_pending(changed: PendingChange) -> None:
    """Say that the figures shown are by the definition before, and what the new one changes."""
    st.warning(plain(changed.sentence), icon="⚠️")
    with st.expander("What the new definition says, and what it gives"):
        st.table(_rows(changed.changes), border="horizontal", hide_index=True)
        if st.button("Work out both, period by period", key=f"metric.both.{changed.metric}"):
            _both(changed)


def show_history(every: Sequence[DefinitionChange]) -> None:
    """Show every definition that was in force, the newest first, and what each said differently."""
    if not every:
        return
    st.markdown("**History**, by the day a definition came into force")
    rows = [
        {
            "Since": page.day(session.here(each.at)),
            "By": plain(each.actor),
            "What": _what(each),
            "Definition": f"`{each.definition_hash[:12]}`",
        }
        for each in every
    ]
    st.table(rows, border="horizontal", hide_index=True)


def _both(changed: PendingChange) -> None:
    found = session.answer(computing.effect_of, changed.metric)
    moved = found.moved.height
    st.markdown(f"**{moved:,} of {found.periods.height:,}** periods have another figure.")
    rows = [
        {
            "Period": found.label(row),
            "In force": _figure(row["before"], row["status_before"], changed.before.decimals),
            "By the new definition": _figure(
                row["after"], row["status_after"], changed.after.decimals
            ),
        }
        for row in found.periods.reverse().iter_rows(named=True)
    ]
    st.table(rows, border="horizontal", hide_index=True, height=320)


def _figure(value: float | None, status: str | None, decimals: int) -> str:
    return (
        number(value, decimals) if value is not None else (status or "no figure").replace("_", " ")
    )


def _what(each: DefinitionChange) -> str:
    if each.is_first:
        return "first definition"
    if not each.changes:
        return "a text this release cannot read"
    told = "; ".join(
        f"{change.key}: {change.before or NOTHING} → {change.after or NOTHING}"
        for change in each.changes
    )
    return plain(told if each.changes_figures else f"words only; {told}")


def _rows(changes: Sequence[Change]) -> list[dict[str, str]]:
    return [
        {
            "Key": each.key,
            "In force": plain(each.before or NOTHING),
            "New": plain(each.after or NOTHING),
        }
        for each in changes
    ]
