"""The three steps of a review: preparing its inputs, holding the meeting, closing it."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import session
from dashboard.company import meetings, packs, people
from dashboard.company.meetings import Meeting
from dashboard.components import links, page
from dashboard.components.inputs import input_body
from dashboard.components.page import plain
from dashboard.components.words import NOTHING, count
from metrics.review.model import Input

STATE_CHIPS = {"fed": "✓ Fed", "late": "◔ Late", "gap": "○ Gap", "waived": "⊘ Waived"}

FIRST_SHOWN = 3
"""Inputs named first in ten-minute mode; the agenda holds all of them."""

KINDS = {"improvement": "Improvement", "change": "Change", "resources": "Resources"}


def preparation(meeting: Meeting) -> None:
    """Show every input with its state, what it still needs, and what stands in the way."""
    inputs, ready = st.columns([2.9, 1], gap="medium")
    with inputs:
        _inputs(meeting)
        _first(meeting)
    with ready:
        _ready(meeting)


def _inputs(meeting: Meeting) -> None:
    page.section("Inputs", "click a row to open it in the meeting")
    rows = [_input_row(item) for item in meeting.assembly.inputs]
    tints = {"✓ Fed": "#e8ebef", "◔ Late": "#fbdcbc", "○ Gap": "#fbdcbc", "⊘ Waived": "#e2d8f2"}
    if st.context.theme.type == "dark":
        tints = {"✓ Fed": "#2c3440", "◔ Late": "#5a3a17", "○ Gap": "#5a3a17", "⊘ Waived": "#43336a"}
    text = st.column_config.TextColumn
    picked = st.dataframe(
        rows,
        hide_index=True,
        height="content",
        row_height=36,
        key="review.inputs",
        on_select="rerun",
        selection_mode="single-cell",
        alt="Inputs of the review: state, evidence, owner, what is missing",
        column_config={
            "Clause": text(width=85),
            "Input": text(width=230),
            "State": st.column_config.MultiselectColumn(
                "State", options=list(tints), color=list(tints.values()), width=95
            ),
            "Evidence": text(width=190),
            "Narrative": text(width=75),
            "Owner": text(width=150),
            "Still needs": text(width=220),
        },
    )
    if picked.selection.cells:
        item = meeting.assembly.inputs[picked.selection.cells[0][0]]
        st.query_params.from_dict(
            {"review": meeting.review.id, "step": "Meet", "input": item.topic}
        )
        st.session_state["step"] = "Meet"
        st.rerun()


def _input_row(item: Input) -> dict[str, object]:
    return {
        "Clause": ", ".join(item.clauses),
        "Input": item.title,
        "State": [STATE_CHIPS[item.state]],
        "Evidence": item.evidence,
        "Narrative": "✓" if item.narrative else NOTHING,
        "Owner": item.owner or NOTHING,
        "Still needs": item.still_needs,
    }


def _first(meeting: Meeting) -> None:
    page.section("First in the meeting", "and why it stands there")
    with st.container(border=True, gap="xsmall"):
        for rank, item in enumerate(meeting.assembly.ranked[:FIRST_SHOWN], start=1):
            clause = ", ".join(item.clauses)
            why = f" &ensp;:small[:gray[{plain(item.why_here.words)}]]"
            st.markdown(f":gray[{rank}] &ensp;**{clause}** &ensp;{plain(item.headline)}{why}")


def _ready(meeting: Meeting) -> None:
    ready = meeting.readiness
    page.section("Ready")
    told = f"{ready.fed} fed, {ready.waived} waived, {ready.late} late, {count(ready.gaps, 'gap')}"
    st.metric(
        "Ready",
        f"{ready.percent} %",
        told,
        delta_color="off",
        delta_arrow="off",
        label_visibility="collapsed",
    )
    st.progress(ready.percent / 100)
    st.caption(plain(ready.sentence))
    if ready.chase:
        page.section("To chase", count(len(ready.chase), "thing"))
        with st.container(border=True, gap="xsmall"):
            for line in ready.chase:
                st.markdown(plain(line))


def meeting_screen(meeting: Meeting) -> None:
    """Show one input a screen, in the order of weight, with its decision form."""
    ranked = meeting.assembly.ranked
    topics = [item.topic for item in ranked]
    asked = links.asked("input")
    at = topics.index(asked) if asked in topics else 0
    item = ranked[at]
    agenda, screen, decide = st.columns([1, 3, 1.25], gap="medium")
    with agenda:
        _agenda(meeting, at)
    with screen:
        st.markdown(
            f":small[:gray[{', '.join(item.clauses)} · {plain(item.title)} · {plain(item.why_here.words)}]]"
        )
        st.markdown(f"## {plain(item.headline)}", anchors=False)
        input_body(meeting, item)
        _turn(topics, at)
    with decide:
        _decide(meeting, item)


def _agenda(meeting: Meeting, at: int) -> None:
    page.section("Agenda", "by weight")
    for index, item in enumerate(meeting.assembly.ranked):
        label = f"{', '.join(item.clauses).replace('9.3.2.', '')} {item.title}"
        if st.button(
            label,
            type="primary" if index == at else "tertiary",
            width="stretch",
            key=f"review.agenda.{item.topic}",
        ):
            st.query_params["input"] = item.topic
            st.rerun()


def _turn(topics: list[str], at: int) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for label, to, shortcut in (("Previous", at - 1, "Left"), ("Next", at + 1, "Right")):
            if st.button(
                label, disabled=not 0 <= to < len(topics), shortcut=shortcut, key=f"review.{label}"
            ):
                st.query_params["input"] = topics[to]
                st.rerun()


def _decide(meeting: Meeting, item: Input) -> None:
    if meeting.review.state == "closed":
        st.caption("The review is closed; its record does not change any more.")
        return
    names = session.answer(people.people_names)
    concerns = [signal.figure for signal in item.signals if signal.kind == "concern"]
    with st.form("decision", border=True):
        page.section("Decide")
        kind = st.segmented_control(
            "Kind",
            list(KINDS),
            default="improvement",
            required=True,
            format_func=lambda each: KINDS[each],
            key=f"review.kind.{item.topic}",
        )
        text = st.text_area("Decision", height=90, key=f"review.text.{item.topic}")
        owner = st.selectbox("Owner", names, index=None, key=f"review.owner.{item.topic}")
        due_on = st.date_input("Due", None, format="YYYY-MM-DD", key=f"review.due.{item.topic}")
        disposition, reason = None, None
        if concerns:
            disposition = st.segmented_control(
                "The concern is",
                ["act", "investigate", "accept"],
                default="act",
                required=True,
                key=f"review.disposition.{item.topic}",
            )
            reason = st.text_input("Reason, when accepted", key=f"review.reason.{item.topic}")
        action = st.text_input("Action to take", key=f"review.action.{item.topic}")
        effect = st.text_input("Expected effect", key=f"review.effect.{item.topic}")
        st.caption(
            "A concern cannot be closed as noted: act on it, investigate it, or accept it with a reason."
        )
        if st.form_submit_button("Record decision", type="primary", width="stretch"):
            decision = {
                "topic": item.topic, "kind": kind, "text": text, "owner": owner,
                "due_on": due_on if isinstance(due_on, date) else None,
                "answers": "; ".join(concerns) or None, "disposition": disposition, "reason": reason or None,
            }  # fmt: skip
            meetings.decide(
                session.company(),
                meeting.review.id,
                decision,
                (action, effect),
                actor=session.actor(),
                at=session.now(),
            )
            st.rerun()


def closing(meeting: Meeting) -> None:
    """Show what stands in the way of closing, take attendance and conclusion, and seal."""
    review = meeting.review
    st.link_button(
        "Open as one page",
        f"/exports/review/{review.id}.html",
        help="One file that needs no network; every number in it opens",
    )
    if review.state == "closed":
        st.markdown(
            f"Closed by {plain(review.closed_by or '')}. Pack SHA-256 `{review.pack_sha256}`"
        )
        st.link_button("Get the sealed pack", f"/exports/pack/{review.id}.zip")
        return
    way, minutes = st.columns([1.3, 1], gap="large")
    with way:
        blockers = meeting.readiness.blockers
        page.section("Stands in the way", count(len(blockers), "thing") if blockers else "nothing")
        for blocker in blockers:
            st.markdown(f":orange-badge[▲ {blocker.kind}] &nbsp;{plain(blocker.sentence)}")
        _waive(meeting)
    with minutes:
        _minutes(meeting)
        if st.button(
            "Close and seal",
            type="primary",
            disabled=bool(meeting.readiness.blockers),
            width="stretch",
            key="review.close",
        ):
            packs.close(session.company(), review.id, actor=session.actor(), at=session.now())
            st.rerun()


def _waive(meeting: Meeting) -> None:
    gaps = {
        item.topic: item.title
        for item in meeting.assembly.inputs
        if item.state == "gap" and item.mandatory
    }
    if not gaps:
        return
    with st.form("waive", border=True):
        page.section("Leave an input out, with a reason")
        topic = st.selectbox(
            "Input", list(gaps), format_func=lambda each: gaps[each], key="review.waive.topic"
        )
        reason = st.text_input("Reason", key="review.waive.reason")
        if st.form_submit_button("Leave it out"):
            meetings.waive(
                session.company(),
                meeting.review.id,
                topic,
                reason,
                actor=session.actor(),
                at=session.now(),
            )
            st.rerun()


def _minutes(meeting: Meeting) -> None:
    review = meeting.review
    with st.form("minutes", border=True):
        page.section("Minutes")
        names = session.answer(people.people_names)
        present = st.multiselect(
            "Present",
            names,
            default=[name for name in review.attendance if name in names],
            key="review.present",
        )
        held_on = st.date_input(
            "Held on", review.held_on, format="YYYY-MM-DD", key="review.held_on"
        )
        st.markdown("The quality management system is")
        words = {}
        with st.container(horizontal=True):
            for word in ("suitable", "adequate", "effective", "aligned"):
                words[word] = st.checkbox(
                    word, value=bool((review.conclusion or {}).get(word)), key=f"review.{word}"
                )
        text = st.text_area(
            "Conclusion, in your own words",
            (review.conclusion or {}).get("text", ""),
            key="review.conclusion",
        )
        if st.form_submit_button("Record the minutes", width="stretch"):
            meetings.record_minutes(
                session.company(),
                review.id,
                meetings.Minutes(
                    held_on if isinstance(held_on, date) else None,
                    tuple(present),
                    words | {"text": text},
                ),
                actor=session.actor(),
                at=session.now(),
            )
            st.rerun()
