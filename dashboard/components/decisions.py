"""Deciding in the meeting: what was decided on an input so far, and the form for more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.company import meetings, people
from dashboard.company.meetings import Meeting, Taken
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from data.errors import Clause9Error
from data.records.access import can
from metrics.review.model import Input

KINDS = {"improvement": "Improvement", "change": "Change", "resources": "Resources"}
DISPOSITIONS = {"act": "Act", "investigate": "Investigate", "accept": "Accept"}


def decide(meeting: Meeting, item: Input) -> None:
    """Show what this review decided on an input, and a form to decide more."""
    taken = meetings.taken(meeting, item.topic)
    if taken:
        page.section("Decided here")
        for each in taken:
            decision_card(each)
    if not can(session.actor(), "decide"):
        st.caption("Deciding takes top management or the quality manager.")
        return
    # A number in every key: after a decision the form is a new one, and empty.
    number = len(taken)
    with st.form(f"review.decision.{item.topic}.{number}", border=True):
        page.section("Decide")
        decision, action = _fields(meeting, item, f"{meeting.review.id}.{item.topic}.{number}")
        told = st.container()
        if st.form_submit_button("Record decision", type="primary", width="stretch"):
            try:
                done = meetings.decide(
                    session.company(),
                    meeting.review.id,
                    decision,
                    action,
                    actor=session.actor(),
                    at=session.now(),
                )
            except Clause9Error as error:
                not_taken(told, str(error))
                return
            st.toast(done)
            st.rerun()


def decision_card(each: Taken, title: str = "") -> None:
    """Show one decision and what follows from it."""
    row = each.decision
    due = f", by {page.day(row.due_on)}" if row.due_on else ""
    answer = f" · concern: {row.disposition}" if row.answers else ""
    with st.container(border=True, gap="xxsmall"):
        where = f" · {plain(title)}" if title else ""
        st.markdown(f":gray-badge[✓ {row.id}] :small[:gray[{KINDS[row.kind]}{answer}{where}]]")
        st.markdown(plain(row.text))
        st.markdown(f":small[:gray[{plain(each.owner)}{due}]]")
        if row.reason:
            st.markdown(f":small[:gray[Reason: {plain(row.reason)}]]")
        for action in each.actions:
            st.markdown(
                f":gray-badge[{action.id}] :small[{plain(action.title)} :gray[expected: "
                f"{plain(action.expected_effect)}]]"
            )


def _fields(meeting: Meeting, item: Input, key: str) -> tuple[dict[str, Any], tuple[str, str]]:
    kind = st.segmented_control(
        "Kind",
        list(KINDS),
        default="improvement",
        required=True,
        format_func=KINDS.__getitem__,
        width="stretch",
        key=f"review.kind.{key}",
    )
    answers, disposition, reason = _answer(meeting, item, key)
    text = st.text_area("Decision", height=90, key=f"review.text.{key}")
    names = session.answer(people.people_names)
    owner = st.selectbox("Owner", names, index=None, key=f"review.owner.{key}")
    due_on = st.date_input("Due", None, format="YYYY-MM-DD", key=f"review.due.{key}")
    action = st.text_input("Action to take", key=f"review.action.{key}")
    effect = st.text_input("Expected effect", key=f"review.effect.{key}")
    decision = {
        "topic": item.topic,
        "kind": kind,
        "text": text,
        "owner": owner,
        "due_on": due_on if isinstance(due_on, date) else None,
        "answers": answers,
        "disposition": disposition,
        "reason": reason,
    }
    return decision, (action, effect)


def _answer(meeting: Meeting, item: Input, key: str) -> tuple[str | None, str | None, str | None]:
    """Ask which concerns the decision answers, and how; nothing where none is open."""
    concerns = meetings.unanswered(meeting, item)
    if not concerns:
        return None, None, None
    titles = {figure.id: figure.title for figure in item.figures}
    answered: Iterable[str] = concerns
    if len(concerns) > 1:
        answered = st.multiselect(
            "Answers the concerns",
            concerns,
            default=list(concerns),
            format_func=lambda each: titles.get(each, each),
            key=f"review.answers.{key}",
        )
    disposition = st.segmented_control(
        "The concern is met by" if len(concerns) == 1 else "They are met by",
        list(DISPOSITIONS),
        default="act",
        required=True,
        format_func=DISPOSITIONS.__getitem__,
        width="stretch",
        key=f"review.disposition.{key}",
        help="A concern cannot be closed as noted: act on it, investigate it, or accept it with "
        "a reason.",
    )
    reason = st.text_input("Reason, when accepted", key=f"review.reason.{key}")
    named = "; ".join(answered)
    return (named, disposition, reason or None) if named else (None, None, None)
