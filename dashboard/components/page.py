"""The frame every page shares: titles, sections, brand, footer, and how a problem is told."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from dashboard.charts.inks import DARK, LIGHT, Inks
from dashboard.company.opened import Company
from data.errors import Clause9Error

NBSP = "\u00a0"

STYLE = Path(__file__).with_name("page.css")
"""The few looks that no setting of Streamlit gives."""


def ink() -> Inks:
    """Return the inks of the theme in use."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def head(title: str, line: str, badges: str = "") -> None:
    """Show a page's title, one muted line beneath it, and badges after the title."""
    with st.container(gap=None):
        st.markdown(f"# {plain(title)}" + (f" &nbsp;{badges}" if badges else ""), anchors=False)
        st.caption(line)


def section(title: str, line: str = "") -> None:
    """Show a section's title with one quiet remark on the same line."""
    remark = f" &ensp;:small[:gray[{line}]]" if line else ""
    st.markdown(f"#### {plain(title)}{remark}", anchors=False)


def problem(error: Clause9Error) -> None:
    """Show an expected error as the sentence it is."""
    head("This page cannot be shown", "what is in the way, and the way out")
    st.warning(plain(str(error)), icon="⚠️")


def footer(company: Company) -> None:
    """Show whose data this is, as of when, and whether it is invented."""
    settings = company.workspace.settings
    told = [plain(settings.organisation)]
    if settings.synthetic:
        told.append("synthetic company: no real people or figures")
    told.append(
        f"as of {day(company.as_of)}" + (" (fixed in clause9.toml)" if settings.as_of else "")
    )
    told.append("no sign-in: this machine only")
    st.space("small")
    st.caption(" · ".join(told), text_alignment="center")


def day(value: object) -> str:
    """Return a date as it is said: 20 Nov 2026; nothing is said as an en dash."""
    return f"{value.day} {value:%b %Y}" if hasattr(value, "day") else "–"


def plain(text: str) -> str:
    """Return text from people or files with every Markdown sign taken literally."""
    escaped = re.sub(r"([\\`*_{}\[\]()<>#+!|~$:=-])", r"\\\1", text)
    listed = re.sub(r"(?m)^(\s*\d+)\.(?=\s)", r"\1\\.", escaped)
    return listed.replace("\n", "  \n")


def brand() -> str:
    """Return the wordmark, in the ink of the theme."""
    inks = ink()
    shape = f'fill="none" stroke="{inks.actual}" stroke-width="2"'
    mark = (
        f'<rect x="1" y="3" width="18" height="18" rx="4" {shape}/>'
        f'<path d="M5 15l3-4 3 2 4-6" {shape}/>'
    )
    font = 'font-family="Source Sans Pro,Helvetica,Arial,sans-serif" font-size="17"'
    word = f'<text x="27" y="18" {font} font-weight="600" fill="{inks.actual}">Clause9</text>'
    size = 'width="104" height="24" viewBox="0 0 104 24"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{mark}{word}</svg>'
