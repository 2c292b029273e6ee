"""Closing a review: what is in the way, its minutes, the seal; and the review once it is sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.company import meetings, packs, people
from dashboard.company.meetings import CONCLUDED, Meeting
from dashboard.components import page
from dashboard.components.decisions import decision_card
from dashboard.components.page import plain
from dashboard.components.reviews import letter, open_input
from dashboard.components.telling import not_taken
from dashboard.components.words import count
from data.errors import Clause9Error
from data.records.models import Review
from metrics.review.model import Blocker, Restatement

WAYS = {
    "input": "○ Input",
    "signal": "▲ Concern",
    "attendance": "○ Attendance",
    "conclusion": "○ Conclusion",
}
"""What stands in the way, in a word."""

FRAME_HEIGHT = 900
"""Pixels of a sealed page in its frame; it scrolls inside, and opens whole in a tab of its own."""


def closing(meeting: Meeting) -> None:
    """Show what stands in the way of closing, take attendance and conclusion, and seal."""
    way, minutes = st.columns([1.3, 1], gap="large")
    with way:
        _in_the_way(meeting)
        _left_out(meeting)
        _decided(meeting)
    with minutes:
        _minutes(meeting)
        _seal(meeting)


def sealed(review: Review) -> None:
    """Show a closed review as it was sealed: it does not change any more, whatever data do."""
    closed = (
        f"Closed {page.day(review.closed_at)} by {plain(review.closed_by or 'nobody on record')}"
    )
    with st.container(border=True, gap="small"):
        st.markdown(
            f":gray-badge[✓ Sealed] &nbsp;{closed}. :gray[What follows is the page as it was "
            "sealed; nothing in it is computed anew.]"
        )
        st.markdown(f":small[:gray[Pack, SHA-256]] `{review.pack_sha256}`")
        with st.container(horizontal=True):
            _one_page(review)
            st.link_button("Get the sealed pack", f"/exports/pack/{review.id}.zip")
        _restated(session.answer(meetings.restated_since, review.id))
    st.iframe(
        f"/exports/review/{review.id}.html",
        height=FRAME_HEIGHT,
        alt=f"{review.title}, as it was sealed",
    )


def _restated(since: tuple[Restatement, ...]) -> None:
    if not since:
        st.markdown(":small[Nothing it was made from has been restated since.]")
        return
    st.markdown(
        f"**Restated since** · {count(len(since), 'file')}; the sealed figures stay as they were."
    )
    for each in since:
        rows = f"{count(each.restated, 'row')} restated"
        rows += f", {each.removed:,} removed" if each.removed else ""
        told = f"{', '.join(each.tables)}, {page.day(each.published_at)}, by {each.actor}"
        st.markdown(
            f":violet-badge[↺ {rows}] :small[{plain(each.file_name)} :gray[· {plain(told)}]]"
        )


def _one_page(review: Review) -> None:
    st.link_button(
        "Open as one page",
        f"/exports/review/{review.id}.html",
        help="One file that needs no network; every number in it opens to its rows",
    )


def _in_the_way(meeting: Meeting) -> None:
    blockers = meeting.readiness.blockers
    page.section("Stands in the way", count(len(blockers), "thing") if blockers else "nothing")
    if not blockers:
        st.markdown("Every input is fed or left out with a reason, and every concern is answered.")
    if any(each.kind == "signal" for each in blockers):
        st.caption("A concern takes a decision: act, investigate, or accept it with a reason.")
    for blocker in blockers:
        with st.container(border=True, gap="xxsmall"):
            colour = "orange" if blocker.kind in {"input", "signal"} else "gray"
            st.markdown(f":{colour}-badge[{WAYS[blocker.kind]}] &nbsp;{plain(_said(blocker))}")
            item = meetings.input_of(meeting, blocker.subject)
            if item:
                open_input(
                    meeting, item, f":small[{letter(item)} {plain(item.title)} →]", blocker.subject
                )


def _said(blocker: Blocker) -> str:
    """Return the sentence without what only the command line needs."""
    text = blocker.sentence.replace(f" (answers = {blocker.subject})", "")
    said = text.removeprefix("No decision answers this concern: ")
    return said.removesuffix(" Accept it with a reason, investigate or act.")


def _left_out(meeting: Meeting) -> None:
    inputs = meeting.assembly.inputs
    gaps = {each.topic: each.title for each in inputs if each.state == "gap" and each.mandatory}
    for item in (each for each in inputs if each.state == "waived"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":violet-badge[⊘ Left out] {plain(item.title)}: {plain(item.waived_reason or '')}"
            )
            if st.button("Ask for it after all", key=f"review.again.{item.topic}", type="tertiary"):
                _done(partial(_ask_again, meeting, item.topic), st.container())
    if gaps:
        _leave_out(meeting, gaps)


def _ask_again(meeting: Meeting, topic: str) -> None:
    meetings.ask_again(
        session.company(), meeting.review.id, topic, actor=session.actor(), at=session.now()
    )


def _leave_out(meeting: Meeting, gaps: dict[str, str]) -> None:
    with st.form("review.waive", border=True, clear_on_submit=True):
        page.section("Leave an input out", "the reason is shown wherever the input is")
        topic = st.selectbox(
            "Input", list(gaps), format_func=gaps.__getitem__, key="review.waive.topic"
        )
        reason = st.text_input("Reason", key="review.waive.reason")
        told = st.container()
        if st.form_submit_button("Leave it out"):
            _done(
                lambda: meetings.waive(
                    session.company(),
                    meeting.review.id,
                    topic,
                    reason,
                    actor=session.actor(),
                    at=session.now(),
                ),
                told,
            )


def _decided(meeting: Meeting) -> None:
    taken = meetings.taken(meeting)
    page.section(
        "Decided in this review", count(len(taken), "decision") if taken else "nothing yet"
    )
    titles = {item.topic: item.title for item in meeting.assembly.inputs}
    for each in taken:
        decision_card(each, titles.get(each.decision.topic, each.decision.topic))


def _minutes(meeting: Meeting) -> None:
    review, said = meeting.review, meeting.review.conclusion or {}
    with st.form(f"review.minutes.{review.id}", border=True):
        page.section("Minutes")
        names = session.answer(people.people_names)
        present = st.multiselect(
            "Present",
            names,
            default=[name for name in review.attendance if name in names],
            key=f"review.present.{review.id}",
        )
        held_on = st.date_input(
            "Held on", review.held_on, format="YYYY-MM-DD", key=f"review.held_on.{review.id}"
        )
        st.markdown("The quality management system is")
        words = {}
        with st.grid(len(CONCLUDED), min_column_width=100, gap="small"):
            for word in CONCLUDED:
                words[word] = st.segmented_control(
                    word,
                    [True, False],
                    default=said.get(word),
                    format_func=lambda each: "Yes" if each else "No",
                    key=f"review.{word}.{review.id}",
                )
        text = st.text_area(
            "Conclusion, in your own words", said.get("text", ""), key=f"review.said.{review.id}"
        )
        told = st.container()
        if st.form_submit_button("Record the minutes", width="stretch"):
            day = held_on if isinstance(held_on, date) else None
            minutes = meetings.Minutes(day, tuple(present), words | {"text": text})
            _done(
                lambda: meetings.record_minutes(
                    session.company(), review.id, minutes, actor=session.actor(), at=session.now()
                ),
                told,
            )


def _seal(meeting: Meeting) -> None:
    _one_page(meeting.review)
    told = st.container()
    in_the_way = len(meeting.readiness.blockers)
    if in_the_way:
        st.caption(
            f"{count(in_the_way, 'thing')} in the way. Closing seals figures, rows, files and "
            "minutes; nothing in them changes afterwards."
        )
    if st.button(
        "Close and seal",
        type="primary",
        disabled=bool(in_the_way),
        width="stretch",
        key="review.close",
    ):
        with st.spinner("Sealing figures, the rows behind them, definitions and minutes"):
            _done(
                lambda: packs.close(
                    session.company(), meeting.review.id, actor=session.actor(), at=session.now()
                ),
                told,
            )


def _done(act: Callable[[], object], told: st.delta_generator.DeltaGenerator) -> None:
    """Do it and show the page anew; say what is in the way where the form is."""
    try:
        act()
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    st.rerun()
