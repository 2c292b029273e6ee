"""Review: prepare the inputs, hold the meeting, close and seal."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import session
from dashboard.company import meetings
from dashboard.company.meetings import Meeting
from dashboard.components import links, page
from dashboard.components.minutes import closing, sealed
from dashboard.components.page import plain
from dashboard.components.reviews import meeting_screen, preparation
from dashboard.components.telling import not_taken
from dashboard.components.words import count
from data.errors import Clause9Error
from data.records.models import Review

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
        _plan()
        return
    asked = links.asked("review")
    review = session.answer(meetings.find, asked if asked in ids else None)
    if review.state == "closed":
        _head(ids, review, _told(review), None)
        sealed(review)
        return
    meeting = session.answer(meetings.open_meeting, review.id)
    step = links.asked("step")
    step = step if step in STEPS else STEPS[0]
    _head(ids, review, _line(meeting), step)
    match step:
        case "Meet":
            meeting_screen(meeting)
        case "Close":
            closing(meeting)
        case _:
            preparation(meeting)


def _head(ids: list[str], review: Review, line: str, step: str | None) -> None:
    """Show the title, and beside it which review and which step of it."""
    left, right = st.columns([1.5, 1], vertical_alignment="bottom")
    with left:
        page.head(review.title, line, f":gray-badge[{STATES[review.state]}]")
    with right.container(horizontal=True, horizontal_alignment="right", gap="small"):
        if len(ids) > 1:
            _choose("Review", ids, review.id, step)
        if step:
            _choose("Step", list(STEPS), step, step, review.id)


def _choose(
    label: str, options: list[str], current: str, step: str | None, review: str | None = None
) -> None:
    """Offer a choice that is kept in the address alone, so that links and the choice agree."""
    if label == "Review":
        chosen = st.selectbox(
            label,
            options,
            index=options.index(current),
            label_visibility="collapsed",
            width=130,
            key=f"review.id.{current}",
        )
    else:
        chosen = st.segmented_control(
            label,
            options,
            default=current,
            required=True,
            label_visibility="collapsed",
            key=f"review.step.{review}.{current}",
        )
    if chosen and chosen != current:
        given = (
            {"review": chosen, "step": step}
            if label == "Review"
            else {"review": review, "step": chosen}
        )
        links.go("review", **given)


def _plan() -> None:
    """Ask for a period; the inputs of the review then assemble themselves."""
    st.markdown("A review looks at a period. Name it, and its inputs assemble themselves.")
    with st.form("review.plan", border=True, width=520):
        name = st.text_input("Short name", placeholder="2026-h2", key="review.plan.id")
        title = st.text_input(
            "Title", placeholder="Management review, second half 2026", key="review.plan.title"
        )
        first = st.date_input("Period from", None, format="YYYY-MM-DD", key="review.plan.first")
        last = st.date_input("Period to", None, format="YYYY-MM-DD", key="review.plan.last")
        told = st.container()
        if st.form_submit_button("Plan the review", type="primary"):
            days = tuple(day if isinstance(day, date) else None for day in (first, last))
            try:
                meetings.new(
                    session.company(),
                    name,
                    (days[0], days[1]),
                    title,
                    actor=session.actor(),
                    at=session.now(),
                )
            except Clause9Error as error:
                not_taken(told, str(error))
                return
            links.go("review", review=name)


def _line(meeting: Meeting) -> str:
    review, readiness = meeting.review, meeting.readiness
    told = [f"period {plain(meeting.assembly.period.label)}"]
    if review.held_on:
        told.append(f"held {page.day(review.held_on)}")
    if meeting.evidence.previous and meeting.evidence.previous.held_on:
        told.append(f"last review {page.day(meeting.evidence.previous.held_on)}")
    told.append(f"{readiness.percent} % ready, {count(readiness.gaps, 'gap')}")
    return " · ".join(told)


def _told(review: Review) -> str:
    days = f"{page.day(review.period_from)} to {page.day(review.period_to)}"
    return f"period {days} · held {page.day(review.held_on)}"
