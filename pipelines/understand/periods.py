"""Texts that name periods, read together: which stretch of time, in which language, what year."""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from pipelines.mapping.model import PeriodKind
from pipelines.mapping.months import LANGUAGES, WORD, languages_of, months_called
from pipelines.mapping.period_names import NoPeriodError, Rules, periods_named
from pipelines.understand.cells import look_of, year_of

ANY_YEAR = 2000
"""The year in which texts that say none are read until somebody says which year is meant."""

KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "four_weeks", "week", "year")

_FIRSTS = tuple(date(year, 1, 1) for year in range(1950, 2100))


@dataclass(frozen=True)
class Reading:
    """What a row or column of period names says.

    `days` has the first day of each text's period, in ANY_YEAR where `has_year` is False. `kind` is
    None for plain days. `languages` are those the words may be in, empty where there are no words;
    `is_plain`: every text is read alike by a mapping that says no more than kind and language.
    """

    kind: PeriodKind | None
    days: abc.Mapping[str, date]
    has_year: bool
    languages: tuple[str, ...] = ()
    is_plain: bool = True


def reading_of(texts: abc.Sequence[str], language: str | None = None) -> Reading | None:
    """Return how `texts` name periods, or None where not every one of them does."""
    distinct = list(dict.fromkeys(texts))
    if not distinct:
        return None
    if all(look_of(text) == "date" for text in distinct):
        return _days(distinct)
    for kind in KINDS:
        found = _read(distinct, kind, language)
        if found is not None:
            return found
    return None


def may_be_period(text: str, language: str | None = None) -> bool:
    """Return whether a text may name a period: "Jan", "2026-09", "P03", "2013", a date."""
    return look_of(text) == "date" or bool(_kinds(text, language))


@lru_cache(maxsize=16_384)
def _kinds(text: str, language: str | None) -> tuple[PeriodKind, ...]:
    languages = (language,) if language else LANGUAGES
    return tuple(kind for kind in KINDS if _named(text, kind, languages) is not None)


def _named(
    text: str, kind: PeriodKind, languages: tuple[str, ...]
) -> tuple[frozenset[date], bool] | None:
    """Return the days a text may mean and whether it says its year; None where it is no period."""
    if not re.search(r"[^\W\d_]|\d{4}", text) or len(text) > 40:
        return None
    firsts = _FIRSTS if kind == "four_weeks" else ()
    for year in (None, ANY_YEAR):
        try:
            return periods_named(text, Rules(kind, languages, firsts, year)), year is None
        except NoPeriodError:
            continue
    return None


def _days(texts: abc.Sequence[str]) -> Reading | None:
    named = {text: _named(text, "month", ("en",)) for text in texts}
    iso = {text: re.match(r"\d{4}-\d{2}-\d{2}", text) for text in texts}
    if not all(iso.values()):
        return None if not all(named.values()) else Reading(None, {}, has_year=True, is_plain=False)
    days = {text: date.fromisoformat(text[:10]) for text in texts}
    kind: PeriodKind | None = "month" if all(day.day == 1 for day in days.values()) else None
    if kind and len(days) > 1 and len({day.month for day in days.values()}) == 1:
        kind = "year" if next(iter(days.values())).month == 1 else "month"
    return Reading(kind, days, has_year=True)


def _read(texts: abc.Sequence[str], kind: PeriodKind, language: str | None) -> Reading | None:
    words = [text for text in texts if kind == "month" and WORD.search(text)]
    languages = (language,) if language else languages_of(words) or LANGUAGES
    named = {text: _named(text, kind, languages) for text in texts}
    if any(found is None for found in named.values()):
        return None
    found = {text: pair for text, pair in named.items() if pair is not None}
    is_plain = all(len(days) == 1 for days, _ in found.values())
    if not is_plain:
        settled = _in_order(texts, language)
        if kind != "month" or settled is None:
            return None
        return Reading(kind, settled[1], has_year=False, languages=(settled[0],), is_plain=False)
    days = {text: next(iter(days)) for text, (days, _) in found.items()}
    is_worded = bool(words) and any(months_called(w, x) for w in _words(words) for x in LANGUAGES)
    return Reading(
        kind,
        days,
        has_year=all(has_year for _, has_year in found.values()),
        languages=languages if is_worded and languages != LANGUAGES else (),
    )


def _words(texts: abc.Iterable[str]) -> set[str]:
    return {word for text in texts for word in WORD.findall(text)}


def _in_order(texts: abc.Sequence[str], language: str | None) -> tuple[str, dict[str, date]] | None:
    """Return language and months of names that only their order settles: Mai, Jui, Juil."""
    for name in (language,) if language else LANGUAGES:
        options = [
            sorted({m for word in WORD.findall(text) for m in months_called(word, name)})
            for text in texts
        ]
        if not all(options) or sum(len(months) > 1 for months in options) * 3 > len(options):
            continue
        months = _rising(options)
        if months and all(year_of(text) is None and not re.search(r"\d", text) for text in texts):
            days = {t: date(ANY_YEAR, m, 1) for t, m in zip(texts, months, strict=True)}
            return name, days
    return None


def _rising(options: abc.Sequence[abc.Sequence[int]]) -> list[int] | None:
    """Return one month of each option so that each follows the one before; None where it cannot."""
    for first in options[0]:
        months = [(first - 1 + step) % 12 + 1 for step in range(len(options))]
        if all(month in option for month, option in zip(months, options, strict=True)):
            return months
    return None


def numbered(texts: abc.Sequence[str]) -> bool:
    """Return whether texts count something up or down by one: "sprint 1", "#2", "Term 3"."""
    matches = [re.fullmatch(r"([^\d]*?)\s*(\d{1,3})", text.strip()) for text in texts]
    if len(texts) < 2 or not all(matches):
        return False
    found = [match for match in matches if match is not None]
    if len({match[1].casefold() for match in found}) != 1 or not found[0][1]:
        return False
    numbers = [int(match[2]) for match in found]
    return all(abs(a - b) == 1 for a, b in pairwise(numbers)) and len({*numbers}) == len(numbers)
