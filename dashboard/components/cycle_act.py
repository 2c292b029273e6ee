"""Deciding what follows from a check: make it the standard, adjust, abandon, the next cycle."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.company import cycles, phases
from dashboard.company.cycles import CycleView
from dashboard.components import page
from dashboard.components.cycle_forms import asked_day, sent, to_cycle
from dashboard.components.cycle_words import OUTCOMES
from data.records.cycle_models import Outcome
from metrics.pdca import WORKED

MEANINGS: dict[Outcome, str] = {
    "standardise": "The new level becomes the standard: new limits from the day of the action, "
    "with this verdict as their evidence. The old limits stay on the chart.",
    "adjust": "The action is put right and goes on under the same plan; it is checked again.",
    "abandon": "Nothing more is done about it here. The verdict stays on record.",
    "next_cycle": "Another attempt at the same metric, with a plan of its own, to be fixed anew.",
}


def act(view: CycleView) -> None:
    """Show the form that closes a cycle, or takes it back to Do."""
    key = f"board.act.{view.cycle.id}"
    page.section("Act", "decide what follows from the verdict")
    usual: Outcome = "standardise" if view.card.verdict in WORKED else "adjust"
    with st.container(border=True):
        outcome = st.segmented_control(
            "What follows",
            list(view.offers),
            default=usual,
            required=True,
            format_func=OUTCOMES.__getitem__,
            label_visibility="collapsed",
            key=f"{key}.outcome",
        )
        st.markdown(MEANINGS[outcome])
        asked = phases.questions(_better(view))
        answers = _questions(key, asked) if outcome == "standardise" else {}
        values: dict[str, object] = {"outcome": outcome, **_details(view, outcome, key)}
        values["note"] = st.text_input("Why", key=f"{key}.note")
        told = st.container()
        is_sent = st.button(OUTCOMES[outcome], type="primary", key=f"{key}.send")
    if is_sent:
        sent(told, "It is decided.", lambda: _decide(view, values, answers))


def _decide(view: CycleView, values: Mapping[str, object], answers: Mapping[str, bool]) -> object:
    """Record what follows; new limits only where the four questions were answered for them."""
    if values["outcome"] == "standardise":
        reason = str(values["accepted_reason"] or "")
        phases.refuse_unanswered(answers, reason, _better(view))
    return to_cycle(cycles.act, view, values)


def _better(view: CycleView) -> str:
    return view.metric.better if view.metric else "neutral"


def _questions(key: str, asked: Mapping[str, str]) -> dict[str, bool]:
    """Ask the questions there are before new limits; return the answers by their keys."""
    st.markdown("**Questions before new limits.** Tick what you answer with yes.")
    return {name: st.checkbox(text, key=f"{key}.{name}") for name, text in asked.items()}


def _details(view: CycleView, outcome: Outcome, key: str) -> dict[str, object]:
    """Ask for what the outcome takes beside its reason."""
    cycle = view.cycle
    match outcome:
        case "standardise":
            with st.grid(3, min_column_width=200, gap="small"):
                return {
                    "from_on": asked_day(
                        "New limits from, when not from the action", None, f"{key}.from"
                    ),
                    "label": st.text_input(
                        "Name of the new phase", cycle.title, key=f"{key}.label"
                    ),
                    "accepted_reason": st.text_input(
                        "Why the level is accepted, where it is not wanted", key=f"{key}.accepted"
                    ),
                }
        case "adjust":
            return {"check_on": asked_day("Check again on", None, f"{key}.check")}
        case "next_cycle":
            return {
                "title": st.text_input(
                    "Its title", f"{cycle.title}, next cycle", key=f"{key}.title"
                ),
                "hypothesis": st.text_area(
                    "What we do, and why it should work", cycle.hypothesis, key=f"{key}.hypothesis"
                ),
            }
        case "abandon":
            return {}
