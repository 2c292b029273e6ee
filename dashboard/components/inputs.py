"""One input of a review: figures that open, signals, lists, gaps, what was decided last time."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard import session
from dashboard.charts.control import control_chart
from dashboard.company import figures, meetings, people
from dashboard.company.meetings import Meeting
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.words import number
from metrics.review.model import Figure, Input, RecordTable

CHARTED = 1
"""Charts on one screen: the figure with the strongest signal; the others are one click away."""

DELTA_COLOURS: dict[str, Literal["orange", "blue"]] = {"concern": "orange", "improvement": "blue"}
"""Only a signal colours a change; any other difference stays grey."""

LEADING = 3
"""Figures shown large; the table beneath holds them all."""


def input_body(meeting: Meeting, item: Input) -> None:
    """Show everything the input rests on."""
    _leading(item)
    _chart(meeting, item)
    for change in item.changes:
        st.markdown(f"- {plain(change)}")
    for gap in item.gaps:
        st.markdown(
            f":orange-badge[○ Gap] &nbsp;{plain(gap.sentence)} :gray[It leaves open {plain(gap.prevents)}.]"
        )
    for late in item.late:
        st.markdown(f":orange-badge[◔ Late] &nbsp;{plain(late)}")
    if item.waived_reason:
        st.markdown(
            f":violet-badge[⊘ Waived] &nbsp;{plain(item.waived_reason)} :gray[{plain(item.waived_by or '')}]"
        )
    _figures(meeting, item)
    for table in item.tables:
        _listing(table)
    _narrative(meeting, item)
    for past in item.decided_last_time:
        st.markdown(
            f"**Decided on {page.day(past.held_on)}:** {plain(past.text)} :gray[{plain(past.standing)}]"
        )


def _leading(item: Input) -> None:
    if not item.figures:
        return
    with st.grid(LEADING, min_column_width=150, gap="small"):
        for figure in _by_signal(item)[:LEADING]:
            before = figure.previous_value
            delta = (
                f"was {number(before, figure.decimals)} in the period before"
                if before is not None
                else "nothing to compare with"
            )
            st.metric(
                f"{plain(figure.title)}, {plain(figure.unit)}",
                number(figure.value, figure.decimals),
                delta,
                delta_color=DELTA_COLOURS.get(figure.state, "off"),
                delta_arrow="off",
            )


def _by_signal(item: Input) -> list[Figure]:
    order = {"concern": 0, "mixed": 1, "improvement": 2}
    return sorted(item.figures, key=lambda figure: order.get(figure.state, 3))


def _chart(meeting: Meeting, item: Input) -> None:
    for figure in _by_signal(item)[:CHARTED]:
        view = session.answer(
            figures.metric_view, figure.metric, figure.slice, meeting.review.period_to
        )
        if view.points.height:
            events = session.answer(people.events, view.metric.name, view.metric.process)
            chart = control_chart(view.points, view.spec, page.ink(), events=events, height=280)
            st.altair_chart(chart, theme=None, alt=figure.headline)
            st.caption(plain(figure.headline))


def _figures(meeting: Meeting, item: Input) -> None:
    if not item.figures:
        return
    page.section("Figures", "each opens to its rows and files")
    for figure in item.figures:
        title, value, target, state, act = st.columns(
            [2.6, 1.3, 1.2, 1.6, 0.8], vertical_alignment="center", gap="small"
        )
        title.markdown(plain(figure.title))
        value.markdown(
            f"**{number(figure.value, figure.decimals)}** :small[:gray[{plain(figure.unit)}]]"
        )
        target.markdown(f":small[:gray[{plain(figure.target)}]]")
        state.markdown(f":small[{_state(figure)}]")
        with act:
            links.link(
                "metric",
                "Open",
                metric=figure.metric,
                period=figure.latest.period.start.isoformat(),
                **figure.slice,
            )


def _state(figure: Figure) -> str:
    words = figure.state.replace("_", " ")
    match figure.state:
        case "concern":
            return f":orange[▲ {words}]"
        case "improvement":
            return f":blue[▼ {words}]"
        case _:
            return f":gray[● {words}]"


def _listing(table: RecordTable) -> None:
    page.section(
        table.title, f"{table.extent}{f' · {plain(table.remark)}' if table.remark else ''}"
    )
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    st.dataframe(rows, hide_index=True, height=min(38 + 35 * len(rows), 300), alt=table.title)
    if table.table:
        links.link("records", "Open in Records", table=table.table)


def _narrative(meeting: Meeting, item: Input) -> None:
    if item.narrative:
        st.markdown(
            f"> {plain(item.narrative)}  \n> :small[:gray[{plain(item.narrative_by or '')}]]"
        )
    if meeting.review.state == "closed":
        return
    with st.expander("Write the narrative" if not item.narrative else "Change the narrative"):
        text = st.text_area(
            "What the figures do not say",
            item.narrative or "",
            key=f"review.narrative.{item.topic}",
        )
        if st.button("Keep it", key=f"review.keep.{item.topic}", disabled=not text.strip()):
            meetings.narrate(
                session.company(),
                meeting.review.id,
                item.topic,
                text,
                actor=session.actor(),
                at=session.now(),
            )
            st.rerun()
