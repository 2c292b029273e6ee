"""The cards of the PDCA board: one a cycle, in the step it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard import session
from dashboard.company.cycles import Card, board
from dashboard.components import links, page
from dashboard.components.cycle_words import STEPS, verdict_badge
from dashboard.components.page import plain
from dashboard.components.words import count

MOST = 8
"""Cards of a step shown whole; the rest of a long column are a line each."""


def columns(cards: Sequence[Card]) -> None:
    """Show the four steps beside each other, or beneath each other where there is no room."""
    steps = zip(st.columns(4, gap="small"), STEPS.items(), strict=True)
    for column, (step, (title, meaning)) in steps:
        here = [card for card in cards if card.cycle.state == step]
        with column, st.container(key=f"board.lines.{step}", gap="small"):
            page.section(title, f"{len(here)} · {meaning}")
            _whole_and_rest(here)


def closed(cards: Sequence[Card]) -> None:
    """Show the cycles that are closed, the last decided first."""
    over = sorted(
        (card for card in cards if card.cycle.state == "closed"),
        key=lambda card: (card.cycle.outcome_on or card.cycle.opened_on, card.cycle.id),
        reverse=True,
    )
    if not over:
        st.markdown("No cycle has been closed yet.")
        return
    with st.container(key="board.lines.closed"), st.grid(4, min_column_width=230, gap="small"):
        for card in over:
            with st.container(border=True, height="stretch", gap="xsmall"):
                _body(card)


def my_cycles(name: str) -> None:
    """Show the cycles of one person as lines, the check that is due first in front."""
    mine = [
        card for card in session.answer(board).cards if card.owner == name and _is_at_work(card)
    ]
    over = sum(card.overdue_days > 0 for card in mine)
    page.section("My cycles", f"{count(over, 'check')} overdue" if over else "no check is overdue")
    with st.container(border=True, gap="small", key="owner.lines.cycles"):
        if not mine:
            st.markdown("No cycle is open.")
        for card in sorted(mine, key=_next_day)[:MOST]:
            text, when = st.columns([3, 1.2], vertical_alignment="center", gap="small")
            with text:
                label = f"**{card.cycle.id}** · {plain(card.cycle.title)} →"
                links.line("board", label, cycle=card.cycle.id)
            when.markdown(_when(card))
        if len(mine) > MOST:
            st.caption(f"{MOST} of {len(mine)} shown; all are on the PDCA board.")


def _is_at_work(card: Card) -> bool:
    return card.cycle.state != "closed" or card.check_due_on is not None


def _next_day(card: Card) -> tuple[date, str]:
    return card.check_due_on or date.max, card.cycle.id


def _when(card: Card) -> str:
    """Return what a cycle waits for: its check, or the step its owner is to take."""
    if card.overdue_days:
        return f":orange-badge[▲ check {count(card.overdue_days, 'day')} over]"
    if card.check_due_on is not None:
        return f":small[:gray[check {page.day(card.check_due_on)}]]"
    return ":gray-badge[○ fix the plan]" if card.cycle.state == "plan" else ":gray-badge[○ decide]"


def _whole_and_rest(cards: Sequence[Card]) -> None:
    for card in cards[:MOST]:
        with st.container(border=True, gap="xsmall"):
            _body(card)
    if rest := cards[MOST:]:
        with st.expander(f"{len(rest)} more"):
            for card in rest:
                name = f"{card.cycle.id} · {plain(card.metric_title)}"
                links.line("board", name, cycle=card.cycle.id)


def _body(card: Card) -> None:
    """Show number, owner and age, the metric as the way in, one sentence, and badges."""
    cycle = card.cycle
    with st.container(horizontal=True, gap="xsmall", wrap=False):
        st.markdown(f":small[:gray[{cycle.id} · {plain(card.owner)}]]", width="stretch")
        st.markdown(f":small[:gray[{_age(card)}]]", width="content")
    links.line("board", f"**{plain(card.metric_title)}**", cycle=cycle.id)
    st.caption(plain(f"{cycle.title}: {card.sentence}"))
    badges = [verdict_badge(card.verdict)] if card.verdict else []
    badges += [f":orange-badge[▲ {plain(card.badge)}]"] if card.badge else []
    if badges:
        st.markdown(" ".join(badges))


def _age(card: Card) -> str:
    if card.cycle.state == "closed":
        return page.day(card.cycle.outcome_on)
    return count(card.age_days, "day")
