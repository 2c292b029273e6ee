"""The PDCA cycles on what a metric's page shows, and the way to open one where a signal asks."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.company import cycles
from dashboard.company.figures import MetricView
from dashboard.components import links, page
from dashboard.components.cycle_opening import CONCERNS
from dashboard.components.cycle_strip import strip
from dashboard.components.cycle_words import STEPS, verdict_badge
from dashboard.components.page import plain
from data.records.cycle_models import Cycle
from metrics.pdca import Signal, ignored

MOST = 4
"""Cycles that are a line each beneath the first; the rest is a click away."""


def show_cycles(view: MetricView) -> None:
    """Show the cycles on this part of the metric or a wider one: open and new ones first.

    The first stands with its four boxes, the others are a line each.
    """
    found = session.answer(cycles.cycles_of, view.metric.name, view.slice)
    _offer(view, found)
    newest = found[::-1]
    ranked = [each for each in newest if each.state != "closed"]
    ranked += [each for each in newest if each.state == "closed"]
    for each in ranked[:1]:
        _cycle(each)
    with st.container(key="metric.lines.cycles", gap="xsmall"):
        for each in ranked[1 : MOST + 1]:
            _line(each)
    if rest := ranked[MOST + 1 :]:
        with st.expander(f"{len(rest)} more on this metric"):
            for each in rest:
                _line(each)


def _cycle(row: Cycle) -> None:
    view = session.answer(cycles.cycle_view, row.id)
    opened = f"owner {plain(view.card.owner)} · opened {page.day(row.opened_on)}"
    page.section(f"Cycle {row.id} · {row.title}", opened)
    strip(view)
    links.link("board", f"Open {row.id} →", cycle=row.id)


def _line(row: Cycle) -> None:
    card = session.answer(cycles.cycle_view, row.id).card
    verdict = f" &ensp;{verdict_badge(card.verdict)}" if card.verdict else ""
    step = "closed" if row.state == "closed" else f"in {STEPS[row.state][0]}"
    label = f"**{row.id} · {plain(row.title)}** &ensp;:small[:gray[{step}]]{verdict} →"
    links.link("board", label, cycle=row.id)


def _offer(view: MetricView, found: tuple[Cycle, ...]) -> None:
    """Say that nobody took a concern up, where that is so, and place the way to do it."""
    summary = view.summary
    if summary.state not in CONCERNS:
        return
    since = summary.since or session.as_of()
    if not ignored([Signal(view.metric.name, view.slice, since)], found):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            ":orange-badge[▲ Ignored] &nbsp;No cycle takes this signal up.", width="content"
        )
        links.link("board", "Open a cycle →", cycle="new", metric=view.metric.name, **view.slice)
