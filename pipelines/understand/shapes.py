"""How a table holds figures by period: periods across, periods down, or counted steps across."""

from __future__ import annotations

import re
from collections import Counter, abc
from dataclasses import dataclass
from itertools import pairwise

from pipelines.readers.headers import letter
from pipelines.understand.blocks import Block
from pipelines.understand.cells import is_total, look_of, quoted, tidy, year_of
from pipelines.understand.periods import Reading, may_be_period, numbered, reading_of

MOST_LABELS = 4
"""Columns of words beside figures by period; a table with more of them lists events."""

PERIOD_HEADER = re.compile(
    r"(?i)period|month|mois|monat|m[åa]nad|mes\b|mese|date|week|woche|year|jahr|quarter|quartal"
)
"""Headers of columns that hold periods, where all rows have the same one."""


@dataclass(frozen=True)
class Wide:
    """Periods across: `periods` has the text that names the period of each column.

    `measures` has what else the header of such a column says ("Actual"); `years` the column that
    holds the year where the headers say none. `reading` is None for counted steps ("sprint 1").
    """

    periods: abc.Mapping[int, str]
    measures: abc.Mapping[int, str]
    reading: Reading | None
    labels: tuple[int, ...]
    years: int | None
    left_out: tuple[int, ...]


@dataclass(frozen=True)
class Long:
    """Periods down: `period` is their column, `figures` those with numbers, `labels` with words."""

    period: int
    reading: Reading | None
    figures: tuple[int, ...]
    labels: tuple[int, ...]
    years: int | None
    left_out: tuple[int, ...]


def shape_of(block: Block, language: str | None = None) -> Wide | Long | None:
    """Return how the table holds figures by period; None where it does not."""
    return _wide(block, language) or _long(block, language) or _counted(block)


def _wide(block: Block, language: str | None) -> Wide | None:
    texts = {column: _period_text(block, column, language) for column in block.columns}
    named = {column: text for column, text in texts.items() if text}
    reading = _common_reading(named, language)
    if reading is None or len(reading.days) < 2 or not _are_figures(block, named):
        return None
    if _repeats_header(block, named):
        return None
    periods = {column: text for column, text in named.items() if text in reading.days}
    measures = {column: _rest(block, column, language) for column in periods}
    rest = [column for column in block.columns if column not in periods]
    years = next((c for c in rest if not reading.has_year and _holds_years(block, c)), None)
    labels, left_out = _labels([c for c in rest if c != years], block)
    return Wide(periods, measures, reading, labels, years, left_out)


def _period_text(block: Block, column: int, language: str | None) -> str:
    """Return the part of a column's header that names a period, with the year above it."""
    parts = block.header.parts[column - block.first_column]
    found = [part for part in parts if may_be_period(part, language)]
    years = [part for part in found if year_of(part) is not None]
    others = [part for part in found if part not in years]
    if others and years:
        return f"{others[0]} {years[0]}"
    return (others or years or [""])[0]


def _rest(block: Block, column: int, language: str | None) -> str:
    parts = block.header.parts[column - block.first_column]
    return " / ".join(part for part in parts if not may_be_period(part, language))


def _common_reading(named: abc.Mapping[int, str], language: str | None) -> Reading | None:
    """Return how most of the headers are read together: a column of totals may be none of them."""
    texts = list(dict.fromkeys(named.values()))
    while len(texts) >= 2:
        reading = reading_of(texts, language)
        if reading is not None:
            return reading
        groups = Counter(_form(text) for text in texts)
        rarest = min(groups, key=lambda form: groups[form])
        fewer = [text for text in texts if _form(text) != rarest]
        if len(fewer) == len(texts) or len(fewer) * 2 < len(texts):
            return None
        texts = fewer
    return None


def _form(text: str) -> str:
    """Return what kind of text a header is, digits and letters alike: "2011-12 P1" is 9-9 a9."""
    signs = "".join("9" if s.isdigit() else "a" if s.isalpha() else s for s in text)
    return "".join(s for i, s in enumerate(signs) if i == 0 or s != signs[i - 1])


def _are_figures(block: Block, columns: abc.Iterable[int]) -> bool:
    """Return whether the columns hold numbers, and nothing but a few words beside them."""
    looks = Counter(look_of(text) for column in columns for _, text in block.values(column))
    return looks["number"] > 0 and looks["date"] == 0 and looks["number"] * 2 > looks["text"]


def _counts(block: Block, column: int) -> bool:
    """Return whether a column numbers things: long ids, or one more from row to row."""
    texts = [text for _, text in block.values(column)]
    if any(re.fullmatch(r"\d{12,}", text) for text in texts):
        return True
    if len(texts) < 5 or not all(re.fullmatch(r"\d{1,11}", text) for text in texts):
        return False
    steps = [int(b) - int(a) for a, b in pairwise(texts)]
    return steps.count(1) * 5 >= len(steps) * 4


