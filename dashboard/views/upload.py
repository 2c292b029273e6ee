"""Upload: a file in, what was understood, cells to fix, what publishing changes, publish."""

from __future__ import annotations

from hashlib import sha256

import streamlit as st

from dashboard import session
from dashboard.company import handing_in, publishing, uploads
from dashboard.company.handing_in import Published
from dashboard.company.publishing import HandedIn
from dashboard.components import links, page, sending
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from dashboard.components.words import count, listed
from data.errors import Clause9Error
from data.records.access import could
from pipelines.report import BatchReport

ANY = "Find the source by file name"

MOST_LATE = 5
"""Late uploads named on the empty page; Data health has them all."""

PUBLISHED = "upload.published"
"""What was published last in this session, with the SHA-256 of its bytes."""

LARGEST = 10
"""Megabytes a browser may send; larger files come in with `clause9 ingest`."""


def show() -> None:
    """Show the upload, step by step; nothing is published until somebody says so."""
    left, right = st.columns([1.5, 1], vertical_alignment="bottom")
    badges = right.container(horizontal=True, horizontal_alignment="right")
    head = left.container()
    if not could(session.actor(), "submit"):
        with head:
            page.head("Upload", "sending files in takes an owner or the quality manager")
        return
    file, source = _file()
    if file is None:
        badges.markdown(sending.steps(0), width="content")
        with head:
            page.head("Upload", "a file in, errors by cell, then publish")
        _help()
        return
    given = HandedIn(file.name, file.getvalue(), source)
    digest = sha256(given.content).hexdigest()
    done = _published(digest)
    with head:
        told = "published" if done else "nothing is published until you say so"
        size = f"{file.size / 1000:,.0f} kB" if file.size >= 1000 else f"{file.size} bytes"
        page.head(
            f"Upload {file.name}",
            f"{size} · SHA-256 {digest[:12]}… · {told}",
        )
    if done:
        badges.markdown(sending.steps(len(sending.STEPS)), width="content")
        sending.done(done)
        return
    badges.markdown(_checked(given, digest), width="content")


def _published(digest: str) -> Published | None:
    """Return what became of these bytes, where this session published them last."""
    last: tuple[str, Published] | None = st.session_state.get(PUBLISHED)
    return last[1] if last and last[0] == digest else None


def _file() -> tuple[st.runtime.uploaded_file_manager.UploadedFile | None, str | None]:
    company = session.company()
    templates = [name for name in company.tables if name not in company.mappings]
    choices = [ANY, *company.mappings, *templates]
    asked = links.asked("source")
    left, right = st.columns([1.6, 1], gap="large", vertical_alignment="top")
    with left:
        file = st.file_uploader(
            f"The file: CSV, Excel or Parquet, at most {LARGEST} MB",
            max_upload_size=LARGEST,
            key="upload.file",
        )
    with right:
        chosen = st.selectbox(
            "Source",
            choices,
            index=choices.index(asked) if asked in choices else 0,
            format_func=_title,
            key="upload.source",
        )
        table = _table_of(chosen)
        if table:
            st.link_button(
                "Get the Excel template", f"/exports/template/{table}.xlsx", type="tertiary"
            )
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
    late = session.answer(uploads.health).late
    if late:
        page.section("Still expected", count(len(late), "upload") + " late, longest overdue first")
    for upload in late[:MOST_LATE]:
        days = count(upload.days_late(session.as_of()), "day")
        owner = f" · {plain(upload.owner.name)}" if upload.owner else ""
        title = plain(upload.mapping.title or upload.mapping.name)
        st.markdown(
            f":orange-badge[▲ {days} late] &nbsp;**{title}**, {upload.period.label}:gray[{owner}]"
        )
    page.section("How it works")
    st.markdown(
        "1. Choose a file. A source whose file names are known is found by itself; any other file "
        "needs the column names of a template.\n"
        "2. See how it was understood, and every cell that cannot be read, by sheet, row and "
        "column.\n"
        "3. Correct the file and choose it again, or publish the good rows alone.\n"
        "4. See which figures are different. The same file twice changes nothing; any batch can be "
        "taken back on the page Data health."
    )


def _checked(given: HandedIn, digest: str) -> str:
    """Show what the file would do, and return the badges of the steps."""
    try:
        checked = session.answer(publishing.try_upload, given, actor=session.actor())
    except Clause9Error as error:
        not_taken(st.container(), str(error))
        return sending.steps(1, problem="not readable")
    batch = checked.batches[0]
    if batch.state == "unchanged":
        said = plain(batch.message[:1].upper() + batch.message[1:])
        st.markdown(f":gray-badge[● Nothing to do] &nbsp;{said}")
        return sending.steps(len(sending.STEPS))
    if not batch.parts:
        not_taken(st.container(), batch.message)
        return sending.steps(1, problem="not readable")
    for view in session.answer(handing_in.understood, given):
        sending.sheet(view)
    sending.cells_to_fix(batch)
    changes, publish = st.columns([1.6, 1], gap="large")
    with changes:
        sending.would_change(batch)
        _fed(batch)
    with publish:
        _publish(given, batch, digest)
    cells = count(len(batch.reasons), "cell")
    return sending.steps(2, problem=cells) if batch.refused else sending.steps(3)


def _fed(batch: BatchReport) -> None:
    fed = session.answer(handing_in.fed_metrics, [part.table for part in batch.parts])
    if fed:
        titles = listed([plain(metric.title) for metric in fed], most=6)
        st.caption(f"Feeds {titles}.")


def _publish(given: HandedIn, batch: BatchReport, digest: str) -> None:
    page.section("Publish")
    with st.container(border=True, gap="small"):
        if batch.refused:
            rows = "1 row stands" if batch.refused == 1 else f"{batch.refused:,} rows stand"
            st.markdown(f":orange-badge[▲ Not yet] &nbsp; {rows} in the way.")
        everything = st.button(
            f"Publish {count(batch.accepted + batch.refused, 'row')}",
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
        told = st.container()
        if everything or good:
            with st.spinner("Publishing, and computing the figures it feeds"):
                _go(given, digest, accept_good=bool(good), told=told)


def _go(
    given: HandedIn,
    digest: str,
    *,
    accept_good: bool,
    told: st.delta_generator.DeltaGenerator,
) -> None:
    try:
        published = handing_in.publish(
            session.company(),
            given,
            accept_good=accept_good,
            actor=session.actor(),
            at=session.now(),
        )
    except Clause9Error as error:
        not_taken(told, str(error))
        return
    if published.report.refused:
        not_taken(told, published.report.batches[0].message)
        return
    st.session_state[PUBLISHED] = (digest, published)
    st.rerun()
