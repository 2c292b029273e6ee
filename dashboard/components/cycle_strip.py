"""The four boxes of a PDCA cycle: Plan, Do, Check, Act; on its own page and on its metric's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard import session
from dashboard.charts.verdict import change_of, verdict_chart
from dashboard.company.cycles import CycleView
from dashboard.components import page
from dashboard.components.cycle_words import CHECKS, CRITERIA, OUTCOMES, verdict_badge, verdict_word
from dashboard.components.page import plain
from dashboard.components.words import count, listed, whole
from metrics.trend import verdict_words

TO_DECIDE = {
    "plan": "The plan is not fixed yet.",
    "do": "Nothing to decide before something was done.",
    "check": "Nothing to decide before the check.",
    "act": "Somebody has to decide: standardise, adjust, abandon or go on.",
}
"""What stands in the last box while nothing is decided."""


def strip(view: CycleView) -> None:
    """Show what was planned, done, found and decided in four boxes beside each other."""
    with st.grid(4, min_column_width=230, gap="small"):
        with _box("Plan", _planned(view)):
            _plan(view)
        with _box("Do", _done(view)):
            _do(view)
        with _box("Check", _checked(view)):
            _check(view)
        with _box("Act", _acted(view)):
            _act(view)


@contextmanager
def _box(title: str, remark: str) -> Iterator[None]:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{title}** &ensp;:small[:gray[{remark}]]")
        yield


def _planned(view: CycleView) -> str:
    fixed_on = view.cycle.plan_fixed_on
    return "not fixed yet" if fixed_on is None else f"fixed · {page.day(fixed_on)}"


def _plan(view: CycleView) -> None:
    cycle = view.cycle
    if said := _expected(view):
        st.markdown(f"**{said}**")
    st.markdown(plain(cycle.hypothesis))
    st.caption(f"Cause: {plain(cycle.cause)}")
    if told := _conditions(view):
        st.caption(plain(" · ".join(told)))
    if cycle.is_after_the_fact:
        st.markdown(":orange-badge[▲ Fixed after the action began]")


def _expected(view: CycleView) -> str:
    """Return what is expected by when, as far as it is said."""
    cycle, unit = view.cycle, view.metric.unit if view.metric else ""
    by = f"by the check on {page.day(cycle.check_on)}" if cycle.check_on else ""
    if cycle.expected_change is None:
        return by[:1].upper() + by[1:]
    way = "Lower" if cycle.expected_change < 0 else "Higher"
    size = f"{way} by {whole(abs(cycle.expected_change))} ({unit})"
    return f"{plain(size)} {by}".strip()


def _conditions(view: CycleView) -> list[str]:
    """Return what else the plan says it is judged by."""
    cycle = view.cycle
    grain = view.metric.period if view.metric else "period"
    told = [f"It has worked when {CRITERIA[cycle.criterion]}"] if cycle.criterion else []
    if cycle.worthwhile is not None:
        told.append(f"least change that matters {whole(cycle.worthwhile)}")
    if cycle.lag:
        told.append(f"can show after {count(cycle.lag, grain)}")
    if cycle.wash_out:
        told.append(f"{count(cycle.wash_out, grain)} after that not counted")
    if cycle.trigger_from and cycle.trigger_to:
        told.append(
            f"trouble seen {page.day(cycle.trigger_from)} to {page.day(cycle.trigger_to)}, left "
            "out of the baseline"
        )
    if cycle.balancing:
        known = session.company().catalogue.metrics
        titles = [known[name].title if name in known else name for name in cycle.balancing]
        told.append(f"must not get worse: {listed(titles)}")
    return told


def _done(view: CycleView) -> str:
    done_on = view.cycle.implemented_on
    return "nothing yet" if done_on is None else f"done · {page.day(done_on)}"


def _do(view: CycleView) -> None:
    cycle = view.cycle
    if cycle.done_text is None:
        st.caption("What was done, by whom and when, is recorded here once it is complete.")
        return
    st.markdown(plain(cycle.done_text))
    told = [f"by {view.done_by}"] if view.done_by else []
    if cycle.implemented_from and cycle.implemented_from != cycle.implemented_on:
        told.append(f"begun {page.day(cycle.implemented_from)}")
    if told:
        st.caption(plain(" · ".join(told)))


def _checked(view: CycleView) -> str:
    if view.card.overdue_days:
        return f"{count(view.card.overdue_days, 'day')} overdue"
    last = [each.done_on for each in view.checks if each.done_on]
    if view.card.check_due_on:
        return f"due {page.day(view.card.check_due_on)}"
    return f"checked · {page.day(last[-1])}" if last else "nothing to check yet"


def _check(view: CycleView) -> None:
    found = view.judgement
    if found is None:
        st.caption("The verdict stands here once something was done.")
    else:
        st.markdown(verdict_badge(found.verdict))
        if view.view is not None:
            change = change_of(found, view.view.spec, view.cycle.expected_change)
            if change is not None:
                chart = verdict_chart(change, page.ink())
                st.altair_chart(chart, theme=None, alt=view.sentence)
        st.caption(plain(view.sentence))
        second = verdict_words.beside(found, view.view.spec) if view.view else ""
        if second:
            st.caption(plain(second))
    for each in view.checks:
        if each.done_on is not None and each.verdict:
            st.caption(
                f"{CHECKS[each.kind]}, {page.day(each.done_on)}: {verdict_word(each.verdict)}"
            )


def _acted(view: CycleView) -> str:
    cycle = view.cycle
    if cycle.outcome_on is None or cycle.state == "act":
        return "to decide" if cycle.state == "act" else "not yet"
    return f"decided · {page.day(cycle.outcome_on)}"


def _act(view: CycleView) -> None:
    cycle = view.cycle
    if cycle.outcome is None or cycle.state == "act":
        st.caption(TO_DECIDE.get(cycle.state, "Nothing was decided."))
        return
    st.markdown(f"**{OUTCOMES[cycle.outcome]}**")
    if cycle.outcome_note:
        st.markdown(plain(cycle.outcome_note))
    if cycle.next_cycle:
        st.caption(f"Goes on as {cycle.next_cycle}.")
