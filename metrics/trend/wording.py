"""Numbers, units, periods and targets in words."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.periods import Grain

NO_VARIATION = "no variation"
"""Said of a series whose every value is the same: its limits lie on the centre line."""

LEFT_OUT = "every figure is left out"
"""Said where a person excluded all there is."""

NO_RUN_TESTS = "no run tests"
"""Said of a run chart half of whose points lie on the median: runs say nothing there."""

_PERIODS: dict[Grain, str] = {
    "day": "days",
    "week": "weeks",
    "month": "months",
    "quarter": "quarters",
    "year": "years",
}


def periods(count: int, grain: Grain) -> str:
    """Return "1 month", "8 months"."""
    word = _PERIODS[grain]
    return f"{count} {word[:-1] if count == 1 else word}"


def unit_of(grain: Grain) -> str:
    """Return "months"."""
    return _PERIODS[grain]


def number(value: float, decimals: int) -> str:
    """Return the number with thousands separated; a rounded zero has no minus sign."""
    text = f"{value:,.{max(decimals, 0)}f}"
    return text.lstrip("-") if not any(digit in text for digit in "123456789") else text


def exact(value: float) -> str:
    """Return a number somebody set, with the decimals it needs and no more."""
    whole, _, rest = f"{value:,.6f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def with_unit(text: str, unit: str) -> str:
    """Return "14.7 % of complaints"; a number without unit stands alone."""
    return f"{text} {unit}" if unit else text


def told_apart(values: Sequence[float], decimals: int) -> int:
    """Return the decimals, one fewer than the table's if that will do, at which values differ.

    Two different numbers in one sentence must not read the same, nor a number read as nothing.
    """
    for places in range(max(decimals - 1, 0), decimals + 4):
        texts = {number(value, places) for value in values}
        apart = {round(value, decimals + 5) for value in values}
        nothing = number(0.0, places) in texts and 0.0 not in apart
        if len(texts) == len(apart) and not nothing:
            return places
    return decimals + 4


def listed(words: Sequence[str], most: int = 3) -> str:
    """Return "a, b and c"; longer lists as "a, b and 5 more"."""
    if len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def target_words(low: float | None, high: float | None) -> str:
    """Return "at most 4.5", "at least 96", "4 to 5", or nothing without a target."""
    if low is not None and high is not None:
        return f"{exact(low)} to {exact(high)}"
    if high is not None:
        return f"at most {exact(high)}"
    return f"at least {exact(low)}" if low is not None else ""
