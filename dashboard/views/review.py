"""Review: prepare the inputs, hold the meeting, close and seal."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.company import meetings
from dashboard.company.meetings import Meeting
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.reviews import closing, meeting_screen, preparation
from dashboard.components.words import count

STEPS = ("Prepare", "Meet", "Close")
STATES = {
    "planned": "○ planned",
    "preparing": "◔ preparing",
    "held": "● held",
    "closed": "✓ closed and sealed",
}


def show() -> None:
    """Show the review the address names, or the one being prepared."""
    ids = session.answer(meetings.review_ids)
    if not ids:
        page.head("Review", "none is planned yet")
        st.markdown(
            "Plan one: `clause9 review new 2026-h2 --from 2026-05-01 --to 2026-10-31`. Its inputs assemble themselves."
        )
        return
    review = _chosen(ids)
    meeting = session.answer(meetings.open_meeting, review)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with right.container(horizontal=True, horizontal_alignment="right"):
        step = st.segmented_control(
            "Step",
            STEPS,
            default=STEPS[0],
            required=True,
            label_visibility="collapsed",
            key="step",
            bind="query-params",
        )
    with left:
        page.head(
            meeting.review.title, _line(meeting), f":gray-badge[{STATES[meeting.review.state]}]"
        )
    match step:
        case "Meet":
            meeting_screen(meeting)
        case "Close":
            closing(meeting)
        case _:
            preparation(meeting)


def _chosen(ids: list[str]) -> str:
    asked = links.asked("review")
    current = asked if asked in ids else session.answer(meetings.find, None).id
    if len(ids) == 1:
        return current
    chosen: str = (
        st.segmented_control(
            "Review",
            ids,
            default=current,
            required=True,
            label_visibility="collapsed",
            key="review.id",
        )
        or current
    )
    if chosen != asked:
        st.query_params["review"] = chosen
    return chosen


def _line(meeting: Meeting) -> str:
    review, readiness = meeting.review, meeting.readiness
    told = [f"period {plain(meeting.assembly.period.label)}"]
    if review.held_on:
        told.append(f"held {page.day(review.held_on)}")
    if meeting.evidence.previous and meeting.evidence.previous.held_on:
        told.append(f"last review {page.day(meeting.evidence.previous.held_on)}")
    if review.state != "closed":
        told.append(f"{readiness.percent} % ready, {count(readiness.gaps, 'gap')}")
    return " · ".join(told)
