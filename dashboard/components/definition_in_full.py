"""One definition in full: meaning, what governs it, targets, findings, use and history."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.company import definition_history, definitions
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.words import NOTHING
from dashboard.documents.definitions import Described
from metrics.lint import Finding


def show(each: Described, found: Sequence[Finding]) -> None:
    """Show all there is to know of a definition."""
    st.markdown(f"### {plain(each.meaning)}", anchors=False)
    st.markdown(plain(each.metric.why))
    left, right = st.columns([1, 1], gap="large")
    with left:
        page.section("What governs it")
        facts = {name: plain(text) for name, text in each.facts.items() if name != "Counts"}
        st.table(facts, border="horizontal", hide_header=True)
    with right:
        page.section("Findings", "" if found else "none")
        show_findings(found)
        page.section("Targets", "by the day they came into force" if each.targets else "none set")
        for target in each.targets:
            st.markdown(f"* {plain(target)}")
        page.section("Where it is used")
        for sentence in session.answer(definitions.used, each.metric.name):
            st.markdown(f"* {plain(sentence)}")
        _history(each)
    with st.expander("The query its cells come from"):
        for sql in each.sql:
            st.code(sql, language="sql", wrap_lines=True)
        st.caption(f"Definition {each.metric.definition_hash}")


def show_findings(found: Sequence[Finding]) -> None:
    """Show findings, each with its way out."""
    for each in found:
        st.markdown(f":orange[▲] {plain(each.sentence)}  \n:small[:gray[→ {plain(each.way_out)}]]")


def _history(each: Described) -> None:
    known = session.answer(definition_history.history, each.metric.name)
    page.section("History", "" if known else "none on record yet")
    for change in known:
        figures = "first definition" if change.is_first else (
            "figures changed" if change.changes_figures else "words changed, figures not"
        )  # fmt: skip
        day = page.day(session.here(change.at))
        st.markdown(f"**{day}**, {plain(change.actor)}: {figures}")
        for said in change.changes:
            before, after = (plain(text or NOTHING) for text in (said.before, said.after))
            st.markdown(f"* {plain(said.key)}: {before} → {after}")
