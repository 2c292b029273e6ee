"""Batches: every file that came in, what it changed, what was refused, and taking one back."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.company import publishing
from dashboard.company.uploads import Health
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from dashboard.components.words import count
from data.errors import Clause9Error
from data.records.access import Resource, can
from data.records.models import Batch

STATES = {
    "published": "✓ published",
    "rejected": "✕ rejected",
    "reverted": "↺ taken back",
    "pending": "◔ pending",
    "received": "◔ received",
}

PART_COLUMNS = {
    "mapping": "Read by",
    "table": "Fills",
    "read": "Rows read",
    "left_out": "Left out",
    "accepted": "Accepted",
    "refused": "Refused",
    "warned": "Warned",
    "new": "New",
    "restated": "Restated",
    "unchanged": "Unchanged",
    "covers_from": "From",
    "covers_to": "To",
}


def batches(health: Health) -> None:
    """Show every batch, newest first; a row opens what became of it."""
    shown = len(health.batches)
    extent = f"{shown:,} of {health.batches_total:,}" if shown < health.batches_total else ""
    words = ", ".join(part for part in (extent, "newest first") if part)
    page.section("Batches", f"{words} · tick a row to open it")
    if not shown:
        st.markdown("No file has been sent in yet. Put one in on the page Upload.")
        return
    whole = st.column_config.NumberColumn
    counts = ("Accepted", "Refused", "New", "Restated", "Unchanged")
    picked = st.dataframe(
        [_row(batch) for batch in health.batches],
        hide_index=True,
        height=min(38 + 36 * shown, 420),
        key="data_health.batches",
        on_select="rerun",
        selection_mode="single-row",
        alt="Batches, newest first",
        column_config={
            "Batch": whole(width=65),
            "File": st.column_config.TextColumn(width=390),
            **{name: whole(format="localized", width=85) for name in counts},
            "Received": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", width=140),
        },
    )
    if picked.selection.rows:
        _batch(health.batches[picked.selection.rows[0]])


def _row(batch: Batch) -> dict[str, object]:
    return {
        "Batch": batch.id,
        "State": STATES[batch.state],
        "File": batch.file_name,
        "Accepted": batch.accepted,
        "Refused": batch.refused,
        "New": batch.new,
        "Restated": batch.restated,
        "Unchanged": batch.unchanged,
        "Received": session.here(batch.received_at),
        "By": batch.actor,
        "Note": batch.note or "",
    }


def _batch(batch: Batch) -> None:
    with st.container(border=True):
        kilobytes = f"{batch.bytes / 1000:,.0f} kB" if batch.bytes >= 1000 else f"{batch.bytes} B"
        page.section(f"Batch {batch.id}", f"{plain(batch.file_name)} · {kilobytes}")
        st.markdown(f":small[:gray[SHA-256]] `{batch.sha256}`")
        for title, said in (("Note", batch.note), ("Why it came late", batch.late_reason)):
            if said:
                st.markdown(f":small[:gray[{title}]] {plain(said)}")
        if batch.retries is not None:
            st.markdown(f":small[:gray[Brings what was refused in batch {batch.retries}.]]")
        if batch.reason:
            by = f" :gray[{plain(batch.reverted_by)}]" if batch.reverted_by else ""
            st.markdown(f":orange-badge[{STATES[batch.state]}] {plain(batch.reason)}{by}")
        _parts(batch)
        _refused(batch)
        if batch.refused and batch.state in {"published", "rejected"}:
            _retry(batch)
        if batch.state == "published" and can(session.actor(), "revert_batch"):
            _take_back(batch)


def _parts(batch: Batch) -> None:
    parts = batch.report.get("parts", [])
    if not parts:
        return
    rows = [{title: part.get(name) for name, title in PART_COLUMNS.items()} for part in parts]
    st.dataframe(
        rows,
        hide_index=True,
        height="content",
        column_config={
            title: st.column_config.NumberColumn(format="localized", width=95)
            for name, title in PART_COLUMNS.items()
            if isinstance(rows[0][title], int)
        },
        alt="What each mapping made of the file",
    )


def _refused(batch: Batch) -> None:
    found = session.answer(publishing.quarantined, batch.id or 0, actor=session.actor())
    if not found.total:
        return
    shown = len(found.rows)
    extent = f"{shown:,} of {found.total:,} reasons" if shown < found.total else ""
    page.section("Refused rows", extent or count(found.total, "reason"))
    reasons = [
        {
            "Sheet": row.sheet or "",
            "Row": row.row,
            "Column": row.column,
            "Found": row.value,
            "Expected": row.accepted,
            "Why it is refused": row.reason,
        }
        for row in found.rows
    ]
    st.dataframe(
        reasons,
        hide_index=True,
        height=min(38 + 36 * shown, 330),
        column_config={
            "Row": st.column_config.NumberColumn(width=65),
            "Expected": st.column_config.TextColumn(width=380),
            "Why it is refused": st.column_config.TextColumn(width=330),
        },
        alt="Refused rows and every reason",
    )


def _retry(batch: Batch) -> None:
    """Offer to try the refused rows again, for whoever may send this file in."""
    if not can(session.actor(), "submit", Resource(process=batch.process)):
        return
    with st.form(f"data_health.retry.{batch.id}", border=False):
        st.markdown(
            ":small[:gray[When the mapping is put right, the file need not be sent again: it is "
            "read from the archive, and the rows that are good now are published.]]"
        )
        told = st.container()
        if not st.form_submit_button("Try them again"):
            return
        try:
            report = publishing.retry(
                session.company(), batch.id or 0, actor=session.actor(), at=session.now()
            )
        except Clause9Error as error:
            not_taken(told, str(error))
            return
        if report.refused:
            not_taken(told, report.message)
            return
        st.toast(report.message)
        st.rerun()


def _take_back(batch: Batch) -> None:
    with st.popover("Take this batch back"), st.form(f"data_health.back.{batch.id}", border=False):
        st.markdown(
            "Facts and figures become what they would be without it. The file stays in the "
            "archive, and so does the record of who took it back."
        )
        reason = st.text_input("Why", key=f"data_health.reason.{batch.id}")
        told = st.container()
        if not st.form_submit_button("Take it back", type="primary"):
            return
        if not reason.strip():
            not_taken(told, "Say why; it is kept with the batch.")
            return
        try:
            version = publishing.revert(
                session.company(), batch.id or 0, reason, actor=session.actor(), at=session.now()
            )
        except Clause9Error as error:
            not_taken(told, str(error))
            return
        st.toast(f"Batch {batch.id} is taken back; version {version:,} stands without it.")
        st.rerun()
