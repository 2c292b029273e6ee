"""Texts that name periods, turned into the first day of each."""

from __future__ import annotations

import re
from collections import abc
from datetime import date

import polars as pl
from babel import Locale

from pipelines.clean.formats import Converted, failures_at, no_failures
from pipelines.mapping.model import Periods
from pipelines.mapping.months import LANGUAGES, WORD, languages_of, months_meant
from pipelines.mapping.period_names import NoPeriodError, Rules, periods_named, word_of

_EXAMPLES = {
    "month": "2026-09 or Sep 2026",
    "four_weeks": "P03 2026",
    "week": "2026-W36",
    "quarter": "2026-Q3",
    "year": "2026",
}


def period_start(texts: pl.Series, periods: Periods, years: pl.Series | None = None) -> Converted:
    """Return the first day of the period each text names (Date), and those that name none or two.

    `texts` are trimmed, null where empty; `years`, as long, holds the year of each where a column
    of the file does. What one text means is decided once, however often it stands there.
    """
    years = pl.Series([None] * len(texts), dtype=pl.String) if years is None else years
    pairs = pl.DataFrame({"text": texts.cast(pl.String), "year": years.cast(pl.String)})
    distinct = pairs.unique(maintain_order=True).drop_nulls("text")
    rules = _rules(periods, distinct.get_column("text"))
    read = [_read(text, year, rules, periods) for text, year in distinct.iter_rows()]
    meant = distinct.with_columns(
        pl.Series("day", [day for day, _, _ in read], dtype=pl.Date),
        pl.Series("reason", [reason for _, reason, _ in read], dtype=pl.String),
        pl.Series("accepted", [accepted for _, _, accepted in read], dtype=pl.String),
    )
    told = pairs.join(
        meant, on=["text", "year"], how="left", nulls_equal=True, maintain_order="left"
    )
    is_failed = told.get_column("reason").is_not_null()
    return Converted(told.get_column("day").alias(texts.name), _failures(told, is_failed))


def _failures(told: pl.DataFrame, is_failed: pl.Series) -> pl.DataFrame:
    if not is_failed.any():
        return no_failures()
    failures = failures_at(is_failed, told.get_column("text"), "period", "", "")
    return failures.with_columns(told.filter(is_failed).select("reason", "accepted"))


def _rules(periods: Periods, texts: pl.Series) -> Rules:
    """Return what is known about all texts of a column: its language, where none is said."""
    if periods.language is not None:
        languages: tuple[str, ...] = (periods.language,)
    else:
        months = [text for text in texts if _is_named(text)]
        languages = languages_of(months) or LANGUAGES
    year = periods.year if isinstance(periods.year, int) else None
    return Rules(periods.kind, languages, periods.first, year)


def _is_named(text: str) -> bool:
    """Return whether every word of a text is a month somewhere."""
    words = WORD.findall(text)
    return bool(words) and all(months_meant(word, LANGUAGES) for word in words)


Read = tuple[date | None, str | None, str | None]
"""The day, or the reason there is none and what would do."""


def _read(text: str, year: str | None, rules: Rules, periods: Periods) -> Read:
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    accepted = f"a {word_of(rules.kind)} like {_EXAMPLES[rules.kind]}"
    try:
        found = _found(text, year, rules)
    except NoPeriodError as error:
        if "year" in str(error) and rules.kind != "year" and not isinstance(periods.year, str):
            accepted += "; or say the year in the mapping: periods.year = 2026"
        return None, f"'{shown}' {error}", accepted
    if len(found) == 1:
        return next(iter(found)), None, None
    days = sorted(found)
    return None, f"'{shown}' may be {_listed(days, rules)}", _which(text, rules, accepted)


def _found(text: str, year: str | None, rules: Rules) -> abc.Set[date]:
    if year is None:
        return periods_named(text, rules)
    if re.fullmatch(r"\d{4}(\.0)?", year):
        return periods_named(text, _in_year(rules, int(year[:4])))
    return periods_named(f"{text} {year}", rules)


def _in_year(rules: Rules, year: int) -> Rules:
    return Rules(rules.kind, rules.languages, rules.firsts, year)


def _listed(days: abc.Sequence[date], rules: Rules) -> str:
    form = "%B %Y" if rules.kind == "month" else "%Y-%m-%d"
    return " or ".join(day.strftime(form) for day in days)


def _which(text: str, rules: Rules, accepted: str) -> str:
    """Return the question a doubtful text leaves: which language, or which of its numbers."""
    meant: dict[frozenset[int], str] = {}
    for word in WORD.findall(text):
        meant |= months_meant(word, rules.languages)
    if len(meant) < 2:
        return accepted
    told = [
        f'{Locale.parse(language).english_name}: language = "{language}"'
        for language in meant.values()
    ]
    return f"its language said in the mapping's periods ({', '.join(told[:3])})"


__all__ = ["languages_of", "period_start"]
