"""Figures that contradict themselves: another value than their ratio, a part above its whole."""

from __future__ import annotations

from collections import abc
from decimal import Decimal, InvalidOperation

import polars as pl

from pipelines.readers.headers import letter
from pipelines.readers.raw import ROW, Flaw, Raw
from pipelines.templates import Amounts, Figure
from pipelines.templates.figures import FILLED, value_of

_ALONE = "numerator and denominator, or else the value alone"


def contradictions(
    frame: pl.DataFrame,
    figures: abc.Mapping[int, Figure | None],
    raw: Raw,
    headers: abc.Sequence[str],
) -> abc.Iterator[Flaw]:
    """Yield a flaw for each cell that contradicts another of its row.

    `figures` are those of the rows by number; cells that are no numbers are told elsewhere.
    """
    for row in frame.iter_rows(named=True):
        figure = figures.get(int(row[ROW]))
        if figure is None:
            continue
        numerator, denominator, value = (_number(row[FILLED[name]]) for name in _NUMBERS)
        amounts = Amounts(numerator, denominator, value)
        for name, rule, reason, accepted in _told(amounts, figure):
            header = FILLED[name]
            cell = f"{letter(headers.index(header))}{row[ROW]}"
            place = f"{raw.sheet}!{cell}" if raw.sheet else cell
            found = str(row[header] or "")
            yield Flaw(int(row[ROW]), header, place, found, reason, rule, accepted)


_NUMBERS = ("numerator", "denominator", "value")


def _number(cell: object) -> Decimal | None:
    try:
        number = Decimal(str(cell).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _told(amounts: Amounts, figure: Figure) -> abc.Iterator[tuple[str, str, str, str]]:
    """Yield column, rule, what is wrong with the cell, and what would do."""
    numerator, denominator, value = amounts.numerator, amounts.denominator, amounts.value
    if numerator is not None and value is not None:
        made = value_of(amounts, figure)
        half = Decimal(5) / 10 ** (figure.decimals + 1)
        if made is None or abs(made - value) > half:
            said = "nothing" if made is None else f"{made:,.{figure.decimals}f}"
            yield (
                "value",
                "one figure",
                f"says {value:,f}, but numerator and denominator give {said} {figure.unit}",
                _ALONE,
            )
    if numerator is not None and denominator is None and figure.is_ratio:
        yield (
            "denominator",
            "both sides",
            f"is empty, but {numerator:,f} stands in the numerator",
            "what the numerator is compared with",
        )
    if not figure.is_share or numerator is None or denominator is None:
        return
    if numerator > denominator:
        yield (
            "numerator",
            "part of the whole",
            f"says {numerator:,f}, more than the {denominator:,f} it is a part of",
            f"at most {denominator:,f}, or a larger denominator",
        )