def _repeats_header(block: Block, columns: abc.Iterable[int]) -> bool:
    """Return whether the header stands in the body again: several tables, one below the other."""
    return any(
        tidy(text) == block.header.parts[column - block.first_column][-1:][0]
        for column in columns
        if block.name_of(column)
        for _, text in block.values(column)
    )


def _holds_years(block: Block, column: int) -> bool:
    texts = [text for _, text in block.values(column)]
    return bool(texts) and all(year_of(text) is not None for text in texts)


def _labels(columns: abc.Iterable[int], block: Block) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the columns of words, and those of something else, empty ones in neither."""
    looks = {column: [look_of(text) for _, text in block.values(column)] for column in columns}
    words = tuple(
        c for c, found in looks.items() if found and found.count("text") * 2 >= len(found)
    )
    others = tuple(c for c, found in looks.items() if found and c not in words)
    return words, others


def _long(block: Block, language: str | None) -> Long | None:
    for column in block.columns:
        texts = [text for _, text in block.values(column) if not is_total(text)]
        reading = _reading_down(block.name_of(column), texts, language)
        if reading is None:
            continue
        rest = [c for c in block.columns if c != column]
        years = next((c for c in rest if not reading.has_year and _holds_years(block, c)), None)
        labels, figures = _labels([c for c in rest if c != years], block)
        figures = tuple(c for c in figures if _are_figures(block, [c]) and not _counts(block, c))
        if not figures or len(labels) > MOST_LABELS or _has_other_dates(block, rest):
            continue
        left_out = tuple(c for c in rest if c not in {*labels, *figures, years} and block.values(c))
        return Long(column, reading, figures, labels, years, left_out)
    return None


def _has_other_dates(block: Block, columns: abc.Iterable[int]) -> bool:
    """Return whether another column holds dates: opened and closed, and the row is an event."""
    looks = ([look_of(text) for _, text in block.values(column)] for column in columns)
    return any(found and found.count("date") * 2 > len(found) for found in looks)


def _reading_down(name: str, texts: abc.Sequence[str], language: str | None) -> Reading | None:
    if len({*texts}) < 2 and not (texts and PERIOD_HEADER.search(name)):
        return None
    dates = [text for text in texts if look_of(text) == "date"]
    if dates and len(dates) * 10 >= len(texts) * 9:
        return reading_of(dates, language) or Reading(None, {}, has_year=True, is_plain=False)
    if any(year_of(text) for text in texts) and not all(year_of(text) for text in texts):
        return None
    return reading_of(texts, language)


def _counted(block: Block) -> Wide | Long | None:
    """Return figures by steps that are counted, not dated: somebody has to say when they began."""
    names = {c: block.name_of(c) for c in block.columns if _are_figures(block, [c])}
    if len(names) >= 2 and numbered([*names.values()]) and not _repeats_header(block, names):
        rest = [c for c in block.columns if c not in names]
        labels, left_out = _labels(rest, block)
        return Wide(names, dict.fromkeys(names, ""), None, labels, None, left_out)
    for column in block.columns:
        texts = [text for _, text in block.values(column) if not is_total(text)]
        if len(texts) >= 2 and numbered(texts):
            labels, figures = _labels([c for c in block.columns if c != column], block)
            figures = tuple(c for c in figures if _are_figures(block, [c]))
            if figures:
                return Long(column, None, figures, labels, None, ())
    return None


def why_not(block: Block) -> str:
    """Return why a table holds no figures by period, and what would help."""
    looks = {c: Counter(look_of(text) for _, text in block.values(c)) for c in block.columns}
    has_figures = any(found["number"] > 0 for found in looks.values())
    if _repeats_header(block, [c for c in block.columns if looks[c]["number"]]):
        return "the header stands in it again: several tables, one below the other. Part them."
    half_named = _half_named(block)
    if half_named:
        return half_named
    if any(found["date"] for found in looks.values()):
        return (
            "it has dates, but its rows are events, not figures of a period. Say which table of "
            "ours they are for: --table complaints."
        )
    if not has_figures:
        return "it holds words and no figures."
    return (
        "no column and no row of headers names days, months or years, so no figure can be placed "
        "in a period. Add a column with the date or the month."
    )


def _half_named(block: Block) -> str:
    """Return what to say of a column that names periods in most of its rows, but not in all."""
    for column in block.columns:
        texts = [text for _, text in block.values(column) if look_of(text) != "number"]
        others = [t for t in dict.fromkeys(texts) if not may_be_period(t) and not is_total(t)]
        named = [text for text in texts if look_of(text) == "text" and may_be_period(text)]
        if others and len(named) * 2 > len(texts) and len(named) >= 3:
            return (
                f"column {letter(column)} names periods, but also {quoted(others, 4)}, which are "
                "none. Take the marks off, and the rows that sum up others out."
            )
    return ""
