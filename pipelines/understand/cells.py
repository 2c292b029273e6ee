"""What one cell looks like: a number, a date, words; and the words that mark totals."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from pipelines.mapping.months import plain

Look = Literal["number", "date", "text", "error"]

_NUMBER = re.compile(
    r"[+−-]?\(?(?P<digits>\d[\d.,' \u00a0\u202f]*|\.\d+)([eE][+-]?\d{1,3})?\)?\s?"
    r"(?P<unit>%|‰|[A-Za-zµ°€£$]{1,4})?"
)
_DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})"
    r"|\d{1,2}[-. ]+[^\W\d_]{3,9}[-., ]+(\d{4}|\d{2}))([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?.{0,6})?"
)
_ERROR = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|ERROR)")

_TOTALS = frozenset(
    {"total", "totals", "totaal", "totale", "totalt", "totaux", "totali", "subtotal"}
    | {"sum", "summa", "summe", "suma", "somme", "somma", "soma", "gesamt", "insgesamt"}
    | {"gesamtsumme", "zwischensumme", "overall", "cumul", "cumulative", "kumulativ", "ytd"}
    | {"average", "avg", "mean", "median", "mittelwert", "durchschnitt", "medelvarde", "snitt"}
    | {"moyenne", "promedio", "gemiddelde", "gjennomsnitt", "arsgjennomsnitt"}
    | {"gennemsnit", "keskiarvo", "srednia", "min", "max", "minvarde", "maxvarde", "minimum"}
    | {"maximum", "celkem", "razem", "yhteensa", "ialt"}
)
"""Words by which a row or column says that it sums up the others, without accents."""

_BESIDE = frozenset({"grand", "sub", "general", "overall", "and", "of", "the", "all", "acc"})
"""Words that may stand beside one of those."""


@lru_cache(maxsize=65_536)
def look_of(text: str) -> Look:
    """Return what a filled cell looks like; a number may carry a unit of up to four letters."""
    text = text.strip()
    if _ERROR.match(text):
        return "error"
    if _DATE.fullmatch(text):
        return "date"
    return "number" if number_parts(text) else "text"


def number_parts(text: str) -> tuple[str, str] | None:
    """Return the digits of a number with its signs, and its unit or an empty text."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or re.search(r"[.,]{2}|[.,]$", match["digits"].strip()):
        return None
    return match["digits"].strip(), match["unit"] or ""


def year_of(text: str) -> int | None:
    """Return the year a cell is, if it is nothing else: "2013", or "2013.0"."""
    match = re.fullmatch(r"((?:1[89]|20)\d{2})(\.0+)?", text.strip())
    return int(match[1]) if match else None


def years_in(text: str) -> tuple[int, ...]:
    """Return the years a text speaks of, each once: "June to Sept 2009"."""
    found = re.findall(r"(?<![\d.,])((?:19|20)\d{2})(?![\d%]|[.,]\d)", text)
    return tuple(dict.fromkeys(int(year) for year in found))


def is_total(text: str) -> bool:
    """Return whether a label says no more than that its row sums up others: "Grand Total:"."""
    words = re.findall(r"[^\W\d_]+", plain(text))
    return any(word in _TOTALS for word in words) and _BESIDE.issuperset({*words} - _TOTALS)


def may_be_total(text: str) -> bool:
    """Return whether a header may name a column that sums up others: "Total Rej./month"."""
    words = re.findall(r"[^\W\d_]+", plain(text))
    return bool(words) and (words[0] in _TOTALS or words[-1] in {"total", "totaal", "gesamt"})


def tidy(text: str | None) -> str:
    """Return a text with its line breaks and runs of blanks as single blanks."""
    return " ".join((text or "").split())


def quoted(texts: tuple[str, ...] | list[str], most: int = 3) -> str:
    """Return texts in quotes for a sentence, the first few of them."""
    shown = ", ".join(f"'{text}'" for text in texts[:most])
    return f"{shown} and {len(texts) - most} more" if len(texts) > most else shown
