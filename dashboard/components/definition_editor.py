"""Editing a definition: its text, what is wrong with it, what it would change, saving it."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import session
from dashboard.charts.before_after import before_after
from dashboard.company import computing, definition_history, drafts, previews
from dashboard.company.drafts import Draft
from dashboard.company.previews import Preview
from dashboard.components import page
from dashboard.components.page import ink, plain
from dashboard.components.telling import not_taken
from dashboard.components.words import NOTHING, count
from dashboard.components.working import working
from dashboard.documents.definitions import Described
from data.errors import Clause9Error
from data.records.access import can

EDITING = "definitions.editing"
"""The metric whose text is open, and the text it was opened with."""

TRIED = "definitions.tried"
"""The text tried out last, and what it gave or why it could not be tried."""

COMPUTED = "definitions.computed"
"""What was computed last in this session: the metric, and what is to be said of it."""

SAVED = "definitions.saved"
"""What was saved last in this session: the metric and the file."""

MOST_LINES = 40
"""Lines the text may take on the page before it scrolls."""


def show_standing(name: str) -> None:
    """Say what was just saved, and whether the figures are still by the definition before."""
    saved = st.session_state.get(SAVED)
    if saved and saved[0] == name:
        st.success(f"The definition is saved in {plain(saved[1])}.", icon="✔️")
    changed = session.answer(definition_history.pending).get(name)
    if changed is None:
        _computed(name)
        return
    reason = f" ({changed.misfit})" if changed.misfit else ""
    st.warning(
        plain(
            "Its figures are still by the definition before, and stay so until they are "
            f"computed{reason}."
        ),
        icon="⚠️",
    )
    actor = session.actor()
    if not can(actor, "compute"):
        st.caption("The quality manager or an admin computes them: `clause9 compute`.")
        return
    slot = st.container()
    if st.button("Compute the figures by the new one", key="definitions.compute", type="primary"):
        try:
            with working(slot, "Computing what the definition changes"):
                report = computing.recompute(session.company(), actor=actor, at=session.now())
        except Clause9Error as error:
            not_taken(slot, str(error))
            return
        told = [f"Its figures are by the new definition since version {report.version}."]
        told += [
            f"{each.after.title}: {each.moved.height:,} of {count(each.periods.height, 'period')} "
            "have another figure."
            for each in report.effects
        ]
        st.session_state[COMPUTED] = (name, told)
        st.session_state.pop(SAVED, None)
        st.rerun()


def _computed(name: str) -> None:
    done = st.session_state.get(COMPUTED)
    if done and done[0] == name:
        for sentence in done[1]:
            st.success(plain(sentence), icon="✔️")


def show(each: Described) -> None:
    """Show how the definition is edited, to who may; the others are told who that is."""
    name = each.metric.name
    page.section("Change it")
    if not can(session.actor(), "edit_definitions"):
        st.markdown("The quality manager changes definitions; you see everything there is to them.")
        return
    opened = st.session_state.get(EDITING)
    if opened is None or opened[0] != name:
        if st.button("Edit the definition", key="definitions.edit"):
            text = drafts.section(session.company(), name).text
            st.session_state[EDITING] = (name, text)
            st.session_state[f"definitions.text.{name}"] = text
            st.rerun()
        return
    _edit(each, opened[1])


def _edit(each: Described, was: str) -> None:
    name = each.metric.name
    section = drafts.section(session.company(), name)
    if not section.is_own:
        st.markdown(
            "This metric comes from the library. Saved, it is a definition of your own in "
            f"{plain(each.file)}, and later changes of the library do not reach it."
        )
    text = st.text_area(
        "The definition, as it stands in its file (press Ctrl+Enter to try a change out)",
        key=f"definitions.text.{name}",
        height=23 * min(was.count("\n") + 2, MOST_LINES),
    )
    draft = drafts.draft(session.company(), name, text)
    told = st.container()
    _flaws(draft)
    is_new = draft.metric is not None and text != was
    if draft.metric is not None and is_new:
        _try_out(each, draft)
    elif draft.metric is not None:
        st.caption("Nothing is changed yet.")
    with st.container(horizontal=True, gap="small"):
        save = st.button(
            "Save the definition", key="definitions.save", type="primary", disabled=not is_new
        )
        leave = st.button("Leave it as it is", key="definitions.leave")
    if leave:
        st.session_state.pop(EDITING)
        st.rerun()
    if save:
        try:
            file = drafts.save(
                session.company(), name, text, was=was, actor=session.actor(), at=session.now()
            )
        except Clause9Error as error:
            not_taken(told, str(error))
            return
        st.session_state.pop(EDITING)
        st.session_state[SAVED] = (name, f"metrics/{file.name}")
        st.rerun()


def _flaws(draft: Draft) -> None:
    for flaw in draft.flaws:
        place = f"Line {flaw.line}: " if flaw.line else ""
        key = f"{flaw.key}: " if flaw.key and not flaw.key.startswith("line ") else ""
        st.markdown(f":orange-badge[▲ {plain(place)}not yet] &nbsp;{plain(key + flaw.sentence)}")


def _try_out(each: Described, draft: Draft) -> None:
    """Show what the changed text gives beside what is; tried once for each text."""
    tried = st.session_state.get(TRIED)
    if tried is None or tried[:2] != (each.metric.definition_hash, draft.text):
        with working(st.container(), "Trying it out on the facts"):
            tried = (each.metric.definition_hash, draft.text, _result(each, draft))
        st.session_state[TRIED] = tried
    result = tried[2]
    if isinstance(result, str):
        st.markdown(f":orange-badge[▲ Not tried out] &nbsp;{plain(result)}")
    else:
        _beside(each, result)


def _result(each: Described, draft: Draft) -> Preview | str:
    assert draft.metric is not None  # noqa: S101 only what is whole is tried out
    try:
        return previews.preview(session.company(), each.metric, draft.metric, actor=session.actor())
    except Clause9Error as error:
        return str(error)


def _beside(each: Described, preview: Preview) -> None:
    metric = each.metric
    if preview.rows.is_empty():
        st.markdown("No fact has come in yet, so there is nothing to try it out on.")
        return
    periods = count(preview.rows.height, metric.period)
    sentence = f"{preview.changed} of {periods} would change" if preview.changed else (
        f"none of {periods} would change"
    )  # fmt: skip
    page.section("Tried out on the facts of today", sentence)
    drawn = before_after(preview.rows, preview.spec, ink())
    st.altair_chart(drawn, theme=None, alt=f"{metric.title} as it is and as edited: {sentence}")
    st.markdown(":small[┄○ as it is &emsp; ━● as edited]")
    _rows(each, preview)


def _rows(each: Described, preview: Preview) -> None:
    digits = f"%.{each.metric.decimals}f"
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        preview.rows.reverse().select(
            "label", "before", "after", "difference",
            pl.col("status_before", "status_after").str.replace_all("_", " "),
        ),
        hide_index=True,
        placeholder=NOTHING,
        column_config={
            "label": text("Period"),
            "before": number("As it is", format=digits),
            "after": number("As edited", format=digits),
            "difference": number("Difference", format=f"%+.{each.metric.decimals}f"),
            "status_before": text("Status as it is"),
            "status_after": text("Status as edited"),
        },
        alt=f"{each.metric.title} by period, as it is and as edited",
    )  # fmt: skip
