"""How a review words numbers, days and lists: one unit each, months by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from metrics.periods import MONTH_NAMES
from metrics.review.model import NOT_KNOWN

MASK = "•••"
"""Stands where a personal column stood; never a hash, which a list of names would undo."""


def day(on: date | None) -> str:
    """Return "3 March 2026"; a day nobody knows is "not known"."""
    return f"{on.day} {_month(on)} {on.year}" if on else NOT_KNOWN


def short_day(on: date | None) -> str:
    """Return "3 Mar 2026" for table cells, "–" for none."""
    return f"{on.day} {_month(on)[:3]} {on.year}" if on else "–"


def _month(on: date) -> str:
    return MONTH_NAMES[on.month - 1]


def number(value: float | Decimal | None, decimals: int) -> str:
    """Return the value with thousands commas, a true minus sign, and "not known" for None."""
    if value is None:
        return NOT_KNOWN
    text = f"{value:,.{decimals}f}"
    is_nothing = not text.strip("-0.,")
    return text.lstrip("-") if is_nothing else text.replace("-", "−")


def exact(value: Decimal | None) -> str:
    """Return a numerator or denominator without trailing zeros: 1,234 or 0.25."""
    if value is None:
        return NOT_KNOWN
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}".replace("-", "−") if rest else whole.replace("-", "−")


def plain(value: float | None) -> str:
    """Return a number as it was entered: 4.5, 95, 1,000,000."""
    return exact(None if value is None else Decimal(repr(value)))


def measured(value: float | None, unit: str, decimals: int) -> str:
    """Return the value with its unit once: "4.0 complaints per 1,000 deliveries", "14.7 %"."""
    said = number(value, decimals)
    return said if value is None or not unit else f"{said} {unit}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return "1 audit", "7 audits", "no audit"."""
    if count == 0:
        return f"no {singular}"
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def days_between(earlier: date, later: date) -> int:
    """Return whole days from one day to a later one; never below 0."""
    return max(0, (later - earlier).days)


def sentence(text: str) -> str:
    """Return the text with a capital at its front and one full stop at its end."""
    trimmed = text.strip()
    ended = trimmed if trimmed.endswith((".", "!", "?")) else f"{trimmed}."
    return ended[:1].upper() + ended[1:]
