"""The PDCA cycles on what a metric's page shows, and the way to open one where a signal asks."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.company import cycles
from dashboard.company.figures import MetricView
from dashboard.components import links, page
from dashboard.components.cycle_opening import CONCERNS
from dashboard.components.cycle_strip import strip
from dashboard.components.page import plain
from data.records.cycle_models import Cycle
from metrics.pdca import Signal, ignored

WHOLE = 2
"""Cycles shown with their four boxes, the open ones first; older ones are a line each."""


def show_cycles(view: MetricView) -> None:
    """Show the cycles on this part of the metric or a wider one, the open and the newest first."""
    found = session.answer(cycles.cycles_of, view.metric.name, view.slice)
    _offer(view, found)
    newest = found[::-1]
    ranked = [each for each in newest if each.state != "closed"]
    ranked += [each for each in newest if each.state == "closed"]
    for each in ranked[:WHOLE]:
        _cycle(each)
    if rest := ranked[WHOLE:]:
        with st.expander(f"{len(rest)} more on this metric"):
            for each in rest:
                links.link("board", f"{each.id} · {plain(each.title)} →", cycle=each.id)


def _cycle(row: Cycle) -> None:
    view = session.answer(cycles.cycle_view, row.id)
    opened = f"owner {plain(view.card.owner)} · opened {page.day(row.opened_on)}"
    page.section(f"Cycle {row.id} · {row.title}", opened)
    strip(view)
    links.link("board", f"Open {row.id} →", cycle=row.id)


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
