"""What the PDCA board says beside its cards: signals nobody took up, and what worked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.company.cycles import Board, Ignored, Share
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.words import count, number, part_words
from metrics.trend.intervals import wilson

MOST = 5
"""Signals shown at once; the rest is a click away, and the board says how many there are."""

SHARE = "Share, and where it lies 19 times in 20"

ENOUGH = 5
"""Cycles from which a share is more than a handful: fewer are told as numbers alone."""


def signals(found: Sequence[Ignored]) -> None:
    """Show the concern signals no cycle takes up, each with the button that opens one."""
    page.section("Signals without a cycle", f"{len(found)}" if found else "none")
    if not found:
        st.markdown("No metric shows a concern that no cycle takes up.")
        return
    with st.container(border=True, gap="small", key="board.lines.signals"):
        for each in found[:MOST]:
            _signal(each)
        if rest := found[MOST:]:
            with st.expander(f"{len(rest)} more"):
                for each in rest:
                    _signal(each)


def _signal(each: Ignored) -> None:
    text, button = st.columns([5, 1], vertical_alignment="center", gap="small")
    part = f", {plain(part_words(each.slice))}" if each.slice else ""
    who = f" &ensp;:small[:gray[{plain(each.owner)}]]" if each.owner else ""
    label = f"**{plain(each.title)}{part}** &ensp;{plain(each.sentence)}{who}"
    with text:
        links.line("metric", f":orange-badge[▲ Ignored] {label}", metric=each.metric, **each.slice)
    with button:
        if st.button("Open a cycle", key=f"board.open.{each.metric}.{part}", width="stretch",
                     help=f"Open a cycle on {each.title}"):  # fmt: skip
            links.go("board", cycle="new", metric=each.metric, **each.slice)


def worked(found: Board) -> None:
    """Show by cause how many actions worked, and what was closed without anybody knowing."""
    page.section(
        "What worked, by cause", "worked: effective or restored, of those a check has decided on"
    )
    if found.worked:
        st.table([share_row(each) for each in found.worked], border="horizontal", hide_index=True)
    else:
        st.markdown("No cycle has been decided on yet, so nothing can be said of what works.")
    if told := _unknown(found):
        st.caption(told)


def share_row(each: Share) -> dict[str, str]:
    """Return a row of the table: the cause, how many worked, and where their share lies."""
    row = {"Cause": plain(each.cause), "Worked": f"{each.worked} of {each.judged}"}
    if each.judged < ENOUGH:
        return {**row, SHARE: "too few to say"}
    share = each.worked / each.judged
    at, low, high = (number(100 * part) for part in (share, *wilson(share, each.judged)))
    return {**row, SHARE: f"{at} % ({low} to {high} %)"}


def _unknown(found: Board) -> str:
    told = []
    if found.unknown_actions:
        told.append(count(len(found.unknown_actions), "action"))
    if found.unknown_corrective_actions:
        told.append(count(found.unknown_corrective_actions, "corrective action"))
    return f"Closed, effect unknown: {' and '.join(told)} had no cycle." if told else ""
