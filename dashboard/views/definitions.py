"""Definitions: what each number means, who answers for it, and what a change would do to it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.company import definitions, findings
from dashboard.components import choices, definition_editor, definition_in_full, links, page
from dashboard.components.definition_list import definition_list
from dashboard.components.page import plain
from dashboard.components.words import count
from dashboard.documents.definitions import Described
from data.errors import NotFoundError, near_miss
from metrics.lint import Finding

FILTERS = ("process", "topic", "kind", "search", "findings")


def show() -> None:
    """Show the definition the address names in full, or the list of all."""
    links.tell_address()
    every = session.answer(definitions.catalogue)
    found = session.answer(findings.findings)
    if not every:
        _none(found)
        return
    asked = links.asked("metric")
    if asked is None:
        _all(every, found)
    else:
        _one(every, found, asked)


def _none(found: Sequence[Finding]) -> None:
    page.head("Definitions", "none is in use yet")
    st.markdown(
        "**No metric is defined yet.** Name some of the library at the top of a file in the folder "
        "`metrics/` of the workspace, or define your own there; `docs/reference/metrics.md` shows "
        "how."
    )
    _whole(found)


def _all(every: Sequence[Described], found: Sequence[Finding]) -> None:
    told, chosen = st.columns([1, 2.6], vertical_alignment="bottom", gap="small")
    choices.told_unknown(FILTERS)
    with chosen:
        shown = _filtered(every, found)
    with told:
        page.head(
            "Definitions", f"{count(len(every), 'metric')} in use · {count(len(found), 'finding')}"
        )
    if shown:
        definition_list(shown, found)
    else:
        st.markdown("**No definition fits this choice.** Take a filter away.")
    _whole(found)


def _filtered(every: Sequence[Described], found: Sequence[Finding]) -> list[Described]:
    """Place the filters and return the definitions they leave."""
    processes = {each.metric.process: each.process for each in every}
    topics = sorted({each.metric.topic for each in every if each.metric.topic})
    kinds = sorted({each.metric.measure.kind for each in every})
    with st.container(
        horizontal=True, horizontal_alignment="right", gap="small", key="definitions.filters"
    ):
        words = choices.search("definitions", "search", label="Search", width=150)
        process = choices.narrow(
            "definitions", "process", sorted(processes),
            label="Process", everything="All processes", width=150, words=processes.__getitem__,
        )  # fmt: skip
        topic = choices.narrow(
            "definitions", "topic", topics,
            label="Topic", everything="All topics", width=150, words=_words,
        )  # fmt: skip
        kind = choices.narrow(
            "definitions", "kind", kinds, label="Kind", everything="All kinds", width=120
        )
        only = choices.narrow(
            "definitions", "findings", ["with"], label="Findings",
            everything="Any findings", width=140, words=lambda _: "With findings",
        )  # fmt: skip
    named = {each.metric for each in found} | {each.other for each in found}
    return [
        each
        for each in every
        if process in (None, each.metric.process)
        and topic in (None, each.metric.topic)
        and kind in (None, each.metric.measure.kind)
        and (only is None or each.metric.name in named)
        and definitions.speaks_of(each, words)
    ]


def _words(name: str) -> str:
    spoken = name.replace("_", " ")
    return f"{spoken[:1].upper()}{spoken[1:]}"


def _whole(found: Sequence[Finding]) -> None:
    """Show the findings that are about no single metric."""
    about_all = [each for each in found if not each.metric]
    if about_all:
        page.section("The catalogue as a whole", count(len(about_all), "finding"))
        definition_in_full.show_findings(about_all)


def _one(every: Sequence[Described], found: Sequence[Finding], asked: str) -> None:
    known = {each.metric.name: each for each in every}
    if asked not in known:
        raise NotFoundError(f"There is no metric '{asked}'.{near_miss(asked, known)}")
    choices.told_unknown(("metric",))
    each = known[asked]
    own = findings.of_metric(tuple(found), asked)
    told = [plain(each.process), f"owner {plain(each.owner)}" if each.owner else "no owner"]
    told += [f"`{asked}`", plain(each.file)]
    marks = f":orange-badge[▲ {count(len(own), 'finding')}]" if own else ""
    page.head(each.metric.title, " · ".join(told), marks)
    with st.container(horizontal=True, gap="medium"):
        links.link("definitions", "← All definitions")
        links.link("metric", "Open the metric →", metric=asked)
    definition_editor.show_standing(asked)
    definition_in_full.show(each, own)
    definition_editor.show(each)
