"""PDCA board: every cycle in the step it stands in, one cycle in full, and opening one."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.company import cycles, people
from dashboard.components import choices, cycle_cards, cycle_signals, links, page
from dashboard.components.cycle_opening import opening
from dashboard.components.cycle_page import cycle_page
from dashboard.components.cycle_words import summary

STANDINGS = {"open": "Open", "closed": "Closed"}


def show() -> None:
    """Show the board, the cycle the address names, or the form that opens one."""
    links.tell_address()
    match links.asked("cycle"):
        case None:
            _board()
        case "new":
            opening()
        case cycle:
            choices.told_unknown(("cycle",))
            cycle_page(session.answer(cycles.cycle_view, cycle))


def _board() -> None:
    found = session.answer(cycles.board)
    told, chosen = st.columns([1.8, 1], vertical_alignment="bottom", gap="small")
    with chosen:
        process, standing = _filters()
    metrics = session.company().catalogue.metrics
    cards = [card for card in found.cards if process in (None, card.cycle.process)]
    ignored = [each for each in found.ignored if process in (None, metrics[each.metric].process)]
    with told:
        page.head("PDCA board", summary(cards, len(ignored), session.as_of()))
    choices.told_unknown(("process", "show"))
    if standing == "closed":
        cycle_cards.closed(cards)
    elif cards:
        cycle_cards.columns(cards)
    else:
        _nothing_yet(process)
    cycle_signals.signals(ignored)
    cycle_signals.worked(found)


def _filters() -> tuple[str | None, str]:
    titles = session.answer(people.process_titles)
    with st.container(
        horizontal=True, horizontal_alignment="right", gap="small", key="board.filters"
    ):
        process = choices.narrow(
            "board", "process", list(titles),
            label="Process", everything="All processes", width=190, words=titles.__getitem__,
        )  # fmt: skip
        standing = choices.switch("board", "show", STANDINGS, label="Show")
        if st.button("New cycle", key="board.new"):
            links.go("board", cycle="new")
        return process, standing


def _nothing_yet(process: str | None) -> None:
    where = "of this process " if process else ""
    st.markdown(
        f"No cycle {where}has been opened yet. One begins with a signal or an action: say what is "
        "expected, fix it, act, and the figures after it say whether it worked."
    )
