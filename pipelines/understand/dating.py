"""When the figures of a table are of: periods a mapping reads itself, or days somebody says."""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl

from data.errors import UsageError
from pipelines.clean.date_evidence import DateDoubt, date_formats_of
from pipelines.mapping.months import languages_of, months_called
from pipelines.mapping.period_names import PERIOD_WORDS
from pipelines.understand.blocks import Block
from pipelines.understand.cells import is_total, look_of, quoted, year_of, years_in
from pipelines.understand.naming import patterns_of
from pipelines.understand.periods import ANY_YEAR, Reading, reading_of
from pipelines.understand.proposal import Asking
from pipelines.understand.shapes import Long, Wide
from pipelines.understand.theirs import name_of


@dataclass(frozen=True)
class Dating:
    """How rows get their day: `keys` of the mapping, and for periods across the headers to unpivot.

    `values` are days of texts in a column of periods that no rule reads.
    """

    keys: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] | tuple[str, ...] = ()
    values: abc.Mapping[str, str] = field(default_factory=dict)


def dated_across(
    block: Block, texts: abc.Mapping[int, str], shape: Wide, language: str | None, asking: Asking
) -> Dating:
    """Return how the headers of `texts` (column to the text naming its period) become days."""
    names = {name_of(block, column): text for column, text in texts.items()}
    if shape.reading is None:
        days = _begun([*names.values()], asking)
        return Dating(headers={name: days[text] for name, text in names.items()})
    reading = _decided(shape.reading, [*names.values()], language, asking)
    periods = _rules(block, reading, language, shape.years, asking)
    asking.tell(f"Periods stand across: {quoted([*names.values()], 2)}.")
    is_whole = all(name == text for name, text in names.items())
    is_wrapping = shape.years is None and not reading.has_year and _wraps(reading)
    if reading.kind is None or not (reading.is_plain and is_whole) or is_wrapping:
        if shape.years is None and "first" not in periods:
            return Dating(headers=_days_of(names, reading, periods.get("year")))
        return Dating({"periods": periods}, names)
    others = [name_of(block, c) for c in block.columns if name_of(block, c) not in names]
    return Dating({"periods": periods}, patterns_of([*names], others))


def dated_down(block: Block, shape: Long, language: str | None, asking: Asking) -> Dating:
    """Return how the cells of the column of periods become days."""
    texts = [text for _, text in block.values(shape.period) if not is_total(text)]
    asking.tell(f"'{name_of(block, shape.period)}' says the period: {quoted(texts, 2)}.")
    if shape.reading is None:
        return Dating(values=_begun(list(dict.fromkeys(texts)), asking))
    if any(look_of(text) == "date" for text in texts):
        return Dating(date_keys(texts, asking))
    reading = _decided(shape.reading, texts, language, asking)
    periods = _rules(block, reading, language, shape.years, asking)
    is_wrapping = shape.years is None and not reading.has_year and _wraps(reading)
    if (reading.is_plain and not is_wrapping) or shape.years is not None:
        return Dating({"periods": periods})
    named = {text: text for text in reading.days}
    return Dating(values=_days_of(named, reading, periods.get("year")))


def _days_of(names: abc.Mapping[str, str], reading: Reading, year: object) -> dict[str, str]:
    """Return the day of each name; months after a December are of the year that follows."""
    days, last, step = {}, None, 0
    for name, text in names.items():
        day = reading.days[text]
        if not reading.has_year and isinstance(year, int):
            step += last is not None and day < last and _wraps(reading)
            last = day
            day = day.replace(year=year + step)
        days[name] = day.isoformat()
    return days


def _wraps(reading: Reading) -> bool:
    """Return whether months run over the end of a year: Jul, Aug … Jun."""
    months = [day.month for day in reading.days.values()]
    falls = sum(b < a for a, b in pairwise(months))
    return (
        falls == 1 and months[-1] < months[0] and all(b == a % 12 + 1 for a, b in pairwise(months))
    )


def _begun(texts: abc.Sequence[str], asking: Asking) -> dict[str, str]:
    """Ask when each counted step began."""
    days = {}
    for text in texts:
        answer = asking.ask(f"begins.{text}", f"On which day did '{text}' begin (YYYY-MM-DD)?")
        days[text] = _iso(f"begins.{text}", answer) if answer else "2000-01-01"
    asking.tell(f"{quoted(list(texts), 2)} name no dates; when each began has to be said.")
    return days


def _iso(key: str, answer: str) -> str:
    try:
        return date.fromisoformat(answer).isoformat()
    except ValueError:
        raise UsageError(f"{key}={answer}: expected a date such as 2026-10-31.") from None


def _decided(
    reading: Reading, texts: abc.Sequence[str], language: str | None, asking: Asking
) -> Reading:
    """Return the reading after asking what its texts leave open: language, kind, spanning years."""
    if reading.kind == "month" and all(re.fullmatch(r"\d{4}[-/]\d{2}", t) for t in texts):
        spans = [text for text in texts if (int(text[2:4]) + 1) % 100 == int(text[5:])]
        if len(spans) == len(texts):
            answer = asking.ask(
                "span", f"Is '{texts[0]}' a month or the year that spans both?", ("year", "month")
            )
            if answer != "month":
                days = {text: date(int(text[:4]), 1, 1) for text in texts}
                return replace(reading, kind="year", days=days)
    words = {w for t in texts for w in re.findall(r"[^\W\d_]+", t.casefold())}
    if reading.kind == "month" and words and words <= PERIOD_WORDS:
        choices = ("month", "four_weeks")
        answer = asking.ask("kind", f"What is '{texts[0]}': a month, or four weeks?", choices)
        if answer == "four_weeks":
            return replace(reading, kind="four_weeks")
    if language is None and len(reading.languages) > 1:
        return _in_language(reading, texts, asking)
    return reading


