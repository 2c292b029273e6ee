"""Month names in the languages people keep figures in, as they shorten and misspell them."""

from __future__ import annotations

import re
import unicodedata
from collections import abc
from functools import lru_cache

from babel import Locale, UnknownLocaleError

LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "nb", "da", "fi", "pl", "cs", "sk", "hu"),
    *("ro", "bg", "hr", "sl", "sr", "et", "lv", "lt", "el", "tr", "uk", "ru", "is", "ga", "mt"),
    *("ca", "eu", "gl", "nn", "de_AT", "sr_Latn", "id", "ms", "vi", "he", "ar", "fa", "hi"),
)
"""Languages tried where a mapping names none, the more usual first: Europe's and the large ones
with letters. One that is missing here can still be named."""

WORD = re.compile(r"[^\W\d_][^\s\d_/.,;:()\[\]–-]*")
"""A word of a month text, vowel signs of Indian letters and apostrophes included."""


def is_language(text: str) -> bool:
    """Return whether the locale is known: "sv", "pt_BR"."""
    try:
        Locale.parse(text)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def plain(text: str) -> str:
    """Return a word as it is compared: lower case, without accents and full stops."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).strip(" .\u200f")


@lru_cache(maxsize=512)
def month_names(language: str) -> abc.Mapping[str, int]:
    """Return every plain name of a month in a language to its number; raises for an unknown one."""
    names: dict[str, int] = {}
    months = Locale.parse(language).months
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                names.setdefault(plain(name), int(number))
    return names


@lru_cache(maxsize=8192)
def months_called(word: str, language: str) -> frozenset[int]:
    """Return the months a word may mean: by its whole name, else by a beginning of three letters.

    "Fev" is février, "Sept" is September; "jui" is two months of French and "ma" none.
    """
    names, called = month_names(language), plain(word)
    if called in names:
        return frozenset({names[called]})
    if len(called) < 3:
        return frozenset()
    return frozenset(number for name, number in names.items() if name.startswith(called))


def months_meant(word: str, tried: abc.Iterable[str]) -> abc.Mapping[frozenset[int], str]:
    """Return what a word may mean in the languages tried, each with the first language it is so in.

    A whole name in one language outranks the beginning of a name in another.
    """
    languages, called = [*tried], plain(word)
    whole = [language for language in languages if called in month_names(language)]
    meant: dict[frozenset[int], str] = {}
    for language in whole or languages:
        if months := months_called(word, language):
            meant.setdefault(months, language)
    return meant


def languages_of(texts: abc.Iterable[str]) -> tuple[str, ...]:
    """Return the languages in which every word of the texts names one month, usual ones first.

    Numbers and signs are passed over; texts without a word say nothing, and none is returned.
    """
    words = {word for text in texts for word in WORD.findall(text)}
    if not words:
        return ()
    return tuple(
        language
        for language in LANGUAGES
        if all(len(months_called(word, language)) == 1 for word in words)
    )
