"""A definition in words: one sentence of what is counted, and of what it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from data.tables import Table
from metrics.model import (
    Count,
    Elapsed,
    Formula,
    Mean,
    Metric,
    Percentile,
    Proportion,
    Rate,
    Ratio,
    Reported,
    Source,
    Stock,
    Total,
)

Tables = Mapping[str, Table]


def meaning(metric: Metric, tables: Tables) -> str:
    """Return what a value is made of, with its conditions as they are written.

    "Complaints where is_justified, received in the month ÷ quantity of outputs × 1,000."
    """
    return f"{_capital(_said(metric, tables))}{_factor(metric)}."


def made_of(metric: Metric) -> Mapping[str, str]:
    """Return the columns of a cell that a value is made of, each with its heading.

    The numerator of a formula and of a percentile is the value itself and says nothing more.
    """
    match metric.measure:
        case Formula():
            return {}
        case Percentile():
            return {"n": "Records"}
        case Count() | Total() | Stock():
            return {"numerator": "Numerator"}
        case Rate() | Proportion() | Ratio() | Mean() | Elapsed() | Reported():
            return {"numerator": "Numerator", "denominator": "Denominator"}
        case _:
            assert_never(metric.measure)


def _said(metric: Metric, tables: Tables) -> str:
    measure, grain = metric.measure, metric.period
    match measure:
        case Count() | Mean() | Total() | Percentile():
            return _dated(_taken(measure, tables), measure.numerator, tables, grain)
        case Rate() | Proportion() | Ratio():
            own = _dated(_amount(measure.numerator, tables), measure.numerator, tables, grain)
            return f"{own} ÷ {_amount(measure.denominator, tables)}"
        case Elapsed() | Stock():
            return _followed(measure, tables, grain)
        case Reported():
            return _handed_in(measure)
        case Formula():
            return f"worked out as {measure.expression}, each of the same {grain} and part"
        case _:
            assert_never(measure)


def _taken(measure: Count | Mean | Total | Percentile, tables: Tables) -> str:
    source = measure.numerator
    match measure:
        case Count():
            if source.distinct is None:
                return _amount(source, tables)
            return f"different values of {_word(source.distinct)} of {_rows(source, tables)}"
        case Total():
            return f"sum of {_amount(source, tables)}"
        case Mean():
            return f"mean of {_word(source.value or '')} of {_rows(source, tables)}"
        case Percentile():
            rank = "median" if measure.percent == 50 else f"percentile {measure.percent:g}"
            return f"{rank} of {_word(source.value or '')} of {_rows(source, tables)}"
        case _:
            assert_never(measure)


def _followed(measure: Elapsed | Stock, tables: Tables, grain: str) -> str:
    begun, ended = _event(measure.from_), _event(measure.to)
    if isinstance(measure, Stock):
        open_ = f"{_amount(measure.numerator, tables)} open at the end of the {grain}"
        return f"{open_}: {begun} by then, and {ended} later or not yet"
    days = f"mean days from {begun} to {ended} of {_rows(measure.numerator, tables)}"
    closed = f"{ended} in the {grain}"
    if measure.open == "left_out":
        return f"{days}, {closed}"
    return f"{days}, {closed} or open at its end and aged until then"


def _handed_in(measure: Reported) -> str:
    adds = "; values of several rows are added" if measure.adds_up else ""
    handed_in = f"the figure handed in as '{measure.metric}'"
    return f"{handed_in}: numerator ÷ denominator, or its value{adds}"


def _amount(source: Source, tables: Tables) -> str:
    """Return what a side adds up: complaints, the quantity of outputs, cost of complaints."""
    table = tables.get(source.table)
    taken = source.sum
    if taken is None and table is not None and not table.is_keyed:
        taken = table.counted_by
    if taken is None or taken.strip() == "1":
        return _rows(source, tables)
    return f"{_word(taken)} of {_rows(source, tables)}"


def _rows(source: Source, tables: Tables) -> str:
    table = tables.get(source.table)
    name = table.title if table is not None else source.table
    shown = name if name[:2].isupper() else name[:1].lower() + name[1:]
    return f"{shown} where {source.where}" if source.where else shown


def _dated(amount: str, source: Source, tables: Tables, grain: str) -> str:
    """Return the amount with the day that places it in a period: received in the month."""
    table = tables.get(source.table)
    column = source.dated_by or (table.dated_by if table is not None else "")
    happened = _event(column)
    is_verb = happened.endswith(("ed", "held", "made", "done", "due"))
    return f"{amount}, {happened if is_verb else 'dated'} in the {grain}"


def _event(column: str) -> str:
    """Return what a date says has happened: received, closed."""
    return _word(column).removesuffix(" on").removesuffix(" at")


def _word(text: str) -> str:
    """Return a column's name as it is said; anything longer stays as it is written."""
    return text.replace("_", " ") if text.isidentifier() and not text.startswith("is_") else text


def _factor(metric: Metric) -> str:
    return f" × {metric.per:,.10g}" if metric.per != 1 else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
