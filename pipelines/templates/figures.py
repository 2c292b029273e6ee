"""The figures an owner answers for in one period, and how a template names them.

What a filled-in cell means is settled when the template is handed out; `asks` says it, so that a
template filled in after the definition changed is known for what it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from data.tables import Table
from pipelines.mapping.periods import Period

TABLE = "metric_values"
"""The table the figures are rows of."""

FILLED = {
    "numerator": "Numerator",
    "denominator": "Denominator",
    "value": "Value",
    "status": "Status",
    "note": "Note",
}
"""The columns an owner fills in, and their headers."""

METRIC, PROCESS, UNIT, PERIOD = "Metric", "Process", "Unit", "Period"
"""Headers of columns that are filled in already."""


@dataclass(frozen=True)
class Amounts:
    """What somebody handed in for one figure; None is a cell nobody filled in."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    status: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Figure:
    """One figure to hand in: a reported metric for one part of one process.

    `name` is what it is handed in under, `part` its dimensions but for the process. A figure
    `is_share` when the numerator is a part of the denominator, `is_amount` when it is one number
    that adds up over its parts. `about` says what the metric is for; `last` is what was handed in
    for the period before, `given` for this one so far.
    """

    name: str
    title: str
    unit: str
    process: str
    part: Mapping[str, str] = field(default_factory=dict)
    per: float = 1.0
    decimals: int = 1
    is_share: bool = False
    is_amount: bool = False
    about: str = ""
    last: Amounts | None = None
    given: Amounts | None = None

    @property
    def key(self) -> str:
        """What tells it from every other figure of the period: name, process and part."""
        return figure_key(self.name, self.process, self.part)

    @property
    def is_ratio(self) -> bool:
        """Whether a numerator means nothing without its denominator."""
        return self.is_share or self.per != 1

    @property
    def asks(self) -> str:
        """What a filled-in cell means: another text means that the template is out of date."""
        share = ", part of a whole" if self.is_share else ""
        times = f", times {self.per:g}" if self.per != 1 else ""
        return f"{self.unit}{times}{share}"


def figure_key(name: str, process: str, part: Mapping[str, str]) -> str:
    """Return what tells one figure from another, as text."""
    return json.dumps([name, process, dict(part)], sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class HandedOut:
    """A template as it is handed out: whose, for which period, and its figures in order.

    `title` is the period as people say it, `last_title` the one before.
    """

    owner: str
    owner_name: str
    period: Period
    title: str
    last_title: str
    figures: tuple[Figure, ...]


def part_headers(figures: Sequence[Figure], table: Table) -> dict[str, str]:
    """Return dimension to header for every dimension some figure has a value of, in their order."""
    used = {name for figure in figures for name in figure.part}
    own = {METRIC, PROCESS, UNIT, PERIOD, *FILLED.values()}
    headers: dict[str, str] = {}
    for name in table.dimensions:
        if name in used:
            spoken = name.replace("_", " ").capitalize()
            headers[name] = f"{spoken} (part)" if spoken in own else spoken
    return headers


def contract_of_figures(table: Table) -> str:
    """Return the SHA-256 of what the contract says about the cells of an owner's template.

    Texts for people are left out: another meaning is another unit or another list of values.
    """
    names = (*table.dimensions, *FILLED)
    said = [
        (column.name, column.type, column.decimals, column.unit, column.allowed)
        for column in table.columns
        if column.name in names
    ]
    return hashlib.sha256(json.dumps(sorted(said)).encode()).hexdigest()


def amount_words(amounts: Amounts | None, figure: Figure) -> str:
    """Return a figure in words: "95.2 (1,190 of 1,250)", "no opportunity"; nothing is empty."""
    if amounts is None:
        return ""
    number = value_of(amounts, figure)
    if number is None:
        return (amounts.status or "missing").replace("_", " ")
    said = f"{number:,.{figure.decimals}f}"
    if amounts.numerator is None or amounts.denominator is None:
        return said
    return f"{said} ({_whole(amounts.numerator)} of {_whole(amounts.denominator)})"


def value_of(amounts: Amounts, figure: Figure) -> Decimal | None:
    """Return the figure itself: the ratio where both sides are given, else the bare number."""
    numerator, denominator = amounts.numerator, amounts.denominator
    if numerator is None:
        return amounts.value
    if denominator is None:
        return numerator
    return numerator * Decimal(str(figure.per)) / denominator if denominator else None


def _whole(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
