"""Data health: what is late, how far every source reaches, what is closed, and every batch."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.company import uploads
from dashboard.company.deadlines import Upload
from dashboard.company.uploads import Source
from dashboard.components import links, page
from dashboard.components.batches import batches
from dashboard.components.closings import closings
from dashboard.components.page import plain
from dashboard.components.words import NOTHING, count

MOST_LATE = 8
"""Sources named one by one as late; Sources below marks them all."""


def show() -> None:
    """Show whether the data can be relied on today."""
    health = session.answer(uploads.health)
    late = count(len(health.late), "upload") + " late" if health.late else "nothing late"
    version = session.company().warehouse.version()
    page.head(
        "Data health",
        f"as of {page.day(session.as_of())} · {late} · "
        f"{count(health.batches_total, 'batch', 'batches')} · version {version:,}",
    )
    _late(health.late, is_empty=not health.batches_total)
    _sources(health.sources)
    closings()
    batches(health)


def _late(late: Sequence[Upload], *, is_empty: bool) -> None:
    """Show what is late by source: since when, how long, and who sends it."""
    by_source: dict[str, list[Upload]] = {}
    for upload in late:
        by_source.setdefault(upload.mapping.name, []).append(upload)
    remark = count(len(by_source), "source") + ", longest overdue first" if late else ""
    page.section("Late", remark)
    if not late:
        words = "Nothing has come in yet" if is_empty else "Everything that was due has come in"
        st.markdown(f"{words}.")
        return
    with st.container(border=True, gap="xxsmall"):
        for name, missing in list(by_source.items())[:MOST_LATE]:
            _late_source(name, missing)
    if len(by_source) > MOST_LATE:
        st.caption(f"{MOST_LATE} of {len(by_source)} sources; the others are marked below.")


def _late_source(name: str, missing: Sequence[Upload]) -> None:
    first = missing[0]
    badge, words, act = st.columns([0.6, 4, 0.6], vertical_alignment="center", gap="small")
    badge.markdown(f":orange-badge[▲ {count(first.days_late(session.as_of()), 'day')} late]")
    periods = (
        first.period.label
        if len(missing) == 1
        else f"{len(missing)} periods, {first.period.label} to {missing[-1].period.label}"
    )
    owner = plain(first.owner.name) if first.owner else "no owner recorded"
    title = plain(first.mapping.title or name)
    words.markdown(
        f"**{title}** · {periods} &ensp;:small[:gray[was due {page.day(first.due_on)} · {owner}]]"
    )
    with act:
        if st.button("Upload it", key=f"data_health.upload.{name}"):
            links.go("upload", source=name)


def _sources(sources: Sequence[Source]) -> None:
    page.section("Sources", "within its reach a source counts as known; outside, nothing is zero")
    if not sources:
        st.markdown(
            "No source is described yet; files with a template's own column names need none. "
            "Get a template on the page Upload."
        )
        return
    rows = [
        {
            "State": [_state(source)],
            "Source": source.mapping.title or source.mapping.name,
            "Fills": source.mapping.table,
            "From": page.day(source.first),
            "To": page.day(source.last),
            "Expected": f"every {source.mapping.cadence}" if source.mapping.cadence else NOTHING,
            "Owner": source.owner.name if source.owner else NOTHING,
        }
        for source in sources
    ]
    states = list(dict.fromkeys(state for row in rows for state in row["State"]))
    dark = st.context.theme.type == "dark"
    concern, fine = ("#5a3a17", "#2c3440") if dark else ("#fbdcbc", "#e8ebef")
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        column_config={
            "Source": st.column_config.TextColumn(width=340),
            "State": st.column_config.MultiselectColumn(
                "State",
                options=states,
                color=[fine if state.startswith("✓") else concern for state in states],
                width=160,
            ),
            "Owner": st.column_config.TextColumn(width=200),
        },
        alt="Sources and how far they reach",
    )


def _state(source: Source) -> str:
    if source.missing:
        return f"▲ {count(len(source.missing), 'period')} missing"
    return "✓ complete" if source.last else "○ nothing yet"
