"""One PDCA cycle in full: its four boxes, the step to take, its chart, its checks."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.charts.control import control_chart
from dashboard.company import events
from dashboard.company.cycles import CycleView
from dashboard.components import cycle_forms, links, page
from dashboard.components.cycle_act import act
from dashboard.components.cycle_strip import strip
from dashboard.components.cycle_words import CHECKS, SOURCES, STEPS, verdict_badge, verdict_word
from dashboard.components.page import plain
from dashboard.components.words import count
from data.records.access import could
from data.records.cycle_models import Cycle


def cycle_page(view: CycleView) -> None:
    """Show a cycle: what was planned, done, found and decided, and what is to be done now."""
    cycle, card = view.cycle, view.card
    told = [plain(card.metric_title), f"owner {plain(card.owner)}", _standing(view)]
    if cycle.source:
        told.append(_answers(cycle))
    page.head(f"{cycle.id} · {cycle.title}", " · ".join(told), _badges(view))
    with st.container(horizontal=True, gap="medium"):
        links.link("board", "← All cycles")
        if view.metric is not None:
            part = view.view.slice if view.view else {}
            links.link("metric", "Open its metric →", metric=view.metric.name, **part)
    strip(view)
    _next_step(view)
    _chart(view)
    _checks(view)


def _answers(cycle: Cycle) -> str:
    """Return what a cycle answers; of one that follows another, which."""
    source = cycle.source or ""
    if cycle.source_kind == "other":
        return f"after {plain(source)}" if source.startswith("P-") else plain(source)
    return f"{SOURCES[cycle.source_kind].lower()}: {plain(source)}"


def _standing(view: CycleView) -> str:
    if view.cycle.state == "closed":
        return f"closed on {page.day(view.cycle.outcome_on)}"
    step, _ = STEPS[view.cycle.state]
    return f"{count(view.card.age_days, 'day')} in {step}"


def _badges(view: CycleView) -> str:
    found = [verdict_badge(view.card.verdict)] if view.card.verdict else []
    if view.card.badge:
        found.append(f":orange-badge[▲ {plain(view.card.badge)}]")
    return " ".join(found)


def _next_step(view: CycleView) -> None:
    """Show the form of the step the cycle stands in, to those who may take it."""
    if not could(session.actor(), "run_cycle"):
        st.caption("Taking a cycle on is for who owns its process, or the quality manager.")
        return
    match view.cycle.state:
        case "plan" if view.metric is not None:
            cycle_forms.fix_plan(view, view.metric)
        case "do":
            cycle_forms.record_do(view)
        case "check":
            cycle_forms.check(view)
        case "act":
            act(view)
        case "closed" if view.card.check_due_on is not None:
            cycle_forms.check(view)
        case "plan" | "closed":
            pass


def _chart(view: CycleView) -> None:
    if view.view is None:
        return
    page.section("The figures", plain(view.view.summary.headline))
    found = session.answer(events.events_of, view.view.metric.name, view.view.slice)
    chart = control_chart(view.view.points, view.view.spec, page.ink(), events=found)
    st.altair_chart(chart, theme=None, alt=view.view.summary.headline)


def _checks(view: CycleView) -> None:
    """Show every check, planned and done, with the verdict as it was read that day."""
    if not view.checks:
        return
    page.section("Checks", "each verdict stays as it was read")
    rows = [
        {
            "Check": CHECKS[each.kind],
            "Due": page.day(each.due_on),
            "Done": page.day(each.done_on),
            "Verdict": verdict_word(each.verdict),
            "What it said": plain(each.sentence or "–"),
        }
        for each in view.checks
    ]
    st.table(rows, border="horizontal", hide_index=True)
