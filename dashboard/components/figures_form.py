"""The grids an owner types a period's figures into, and what stands in the way beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.company.this_month import Asked, ToFix
from dashboard.components.page import plain, section
from dashboard.components.words import NOTHING, count, word
from pipelines.templates import Amounts, Figure
from pipelines.templates.figures import FILLED, METRIC, amount_words

MARK = "▲ "
"""Stands before the name of a figure that cannot be handed in as it is."""

STATUSES = ("partial", "estimated", "missing", "no opportunity", "not applicable")
"""What can be said of a figure besides that it is final, which is what an empty cell says."""

NUMBERS = ("numerator", "denominator", "value")

ABOUT = {
    "numerator": "What is counted: orders finished in time.",
    "denominator": "What it is compared with: all orders.",
    "value": "The figure itself.",
    "note": "What a reader should know about it.",
}


@dataclass(frozen=True)
class _Row:
    """One figure with its place among those asked for, and what was typed for it so far."""

    at: int
    figure: Figure
    entry: Amounts
    to_fix: tuple[ToFix, ...]


def grids(
    asked: Asked, entries: Sequence[Amounts], to_fix: Sequence[ToFix], *, key: str
) -> tuple[Amounts, ...]:
    """Show the figures, a grid for each metric that has parts, and return what stands there now."""
    rows = [
        _Row(at, figure, entry, tuple(each for each in to_fix if each.index == at))
        for at, (figure, entry) in enumerate(zip(asked.out.figures, entries, strict=True))
    ]
    rows.sort(key=lambda row: bool(row.figure.part))
    now = list(entries)
    for number, (_, found) in enumerate(groupby(rows, _grid_of)):
        group = list(found)
        for row, entry in zip(group, _grid(asked, group, f"{key}.{number}"), strict=True):
            now[row.at] = entry
    return tuple(now)


def _grid_of(row: _Row) -> str:
    """Return what figures of one grid share: their metric where it has parts."""
    return row.figure.name if row.figure.part else ""


def _grid(asked: Asked, rows: Sequence[_Row], key: str) -> list[Amounts]:
    first = rows[0].figure
    names = _names(rows)
    if first.part:
        process = f"{asked.process_titles.get(first.process, first.process)} · "
        section(first.title, plain((process if asked.several else "") + _unit(first)))
    edited = st.data_editor(
        _frame(asked, rows, names),
        hide_index=True,
        num_rows="fixed",
        disabled=_locked(asked, first),
        column_config=_columns(asked, first, names),
        placeholder="",
        key=key,
        alt=f"{first.title if first.part else 'Figures'}, {asked.out.title}: to be typed in",
    )
    _wrong(rows)
    return [_entry(row) for row in edited.iter_rows(named=True)]


def _unit(figure: Figure) -> str:
    return f"{figure.unit}, part of a whole" if figure.is_share else figure.unit


def _names(rows: Sequence[_Row]) -> tuple[str, ...]:
    """Return the columns that are asked for: a number that adds up has no denominator."""
    known = [a for row in rows for a in (row.entry, row.figure.last) if a is not None]
    is_ratio = any(a.denominator is not None for a in known)
    is_bare = any(a.value is not None for a in known)
    figures = [row.figure for row in rows]
    if all(figure.is_amount for figure in figures) and not is_ratio:
        return ("value", "status", "note")
    if all(figure.is_ratio for figure in figures) and not is_bare:
        return ("numerator", "denominator", "status", "note")
    return tuple(FILLED)


def _locked(asked: Asked, figure: Figure) -> list[str]:
    if not figure.part:
        return [METRIC, "Unit", asked.out.last_title]
    return [*asked.parts.values(), asked.out.last_title]


def _frame(asked: Asked, rows: Sequence[_Row], names: Sequence[str]) -> pl.DataFrame:
    shown = [_named(asked, row) | _typed(asked, row, names) for row in rows]
    numbers = {FILLED[name]: pl.Float64 for name in NUMBERS}
    schema = {header: numbers.get(header, pl.String) for header in shown[0]}
    return pl.DataFrame(shown, schema=schema)


def _named(asked: Asked, row: _Row) -> dict[str, str | float | None]:
    """Return the cells that say which figure it is; the first carries the mark."""
    figure = row.figure
    if figure.part:
        cells = {header: figure.part.get(name, "") for name, header in asked.parts.items()}
    else:
        cells = {METRIC: figure.title, "Unit": figure.unit}
    first = next(iter(cells))
    return {**cells, first: f"{MARK}{cells[first]}" if row.to_fix else cells[first]}


def _typed(asked: Asked, row: _Row, names: Sequence[str]) -> dict[str, str | float | None]:
    entry = row.entry
    numbers = {FILLED[n]: _float(getattr(entry, n)) for n in names if n in NUMBERS}
    last = {asked.out.last_title: amount_words(row.figure.last, row.figure) or NOTHING}
    status = word(entry.status) if entry.status else None
    return {**numbers, **last, FILLED["status"]: status, FILLED["note"]: entry.note}


def _columns(asked: Asked, figure: Figure, names: Sequence[str]) -> Mapping[str, ColumnConfig]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    first, *more = _locked(asked, figure)
    made = {first: text(first, pinned=True, width=110 if figure.part else 190)}
    made |= {header: text(header, width=150) for header in more}
    for name in names:
        header = FILLED[name]
        if name in NUMBERS:
            made[header] = number(header, help=ABOUT[name], width=120)
        elif name == "note":
            made[header] = text(header, help=ABOUT[name], width=260)
        else:
            about = "Empty: the figure is final."
            made[header] = st.column_config.SelectboxColumn(
                header, options=STATUSES, help=about, width=130
            )
    return made


def _wrong(rows: Sequence[_Row]) -> None:
    """Say under a grid what stands in the way of which of its figures."""
    for row in rows:
        name = ", ".join(row.figure.part.values()) or row.figure.title
        for each in row.to_fix:
            said = plain(f"{each.column} {each.said}")
            st.markdown(f":orange-badge[{MARK}{plain(name)}] &nbsp;{said}")


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _entry(row: Mapping[str, object]) -> Amounts:
    numerator, denominator, value = (_decimal(row.get(FILLED[name])) for name in NUMBERS)
    status, note = (str(row[FILLED[name]] or "").strip() or None for name in ("status", "note"))
    return Amounts(numerator, denominator, value, status and status.replace(" ", "_"), note)


def _decimal(number: object) -> Decimal | None:
    # By its shortest text: the number that was typed, without the tail of a binary fraction.
    return Decimal(repr(number)) if isinstance(number, float | int) else None


def told(to_fix: Sequence[ToFix]) -> str:
    """Return what stands in the way: what is wrong with all of it, or how many figures."""
    whole = [each.said for each in to_fix if each.index is None]
    if whole:
        return whole[0]
    figures = {each.index for each in to_fix}
    return f"{count(len(figures), 'figure')} to fix; nothing was handed in."
