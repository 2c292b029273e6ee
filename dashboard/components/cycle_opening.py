"""Opening a PDCA cycle: on which metric, whose it is, what is thought to be behind it."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import session
from dashboard.company import cycles, figures, people
from dashboard.company.figures import MetricView
from dashboard.components import choices, links, page
from dashboard.components.cycle_words import SOURCES
from dashboard.components.page import plain
from dashboard.components.scorecard import badge
from dashboard.components.telling import not_taken
from dashboard.components.words import part_words
from data.errors import Clause9Error
from data.records.access import could
from metrics.periods import period_of

CONCERNS = {"concern", "mixed"}
"""States of a metric that are a signal somebody should take up."""

TITLE = "Answer every complaint within a day"
"""What the title of a cycle looks like."""


def opening() -> None:
    """Show the form for a new cycle on the metric and slice the address names."""
    metrics = session.company().catalogue.metrics
    names = sorted(metrics, key=lambda name: metrics[name].title)
    page.head("Open a cycle", "Plan, do, check, act: one attempt to change one metric")
    if not names:
        st.markdown("No metric is defined yet, so there is nothing to change.")
        return
    name = choices.pick(
        "board", "metric", names, label="Metric", width=320,
        words=lambda each: metrics[each].title, usual=names[0],
        forgets=sorted({name for each in metrics.values() for name in each.by}),
    )  # fmt: skip
    metric = metrics[name]
    choices.told_unknown(("cycle", "metric", *metric.by))
    view = session.answer(figures.metric_view, name, links.asked_slice(metric.by))
    st.markdown(f"{badge(view)} &nbsp;{plain(view.summary.headline)}")
    if could(session.actor(), "run_cycle"):
        _form(view)
    else:
        st.caption("Opening a cycle is for who owns its process, or the quality manager.")


def _form(view: MetricView) -> None:
    key = f"board.new.{view.key}"
    part = plain(part_words(view.slice)) if view.slice else "the whole metric"
    st.markdown(f"The cycle is about **{part}**. For another part, open it from that part's page.")
    with st.form(key, border=True):
        values = {"metric": view.metric.name, "slice": dict(view.slice), **_fields(view, key)}
        told = st.container()
        is_sent = st.form_submit_button("Open the cycle", type="primary")
    if not is_sent:
        return
    try:
        opened = cycles.open_cycle(
            session.company(), values, actor=session.actor(), at=session.now()
        )
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    st.toast(f"{opened.id} is open. Its plan is to be fixed before anything is done.")
    links.go("board", cycle=opened.id)


def _fields(view: MetricView, key: str) -> dict[str, object]:
    """Ask for what a cycle begins with; a signal that stands fills in what it is about."""
    is_signal = bool(_signal(view))
    names = session.answer(people.people_names)
    owner = view.owner.name if view.owner else None
    with st.grid(2, min_column_width=280, gap="small"):
        title = st.text_input("Title", _signal(view), placeholder=TITLE, key=f"{key}.title")
        who = st.selectbox(
            "Owner", names, index=names.index(owner) if owner in names else None,
            key=f"{key}.owner",
        )  # fmt: skip
        kind = st.selectbox(
            "It answers", list(SOURCES), index=0 if is_signal else len(SOURCES) - 1,
            format_func=SOURCES.__getitem__, key=f"{key}.kind",
        )  # fmt: skip
        source = st.text_input(
            "Which one", _signal(view),
            help="The signal in words, or the number of the action: A-17.", key=f"{key}.source",
        )  # fmt: skip
    given = {"trigger_from": view.summary.since, "trigger_to": _seen_to(view)} if is_signal else {}
    return given | {
        "title": title,
        "owner": who,
        "source_kind": kind,
        "source": source,
        "cause": st.text_input("Cause, as far as it is known", key=f"{key}.cause"),
        "hypothesis": st.text_area("What we do, and why it should work", key=f"{key}.hypothesis"),
    }


def _signal(view: MetricView) -> str:
    """Return the signal that stands: "Complaints: concern since 1 Mar 2026"."""
    if view.summary.state not in CONCERNS or view.summary.since is None:
        return ""
    part = f" ({part_words(view.slice)})" if view.slice else ""
    return f"{view.metric.title}{part}: concern since {page.day(view.summary.since)}"


def _seen_to(view: MetricView) -> date | None:
    """Return the last day of the last period the signal is in."""
    latest = view.summary.latest_period
    if latest is None or view.summary.since is None:
        return None
    return period_of(latest, view.metric.period, view.metric.calendar).end
