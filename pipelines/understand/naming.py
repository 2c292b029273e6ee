"""Names for what is proposed: short names of metrics and mappings, patterns of file names."""

from __future__ import annotations

import re
from collections import abc
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from pipelines.mapping.months import plain

LONGEST_NAME = 60
"""Letters a proposed name has at most."""

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "œ": "oe", "đ": "d", "ł": "l", "ð": "d"})


def short_name(text: str, otherwise: str = "figure") -> str:
    """Return a text as a name: "Taux de clôture (%)" is taux_de_cloture."""
    words = re.findall(r"[a-z0-9]+", plain(text).translate(_LETTERS))
    name = "_".join(words)[:LONGEST_NAME].strip("_")
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"{otherwise}_{name}"


def short_names(texts: abc.Iterable[str], known: abc.Iterable[str] = ()) -> dict[str, str]:
    """Return a name for each text, no two alike; a known name where it is the text's own."""
    names: dict[str, str] = {}
    by_short = {short_name(name): name for name in known}
    for text in texts:
        short = short_name(text)
        name = by_short.get(short, short)
        number = 2
        while name in names.values():
            name, number = f"{short}_{number}", number + 1
        names[text] = name
    return names


def mapping_name(file: str, sheet: str | None, *, is_only: bool) -> str:
    """Return the name of a mapping for a file, its sheet in it where several may be mapped."""
    stem = re.sub(r"(19|20)\d{2}([-_. ]?\d{2}){0,2}", " ", PurePosixPath(file).name.split(".")[0])
    words = short_name(re.sub(r"^[\d_ .-]+", "", stem), "source")
    if is_only or not sheet:
        return words
    return f"{words[: LONGEST_NAME // 2].strip('_')}_{short_name(sheet, 'sheet')}"[:LONGEST_NAME]


def file_pattern(file: str) -> str:
    """Return the pattern of this file's name and of those to come: dates in it become "*"."""
    name = PurePosixPath(file).name
    escaped = re.sub(r"([\[\]*?])", "?", name)
    return re.sub(r"(?<!\d)(19|20)\d{2}([-_. ]?\d{2}){0,2}(?!\d)", "*", escaped)


def exact_pattern(header: str) -> str:
    """Return the pattern that fits one header and, as far as signs allow, no other."""
    return re.sub(r"([\[*?])", r"[\1]", header)


def patterns_of(headers: abc.Sequence[str], others: abc.Iterable[str]) -> tuple[str, ...]:
    """Return patterns that fit the headers, and next month's alike, but none of `others`.

    "2011-12 P1" and "2011-12 P10" are "20??-?? P*"; headers without digits stand for themselves.
    """
    shapes: dict[str, list[str]] = {}
    for header in headers:
        shapes.setdefault(re.sub(r"\d+", "0", header), []).append(header)
    found: list[str] = []
    for group in shapes.values():
        pattern = _pattern(group)
        is_safe = not any(fnmatchcase(other, pattern) for other in others)
        found += [pattern] if len(group) > 1 and is_safe else map(exact_pattern, group)
    return tuple(found)


def _pattern(headers: abc.Sequence[str]) -> str:
    pieces = [re.split(r"(\d+)", header) for header in headers]
    pattern = ""
    for options in zip(*pieces, strict=True):
        if not options[0].isdigit():
            pattern += exact_pattern(options[0])
        elif len({len(option) for option in options}) > 1:
            pattern += "*"
        else:
            centuries = {option[:2] for option in options if len(option) == 4}
            start = centuries.pop() if len(centuries) == 1 else ""
            pattern += start + "?" * (len(options[0]) - len(start))
    return pattern
