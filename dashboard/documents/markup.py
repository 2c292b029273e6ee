"""HTML by construction: whatever is not already markup is escaped, so nobody can forget to."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

VOID = frozenset({"img", "meta", "source", "br"})


class Markup(str):
    """Text that is HTML already. Only this module and its callers' own constants make it."""

    __slots__ = ()


Child = str | Markup | None


def element(tag: str, /, *children: Child, **attributes: str | None) -> Markup:
    """Return <tag …>children</tag>; None children and attributes fall away.

    `class_` and `for_` lose their underline, other underlines become hyphens.
    """
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{tag}{said}>")
    return Markup(f"<{tag}{said}>{joined(children)}</{tag}>")


def joined(children: Iterable[Child]) -> Markup:
    """Return the children one after the other, text escaped."""
    return Markup("".join(_safe(child) for child in children if child is not None))


def _safe(child: str) -> str:
    return str(child) if isinstance(child, Markup) else escape(child, quote=False)


def _attribute(key: str, value: str | None) -> str:
    if value is None:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f' {name}="{escape(value, quote=True)}"'
