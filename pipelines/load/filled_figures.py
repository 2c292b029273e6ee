"""A filled-in template of an owner's figures, as a mapping and the rows that were filled in.

The hidden sheet says which figure each row is. What was handed out is held against what came back:
another version, another period, somebody else's figures or a changed cell refuse the whole file;
a figure that contradicts itself refuses its row. A row nobody filled in is missing, never 0.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, replace

import polars as pl

from data.errors import NotFoundError, RefusedInputError
from data.tables import Table
from pipelines.load.context import Context
from pipelines.load.figure_checks import contradictions
from pipelines.mapping import Mapping
from pipelines.readers.headers import letter
from pipelines.readers.raw import ROW, Raw
from pipelines.templates import Figure, read_marker
from pipelines.templates.figures import (
    FILLED,
    METRIC,
    PERIOD,
    PROCESS,
    TABLE,
    UNIT,
    contract_of_figures,
    figure_key,
)
from pipelines.templates.marker import MarkedRow, Marker

MOST_TOLD = 5
"""Cells, rows or figures named in one sentence; how many more there are stands beside."""


@dataclass(frozen=True)
class _Row:
    """One row as it came: its number, which figure it is, whether anything was filled in."""

    number: int
    marked: MarkedRow
    is_filled: bool

    @property
    def key(self) -> str:
        return figure_key(self.marked.metric, self.marked.process, self.marked.part)

    @property
    def words(self) -> str:
        return ", ".join([self.marked.shown[METRIC], *self.marked.part.values()])


def filled_figures(raw: Raw, context: Context) -> tuple[Mapping, Raw]:
    """Return the mapping that reads a filled-in template, and its sheet with the filled rows alone.

    Raises RefusedInputError with every changed cell, or with whose and of which period it is.
    """
    table = context.tables[TABLE]
    try:
        marker = read_marker(raw.marker)
        _refuse_another_version(marker, table)
        _refuse_another_period(marker, context)
        _refuse_changed_headers(raw, marker)
        rows = _rows(raw, marker)
        known = _figures_of(marker, context)
        _refuse_empty(rows, marker)
        if known is not None:
            _refuse_figures_of_others(rows, marker, known)
    except RefusedInputError as refusal:
        raise RefusedInputError(f"{raw.file}: {refusal}") from refusal
    return _mapping(marker, table), _sheet(raw, marker, rows, known or {})


def _refuse_another_version(marker: Marker, table: Table) -> None:
    if marker.contract != contract_of_figures(table):
        raise RefusedInputError(
            f"the template was made on {marker.made_on}, and the columns of {table.title.lower()} "
            f"have changed since. {_again(marker)}"
        )


def _refuse_another_period(marker: Marker, context: Context) -> None:
    declared = context.period
    if declared is not None and declared != marker.period:
        raise RefusedInputError(
            f"the template is for {marker.period.label}, but {declared.label} was declared. Leave "
            f"the period out, or take the template of {declared.label}."
        )


def _refuse_changed_headers(raw: Raw, marker: Marker) -> None:
    expected = _headers(marker)
    told = []
    for at, header in enumerate(expected):
        if header not in raw.headers:
            stands = raw.headers[at] if at < len(raw.headers) else ""
            instead = f"says '{stands}'" if stands and stands not in expected else "is gone"
            told.append(f"{letter(at)}{raw.header_row} {instead} where it said '{header}'")
    if told:
        raise RefusedInputError(f"the headers were changed: {_listed(told)}. {_again(marker)}")


def _rows(raw: Raw, marker: Marker) -> list[_Row]:
    """Return every row of the sheet; raise RefusedInputError naming each changed cell."""
    locked = [header for header in _headers(marker) if header not in FILLED.values()]
    by_cells = {tuple(row.shown.values()): row for row in marker.rows.values()}
    told: list[str] = []
    rows: list[_Row] = []
    for found in raw.frame.select(ROW, *locked, *FILLED.values()).iter_rows(named=True):
        number = int(found[ROW])
        shown = {header: _text(found[header]) for header in locked}
        # Rows may have been sorted; a changed one is told by what stood in its place.
        marked = by_cells.get(tuple(shown.values())) or marker.rows.get(number)
        is_filled = any(_text(found[header]) for header in FILLED.values())
        if marked is not None:
            told += _changed(number, marked.shown, shown)
            rows.append(_Row(number, marked, is_filled))
        elif is_filled or any(shown.values()):
            told.append(f"row {number} was added")
    if told:
        raise RefusedInputError(
            f"cells the template had filled in were changed: {_listed(told)}. Put them back, or "
            f"fill in a fresh template. {_again(marker)}"
        )
    return rows


def _changed(
    number: int, before: abc.Mapping[str, str], now: abc.Mapping[str, str]
) -> abc.Iterator[str]:
    for at, (header, text) in enumerate(before.items()):
        if now[header] != text.strip():
            said = f"'{text}'" if text else "nothing"
            stands = f"says '{now[header]}'" if now[header] else "is empty"
            yield f"{letter(at)}{number} {stands} where it said {said}"


def _figures_of(marker: Marker, context: Context) -> dict[str, Figure] | None:
    if context.figures_of is None:
        return None
    try:
        found = context.figures_of(marker.owner, marker.period)
    except NotFoundError as error:
        raise RefusedInputError(
            f"the template was made for {marker.owner_name}, whom the records do not know."
        ) from error
    return {figure.key: figure for figure in found}


def _refuse_empty(rows: abc.Sequence[_Row], marker: Marker) -> None:
    if not any(row.is_filled for row in rows):
        raise RefusedInputError(
            f"none of the {len(marker.rows)} figures is filled in. Where there is no figure, say "
            "why in Status."
        )


def _refuse_figures_of_others(
    rows: abc.Sequence[_Row], marker: Marker, known: abc.Mapping[str, Figure]
) -> None:
    filled = [row for row in rows if row.is_filled]
    others = [f"A{row.number} {row.words}" for row in filled if row.key not in known]
    if others:
        raise RefusedInputError(
            f"{marker.owner_name} does not hand in every figure of it: {_listed(others)}. "
            "Whoever answers for the process, or for that part of it, hands it in."
        )
    stale = [
        f"A{row.number} {row.words} was asked for in {row.marked.asks}, and is now in "
        f"{known[row.key].asks}"
        for row in filled
        if row.marked.asks != known[row.key].asks
    ]
    if stale:
        raise RefusedInputError(
            f"the template was made on {marker.made_on}, and its figures have been defined anew "
            f"since: {_listed(stale)}. {_again(marker)}"
        )


def _mapping(marker: Marker, table: Table) -> Mapping:
    """Return the mapping that turns the sheet into rows of metric values."""
    several = any(PROCESS in row.shown for row in marker.rows.values())
    parts = {name: header for name, header in marker.parts.items() if name in table.dimensions}
    columns = {"metric": METRIC, **parts, **FILLED}
    values = {"metric": {row.shown[METRIC]: row.metric for row in marker.rows.values()}}
    if several:
        columns["process"] = PROCESS
        values["process"] = {row.shown[PROCESS]: row.process for row in marker.rows.values()}
    only = {row.process for row in marker.rows.values()}
    return Mapping(
        name=table.name,
        table=table.name,
        title=f"{table.title}: {marker.owner_name}, {marker.period.label}",
        columns=columns,
        constants={} if several else {"process": only.pop()},
        # Derived and not constant, so that the rows say which period the file speaks for.
        derive={"period": f"date '{marker.period.first}'"},
        values=values,
    )


def _sheet(
    raw: Raw, marker: Marker, rows: abc.Sequence[_Row], known: abc.Mapping[str, Figure]
) -> Raw:
    """Return the sheet with the rows that were filled in and the columns that are read."""
    filled = {row.number: known.get(row.key) for row in rows if row.is_filled}
    kept = [h for h in _headers(marker) if h not in {UNIT, PERIOD} and h in raw.headers]
    kept = [h for h in kept if h in FILLED.values() or h in _named(marker)]
    frame = raw.frame.filter(pl.col(ROW).is_in(list(filled)))
    more = [header for header in raw.headers if header not in _headers(marker)]
    unread = [f"Columns not read: {', '.join(more)}."] if more else []
    return replace(
        raw,
        headers=tuple(kept),
        frame=frame.select(ROW, *kept),
        flaws=(*raw.flaws, *contradictions(frame, filled, raw, _headers(marker))),
        warnings=(*raw.warnings, *unread, *_not_filled(marker, rows, known)),
    )


def _named(marker: Marker) -> set[str]:
    return {METRIC, PROCESS, *marker.parts.values()}


def _not_filled(
    marker: Marker, rows: abc.Sequence[_Row], known: abc.Mapping[str, Figure]
) -> abc.Iterator[str]:
    """Say which figures are not filled in, and which of them stay as they came before."""
    filled = {row.key for row in rows if row.is_filled}
    open_rows = {
        figure_key(each.metric, each.process, each.part): ", ".join(
            [each.shown[METRIC], *each.part.values()]
        )
        for each in marker.rows.values()
    }
    empty = {key: words for key, words in open_rows.items() if key not in filled}
    stay = [words for key, words in empty.items() if (f := known.get(key)) and f.given]
    missing = [words for key, words in empty.items() if words not in stay]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        yield (
            f"{len(missing)} of {len(open_rows)} figures {verb} not filled in: {_listed(missing)}."
        )
    if stay:
        yield f"Left empty, so they stay as handed in before: {_listed(stay)}."


def _headers(marker: Marker) -> list[str]:
    """Return the headers of the sheet as it was handed out, in order."""
    locked = dict.fromkeys(header for row in marker.rows.values() for header in row.shown)
    return [*locked, *FILLED.values()]


def _text(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _again(marker: Marker) -> str:
    return (
        "Get a new one on the page This month, or with: clause9 template --owner "
        f"{marker.owner} --period {marker.period.label}"
    )


def _listed(words: abc.Sequence[str]) -> str:
    more = f"; and {len(words) - MOST_TOLD} more" if len(words) > MOST_TOLD else ""
    return "; ".join(words[:MOST_TOLD]) + more
