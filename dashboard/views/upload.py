"""Upload: a file in, what was understood, cells to fix, what publishing would change, publish."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.company import publishing, uploads
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.words import count
from pipelines.report import BatchReport, Reason, RunReport

MOST_REASONS = 20
"""Cells to fix shown at once; the count of all stands beside."""

ANY = "Find the source by file name"


def show() -> None:
    """Show the upload, step by step; nothing is published until somebody says so."""
    page.head(
        "Upload", "a file in, errors by cell, then publish · nothing is published until you say so"
    )
    file, source = _file()
    if file is None:
        _help()
        return
    handed_in = publishing.HandedIn(file.name, file.getvalue(), source)
    checked = session.answer(publishing.try_upload, handed_in, actor=session.actor())
    batch = checked.batches[0]
    page.section(
        "Understood as", f"{plain(file.name)} · {file.size:,} bytes · SHA-256 {batch.sha256[:12]}…"
    )
    _understood(batch)
    _reasons(batch)
    changes, publish = st.columns([1.6, 1], gap="large")
    with changes:
        _changes(batch)
    with publish:
        _publish(handed_in, batch)


def _file() -> tuple[st.runtime.uploaded_file_manager.UploadedFile | None, str | None]:
    company = session.company()
    choices = [
        ANY,
        *company.mappings,
        *(name for name in company.tables if name not in company.mappings),
    ]
    asked = links.asked("source")
    left, right = st.columns([1.6, 1], gap="large", vertical_alignment="top")
    with left:
        file = st.file_uploader("The file: csv, xlsx or parquet", key="upload.file")
    with right:
        chosen = st.selectbox(
            "Source", choices, index=choices.index(asked) if asked in choices else 0,
            format_func=_title, key="upload.source",
        )  # fmt: skip
        table = _table_of(chosen)
        if table:
            st.link_button("Get the template", f"/exports/template/{table}.xlsx", type="tertiary")
    return file, None if chosen == ANY else chosen


def _title(choice: str) -> str:
    company = session.company()
    if choice in company.mappings:
        return company.mappings[choice].title or choice
    return f"{company.tables[choice].title} (template)" if choice in company.tables else choice


def _table_of(choice: str) -> str | None:
    company = session.company()
    mapping = company.mappings.get(choice)
    return mapping.table if mapping else choice if choice in company.tables else None


def _help() -> None:
    health = session.answer(uploads.health)
    if health.late:
        first = health.late[0]
        st.markdown(
            f"Most overdue: **{plain(first.mapping.title or first.mapping.name)}**, {first.period.label}, "
            f"{count(first.days_late(session.as_of()), 'day')} late."
        )
    st.caption(
        "Row and column of every error are named as you see them in Excel. The same file twice changes nothing."
    )


def _understood(batch: BatchReport) -> None:
    if not batch.parts:
        st.warning(plain(batch.message), icon="⚠️")
        return
    rows = [
        {
            "Fills": part.table, "Read by": part.mapping, "Sheet": part.sheet, "Rows read": part.read,
            "Left out by the filter": part.left_out, "Good": part.accepted, "Refused": part.refused,
            "Warned": part.warned, "From": part.covers_from, "To": part.covers_to,
        }
        for part in batch.parts
    ]  # fmt: skip
    st.dataframe(rows, hide_index=True, alt="What was understood of the file")
    for remark in batch.warnings:
        st.caption(f"▲ {plain(remark)}")


def _reasons(batch: BatchReport) -> None:
    if not batch.reasons:
        return
    shown = batch.reasons[:MOST_REASONS]
    more = (
        f"{len(shown)} reasons of {count(batch.refused, 'refused row')}"
        if batch.refused > len(shown)
        else "row and column as you see them in Excel"
    )
    page.section(f"{count(batch.refused, 'row')} to fix", more)
    st.table(
        [_reason(reason) for reason in shown],
        border="horizontal",
        hide_index=True,
        alt="Cells to fix",
    )


def _reason(reason: Reason) -> dict[str, str]:
    place = f"row {reason.row}" + (f", {reason.column}" if reason.column else "")
    return {
        "Cell": plain(f"{reason.sheet}: {place}" if reason.sheet else place),
        "Found": plain(reason.value or "nothing"),
        "Why it is refused": plain(reason.reason),
        "Expected": plain(reason.accepted or ""),
    }


def _changes(batch: BatchReport) -> None:
    page.section(
        "What publishing would change", f"against version {session.company().warehouse.version()}"
    )
    with st.grid(4, min_column_width=90, gap="small"):
        st.metric("New", batch.new)
        st.metric("Restated", batch.restated)
        st.metric("Unchanged", batch.unchanged)
        st.metric("Refused", batch.refused)
    tables = {part.table for part in batch.parts}
    fed = [
        metric
        for metric in session.company().catalogue.metrics.values()
        if tables & set(metric.tables)
    ]
    if fed and batch.accepted:
        st.caption("Feeds: " + ", ".join(plain(metric.title) for metric in fed))


def _publish(handed_in: publishing.HandedIn, batch: BatchReport) -> None:
    page.section("Publish")
    with st.container(border=True, gap="small"):
        if batch.state == "unchanged":
            st.markdown(f":gray-badge[● Nothing to do] &nbsp; {plain(batch.message)}")
            return
        if batch.refused:
            st.markdown(
                f":orange-badge[▲ Not yet] &nbsp; {count(batch.refused, 'row')} in the way."
            )
        everything = st.button(
            f"Publish {count(batch.accepted, 'row')}",
            type="primary",
            disabled=bool(batch.refused) or not batch.accepted,
            width="stretch",
            key="upload.publish",
        )
        good = bool(batch.refused and batch.accepted) and st.button(
            f"Publish the {batch.accepted:,} good rows, keep {batch.refused:,} refused",
            width="stretch",
            key="upload.good",
        )
        if everything or good:
            report = publishing.publish_upload(
                session.company(),
                handed_in,
                accept_good=bool(good),
                actor=session.actor(),
                at=session.now(),
            )
            _told(report)


def _told(report: RunReport) -> None:
    batch = report.batches[0]
    if report.refused:
        st.warning(plain(batch.message), icon="⚠️")
        return
    st.success(
        f"Batch {batch.id} is published as version {report.version}: {count(batch.new, 'new row')}, {batch.restated:,} restated.",
        icon="✅",
    )
    tables = {part.table for part in batch.parts}
    for metric in session.company().catalogue.metrics.values():
        if tables & set(metric.tables):
            links.link("metric", metric.title, metric=metric.name)
