"""The periods a text may name: "Jan 26", "2026-09", "2009/10 P01", "Q2 2024", "2013"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from pipelines.mapping.model import PeriodKind
from pipelines.mapping.months import WORD, months_meant, plain

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that are meant. Anything else with four digits is a quantity or a slip."""

LAST_TWO_DIGITS = 68
"""Two digits up to here are years of this century, the others of the last: 68 is 2068, 69 is 1969,
as `%y` reads them in dates."""

NUMBERED: dict[PeriodKind, frozenset[str]] = {
    "month": frozenset({"m"}),
    "four_weeks": frozenset(),
    "week": frozenset(
        {"w", "wk", "week", "kw", "woche", "v", "vecka", "vko", "viikko", "uke", "uge"}
        | {"sem", "semaine", "semana", "settimana", "tydzien"}
    ),
    "quarter": frozenset(
        {"q", "qtr", "quarter", "quartal", "t", "trim", "trimestre", "kv", "kvt", "kvartal"}
        | {"k", "kwartaal", "kwartal", "neljannes"}
    ),
    "year": frozenset(),
}
"""Words that stand before the number of a period, beside those of PERIOD_WORDS."""

PERIOD_WORDS = frozenset({"p", "per", "period", "periode", "periodo"})
"""Words before a number that counts periods from the beginning of a year."""

PASSED_OVER = frozenset({"year", "jahr", "annee", "ano", "anno", "de", "del", "of", "ar", "aar"})
"""Words beside a period that say nothing. "FY" is not among them: FY13 begins or ends in 2013."""

_CLOCK = re.compile(r"[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$")
_SPAN = re.compile(r"(?<!\d)(?<!\d[/.–-])(\d{4}|\d{2})\s?[/–-]\s?(\d{4}|\d{2})(?!\d|[/.–-]\d)")
_PIECE = re.compile(rf"\d+|{WORD.pattern}")


@dataclass(frozen=True)
class Rules:
    """What is known beside the text: the kind, languages tried, and where years begin.

    `firsts` are the first days of years, `year` that of texts that say none.
    """

    kind: PeriodKind
    languages: tuple[str, ...] = ("en",)
    firsts: tuple[date, ...] = ()
    year: int | None = None


class NoPeriodError(Exception):
    """A text names no period; the sentence says what is missing, without the text."""


@dataclass(frozen=True)
class _Said:
    """The pieces of a text: words, numbers as written, and a year that spans two."""

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    after_word: str | None = None
    span: int | None = None
    is_span_shaped: bool = False


def periods_named(text: str, rules: Rules) -> frozenset[date]:
    """Return the first day of every period the text may name: one, or more where it is doubtful.

    Raises NoPeriodError where it names none.
    """
    said = _said(text, rules.kind)
    if len(said.words) > 1:
        raise NoPeriodError(f"names no {word_of(rules.kind)}")
    if not said.words and (days := _days(said.numbers)):
        return frozenset(_floor(day, rules) for day in days)
    if rules.kind == "year":
        return _years(said, rules)
    if not said.words and said.is_span_shaped and (rules.kind != "month" or rules.firsts):
        raise NoPeriodError(f"may be a year that spans two, and no {word_of(rules.kind)}")
    if rules.kind == "month" and not PERIOD_WORDS.intersection(said.words):
        return _months(said, rules)
    return _counted(said, rules)


def word_of(kind: PeriodKind) -> str:
    """Return how a person calls a kind of period."""
    return "four-week period" if kind == "four_weeks" else kind


def _said(text: str, kind: PeriodKind) -> _Said:
    """Return the pieces; 2009/10 is a year that spans two where something else is the period."""
    text = _CLOCK.sub("", text.strip())
    span = _SPAN.search(text)
    start, end = (_year(span[1]), _year(span[2])) if span else (None, None)
    if span is None or start is None or end != start + 1:
        return _pieces(text)
    rest = f"{text[: span.start()]} {text[span.end() :]}"
    if kind == "year" or _PIECE.search(rest):
        return replace(_pieces(rest), span=start)
    return replace(_pieces(text), is_span_shaped=True)