def _in_language(reading: Reading, texts: abc.Sequence[str], asking: Asking) -> Reading:
    """Ask which language is meant where the names are different months in two of them."""
    words = {w for text in texts for w in re.findall(r"[^\W\d_]+(?:\.[^\W\d_]+)*", text)}
    by_months: dict[tuple[tuple[int, ...], ...], str] = {}
    for name in languages_of(texts):
        months = tuple(tuple(sorted(months_called(word, name))) for word in sorted(words))
        by_months.setdefault(months, name)
    if len(by_months) < 2:
        return reading
    sentence = f"In which language are {quoted(list(texts), 3)} months?"
    answer = asking.ask("language", sentence, by_months.values())
    chosen = answer or next(iter(by_months.values()))
    return replace(reading_of(texts, chosen) or reading, languages=(chosen,))


def _rules(
    block: Block, reading: Reading, language: str | None, years: int | None, asking: Asking
) -> dict[str, Any]:
    """Return the section `periods` of a mapping, asking for what the texts do not say."""
    periods: dict[str, Any] = {} if reading.kind in {None, "month"} else {"kind": reading.kind}
    said = language or (reading.languages[0] if len(reading.languages) == 1 else None)
    if said and reading.kind == "month":
        periods["language"] = said
    if not reading.has_year:
        periods["year"] = name_of(block, years) if years is not None else _year(block, asking)
    if reading.kind == "four_weeks":
        periods["first"] = _firsts(reading, periods.get("year"), asking)
    spans = [t for t in reading.days if year_of(t) is None and look_of(t) != "date"]
    if reading.kind == "year" and spans:
        text, day = spans[0], reading.days[spans[0]]
        answer = asking.ask(
            "first_day",
            f"On which day does the year '{text}' begin (YYYY-MM-DD)?",
            (f"{day.year}-04-01", f"{day.year}-07-01", f"{day.year}-10-01", f"{day.year}-01-01"),
            is_open=True,
        )
        periods["first"] = (_iso("first_day", answer or f"{day.year}-04-01"),)
    return periods


def _year(block: Block, asking: Asking) -> int:
    """Return the year of months that say none: as the title has it, or asked."""
    titles = [*block.titles, block.sheet.name or ""]
    found = list(dict.fromkeys(year for text in titles for year in years_in(text)))
    if len(found) == 1 and asking.given("year") is None:
        title = next(text for text in titles if found[0] in years_in(text))
        asking.tell(f"The year {found[0]} stands in '{title[:60]}'.")
        return found[0]
    choices = [str(year) for year in (*found, *years_in(asking.file.replace("_", " ")))]
    answer = asking.ask(
        "year", "Which year are the months of? None stands beside them.", choices, is_open=True
    )
    if answer and not re.fullmatch(r"(19|20|21)\d{2}", answer):
        raise UsageError(f"year={answer}: expected a year such as 2026.")
    return int(answer or (choices or [str(ANY_YEAR)])[0])


def _firsts(reading: Reading, year: object, asking: Asking) -> tuple[str, ...]:
    """Return the first day of P01 of every year: all as answered, or one and the others like it."""
    years = sorted({day.year for day in reading.days.values()})
    if isinstance(year, int):
        years = [year]
    told = ", ".join(map(str, years))
    answer = asking.ask(
        "first_days",
        f"On which day did P01 of {told} begin? One day for all of them, or a day for each, parted "
        "by commas. Railways begin P01 on 1 April and let it take the odd days: take the day 28 "
        "days before P02.",
        (f"{years[0]}-04-01", f"{years[0]}-01-01"),
        is_open=True,
    )
    days = [_iso("first_days", part.strip()) for part in (answer or f"{years[0]}-04-01").split(",")]
    if len(days) == 1:
        days = [f"{year}{days[0][4:]}" for year in years]
    if len(days) != len(years):
        raise UsageError(
            f"first_days={answer}: {len(days)} days for the {len(years)} years {told}. Give one, "
            "or one for each."
        )
    return tuple(days)


_ORDERS = {"%d": "day first", "%m": "month first", "%y": "year first", "%Y": "year first"}


def date_keys(texts: abc.Sequence[str], asking: Asking) -> dict[str, Any]:
    """Return how a mapping says dates are written, by all texts together; asked in a doubt."""
    evidence = date_formats_of(pl.Series("dates", texts, dtype=pl.String))
    formats = [*evidence.formats]
    for doubt in evidence.doubts:
        if doubt.is_contradiction:
            asking.tell(f"{doubt.sentence}; such cells will be refused.")
            continue
        formats += _answered(doubt, asking)
    is_usual = all(form.startswith("%Y-%m-%d") for form in formats)
    return {} if is_usual or not formats else {"dates": tuple(dict.fromkeys(formats))}


def _answered(doubt: DateDoubt, asking: Asking) -> tuple[str, ...]:
    choices = {_ORDERS.get(reading[0][:2], reading[0]): reading for reading in doubt.readings}
    example = quoted(list(doubt.examples), 1)
    answer = asking.ask(
        "dates",
        f"Is {example} written with the day or the month first? No cell settles it.",
        choices,
    )
    return choices[answer] if answer else doubt.readings[0]
