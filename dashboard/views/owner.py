"""My work: what one owner has to do, in order, and how the metrics they answer for stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.company import people
from dashboard.company.figures import MetricView
from dashboard.company.uploads import Upload
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.scorecard import scorecard
from dashboard.components.words import count, listed


def show() -> None:
    """Show the work of the person the address names, or of the first owner."""
    owners = session.answer(people.owner_names)
    if not owners:
        page.head("My work", "nobody owns a process yet")
        st.markdown("Load people, processes and owners: `clause9 records load people.toml`.")
        return
    name = _chosen(owners)
    work = session.answer(people.work_of, name)
    with st.container():
        page.head(
            name,
            f"{plain(listed(work.remits))} · as of {page.day(session.as_of())}",
            f":gray-badge[{count(len(work.views), 'metric')}]",
        )
    due, opened = st.columns([1.15, 1], gap="medium")
    with due:
        _due(work.due)
    with opened:
        _actions(work.actions)
    page.section("Metrics", "by need · click a row to open the metric")
    if work.views:
        scorecard(
            work.views,
            key="owner.scorecard",
            more={"What it needs": [_need(view) for view in work.views]},
        )
    else:
        st.markdown("No metric belongs to these processes.")


def _chosen(owners: Sequence[str]) -> str:
    asked = links.asked("owner")
    _, right = st.columns([2, 1])
    with right:
        chosen: str = st.selectbox(
            "Owner",
            owners,
            index=owners.index(asked) if asked in owners else 0,
            label_visibility="collapsed",
            key="owner.name",
        )
    if chosen != asked:
        st.query_params.from_dict({"owner": chosen})
    return chosen


def _due(due: Sequence[Upload]) -> None:
    day = session.as_of()
    page.section("Uploads due", f"{count(len(due), 'upload')} late" if due else "nothing is late")
    with st.container(border=True, gap="small"):
        if not due:
            st.markdown("Everything due has come in.")
        for upload in due[:6]:
            text, late, act = st.columns([3.4, 1.2, 1], vertical_alignment="center", gap="small")
            text.markdown(
                f"**{plain(upload.mapping.title or upload.mapping.name)}** · {upload.period.label}"
            )
            late.markdown(f":orange-badge[▲ {count(upload.days_late(day), 'day')} late]")
            with act:
                links.link("upload", "Upload", source=upload.mapping.name)
        if len(due) > 6:
            st.caption(f"6 of {len(due)} shown; all are on Data health.")


def _actions(actions: Sequence[dict[str, Any]]) -> None:
    late = sum(1 for action in actions if action["days_over"])
    page.section("Open actions", f"{count(late, 'action')} over" if late else "none over its date")
    with st.container(border=True, gap="small"):
        if not actions:
            st.markdown("No open action.")
        for action in actions[:6]:
            text, when = st.columns([3, 1.2], vertical_alignment="center", gap="small")
            text.markdown(
                f"**{action['id']}** · {plain(action['title'])}  \n:small[:gray[expected: {plain(action['expected_effect'])}]]"
            )
            over = action["days_over"]
            when.markdown(
                f":orange-badge[▲ {count(over, 'day')} over]"
                if over
                else f":small[:gray[due {page.day(action['due_on'])}]]"
            )
        if len(actions) > 6:
            st.caption(f"6 of {len(actions)} shown; all are on the Review page.")


def _need(view: MetricView) -> str:
    match view.summary.state:
        case "concern" | "mixed":
            return "find the cause"
        case "stale" | "no_data":
            return "send the figures"
        case "improvement":
            return "say what worked"
        case "too_few_points":
            return "wait for more points"
        case _:
            poor = view.summary.assurance in {"not_capable", "hit_or_miss"}
            return "change the process" if poor else "nothing"
