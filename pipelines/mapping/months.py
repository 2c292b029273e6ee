"""Month names in the languages of the world, as people shorten and misspell them."""

from __future__ import annotations

import unicodedata
from collections import abc
from functools import lru_cache

from babel import Locale, UnknownLocaleError, localedata


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


def months_called(word: str, language: str) -> frozenset[int]:
    """Return the months a word may mean: by its whole name, else by a beginning of three letters.

    "fev" is février, "aou" is août; "jui" is two months of French and "ma" none.
    """
    names, called = month_names(language), plain(word)
    if called in names:
        return frozenset({names[called]})
    if len(called) < 3 or not called.isalpha():
        return frozenset()
    return frozenset(number for name, number in names.items() if name.startswith(called))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the languages whose month names are known, without regional forms."""
    return tuple(sorted(name for name in localedata.locale_identifiers() if "_" not in name))
