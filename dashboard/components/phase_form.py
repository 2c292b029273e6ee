"""Phases and excluded points of a metric: which there are, what speaks for one, recording them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from dashboard import session
from dashboard.company import phases
from dashboard.company.figures import MetricView
from dashboard.company.phases import PhaseLine
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from dashboard.components.words import NOTHING, count, number, part_words
from data.errors import Clause9Error
from data.records.models import slice_text
from data.records.phase_models import Exclusion, Phase
from metrics.periods import period_of
from metrics.trend.rebase import WANTED, Rebase


def show_phases(view: MetricView) -> None:
    """Show the phases and excluded points in force, what speaks for a new phase, and the forms."""
    is_own = view.spec.grain == view.metric.period
    may = is_own and phases.may_record(session.actor(), view.metric)
    found = session.answer(phases.causes, view.metric.name, view.slice) if is_own else ()
    due = phases.suggestion(view, found) if is_own else None
    told, begin, exclude = st.columns([3, 1, 1], vertical_alignment="center", gap="small")
    with told:
        page.section("Phases", "stretches with limits of their own, each with its cause")
    key = f"metric.phases.{view.key}"
    if may and begin.button("Begin a phase", key=f"{key}.begin", width="stretch"):
        st.dialog(f"Begin a phase: {view.metric.title}", width="medium")(phase_form)(view, due)
    if may and exclude.button("Exclude a point", key=f"{key}.exclude", width="stretch"):
        st.dialog(f"Exclude a point: {view.metric.title}")(exclusion_form)(view)
    if due is not None:
        _show_suggestion(due)
    _show_list(view, may=may)
    if not is_own:
        st.caption(f"Phases are recorded by {view.metric.period}; choose that length above.")
    _show_withdrawn(view)


def _show_suggestion(due: Rebase) -> None:
    """Say what speaks for a new phase, and what is missing; nothing begins by itself."""
    with st.container(border=True, gap="xxsmall"):
        title = "Limits for a worse level?" if due.is_worse else "Limits for another level?"
        remark = "what speaks for a new phase; it begins when you say so"
        st.markdown(f"**{title}** &ensp;:small[:gray[{remark}]]")
        for each in due.conditions:
            mark = ":blue[✓]" if each.is_met else ":gray[○]"
            st.markdown(f"{mark} &nbsp;{plain(each.sentence)}")


def _show_list(view: MetricView, *, may: bool) -> None:
    lines, excluded = phases.phase_lines(view), view.known.exclusions
    with st.container(border=True, gap="xsmall"):
        if not lines and not excluded:
            st.markdown("One phase since the first period, and every point counts.")
        for line in lines:
            _show_phase(line, may=may)
        for each in reversed(excluded):
            _show_exclusion(view, each, may=may)


def _show_phase(line: PhaseLine, *, may: bool) -> None:
    phase = line.phase
    words, act = st.columns([5, 1], vertical_alignment="center", gap="small")
    with words:
        said = f"**{plain(phase.label)}** from {plain(line.label)}: {plain(phase.cause)}"
        more = [
            *([f"evidence: {phase.evidence}"] if phase.evidence else []),
            *([f"accepted: {phase.accepted_reason}"] if phase.accepted_reason else []),
            *([] if line.is_own else ["recorded for a wider part"]),
            f"{page.day(session.here(phase.recorded_at))} by {phase.author}",
        ]
        st.markdown(f"{said} &ensp;:small[:gray[{plain(' · '.join(more))}]]")
        if line.warning:
            st.markdown(f":small[:orange[▲ {plain(line.warning)}]]")
    key = f"metric.phases.withdraw.{phase.id}"
    if may and line.is_own and act.button("Withdraw", key=key, width="stretch"):
        st.dialog(f"Withdraw the phase {phase.label}")(withdrawal_form)(phase)


def _show_exclusion(view: MetricView, exclusion: Exclusion, *, may: bool) -> None:
    words, act = st.columns([5, 1], vertical_alignment="center", gap="small")
    by = f"{page.day(session.here(exclusion.recorded_at))} by {exclusion.author}"
    with words:
        st.markdown(
            f"✕ **{plain(_label(view, exclusion.period_on))}** is excluded: "
            f"{plain(exclusion.reason)} &ensp;:small[:gray[{plain(by)}]]"
        )
    is_own = exclusion.slice == slice_text(view.slice)
    key = f"metric.phases.include.{exclusion.id}"
    if may and is_own and act.button("Include", key=key, width="stretch"):
        label = _label(view, exclusion.period_on)
        st.dialog(f"Include {label} again")(withdrawal_form)(exclusion)


def phase_form(view: MetricView, due: Rebase | None) -> None:
    """Show the form for a phase of what the view shows; what is none is refused beside it."""
    key = f"metric.phases.{view.key}.phase"
    st.markdown(
        f"Of {plain(part_words(view.slice))}. Limits start again from the first point of the phase."
    )
    periods = _periods(view)
    with st.form(key, border=False):
        usual = due.from_on if due is not None and due.from_on in periods else None
        values = {
            "from_on": st.selectbox(
                "From",
                list(periods),
                index=list(periods).index(usual) if usual else None,
                format_func=periods.__getitem__,
                key=f"{key}.from",
            ),
            "label": st.text_input("Name", key=f"{key}.label", help="Two or three words."),
            "cause": st.text_area(
                "Cause",
                due.cause.title if due is not None and due.cause else "",
                key=f"{key}.cause",
                height=70,
            ),
            "evidence": st.text_input("Evidence, if any", key=f"{key}.evidence"),
        }
        answers, accepted = _answered(key, phases.questions(view.metric.better))
        told = st.container()
        if not st.form_submit_button("Begin the phase", type="primary", width="stretch"):
            return
    try:
        phases.refuse_unanswered(answers, accepted, view.metric.better)
        phases.record_phase(
            session.company(),
            _of(view) | values | {"accepted_reason": accepted},
            actor=session.actor(),
            at=session.now(),
        )
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    st.toast("The phase is recorded.")
    st.rerun()


def _answered(key: str, asked: Mapping[str, str]) -> tuple[dict[str, bool], str]:
    """Ask the questions; return the answers by their keys, and why an unwanted level is taken."""
    st.caption("Tick what you answer with yes.")
    answers = {name: st.checkbox(question, key=f"{key}.{name}") for name, question in asked.items()}
    if WANTED not in asked:
        return answers, ""
    label = "Why the level is accepted, where it is not wanted"
    return answers, st.text_input(label, key=f"{key}.accepted")


def exclusion_form(view: MetricView) -> None:
    """Show the form that excludes a point of what the view shows, with the reason."""
    key = f"metric.phases.{view.key}.exclusion"
    st.markdown("It stays on the chart as a cross; limits and rules no longer count it.")
    values = {row["period"]: row["value"] for row in view.points.iter_rows(named=True)}
    periods = {day: label for day, label in _periods(view).items() if values[day] is not None}
    with st.form(key, border=False):
        chosen = st.selectbox(
            "Period",
            list(periods),
            index=None,
            format_func=lambda day: (
                f"{periods[day]}: {number(values[day], view.metric.decimals)} {view.metric.unit}"
            ),
            key=f"{key}.period",
        )
        reason = st.text_area("Reason", key=f"{key}.reason", height=70)
        told = st.container()
        if not st.form_submit_button("Exclude it", type="primary", width="stretch"):
            return
    try:
        phases.exclude_point(
            session.company(),
            _of(view) | {"period_on": chosen, "reason": reason},
            actor=session.actor(),
            at=session.now(),
        )
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    st.toast("The point is excluded.")
    st.rerun()


def withdrawal_form(row: Phase | Exclusion) -> None:
    """Show the form that takes a phase or an exclusion back, with the reason."""
    key = f"metric.phases.withdrawal.{type(row).__name__}.{row.id}"
    with st.form(key, border=False):
        st.markdown("It stays on record with your reason, and counts for the days until now.")
        reason = st.text_area("Reason", key=f"{key}.reason", height=70)
        told = st.container()
        if not st.form_submit_button("Take it back", type="primary", width="stretch"):
            return
    try:
        phases.take_back(session.company(), row, reason, actor=session.actor(), at=session.now())
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    st.rerun()


def _show_withdrawn(view: MetricView) -> None:
    gone, included = session.answer(phases.withdrawn, view.metric.name, view.slice)
    rows: Sequence[Phase | Exclusion] = [*gone, *included]
    if not rows:
        return
    with st.expander(f"{count(len(rows), 'entry', 'entries')} taken back"):
        st.dataframe(
            [_taken_back(view, row) for row in rows],
            hide_index=True,
            height="content",
            alt="Phases and exclusions that were taken back",
        )


def _taken_back(view: MetricView, row: Phase | Exclusion) -> Mapping[str, str]:
    if isinstance(row, Phase):
        what, day, why = f"Phase {row.label}", row.from_on, row.cause
    else:
        what, day, why = "Excluded point", row.period_on, row.reason
    return {
        "What": what,
        "Of": _label(view, day),
        "Cause or reason": why,
        "Recorded": f"{page.day(session.here(row.recorded_at))} by {row.author}",
        "Taken back": page.day(row.withdrawn_at and session.here(row.withdrawn_at)),
        "By": row.withdrawn_by or NOTHING,
        "Why": row.withdrawn_reason or NOTHING,
    }


def _of(view: MetricView) -> dict[str, object]:
    return {"metric": view.metric.name, "slice": dict(view.slice)}


def _periods(view: MetricView) -> dict[date, str]:
    """Return the periods of the view, the newest first, each with its label."""
    rows = view.points.select("period", "label").reverse().rows()
    return dict(rows)


def _label(view: MetricView, day: date) -> str:
    return period_of(day, view.metric.period, view.metric.calendar).label
