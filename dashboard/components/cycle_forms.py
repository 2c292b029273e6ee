"""Taking a PDCA cycle a step on: fix its plan, record what was done, check it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import session
from dashboard.company import cycles, people
from dashboard.company.cycles import CycleView
from dashboard.components import page
from dashboard.components.cycle_words import CRITERIA, verdict_badge
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from data.errors import Clause9Error, UsageError
from metrics.model import Metric


def sent(told: DeltaGenerator, done: str, send: Callable[[], object]) -> None:
    """Record what a form says and show the page anew, or say beside it why that was not taken."""
    try:
        send()
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    st.toast(done)
    st.rerun()


def fix_plan(view: CycleView, metric: Metric) -> None:
    """Show the form that fixes the plan, and say that it cannot change afterwards."""
    cycle = view.cycle
    key, unit = f"board.plan.{cycle.id}", plain(metric.unit)
    page.section("Fix the plan")
    st.markdown(
        "Say **before** anything is done what will count as success. Once it is fixed, the plan "
        "cannot change: the verdict is read against what stands here. Whoever wants another plan "
        "opens another cycle."
    )
    with st.form(key, border=True):
        values: dict[str, object] = {
            "hypothesis": st.text_area(
                "What we do, and why it should work", cycle.hypothesis, key=f"{key}.hypothesis"
            ),
            "criterion": st.selectbox(
                "It has worked when",
                list(CRITERIA),
                index=list(CRITERIA).index(cycle.criterion or "improve"),
                format_func=CRITERIA.__getitem__,
                key=f"{key}.criterion",
            ),
        }
        with st.grid(3, min_column_width=200, gap="small"):
            values |= _size(view, key, unit)
        with st.grid(4, min_column_width=180, gap="small"):
            values |= _time(view, key, metric.period)
        values["balancing"] = st.multiselect(
            "Must not get worse meanwhile",
            [name for name in session.company().catalogue.metrics if name != metric.name],
            default=cycle.balancing,
            format_func=lambda name: session.company().catalogue.metrics[name].title,
            key=f"{key}.balancing",
        )
        for warning in view.warnings:
            st.caption(f"▲ {plain(warning)}")
        told = st.container()
        is_sent = st.form_submit_button("Fix the plan for good", type="primary")
    if is_sent:
        sent(told, "The plan is fixed.", lambda: _fix(view, values, f"{key}.told"))


def _fix(view: CycleView, values: dict[str, object], key: str) -> object:
    """Fix the plan; what to think of is said first, and the same plan sent again is fixed."""
    doubts = cycles.planned_warnings(session.company(), view.cycle.id, values)
    if doubts and st.session_state.get(key) != doubts:
        st.session_state[key] = doubts
        raise UsageError(f"{' '.join(doubts)} To fix it all the same, press again.")
    return to_cycle(cycles.fix_plan, view, values)


def _size(view: CycleView, key: str, unit: str) -> dict[str, object]:
    """Ask how large a change is expected and how large one matters; numbers as text."""
    cycle = view.cycle
    sign = "Fewer or less is written with a minus: −2."
    return {
        "expected_change": st.text_input(
            f"Expected change, {unit}", _text(cycle.expected_change),
            help=sign, key=f"{key}.expected",
        ),
        "worthwhile": st.text_input(
            f"Least change that matters, {unit}", _text(cycle.worthwhile),
            help="Above 0. A smaller effect counts as none.", key=f"{key}.worthwhile",
        ),
        "check_on": asked_day("Check on", cycle.check_on, f"{key}.check"),
    }  # fmt: skip


def _time(view: CycleView, key: str, grain: str) -> dict[str, object]:
    """Ask which periods do not count: those until it can show, and those of the trouble itself."""
    cycle = view.cycle
    return {
        "lag": st.number_input(
            f"{grain.capitalize()}s until it can show", 0, 60, cycle.lag, key=f"{key}.lag"
        ),
        "wash_out": st.number_input(
            f"{grain.capitalize()}s more that do not count", 0, 60, cycle.wash_out,
            help="While old and new run beside each other.", key=f"{key}.wash_out",
        ),
        "trigger_from": asked_day("Trouble seen from", cycle.trigger_from, f"{key}.from"),
        "trigger_to": asked_day("Trouble seen to", cycle.trigger_to, f"{key}.to"),
    }  # fmt: skip


def record_do(view: CycleView) -> None:
    """Show the form for what was done, by whom and when."""
    key = f"board.do.{view.cycle.id}"
    page.section("Record what was done", "once it is complete")
    with st.form(key, border=True):
        text = st.text_area("What was done", view.cycle.done_text or "", key=f"{key}.text")
        with st.grid(3, min_column_width=200, gap="small"):
            values: dict[str, object] = {
                "done_text": text,
                "done_by": _person("Done by", f"{key}.by"),
                "implemented_from": asked_day("Begun on", None, f"{key}.from"),
                "implemented_on": asked_day("Complete on", session.as_of(), f"{key}.on"),
            }
        told = st.container()
        is_sent = st.form_submit_button("Record it as done", type="primary")
    if is_sent:
        sent(told, "It is recorded as done.", lambda: to_cycle(cycles.record_do, view, values))


def check(view: CycleView) -> None:
    """Show what would be recorded, and the button that records it."""
    key = f"board.check.{view.cycle.id}"
    page.section("Check", f"by the figures of {page.day(session.as_of())}")
    with st.form(key, border=True):
        if view.judgement is not None:
            above = "sentence" if view.judgement.effect is None else "sentence and the interval"
            st.markdown(
                f"This would be recorded: {verdict_badge(view.judgement.verdict)}, with the "
                f"{above} above. Whoever did it cannot check it."
            )
        who = _person("Checked by", f"{key}.by")
        told = st.container()
        is_sent = st.form_submit_button("Record this verdict", type="primary")
    if is_sent:
        sent(told, "The verdict is recorded.", lambda: to_cycle(cycles.check, view, who or ""))


def to_cycle(verb: Callable[..., object], view: CycleView, values: object) -> object:
    """Take a cycle on by one of its steps, as who sits here, now."""
    return verb(session.company(), view.cycle.id, values, actor=session.actor(), at=session.now())


def _person(label: str, key: str) -> str | None:
    names = session.answer(people.people_names)
    return st.selectbox(label, names, index=None, key=key)


def asked_day(label: str, value: date | None, key: str) -> date | None:
    """Ask for one day; None while none is written."""
    found = st.date_input(label, value, format="YYYY-MM-DD", key=key)
    return found if isinstance(found, date) else None


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
