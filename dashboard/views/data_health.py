"""Data health: what is late, how far every source reaches, and every batch with what it changed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.company import publishing, uploads
from dashboard.company.uploads import Health, Source, Upload
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.words import NOTHING, count
from data.records.models import Batch

STATES = {
    "published": "✓ published",
    "rejected": "✕ rejected",
    "reverted": "↺ taken back",
    "pending": "◔ pending",
    "received": "◔ received",
}


def show() -> None:
    """Show whether the data can be relied on today."""
    health = session.answer(uploads.health)
    late = count(len(health.late), "upload") + " late" if health.late else "nothing late"
    page.head(
        "Data health",
        f"as of {page.day(session.as_of())} · {late} · warehouse version {session.company().warehouse.version()}",
    )
    _late(health.late)
    _sources(health.sources)
    _batches(health)


def _late(late: Sequence[Upload]) -> None:
    page.section("Late", "longest overdue first")
    if not late:
        st.markdown("Everything that was due has come in.")
        return
    day = session.as_of()
    rows = [
        {
            "Source": upload.mapping.title or upload.mapping.name,
            "Period": upload.period.label,
            "Was due": upload.due_on,
            "Days late": upload.days_late(day),
            "Owner": upload.owner.name if upload.owner else NOTHING,
        }
        for upload in late
    ]
    st.dataframe(rows, hide_index=True, alt="Uploads that are late")


def _sources(sources: Sequence[Source]) -> None:
    page.section(
        "Sources",
        "what each covers without a hole counts as known; outside it, nothing is taken for zero",
    )
    if not sources:
        st.markdown(
            "No source is mapped yet; files with a table's own column names need no mapping."
        )
        return
    rows = [
        {
            "Source": source.mapping.title or source.mapping.name,
            "Fills": source.mapping.table,
            "From": source.first,
            "To": source.last,
            "Expected": source.mapping.cadence or NOTHING,
            "State": f"▲ {count(len(source.missing), 'period')} missing"
            if source.missing
            else ("✓ complete" if source.last else "○ nothing yet"),
            "Owner": source.owner.name if source.owner else NOTHING,
        }
        for source in sources
    ]
    st.dataframe(rows, hide_index=True, alt="Sources and how far they reach")


def _batches(health: Health) -> None:
    shown = len(health.batches)
    extent = (
        f"{shown:,} of {health.batches_total:,}" if shown < health.batches_total else f"{shown:,}"
    )
    page.section("Batches", f"{extent}, newest first · click a row to open it")
    if not shown:
        st.markdown("No file has been ingested yet.")
        return
    rows = [
        {
            "Batch": batch.id,
            "File": batch.file_name,
            "State": STATES[batch.state],
            "Accepted": batch.accepted,
            "Refused": batch.refused,
            "New": batch.new,
            "Restated": batch.restated,
            "Unchanged": batch.unchanged,
            "Received": batch.received_at,
            "By": batch.actor,
        }
        for batch in health.batches
    ]
    picked = st.dataframe(
        rows, hide_index=True, height=min(38 + 35 * shown, 420), key="data_health.batches",
        on_select="rerun", selection_mode="single-row", alt="Batches, newest first",
        column_config={"Received": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")},
    )  # fmt: skip
    if picked.selection.rows:
        _batch(health.batches[picked.selection.rows[0]])


def _batch(batch: Batch) -> None:
    with st.container(border=True):
        page.section(f"Batch {batch.id}", f"{plain(batch.file_name)} · {batch.bytes:,} bytes")
        st.markdown(f"SHA-256 `{batch.sha256}`")
        if batch.reason:
            st.markdown(plain(batch.reason))
        parts = batch.report.get("parts", [])
        if parts:
            columns = (
                "mapping",
                "table",
                "read",
                "left_out",
                "accepted",
                "refused",
                "warned",
                "new",
                "restated",
                "unchanged",
                "covers_from",
                "covers_to",
            )
            st.dataframe(
                [{name.replace("_", " "): part.get(name) for name in columns} for part in parts],
                hide_index=True,
                alt="What each mapping made of the file",
            )
        page_of = session.answer(publishing.quarantined, batch.id or 0)
        if page_of.total:
            page.section("Refused rows", f"{len(page_of.rows):,} of {page_of.total:,} reasons")
            reasons = [
                {
                    "Sheet": row.sheet,
                    "Row": row.row,
                    "Column": row.column,
                    "Found": row.value,
                    "Reason": row.reason,
                    "Expected": row.accepted,
                }
                for row in page_of.rows
            ]
            st.dataframe(reasons, hide_index=True, alt="Refused rows and every reason")
        if batch.state == "published":
            _take_back(batch)


def _take_back(batch: Batch) -> None:
    with st.popover("Take this batch back"):
        st.markdown(
            "Facts and figures become what they would be without it. The file stays in the archive."
        )
        reason = st.text_input("Why", key=f"data_health.reason.{batch.id}")
        if st.button(
            "Take it back",
            disabled=not reason.strip(),
            type="primary",
            key=f"data_health.revert.{batch.id}",
        ):
            version = publishing.revert(
                session.company(), batch.id or 0, reason, actor=session.actor(), at=session.now()
            )
            st.toast(f"Batch {batch.id} is taken back; version {version} stands without it.")
            st.rerun()
