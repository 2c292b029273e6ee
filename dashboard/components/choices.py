"""Choices that live in the address: it is obeyed, it says what is shown, and it can be sent on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Literal

import streamlit as st

from dashboard.components import links
from dashboard.components.page import plain
from data.errors import NotFoundError, near_miss


def pick(  # noqa: PLR0913 - one widget, named in full at every call
    page: str,
    name: str,
    options: Sequence[str],
    *,
    label: str,
    width: int | Literal["stretch"] = "stretch",
    words: Callable[[str], str] = str,
    usual: str | None = None,
    forgets: Sequence[str] = (),
) -> str:
    """Return the option the address names, or the first; picking another opens it afresh.

    With `usual`, that is taken where the address names none, and picking another changes nothing
    else but the choices it `forgets`. Raises NotFoundError for an option there is none of: an
    address never shows another.
    """
    asked, key = _asked(name, options, label), f"{page}.{name}"
    st.session_state[key] = asked or usual or options[0]
    if asked is None and usual is None:
        st.query_params[name] = options[0]
    return str(
        st.selectbox(
            label,
            options,
            format_func=words,
            label_visibility="collapsed",
            width=width,
            key=key,
            on_change=_afresh if usual is None else _narrowed,
            args=(name, key) if usual is None else (name, key, forgets),
        )
    )


def narrow(  # noqa: PLR0913 - one widget, named in full at every call
    page: str,
    name: str,
    options: Sequence[str],
    *,
    label: str,
    everything: str,
    width: int,
    words: Callable[[str], str] = str,
) -> str | None:
    """Return the option the address narrows the page to, or None for everything.

    Raises NotFoundError for an option there is none of.
    """
    asked, key = _asked(name, options, label), f"{page}.{name}"
    st.session_state[key] = asked
    st.selectbox(
        label,
        options,
        index=None,
        placeholder=everything,
        format_func=words,
        label_visibility="collapsed",
        width=width,
        key=key,
        on_change=_narrowed,
        args=(name, key),
    )
    return asked


def flag(page: str, name: str, *, label: str, explained: str) -> bool:
    """Return whether the address says yes to something; raises NotFoundError for another word."""
    asked, key = _asked(name, ["yes"], label), f"{page}.{name}"
    st.session_state[key] = asked == "yes"
    st.toggle(label, help=explained, key=key, on_change=_flagged, args=(name, key))
    return asked == "yes"


def switch(page: str, name: str, options: Mapping[str, str], *, label: str) -> str:
    """Return which of a few options, by their words, the address names, or the first.

    Raises NotFoundError for an option there is none of.
    """
    asked, key = _asked(name, list(options), label), f"{page}.{name}"
    shown = asked or next(iter(options))
    st.session_state[key] = shown
    st.segmented_control(
        label,
        list(options),
        required=True,
        format_func=options.__getitem__,
        label_visibility="collapsed",
        key=key,
        on_change=_narrowed,
        args=(name, key),
    )
    return shown


def search(page: str, name: str, *, label: str, width: int) -> str:
    """Return the words the address looks for; typing others narrows the page to them."""
    key = f"{page}.{name}"
    st.session_state[key] = links.asked(name) or ""
    st.text_input(
        label,
        placeholder=label,
        label_visibility="collapsed",
        width=width,
        key=key,
        on_change=_narrowed,
        args=(name, key),
    )
    return links.asked(name) or ""


def day(page: str, name: str, *, label: str) -> date | None:
    """Return the day the address names, or None; raises NotFoundError for what is no day."""
    asked, key = links.asked(name), f"{page}.{name}"
    try:
        st.session_state[key] = date.fromisoformat(asked) if asked else None
    except ValueError:
        raise NotFoundError(
            f"The address says {name}={asked}, which is no day. Days are written 2026-10-31."
        ) from None
    found = st.date_input(
        label,
        value=None,
        format="YYYY-MM-DD",
        width=150,
        key=key,
        on_change=_narrowed,
        args=(name, key),
    )
    return found if isinstance(found, date) else None


def page_number() -> int:
    """Return the page of a long list the address names, from 0; what is no page is the first."""
    asked = links.asked("page") or "0"
    return int(asked) if asked.isdecimal() else 0


def told_unknown(known: Collection[str]) -> None:
    """Say which words of the address do not apply here: nothing is left out unsaid."""
    for name, value in st.query_params.items():
        if name not in known:
            st.warning(
                plain(
                    f"The address says {name}={value}, which does not apply here and is not used."
                    f"{near_miss(name, list(known))}"
                ),
                icon="⚠️",
            )


def _asked(name: str, options: Sequence[str], label: str) -> str | None:
    asked = links.asked(name)
    if asked is not None and asked not in options:
        raise NotFoundError(f"There is no {label.lower()} '{asked}'.{near_miss(asked, options)}")
    return asked


def _afresh(name: str, key: str) -> None:
    """Keep nothing of what was shown before: other choices belong to the other thing."""
    st.query_params.from_dict({name: st.session_state[key]})


def _flagged(name: str, key: str) -> None:
    if st.session_state[key]:
        st.query_params[name] = "yes"
    else:
        st.query_params.pop(name, None)


def _narrowed(name: str, key: str, forgets: Sequence[str] = ()) -> None:
    value = st.session_state[key]
    for each in forgets:
        st.query_params.pop(each, None)
    if value is None or value == "":
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value.isoformat() if isinstance(value, date) else value
    st.query_params.pop("page", None)
