"""Passwords, tokens and database URLs: kept out of definitions, and out of everything that is said.

A definition names a secret. Its value is an environment variable of that name or, where there is
none, a key of the workspace's `state/secrets.toml`, which Git ignores and only its owner may read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from data.definitions import read_toml
from data.errors import Clause9Error, DefinitionError, NotFoundError, near_miss

HIDDEN = "•••"
"""What stands in a sentence where a secret stood."""

_TELLS = re.compile(r"pass|pwd|token|key|secret|sig|cred|auth", re.IGNORECASE)
"""Parameters of a URL whose values are secrets; others, like `sslmode`, help to understand."""


@dataclass(frozen=True)
class Secrets:
    """The secrets of one workspace; it remembers those it gave out, to keep them out of texts."""

    environment: Mapping[str, str]
    file: Path
    _given: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return the secret of this name.

        Raises NotFoundError where neither place has it, DefinitionError for a secrets file that
        cannot be read, Clause9Error for one that others may read.
        """
        value = self.environment.get(name, "")
        if not value:
            kept = self._kept()
            if name not in kept:
                raise NotFoundError(
                    f"There is no secret '{name}'.{near_miss(name, kept)} Set the environment "
                    f'variable {name}, or write {name} = "…" into {self.file} (chmod 600).'
                )
            value = kept[name]
        self._given[name] = value
        return value

    def hidden(self, text: str) -> str:
        """Return the text without any secret given out, in whichever form it may have taken."""
        forms = {form for value in self._given.values() for form in _forms(value)}
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return text

    def _kept(self) -> dict[str, str]:
        if not self.file.is_file():
            return {}
        place = f"state/{self.file.name}"
        if os.name != "nt" and stat.S_IMODE(self.file.stat().st_mode) & 0o077:
            raise Clause9Error(
                f"{place} may be read by others on this machine, so it is not used. Take their "
                f"rights away: chmod 600 {self.file}"
            )
        values, problems = read_toml(self.file, place)
        if problems:
            raise DefinitionError(problems)
        # Whatever is not text would be shown by an error about it.
        return {name: value for name, value in values.items() if isinstance(value, str)}


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret and what may be made of it: its parts, where it is a URL, and encodings."""
    for part in (secret, *_parts(secret)):
        yield from {form for form in (part, unquote(part), *_encoded(part)) if form}


def _encoded(text: str) -> tuple[str, ...]:
    plain = unquote(text)
    return quote(text), quote(text, safe=""), quote_plus(text), quote(plain, safe="")


def _parts(secret: str) -> Iterator[str]:
    """Yield the password of a URL, also of one written wrongly, and the parameters that tell."""
    scheme, separator, rest = secret.partition("://")
    if not separator or not scheme:
        return
    login, _, _ = rest.rpartition("@")
    _, _, password = login.partition(":")
    if password:
        yield password
        # "p@ss" unescaped: a driver takes what follows the sign for the host, and says so.
        pieces = re.split(r"[@/?#]", f"{password}@{unquote(password)}")
        yield from (piece for piece in pieces if len(piece) > 2)
    try:
        query = urlsplit(secret).query
    except ValueError:
        query = rest.partition("?")[2]
    yield from (value for name, value in parse_qsl(query) if value and _TELLS.search(name))
