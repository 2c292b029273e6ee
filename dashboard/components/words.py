"""Numbers and lists as people read them; nothing is an en dash, never 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

NOTHING = "–"

LETTER, MARGINS = 6.4, 18
"""Pixels of a letter, and beside the text of a cell, in a grid: measured on the longest of the
library's."""


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """Return a number with thousands separators, or an en dash."""
    return NOTHING if value is None else f"{value:,.{decimals}f}"


def whole(value: float | Decimal | None) -> str:
    """Return a sum without needless decimals: 48, 1,204.5."""
    if value is None:
        return NOTHING
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def count(n: int, one: str, many: str | None = None) -> str:
    """Return "1 action", "3 actions"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def pixels(texts: Iterable[str], least: int, most: int) -> int:
    """Return how wide a column of a grid has to be to show these texts whole, within limits."""
    longest = max((len(text) for text in texts), default=0)
    return min(max(int(longest * LETTER) + MARGINS, least), most)


def spelled(n: int, one: str, many: str | None = None) -> str:
    """Return the same with small numbers as words, to begin a sentence: "Three cells"."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    told = count(n, one, many)
    return f"{words[n].capitalize()} {told.partition(' ')[2]}" if 0 < n < len(words) else told


def word(name: str) -> str:
    """Return a column's name as people say it: "received on", "justified", "complaint ID"."""
    spoken = name.removeprefix("is_").replace("_", " ")
    return f"{spoken.removesuffix(' id')} ID" if spoken.endswith(" id") else spoken


def title(name: str) -> str:
    """Return a column's name as a heading: "Received on"."""
    spoken = word(name)
    return spoken[:1].upper() + spoken[1:]


def part_words(part: Mapping[str, str]) -> str:
    """Return a slice in words: "site Porto, product valves"; the whole is "everything"."""
    return ", ".join(f"{word(name)} {value}" for name, value in part.items()) or "everything"


def listed(words: Sequence[str], most: int = 3) -> str:
    """Return the first words and how many more there are."""
    shown = ", ".join(words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"
