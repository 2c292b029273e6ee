"""Links from page to page that keep the session: by name, with what the page should show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_PAGES = "links.pages"


def register(pages: Mapping[str, StreamlitPage]) -> None:
    """Remember the pages of this run."""
    st.session_state[_PAGES] = dict(pages)


def link(page: str, label: str, **show: str | None) -> None:
    """Place a link to a page; `show` becomes its query parameters."""
    st.page_link(_page(page), label=label, query_params=_given(show))


def line(page: str, label: str, **show: str | None) -> None:
    """Place a whole line that is a link, as wide as there is room."""
    st.page_link(_page(page), label=label, query_params=_given(show), width="stretch")


def go(page: str, **show: str | None) -> NoReturn:
    """Open a page now."""
    st.switch_page(_page(page), query_params=_given(show))


def tell_address() -> None:
    """Tell the browser what this page shows: a link within one page leaves its address behind."""
    st.query_params.from_dict(st.query_params.to_dict())


def asked(name: str) -> str | None:
    """Return a query parameter of this page, or None."""
    return st.query_params.get(name) or None


def asked_slice(dimensions: tuple[str, ...]) -> dict[str, str]:
    """Return the part of a metric the address asks for."""
    return {name: value for name in dimensions if (value := asked(name)) is not None}


def _page(name: str) -> StreamlitPage:
    found: dict[str, StreamlitPage] = st.session_state[_PAGES]
    return found[name]


def _given(show: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in show.items() if value is not None}
