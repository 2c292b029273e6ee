"""Setting a target from the metric it is for: a dialog, and what came of it."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import session
from dashboard.company import people, targets
from dashboard.company.figures import MetricView
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from dashboard.components.words import part_words
from data.errors import Clause9Error
from data.records.access import can

KINDS = {"at_most": "At most", "at_least": "At least", "band": "A band"}


def offer_target(view: MetricView) -> None:
    """Place the button that opens the form, for those who may set targets."""
    if not can(session.actor(), "set_target"):
        return
    if st.button("Set a target", key=f"metric.target.{view.key}"):
        st.dialog(f"Set a target: {view.metric.title}")(target_form)(view)


def target_form(view: MetricView) -> None:
    """Show the form for a target of what the view shows; what is none is refused beside it."""
    metric, key = view.metric, f"metric.target.{view.key}"
    st.markdown(
        f"Of {plain(part_words(view.slice))}, for each {metric.period}; the unit is "
        f"{plain(metric.unit)}. What was judged until now stays as it was judged."
    )
    kind = st.segmented_control(
        "Kind",
        list(KINDS),
        default={"higher": "at_least", "inside": "band"}.get(metric.better, "at_most"),
        required=True,
        format_func=KINDS.__getitem__,
        width="stretch",
        key=f"{key}.kind",
    )
    with st.form(key, border=False):
        values = {
            "metric": metric.name,
            "slice": dict(view.slice) or None,
            "kind": kind,
            **_fields(str(kind), key),
        }
        told = st.container()
        if not st.form_submit_button("Set the target", type="primary", width="stretch"):
            return
    try:
        targets.set_target(session.company(), values, actor=session.actor(), at=session.now())
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    st.toast("The target is set.")
    st.rerun()


def _fields(kind: str, key: str) -> dict[str, object]:
    """Ask for everything else a target says; numbers as text, so that what is none can be said."""
    low = high = None
    if kind in {"at_least", "band"}:
        low = st.text_input("At least", key=f"{key}.low")
    if kind in {"at_most", "band"}:
        high = st.text_input("At most", key=f"{key}.high")
    # Pages may be read as of an earlier day; a target cannot begin before the day it is set.
    today = max(session.as_of(), session.here(session.now()).date())
    from_on = st.date_input("In force from", today, format="YYYY-MM-DD", key=f"{key}.from")
    objectives = session.answer(people.objective_titles)
    return {
        "low": low,
        "high": high,
        "from_on": from_on if isinstance(from_on, date) else None,
        "approver": st.text_input("Approved by", key=f"{key}.approver"),
        "reason": st.text_input("Reason", key=f"{key}.reason"),
        "objective": st.selectbox(
            "Objective it serves",
            list(objectives),
            index=None,
            format_func=objectives.__getitem__,
            key=f"{key}.objective",
        ),
    }
