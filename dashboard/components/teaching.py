"""Saying how a file is read: the sheet as it lies, beside it what it holds and what to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.company import teaching
from dashboard.company.opened import Company
from dashboard.company.teaching import DATES, NUMBERS, Reading, Study
from dashboard.components import page
from dashboard.components.page import plain
from dashboard.components.telling import not_taken
from dashboard.components.words import count, title
from data.errors import UsageError
from data.tables import Table
from pipelines.mapping import Mapping as Definition
from pipelines.mapping.periods import Cadence
from pipelines.readers.raw import ROW
from pipelines.templates.figures import TABLE as FIGURES
from pipelines.understand import Proposal, Question, SheetLook, answered

SHOWN_ROWS = 14
"""Rows of a sheet shown as they lie."""

NOT_READ = "not read"

ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": "Western European Windows",
    "latin-1": "Latin-1",
    "cp1250": "Central European Windows",
}
"""Encodings as people know them."""

EXPECTED: Mapping[str, Cadence | None] = {
    "not by a date": None,
    "every week": "week",
    "every month": "month",
    "every quarter": "quarter",
    "every year": "year",
}

SEPARATORS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


@dataclass(frozen=True)
class Lesson:
    """A file somebody teaches: `before` is the mapping that reads it so far, if there is one."""

    company: Company
    file: str
    study: Study
    key: str
    before: Definition | None = None


def teach(lesson: Lesson) -> Definition | None:
    """Show how the file lies beside how it is read; return the mapping to remember, once said."""
    left, right = st.columns([1.25, 1], gap="large")
    with right:
        page.section("How it is read", "asked once, remembered for the next file like it")
        proposal, table = _holds(lesson)
    with left:
        sheet = _sheet(lesson, proposal)
    with right:
        mapping = None
        if proposal is not None:
            mapping = _by_proposal(lesson, proposal)
        elif table is not None:
            mapping = _by_hand(lesson, sheet, table)
        return _named(lesson, mapping) if mapping is not None else None


def _sheet(lesson: Lesson, proposal: Proposal | None) -> SheetLook:
    """Show a sheet as it lies: the one a proposal is about, else the one the person chooses."""
    sheets = lesson.study.sheets
    names = [sheet.name or lesson.file for sheet in sheets]
    told = proposal.mapping if proposal else lesson.before
    at = names.index(told.sheet) if told and told.sheet in names else 0
    if len(names) > 1 and proposal is None:
        chosen = st.selectbox("Sheet", names, index=at, key=f"upload.teach.{lesson.key}.sheet")
        at = names.index(chosen)
    sheet = sheets[at]
    which = f"{plain(sheet.name)}, " if sheet.name else ""
    page.section("Your sheet", f"{which}{count(sheet.rows, 'row')} as they lie")
    first = max(0, ((told.header_row or 1) if told else 1) - 3)
    shown = sheet.top.slice(first, SHOWN_ROWS).select(ROW, *sheet.letters).rename({ROW: "Row"})
    st.dataframe(
        shown.fill_null(""),
        hide_index=True,
        height="content",
        column_config={"Row": st.column_config.NumberColumn(width=50, pinned=True)},
        alt="The first rows of the sheet as they lie, with letters and row numbers",
    )
    return sheet


def _holds(lesson: Lesson) -> tuple[Proposal | None, Table | None]:
    """Ask what the file holds; return the proposal chosen, or the table."""
    proposals = {f"{_kind(lesson, p)}: {p.place}": p for p in lesson.study.proposals}
    tables = {f"{table.title}, a row each": table for table in lesson.company.tables.values()}
    choices = [*proposals, *tables]
    index = 0 if proposals else None
    if lesson.before is not None:
        choices = list(tables)
        index = list(tables.values()).index(lesson.company.tables[lesson.before.table])
    chosen = st.selectbox(
        "What it holds",
        choices,
        index=index,
        placeholder="Choose",
        key=f"upload.teach.{lesson.key}.holds",
    )
    if not proposals and lesson.before is None:
        st.caption(f"Figures by period were looked for too. {plain(lesson.study.why_none)}")
    if chosen is None:
        return None, None
    return proposals.get(chosen), tables.get(chosen)


def _kind(lesson: Lesson, proposal: Proposal) -> str:
    table = lesson.company.tables[proposal.mapping.table]
    return "Figures by period" if table.name == FIGURES else f"{table.title}, a row each"


def _by_proposal(lesson: Lesson, proposal: Proposal) -> Definition | None:
    """Ask what the proposal leaves open, one answer leading to the next questions."""
    key = f"upload.teach.{lesson.key}.{proposal.place}"
    found: Proposal | Definition = proposal if proposal.questions else proposal.mapping
    given: dict[str, str] = {}
    asked: set[str] = set()
    while isinstance(found, Proposal):
        new = [question for question in found.questions if question.key not in asked]
        asked |= {question.key for question in new}
        answers = {question.key: answer for question in new if (answer := _answer(question, key))}
        if not answers:
            return None
        given |= answers
        try:
            found = answered(proposal, given)
        except UsageError as error:
            not_taken(st.container(), str(error))
            return None
    for sentence in proposal.why:
        st.markdown(f":small[✓ {plain(sentence)}]")
    return found


def _answer(question: Question, key: str) -> str | None:
    label = plain(question.sentence)
    name = f"{key}.{question.key}"
    if question.choices:
        return st.selectbox(
            label,
            question.choices,
            index=None,
            placeholder="Decide",
            accept_new_options=question.is_open,
            key=name,
        )
    return st.text_input(label, key=name).strip() or None


def _by_hand(lesson: Lesson, sheet: SheetLook, table: Table) -> Definition | None:
    """Ask for header row, columns and ways of writing; return the mapping they make."""
    key = f"upload.teach.{lesson.key}.{table.name}"
    start = (
        teaching.reading_of(lesson.before, sheet)
        if lesson.before is not None
        else Reading(table.name, None, teaching.likely_header_row(sheet), {})
    )
    is_first = len(lesson.study.sheets) == 1
    row = int(
        st.number_input(
            "Row of the header", 1, max(sheet.rows, 1), start.header_row, key=f"{key}.row"
        )
    )
    columns = _columns(teaching.headers(sheet, row), table, start, f"{key}.{row}")
    encoding, separator = _text_file(sheet, start, key)
    dates, numbers = _written(start, key)
    reading = Reading(
        table.name,
        start.sheet or (None if is_first else sheet.name),
        row,
        columns,
        _same_everywhere(lesson, table, start, columns, key),
        dates,
        numbers,
        encoding,
        separator,
    )
    needed = teaching.still_needed(table, reading)
    if needed and lesson.before is None:
        names = ", ".join(title(column.name) for column in needed)
        st.markdown(f":orange-badge[▲ Not yet] &nbsp;Every row needs: {plain(names)}.")
        return None
    return _made(lesson, reading)


def _columns(headers: Mapping[str, str], table: Table, start: Reading, key: str) -> dict[str, str]:
    """Ask for each of their columns which of ours it is; return ours to theirs."""
    likely = teaching.same_names(table, list(headers.values()))
    likely |= {theirs: ours for ours, theirs in start.columns.items()}
    choices = [NOT_READ, *table.column_names]
    columns = {}
    for letter, header in headers.items():
        label, field = st.columns([1, 1.2], vertical_alignment="center", gap="small")
        label.markdown(f":gray[{letter}] &nbsp;{plain(header)}")
        chosen = field.selectbox(
            f"{letter} {header} is",
            choices,
            index=choices.index(likely.get(header, NOT_READ)),
            format_func=lambda name: name if name == NOT_READ else title(name),
            label_visibility="collapsed",
            key=f"{key}.{letter}",
        )
        if chosen != NOT_READ:
            columns[chosen] = header
    return columns


def _same_everywhere(
    lesson: Lesson, table: Table, start: Reading, columns: Mapping[str, str], key: str
) -> dict[str, str]:
    """Ask for what every row needs and no column says: it is then the same in all of them."""
    constants = {name: text for name, text in start.constants.items() if name not in columns}
    known = teaching.process_names(lesson.company)
    asked = teaching.still_needed(table, Reading(table.name, None, 1, columns))
    for column in asked:
        label = f"{title(column.name)}, the same in every row"
        choices = known if column.name == "process" else list(column.allowed)
        held = constants.get(column.name)
        name = f"{key}.always.{column.name}"
        if choices:
            index = choices.index(held) if held in choices else None
            text = st.selectbox(label, choices, index=index, placeholder="Choose", key=name)
        else:
            text = st.text_input(label, held or "", key=name).strip()
        if text:
            constants[column.name] = text
    return constants


def _written(start: Reading, key: str) -> tuple[str, str]:
    left, right = st.columns(2, gap="small")
    dates, numbers = list(DATES), list(NUMBERS)
    day = left.selectbox(
        "A day is written",
        dates,
        index=dates.index(start.dates) if start.dates in dates else None,
        placeholder="as before",
        key=f"{key}.dates",
    )
    figure = right.selectbox(
        "A number is written", numbers, index=numbers.index(start.numbers), key=f"{key}.numbers"
    )
    return day or "", figure


def _text_file(sheet: SheetLook, start: Reading, key: str) -> tuple[str, str | None]:
    """Ask how a text file is written, where the bytes leave it open."""
    encoding = sheet.encodings[0] if len(sheet.encodings) == 1 else start.encoding
    separator = start.separator
    if len(sheet.encodings) > 1:
        encoding = st.selectbox(
            "The file's letters are written as",
            sheet.encodings,
            format_func=lambda name: ENCODINGS.get(name, name),
            key=f"{key}.encoding",
        )
    if len(sheet.separators) > 1:
        separator = st.selectbox(
            "Between the columns stands",
            sheet.separators,
            format_func=lambda sign: SEPARATORS.get(sign, sign),
            key=f"{key}.separator",
        )
    return encoding, separator


def _made(lesson: Lesson, reading: Reading) -> Definition | None:
    name, files = teaching.suggested(lesson.file)
    if lesson.before is not None:
        name, files = lesson.before.name, ""
    try:
        return teaching.mapping_of(lesson.company, reading, name, files, lesson.before)
    except UsageError as error:
        not_taken(st.container(), str(error))
        return None


def _named(lesson: Lesson, mapping: Definition) -> Definition | None:
    """Ask what to remember it as; return the mapping when the person says so."""
    if lesson.before is not None:
        label = f"Remember this for {lesson.before.title or lesson.before.name}"
        if st.button(plain(label), type="primary", key=f"upload.teach.{lesson.key}.remember"):
            return mapping
        return None
    left, right = st.columns(2, gap="small")
    name = left.text_input(
        "Remember as",
        mapping.name,
        help="Small letters, digits and _: the name of the source in sources/",
        key=f"upload.teach.{lesson.key}.name",
    )
    files = right.text_input(
        "For files called",
        ", ".join(mapping.files),
        help="A star stands for anything: next month's file is read the same way",
        key=f"upload.teach.{lesson.key}.files",
    )
    cadence = st.selectbox(
        "More of it is expected",
        list(EXPECTED),
        help="What is expected and does not come is late, here and on the pages of its figures",
        key=f"upload.teach.{lesson.key}.cadence",
    )
    if st.button(
        "Remember, and check the file", type="primary", key=f"upload.teach.{lesson.key}.remember"
    ):
        return teaching.renamed(mapping, name.strip(), files.strip(), EXPECTED[cadence])
    return None