def _pieces(text: str) -> _Said:
    found = _PIECE.findall(text)
    pieces = [piece if piece[0].isdigit() else plain(piece) for piece in found]
    pieces = [piece for piece in pieces if piece not in PASSED_OVER]
    numbers = tuple(piece for piece in pieces if piece[0].isdigit())
    after = [b for a, b in pairwise(pieces) if b[0].isdigit() and not a[0].isdigit()]
    words = tuple(piece for piece in pieces if not piece[0].isdigit())
    return _Said(words, numbers, after[0] if after else None)


def _year(digits: str) -> int | None:
    """Return the year four or two digits name, if they do."""
    number = int(digits)
    if len(digits) == 4 and FIRST_YEAR <= number <= LAST_YEAR:
        return number
    if len(digits) == 2:
        return number + (2000 if number <= LAST_TWO_DIGITS else 1900)
    return None


def _days(numbers: tuple[str, ...]) -> set[date]:
    """Return the days three numbers may name: year first, or last with day and month in doubt."""
    if len(numbers) != 3:
        return set()
    one, two, three = numbers
    orders = [(three, two, one), (three, one, two)]
    if len(one) == 4:
        orders = [(one, two, three)]
    elif len(three) != 4:
        return set()
    return {day for order in orders if (day := _day(*map(int, order)))}


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def _floor(day: date, rules: Rules) -> date:
    """Return the first day of the period a day lies in."""
    first = rules.firsts[0] if rules.firsts else date(day.year, 1, 1)
    match rules.kind:
        case "month":
            return day.replace(day=1)
        case "week":
            return day - timedelta(days=day.weekday())
        case "quarter":
            return _months_on(day.replace(day=1), -((day.month - first.month) % 3))
        case "year":
            year = day.year - (day.month < first.month)
            return date(year, first.month, 1)
        case "four_weeks":
            before = [first for first in rules.firsts if first <= day < first + timedelta(371)]
            if not before:
                raise NoPeriodError("lies in no year whose first day the mapping says")
            start = max(before)
            return start + timedelta(days=28 * min((day - start).days // 28, 12))


def _months_on(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _years(said: _Said, rules: Rules) -> frozenset[date]:
    if said.words or len(said.numbers) > 1:
        raise NoPeriodError("names no year")
    if said.span is not None:
        return frozenset({_year_start(said.span, rules, is_span=True)})
    year = _year(said.numbers[0]) if said.numbers and len(said.numbers[0]) == 4 else None
    if year is None:
        raise NoPeriodError("names no year")
    return frozenset({_year_start(year, rules, is_span=False)})


def _year_start(year: int, rules: Rules, *, is_span: bool) -> date:
    """Return the first day of a year, which `firsts` say for years that span two."""
    if not rules.firsts:
        if is_span:
            raise NoPeriodError("names a year that spans two, and nothing says where it begins")
        return date(year, 1, 1)
    return date(year, rules.firsts[0].month, 1)


def _months(said: _Said, rules: Rules) -> frozenset[date]:
    if said.words and said.words[0] not in NUMBERED["month"]:
        return _named_months(said.words[0], said, rules)
    numbers = [*said.numbers]
    if len(numbers) == 1 and len(numbers[0]) == 6:
        numbers = [numbers[0][:4], numbers[0][4:]]
    if len(numbers) == 1 and len(numbers[0]) <= 2:
        numbers.append(str(_known_year(said, rules)))
    if len(numbers) != 2 or said.span is not None:
        raise NoPeriodError("names no month")
    pairs = [numbers, numbers[::-1]]
    if said.after_word and len(said.after_word) <= 2:
        pairs = [pair for pair in pairs if pair[1] == said.after_word]
    months = {
        date(year, int(month), 1)
        for year_digits, month in pairs
        if (year := _year(year_digits)) and len(month) <= 2 and 1 <= int(month) <= 12
    }
    if not months:
        raise NoPeriodError("names no month")
    return frozenset(months)


def _named_months(word: str, said: _Said, rules: Rules) -> frozenset[date]:
    """Return the months a word names in the languages tried, in the years the text may say."""
    months = frozenset[int]().union(*months_meant(word, rules.languages))
    if not months:
        raise NoPeriodError("names no month")
    if said.span is not None and rules.firsts:
        begins = rules.firsts[0].month
        return frozenset(date(said.span + (month < begins), month, 1) for month in months)
    if said.span is not None:
        raise NoPeriodError("names a year that spans two, and nothing says where it begins")
    return frozenset(date(year, month, 1) for year in _stated(said, rules) for month in months)


def _stated(said: _Said, rules: Rules) -> set[int]:
    """Return the years beside a month name; a day of the month may stand there too."""
    full = [int(n) for n in said.numbers if len(n) == 4 and _year(n)]
    short = [n for n in said.numbers if len(n) <= 2]
    if len(full) + len(short) != len(said.numbers) or len(full) > 1 or len(short) > 1:
        raise NoPeriodError("names no month")
    if full:
        return {*full}
    years = {year for n in short if (year := _year(n))}
    if not years or rules.year is not None:
        years.add(_known_year(said, rules))
    return years


def _known_year(said: _Said, rules: Rules) -> int:
    if said.span is not None:
        return said.span
    if rules.year is None:
        raise NoPeriodError("says no year")
    return rules.year


def _counted(said: _Said, rules: Rules) -> frozenset[date]:
    """Return the first days of periods counted from the beginning of a year: P03, Q2, week 5."""
    known = PERIOD_WORDS | NUMBERED[rules.kind]
    if not 1 <= len(said.numbers) <= 2 or not known.issuperset(said.words):
        raise NoPeriodError(f"names no {word_of(rules.kind)}")
    found = {
        _start(number, year, rules, is_span=said.span is not None)
        for number, year in _places(said, rules)
    }
    if not found:
        raise NoPeriodError(f"names no {word_of(rules.kind)}")
    return frozenset(found)


def _places(said: _Said, rules: Rules) -> set[tuple[int, int | None]]:
    """Return which number may be the period's and which year it is then in."""
    numbers = said.numbers
    pairs: list[tuple[str, int | None]] = [(numbers[0], said.span or rules.year)]
    if len(numbers) == 2:
        pairs = [(n, year) for n, y in (numbers, numbers[::-1]) if (year := _year(y))]
    places = [pair for pair in pairs if len(pair[0]) <= 2 and 1 <= int(pair[0]) <= LAST[rules.kind]]
    after = [pair for pair in places if pair[0] == said.after_word]
    return {(int(number), year) for number, year in after or places}


LAST: dict[PeriodKind, int] = {"month": 12, "four_weeks": 13, "week": 53, "quarter": 4, "year": 1}
"""The last number a period of a year may have."""


def _start(number: int, year: int | None, rules: Rules, *, is_span: bool) -> date:
    firsts = rules.firsts
    if rules.kind == "four_weeks":
        begun = [first for first in firsts if first.year == year] if year else firsts
        if len(begun) != 1:
            raise NoPeriodError(
                f"lies in {year}, whose P01 has no first day in the mapping"
                if year
                else "says no year"
            )
        return begun[0] + timedelta(days=28 * (number - 1))
    if year is None:
        raise NoPeriodError("says no year")
    if rules.kind == "week":
        try:
            return date.fromisocalendar(year, number, 1)
        except ValueError as error:
            raise NoPeriodError(f"names week {number}, which {year} does not have") from error
    start = _year_start(year, rules, is_span=is_span)
    return _months_on(start, (number - 1) * (3 if rules.kind == "quarter" else 1))


__all__ = ["NoPeriodError", "Rules", "periods_named", "word_of"]
