"""A review before and in the meeting: its inputs, who is still to be asked, one input a screen."""

from __future__ import annotations

import streamlit as st

from dashboard.company import chasing, meetings
from dashboard.company.meetings import Meeting
from dashboard.components import links, page
from dashboard.components.decisions import decide
from dashboard.components.inputs import input_body
from dashboard.components.page import plain
from dashboard.components.words import NOTHING, count, listed
from metrics.review.model import Input

CHIPS = {
    "fed": ":gray-badge[✓ Fed]",
    "late": ":orange-badge[◔ Late]",
    "gap": ":orange-badge[○ Gap]",
    "waived": ":violet-badge[⊘ Waived]",
}
"""An input's state: glyph and word say it, the tint repeats it."""

FIRST_SHOWN = 3
"""Inputs named first in ten-minute mode; the agenda holds all of them."""

WIDTHS = (2.4, 0.75, 2.2, 2.6)
"""Shares of a row of the inputs: title, state, evidence, owner with what is still needed."""

SHOWN_OWNERS = 2
"""Owners of one input named in a row; more are counted."""


def preparation(meeting: Meeting) -> None:
    """Show every input with its state, what it still needs, and what stands in the way."""
    inputs, ready = st.columns([3.1, 1], gap="medium")
    with inputs:
        _inputs(meeting)
        _first(meeting)
    with ready:
        _ready(meeting)


def letter(item: Input) -> str:
    """Return the clauses of an input as people call them: c.1."""
    return ", ".join(item.clauses).replace("9.3.2.", "")


def open_input(meeting: Meeting, item: Input, label: str, key: str) -> None:
    """Place a button that opens the screen of an input."""
    if st.button(label, type="tertiary", wrap=True, key=f"review.open_input.{key}"):
        links.go("review", review=meeting.review.id, step="Meet", input=item.topic)


def _inputs(meeting: Meeting) -> None:
    page.section("Inputs", "each opens on its own screen")
    with st.container(border=True, gap="xxsmall"):
        for item in meeting.assembly.inputs:
            _input_line(meeting, item)


def _input_line(meeting: Meeting, item: Input) -> None:
    title, state, evidence, owner = st.columns(WIDTHS, gap="xsmall", vertical_alignment="center")
    with title:
        open_input(meeting, item, f"**{letter(item)}** {plain(item.title)}", item.topic)
    state.markdown(CHIPS[item.state])
    evidence.markdown(f":small[{plain(item.evidence)}]")
    names = listed((item.owner or "no owner is set").split(", "), SHOWN_OWNERS)
    needs = f" :gray[· {plain(_needs(item))}]" if item.still_needs else ""
    owner.markdown(f":small[{plain(names)}{needs}]")


def _needs(item: Input) -> str:
    """Return what is still needed, without the words of the command line."""
    if item.state == "gap":
        return "feed it, or leave it out"
    return f"needs {item.still_needs}"


def _first(meeting: Meeting) -> None:
    page.section("First in the meeting", "and why it stands there")
    with st.container(border=True, gap="xsmall"):
        for rank, item in enumerate(meeting.assembly.ranked[:FIRST_SHOWN], start=1):
            why = f" &ensp;:small[:gray[{plain(item.why_here.words)}]]"
            st.markdown(f":gray[{rank}] &ensp;**{letter(item)}** &ensp;{plain(item.headline)}{why}")


def _ready(meeting: Meeting) -> None:
    ready = meeting.readiness
    page.section("Ready")
    parts = ((ready.fed, "fed"), (ready.waived, "waived"), (ready.late, "late"))
    told = [f"{number} {word}" for number, word in parts if number]
    told += [count(ready.gaps, "gap")] if ready.gaps else []
    st.metric(
        "Ready",
        f"{ready.percent} %",
        ", ".join(told),
        delta_color="off",
        delta_arrow="off",
        label_visibility="collapsed",
    )
    st.progress(ready.percent / 100)
    st.caption(plain(ready.sentence))
    _chase(meeting)


def _chase(meeting: Meeting) -> None:
    """Show who still owes what: a block a person, late things first."""
    owed = chasing.owed(meeting)
    if not owed:
        return
    late = sum(thing.days_late is not None for person in owed for thing in person.things)
    things = count(sum(len(person.things) for person in owed), "thing")
    page.section("To chase", f"{things}, {late} late" if late else things)
    with st.container(border=True, gap="small"):
        for person in owed:
            with st.container(gap="xxsmall"):
                names = (person.name or "No owner is set").split(", ")
                st.markdown(f"**{plain(listed(names, SHOWN_OWNERS))}**")
                for thing in person.things:
                    badge = (
                        f":orange-badge[▲ {count(thing.days_late, 'day')} late] "
                        if thing.days_late is not None
                        else ""
                    )
                    st.markdown(f"{badge}:small[{plain(thing.what)}]")


def meeting_screen(meeting: Meeting) -> None:
    """Show one input a screen, in the order of weight, with its decision form."""
    ranked = meeting.assembly.ranked
    topics = [item.topic for item in ranked]
    asked = links.asked("input")
    at = topics.index(asked) if asked in topics else 0
    item = ranked[at]
    agenda, screen, decision = st.columns([1.05, 2.85, 1.4], gap="medium")
    with agenda:
        _agenda(meeting, at)
    with screen:
        _headline(item)
        input_body(meeting, item)
        _turn(meeting, at)
    with decision:
        decide(meeting, item)


def _headline(item: Input) -> None:
    said = [", ".join(item.clauses), plain(item.title)]
    if item.owner:
        said.append(f"{plain(item.owner)} {'speak' if ', ' in item.owner else 'speaks'}")
    said += [plain(item.why_here.words)]
    st.markdown(f":small[:gray[{' · '.join(said)}]]")
    st.markdown(f"## {plain(item.headline)}", anchors=False)


def _agenda(meeting: Meeting, at: int) -> None:
    ranked = meeting.assembly.ranked
    decided = {each.decision.topic for each in meetings.taken(meeting)}
    page.section("Agenda", f"{at + 1} of {len(ranked)}, by weight")
    words = [
        f"{'✓ ' if item.topic in decided else ''}**{letter(item)}** {plain(item.title)}"
        for item in ranked
    ]
    chosen = st.radio(
        "Agenda",
        range(len(ranked)),
        index=at,
        format_func=words.__getitem__,
        label_visibility="collapsed",
        key=f"review.agenda.{meeting.review.id}.{at}",
    )
    if chosen is not None and chosen != at:
        links.go("review", review=meeting.review.id, step="Meet", input=ranked[chosen].topic)


def _turn(meeting: Meeting, at: int) -> None:
    """Place the way back and the way on, with the arrow keys; each names where it leads."""
    ranked = meeting.assembly.ranked
    ways = ((at - 1, "Left", "secondary"), (at + 1, "Right", "primary"))
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for to, key, kind in ways:
            there = 0 <= to < len(ranked)
            label = f"{letter(ranked[to])} {plain(ranked[to].title)}" if there else NOTHING
            pressed = st.button(
                label,
                type="primary" if kind == "primary" and there else "secondary",
                disabled=not there,
                shortcut=key,
                key=f"review.turn.{key}",
            )
            if pressed:
                links.go("review", review=meeting.review.id, step="Meet", input=ranked[to].topic)
