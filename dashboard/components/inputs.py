"""One input of a review: figures that open, a chart, gaps and their way out, lists, narrative."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard import session
from dashboard.charts.control import control_chart
from dashboard.company import events, figures, meetings, packs
from dashboard.company.meetings import Meeting
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.sources import open_button, value_button
from dashboard.components.telling import not_taken
from dashboard.components.words import NOTHING, count, number
from data.errors import Clause9Error
from metrics.review.model import Figure, Gap, Input, RecordTable

DELTA_COLOURS: dict[str, Literal["orange", "blue"]] = {"concern": "orange", "improvement": "blue"}
"""Only a signal colours a change; any other difference stays grey."""

LEADING = 3
"""Figures shown large; the table beneath holds them all."""

GAPS_SHOWN = 2
"""Gaps said at once; the rest are a click away, for they mostly say the same of another figure."""

ROWS_WHOLE = 8
"""Lists up to so long stand whole; longer ones scroll."""

CHART_HEIGHT = 290


def input_body(meeting: Meeting, item: Input) -> None:
    """Show everything the input rests on."""
    _leading(item)
    _chart(meeting, item)
    for late in item.late:
        st.markdown(f":orange-badge[◔ Late] &nbsp;{plain(late)}")
    if item.waived_reason:
        by = f" :gray[{plain(item.waived_by)}]" if item.waived_by else ""
        st.markdown(f":violet-badge[⊘ Left out] &nbsp;{plain(item.waived_reason)}{by}")
    _past(item)
    _figures(item)
    _gaps(meeting, item)
    for table in item.tables:
        _listing(table)
    _narrative(meeting, item)


def _leading(item: Input) -> None:
    if not item.figures:
        return
    with st.grid(LEADING, min_column_width=150, gap="small"):
        for figure in _by_signal(item)[:LEADING]:
            with st.container(gap="xxsmall"):
                st.metric(
                    plain(figure.title),
                    f"{number(figure.value, figure.decimals)} {_short(figure.unit)}",
                    _change(figure),
                    delta_color=DELTA_COLOURS.get(figure.state, "off"),
                    delta_arrow="off",
                )
                open_button(figure, f"{item.topic}.{figure.id}")


def _short(unit: str) -> str:
    """Return the sign of a unit that fits beside a large number; the table says it whole."""
    return "%" if unit.startswith("%") else ""


def _change(figure: Figure) -> str:
    before = figure.previous_value
    was = f"was {number(before, figure.decimals)}" if before is not None else "nothing before"
    state = figure.state.replace("_", " ")
    return f"{was} · {state}"


def _by_signal(item: Input) -> list[Figure]:
    order = {"concern": 0, "mixed": 1, "improvement": 2}
    return sorted(item.figures, key=lambda figure: order.get(figure.state, 3))


def _chart(meeting: Meeting, item: Input) -> None:
    """Draw the figure with the strongest signal; any other of the input can be chosen."""
    ranked = _by_signal(item)
    if not ranked:
        return
    figure = ranked[0]
    if len(ranked) > 1:
        figure = st.selectbox(
            "Chart",
            ranked,
            format_func=lambda each: f"Chart: {each.title}",
            label_visibility="collapsed",
            width=380,
            key=f"review.chart.{meeting.review.id}.{item.topic}",
        )
    day = meetings.day_read_on(session.company(), meeting)
    view = session.answer(figures.metric_view, figure.metric, figure.slice, day)
    points = packs.charted(view, meeting.review.period_to)
    if not points.height:
        return
    told = session.answer(events.events_of, view.metric.name, view.slice)
    chart = control_chart(points, view.spec, page.ink(), events=told, height=CHART_HEIGHT)
    st.altair_chart(chart, theme=None, alt=figure.headline)
    if figure.headline.casefold() not in item.headline.casefold():
        st.caption(plain(figure.headline))


def _gaps(meeting: Meeting, item: Input) -> None:
    for gap in item.gaps[:GAPS_SHOWN]:
        _gap(meeting, item, gap)
    if rest := item.gaps[GAPS_SHOWN:]:
        with st.expander(
            f"{count(len(rest), 'more gap')} in the figures", key=f"review.gaps.{item.topic}"
        ):
            for gap in rest:
                _gap(meeting, item, gap)


def _gap(meeting: Meeting, item: Input, gap: Gap) -> None:
    """Say a gap; what the headline has just said is not said again, only the way out."""
    if gap.headline and gap.headline == item.headline:
        way = gap.sentence.removeprefix(gap.headline).strip()
        st.markdown(f":orange-badge[○ Gap] &nbsp;{plain(way)}")
        with st.container(horizontal=True, gap="small"):
            if st.button("Upload a file", key=f"review.feed.{item.topic}"):
                links.go("upload")
            if st.button("Leave it out, with a reason", key=f"review.leave.{item.topic}"):
                links.go("review", review=meeting.review.id, step="Close")
        return
    st.markdown(
        f":orange-badge[○ Gap] &nbsp;{plain(gap.sentence)} "
        f":gray[It leaves open {plain(gap.prevents)}.]"
    )


def _past(item: Input) -> None:
    for past in item.decided_last_time:
        st.markdown(
            f"**Decided last time** ({page.day(past.held_on)}): {plain(past.text)} "
            f":gray[{plain(past.standing)}]"
        )


def _figures(item: Input) -> None:
    if not item.figures:
        return
    page.section("Figures", "a click on a value opens its rows and files")
    with st.container(border=True, gap="xxsmall"):
        for figure in item.figures:
            title, value, before, target, state = st.columns(
                [2.9, 1.1, 1, 1.3, 1.3], vertical_alignment="center", gap="small"
            )
            is_said = figure.unit.casefold() in figure.title.casefold()
            unit = "" if is_said else f" :small[:gray[{plain(figure.unit)}]]"
            title.markdown(f"{plain(figure.title)}{unit}")
            with value:
                value_button(figure, f"{item.topic}.{figure.id}")
            was = number(figure.previous_value, figure.decimals)
            before.markdown(f":small[:gray[was {was}]]" if was != NOTHING else "")
            target.markdown(f":small[{_target(figure)}]")
            state.markdown(f":small[{_state(figure)}]")


def _target(figure: Figure) -> str:
    words = plain(figure.target)
    match figure.target_met:
        case None if figure.target == "no target":
            return f":gray[{words}]"
        case False:
            return f"{words} :orange[{figure.standing}]"
        case _:
            return f"{words} :gray[{figure.standing}]"


def _state(figure: Figure) -> str:
    words = figure.state.replace("_", " ")
    rises = (figure.state == "concern") == (figure.better != "higher")
    match figure.state:
        case "concern":
            return f":orange[{'▲' if rises else '▼'} {words}]"
        case "improvement":
            return f":blue[{'▲' if rises else '▼'} {words}]"
        case _:
            return f":gray[● {words}]"


def _listing(table: RecordTable) -> None:
    is_cut = table.shown < table.total
    told = [f"{table.extent} shown" if is_cut else "", plain(table.remark)]
    page.section(table.title, " · ".join(text for text in told if text))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    if rows:
        height: int | Literal["content"] = "content" if len(rows) <= ROWS_WHOLE else 330
        st.dataframe(rows, hide_index=True, height=height, alt=table.title)
    if table.table:
        links.link("records", "Open in Records →", table=table.table)


def _narrative(meeting: Meeting, item: Input) -> None:
    if item.narrative:
        by = f"  \n> :small[:gray[{plain(item.narrative_by)}]]" if item.narrative_by else ""
        st.markdown(f"> {plain(item.narrative)}{by}")
    label = "Change the narrative" if item.narrative else "Write the narrative"
    key = f"{meeting.review.id}.{item.topic}"
    with st.expander(label), st.form(f"review.narrative.{key}", border=False):
        text = st.text_area(
            "What the figures do not say", item.narrative or "", key=f"review.words.{key}"
        )
        told = st.container()
        if st.form_submit_button("Keep it"):
            try:
                meetings.narrate(
                    session.company(),
                    meeting.review.id,
                    item.topic,
                    text,
                    actor=session.actor(),
                    at=session.now(),
                )
            except Clause9Error as error:
                not_taken(told, str(error))
                return
            st.rerun()
