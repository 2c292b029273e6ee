"""My work: what one owner has to do, in order, and how the metrics they answer for stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.company import owned, people, this_month
from dashboard.company.deadlines import Upload
from dashboard.company.figures import MetricView
from dashboard.company.owned import Tenure
from dashboard.company.this_month import Standing
from dashboard.components import choices, links, page
from dashboard.components.cycle_cards import my_cycles
from dashboard.components.page import plain
from dashboard.components.scorecard import scorecard
from dashboard.components.words import count, listed

MOST = 6
"""Uploads and actions shown at once; the page says how many there are and where the rest is."""


def show() -> None:
    """Show the work of the person the address names, or of the first owner."""
    owners = session.answer(people.owner_names)
    if not owners:
        page.head("My work", "nobody owns a process yet")
        st.markdown("Load people, processes and owners: `clause9 records load people.toml`.")
        return
    told, chosen = st.columns([2.8, 1], vertical_alignment="bottom", gap="medium")
    with chosen:
        name = choices.pick("owner", "owner", owners, label="Owner")
    work = session.answer(people.work_of, name)
    with told:
        page.head(
            name,
            f"{plain(listed(work.remits))} · as of {page.day(session.as_of())}",
            f":gray-badge[{count(len(work.views), 'metric')}]",
        )
    choices.told_unknown(("owner",))
    due, opened = st.columns([1.15, 1], gap="medium")
    with due:
        _due(work.uploads, session.answer(this_month.standing, name, actor=session.actor()))
    with opened:
        _actions(work.actions)
        my_cycles(name)
    _metrics(work.views)
    _then(session.answer(owned.tenures, name))


def _metrics(views: Sequence[MetricView]) -> None:
    page.section("Metrics", "most in need first · click a row to open the metric")
    if views:
        needs = [_need(view) for view in views]
        scorecard(views, key="owner.scorecard", more={"What it needs": needs}, without=["Owner"])
    else:
        st.markdown("No metric belongs to these processes.")


def _then(tenures: Sequence[Tenure]) -> None:
    """Show what the person answered for while they did, beside what they own today."""
    page.section("As owned then", "each period counts for who owned it at its end")
    if not tenures:
        st.markdown("This person owned no metric in a period that has figures.")
        return
    st.dataframe(
        [
            {
                "Metric": each.metric.title,
                "Last value": each.last_value,
                "Unit": each.metric.unit,
                "In": each.last_known,
                "Periods": each.periods,
                "Owned": "until then" if each.is_over else "still",
                "Values": [value for value in each.values if value is not None],
            }
            for each in tenures
        ],
        hide_index=True,
        height="content",
        column_config={
            "Values": st.column_config.LineChartColumn("Values", width="medium"),
            "Last value": st.column_config.NumberColumn("Last value", format="%.1f"),
        },
        alt="What this person answered for, then",
    )
    st.caption(
        "Above stands what this person owns today, with all its history, whoever owned it then."
    )


def _due(uploads: Sequence[Upload], figures: Standing | None) -> None:
    """Show what is to be handed in, what is late first, and of each source what is in or locked."""
    open_ones = [upload for upload in uploads if upload.state in {"late", "due"}]
    late = sum(1 for upload in open_ones if upload.state == "late")
    page.section("Due from me", f"{count(late, 'upload')} late" if late else "nothing is late")
    with st.container(border=True, gap="small", key="owner.lines"):
        if figures and figures.missing:
            _figures(figures)
        if not uploads and not figures:
            st.markdown("No source is expected from this person.")
        for upload in open_ones[:MOST]:
            _line(upload)
        if len(open_ones) > MOST:
            st.caption(f"{MOST} of {len(open_ones)} shown; all are on Data health.")
        if figures and not figures.missing:
            _figures(figures)
        settled = {
            upload.mapping.name: upload
            for upload in uploads
            if upload.state in {"submitted", "locked"}
        }
        for upload in list(settled.values())[:MOST]:
            _line(upload)


def _figures(figures: Standing) -> None:
    text, state = st.columns([3, 1.2], vertical_alignment="center", gap="small")
    filled = f"{count(figures.asked, 'figure')}, {figures.filled} filled"
    label = f"**Fill in {figures.title}** · {filled} →"
    if not figures.missing:
        label = f"**{figures.title}** · {count(figures.asked, 'figure')} →"
    with text:
        links.line("this_month", label, owner=links.asked("owner"), period=figures.period)
    missing = f":orange-badge[○ {figures.missing} missing]"
    state.markdown(missing if figures.missing else ":gray-badge[✓ handed in]")


def _line(upload: Upload) -> None:
    text, state = st.columns([3, 1.2], vertical_alignment="center", gap="small")
    name = plain(upload.mapping.title or upload.mapping.name)
    with text:
        links.line("upload", f"**{name}** · {upload.period.label} →", source=upload.mapping.name)
    state.markdown(_standing(upload))


def _standing(upload: Upload) -> str:
    days = upload.days_late(session.as_of())
    match upload.state:
        case "late":
            return f":orange-badge[▲ {count(days, 'day')} late]"
        case "due" if days == 0:
            return ":gray-badge[◔ due today]"
        case "due":
            return f":gray-badge[◔ due in {count(-days, 'day')}]"
        case "submitted":
            return ":gray-badge[✓ submitted]"
        case "locked":
            return ":gray-badge[■ locked]"


def _actions(actions: Sequence[dict[str, Any]]) -> None:
    late = sum(1 for action in actions if action["days_over"])
    over = f", {late} over the date" if late else ""
    page.section("Open actions", f"{len(actions)} open{over}" if actions else "none open")
    with st.container(border=True, gap="small"):
        if not actions:
            st.markdown("No open action.")
        for action in actions[:MOST]:
            text, when = st.columns([3, 1.2], vertical_alignment="center", gap="small")
            expected = plain(action["expected_effect"])
            effect = f"  \n:small[:gray[expected: {expected}]]" if expected else ""
            text.markdown(f"**{plain(action['id'])}** · {plain(action['title'])}{effect}")
            when.markdown(_when(action))
        if len(actions) > MOST:
            st.caption(f"{MOST} of {len(actions)} shown; all are on the Review page.")


def _when(action: dict[str, Any]) -> str:
    if action["days_over"]:
        return f":orange-badge[▲ {count(action['days_over'], 'day')} over]"
    return f":small[:gray[due {page.day(action['due_on'])}]]"


def _need(view: MetricView) -> str:
    summary = view.summary
    match summary.state:
        case "concern" | "mixed":
            return "Find the cause"
        case "stale" | "no_data":
            late = len(summary.overdue)
            return f"Send {count(late, 'late period')}" if late else "Send the figures"
        case "improvement":
            return "Say what worked, keep it"
        case "change":
            return "Say what changed"
        case "too_few_points":
            return "Wait for more points"
        case "common_cause":
            poor = summary.assurance in {"not_capable", "hit_or_miss"}
            return "Change the process" if poor else "Nothing to do"
