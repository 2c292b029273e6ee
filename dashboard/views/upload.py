"""Upload: a file in, what was understood, cells to fix, what publishing changes, publish."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import session
from dashboard.company import handing_in, teaching, uploads, would_be
from dashboard.company.handing_in import Checked, Published
from dashboard.company.publishing import HandedIn
from dashboard.company.teaching import Study
from dashboard.components import effects, fixing, links, page, sending
from dashboard.components.page import plain
from dashboard.components.teaching import Lesson, teach
from dashboard.components.telling import not_taken
from dashboard.components.words import count, listed, spelled
from dashboard.components.working import working
from data.errors import Clause9Error
from data.records.access import could
from pipelines.clean.corrections import Correction, merged

ANY = "Find the source by file name"

MOST_LATE = 5
"""Late uploads named on the empty page; Data health has them all."""

PUBLISHED = "upload.published"
"""What was published last in this session, with the SHA-256 of its bytes."""

CHECKED = "upload.checked"
"""What was checked last, with what it depends on: the same file is not read twice."""

CORRECTIONS = "upload.corrections"
"""The SHA-256 of a file, and the cells of it that were put right on the page."""

MARKED = "upload.marked"
"""The name under which the file checked last is kept for its copy with the cells marked."""

TEACHING = "upload.teaching"
"""The SHA-256 of a file somebody says is not understood right, and the source that reads it."""

TAUGHT = "upload.taught"
"""The SHA-256 of a file, and the source that was remembered with it."""

STUDY = "upload.study"
"""What was looked at last while a reading was taught."""

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
    content = file.getvalue()
    digest = sha256(content).hexdigest()
    source = source or _taught(digest)
    given = HandedIn(file.name, content, source, corrections=_corrections(digest))
    done = _published(digest)
    with head:
        told = "published" if done else "nothing is published until you say so"
        size = f"{file.size / 1000:,.0f} kB" if file.size >= 1000 else f"{file.size} bytes"
        page.head(f"Upload {file.name}", f"{size} · SHA-256 {digest[:12]}… · {told}")
    if done:
        badges.markdown(sending.steps(len(sending.STEPS)), width="content")
        effects.done(done)
        return
    badges.markdown(_checked(given, digest), width="content")


def _taught(digest: str) -> str | None:
    """Return the source that was taught with these bytes in this session."""
    kept: tuple[str, str] = st.session_state.get(TAUGHT, ("", ""))
    return kept[1] if kept[0] == digest and kept[1] in session.company().mappings else None


def _corrections(digest: str) -> tuple[Correction, ...]:
    """Return the cells of these bytes that were put right in this session."""
    kept: tuple[str, tuple[Correction, ...]] = st.session_state.get(CORRECTIONS, ("", ()))
    return kept[1] if kept[0] == digest else ()


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
            f"The file: Excel, OpenDocument, CSV, JSON or Parquet, at most {LARGEST} MB",
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
        "1. Choose a file. A source whose file names are known is found by itself; of any other "
        "file you are asked once how it is read.\n"
        "2. See how it was understood, and every cell that cannot be read, by its name in Excel.\n"
        "3. Put the cells right on this page or in the file, or publish the good rows alone.\n"
        "4. See which figures would change, then publish. The same file twice changes nothing; any "
        "batch can be taken back on the page Data health."
    )


def _checked(given: HandedIn, digest: str) -> str:
    """Show what the file would do, and return the badges of the steps."""
    try:
        checked = _once(given, digest)
    except Clause9Error as error:
        not_taken(st.container(), str(error))
        return sending.steps(1, problem="not readable")
    batch = checked.batch
    if batch.state == "unchanged":
        said = plain(batch.message[:1].upper() + batch.message[1:])
        st.markdown(f":gray-badge[● Nothing to do] &nbsp;{said}")
        return sending.steps(len(sending.STEPS))
    if not batch.parts:
        return _unread(given, digest, checked)
    if _is_taught(given, digest):
        return sending.steps(1, problem="how is it read?")
    for view in checked.sheets:
        sending.sheet(view)
        if view.mapping in session.company().mappings:
            _not_right(view.mapping, digest)
    _fix(given, checked, digest)
    effects.warnings(checked)
    changes, publish = st.columns([1.6, 1], gap="large")
    with changes:
        effects.would_change(checked)
        _figures(given, checked, digest)
    with publish:
        _publish(given, checked, digest)
    cells = count(len(checked.cells), "cell")
    return sending.steps(2, problem=cells) if batch.refused else sending.steps(3)


def _unread(given: HandedIn, digest: str, checked: Checked) -> str:
    """Show why a file is not read, and ask how it is where somebody may say so."""
    problem = "how is it read?"
    if _is_taught(given, digest):
        return sending.steps(1, problem=problem)
    if checked.is_unknown and could(session.actor(), "remember_mapping"):
        page.section("Nobody has said yet how this file is read")
        sending.in_the_way(checked.batch.message)
        _teach(given, digest, None)
        return sending.steps(1, problem=problem)
    not_taken(st.container(), checked.batch.message)
    known = handing_in.source_of(session.company(), given)
    _not_right(known or "", digest)
    return sending.steps(1, problem="not readable")


def _not_right(mapping: str, digest: str) -> None:
    """Offer to say how a file is read: by another reading of its source, or by a first one."""
    if not could(session.actor(), "remember_mapping"):
        return
    known = mapping in session.company().mappings
    label = "Not understood right? Correct it" if known else "Say how this file is read"
    if st.button(label, type="tertiary", key=f"upload.no.{mapping}"):
        st.session_state[TEACHING] = (digest, mapping if known else "")
        st.rerun()


def _is_taught(given: HandedIn, digest: str) -> bool:
    """Show the teaching somebody asked for, if it is about this file; return whether it is."""
    asked: tuple[str, str] = st.session_state.get(TEACHING, ("", ""))
    if asked[0] != digest:
        return False
    _teach(given, digest, asked[1] or None)
    if st.button("Leave it as it was", type="tertiary", key="upload.leave"):
        st.session_state.pop(TEACHING)
        st.rerun()
    return True


def _teach(given: HandedIn, digest: str, name: str | None) -> None:
    company = session.company()
    try:
        lesson = Lesson(
            company,
            given.name,
            _study(given, digest),
            digest[:12],
            company.mappings.get(name or ""),
        )
        mapping = teach(lesson)
        if mapping is None:
            return
        teaching.remember(company, mapping, actor=session.actor(), at=session.now())
    except Clause9Error as error:
        not_taken(st.container(), str(error))
        return
    st.session_state[TAUGHT] = (digest, mapping.name)
    st.session_state.pop(TEACHING, None)
    st.rerun()


def _study(given: HandedIn, digest: str) -> Study:
    """Return the file as it lies, looked at once."""
    last = st.session_state.get(STUDY)
    if last and last[0] == (digest, given.name):
        seen: Study = last[1]
        return seen
    with working(st.container(), f"Looking at {given.name}"):
        found = teaching.study(session.company(), given)
    st.session_state[STUDY] = ((digest, given.name), found)
    return found


def _once(given: HandedIn, digest: str, *, tries_figures: bool = False) -> Checked:
    """Return the check of a file, made once for what it depends on, its stages shown meanwhile."""
    key = (session.state(), digest, given.name, given.source, given.corrections)
    last = st.session_state.get(CHECKED)
    if last and last[0] == key and not tries_figures:
        checked: Checked = last[1]
        return checked
    with working(st.container(), f"Reading and checking {given.name}") as told:
        checked = handing_in.check(
            session.company(), given, told, actor=session.actor(), tries_figures=tries_figures
        )
    st.session_state[CHECKED] = (key, checked)
    st.session_state[MARKED] = session.hold(given) if checked.cells else ""
    return checked


def _fix(given: HandedIn, checked: Checked, digest: str) -> None:
    corrections = fixing.cells_to_fix(checked.cells, f"{digest[:12]}.{len(given.corrections)}")
    if corrections:
        st.session_state[CORRECTIONS] = (digest, merged(given.corrections, corrections))
        st.rerun()
    if fixing.put_right(given.corrections):
        st.session_state[CORRECTIONS] = (digest, ())
        st.rerun()


def _figures(given: HandedIn, checked: Checked, digest: str) -> None:
    """Show the figures that would change, or a button for it where that takes a while."""
    tables = [part.table for part in checked.batch.parts]
    fed = session.answer(would_be.fed_metrics, tables)
    if not fed:
        st.caption("No metric reads this table yet.")
    elif checked.would_move is not None:
        effects.would_be(checked.would_move)
    elif checked.batch.accepted:
        titles = listed([plain(metric.title) for metric in fed], most=6)
        st.caption(f"Feeds {titles}.")
        if st.button("Show what it would do to the figures", key="upload.try"):
            _once(given, digest, tries_figures=True)
            st.rerun()


def _publish(given: HandedIn, checked: Checked, digest: str) -> None:
    batch = checked.batch
    page.section("Publish")
    with st.container(border=True, gap="small"):
        if batch.refused:
            cells = len(checked.cells)
            said = f"{spelled(cells, 'cell')} {'stands' if cells == 1 else 'stand'} in the way."
            st.markdown(f":orange-badge[▲ Not yet] &nbsp; {said}")
        note = st.text_input(
            "Note", placeholder="What a reader should know, if anything", key="upload.note"
        )
        everything = st.button(
            f"Publish {count(batch.accepted + batch.refused, 'row')}",
            type="primary",
            disabled=bool(batch.refused) or not batch.accepted,
            width="stretch",
            key="upload.publish",
        )
        good = bool(batch.refused and batch.accepted) and st.button(
            f"Publish the {count(batch.accepted, 'good row')}, keep {batch.refused:,} refused",
            width="stretch",
            key="upload.good",
        )
        if checked.cells:
            st.link_button(
                "Download my file with the cells marked",
                f"/exports/marked/{st.session_state[MARKED]}.xlsx",
                type="tertiary",
                icon=":material/download:",
            )
        told = st.container()
        if everything or good:
            given = replace(given, note=note.strip())
            _go(given, checked, digest, accept_good=bool(good), told=told)


def _go(
    given: HandedIn, checked: Checked, digest: str, *, accept_good: bool, told: DeltaGenerator
) -> None:
    try:
        with working(told, "Publishing") as stage:
            published = handing_in.publish(
                session.company(),
                given,
                checked,
                stage,
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
