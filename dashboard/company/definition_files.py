"""The text of one definition in its file: taken out to be edited, and put back.

What stands beside it, sections and comments, is somebody's work: it is kept, and a file that could
not be kept whole is not touched.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from data.errors import UsageError
from metrics.model import Metric

_HEADER = re.compile(r"^\s*\[\[?\s*(?P<key>\"[^\"]*\"|'[^']*'|[A-Za-z0-9_-]+)")


@dataclass(frozen=True)
class Section:
    """One definition as it is written: its file, the file's whole text, and its own text.

    `is_own` is off for a metric of the library that the site only names: `text` is then what it
    would be as a definition of its own.
    """

    file: Path
    whole: str
    text: str
    is_own: bool


def section_of(folder: Path, metric: Metric, file: str) -> Section:
    """Return the text of a metric; `file` is the one of the catalogue, "metrics/site.toml"."""
    path = folder / Path(file).name
    whole = path.read_text(encoding="utf-8") if path.is_file() else ""
    if metric.name not in (tomllib.loads(whole) if whole else {}):
        return Section(path, whole, definition_toml(metric), is_own=False)
    return Section(path, whole, _taken(whole, metric.name), is_own=True)


def replaced(section: Section, name: str, text: str) -> str:
    """Return the file's text with the section's replaced by `text`.

    Raises UsageError where the rest of the file could not be kept as it is.
    """
    text = text.strip("\n") + "\n"
    for write in (_in_place, _anew):
        whole = write(section, name, text)
        if whole is not None and _is_kept(section.whole, whole, name, text):
            return whole
    raise UsageError(
        f"{section.file.name}: the definition '{name}' cannot be put back without harm to what "
        "stands beside it. Change it in the file."
    )


def definition_toml(metric: Metric) -> str:
    """Return a metric as a section of a file, only what differs from silence."""
    said = metric.model_dump(mode="python", by_alias=True, exclude_defaults=True)
    said = {key: value for key, value in said.items() if key not in {"name", "calendar"}}
    measure = said.pop("measure", {})
    table = tomlkit.table()
    for key, value in said.items():
        table.add(key, _item(value))
    table.add("measure", _measure(metric.measure.kind, measure))
    document = tomlkit.document()
    document[metric.name] = table
    return tomlkit.dumps(document)


def _measure(kind: str, said: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    table.add("kind", kind)
    for key, value in said.items():
        if key not in {"kind", "parts"}:
            table.add(key, _item(value))
    return table


def _item(value: Any) -> Any:  # noqa: ANN401 whatever a definition holds
    match value:
        case Mapping():
            inline = tomlkit.inline_table()
            inline.update({key: part for key, part in value.items() if part is not None})
            return inline
        case tuple():
            return [_item(part) for part in value]
        case _:
            return value


def _taken(whole: str, name: str) -> str:
    lines = whole.split("\n")
    pieces = ("\n".join(lines[first:after]).strip("\n") for first, after in _pieces(lines, name))
    text = "\n\n".join(pieces) + "\n"
    if _read(text) == {name: tomllib.loads(whole)[name]}:
        return text
    document = tomlkit.document()
    document[name] = tomlkit.item(tomllib.loads(whole)[name])
    return tomlkit.dumps(document)


def _pieces(lines: list[str], name: str) -> list[tuple[int, int]]:
    """Return where the sections of a name begin and end, remarks right above them included.

    Usually it is one piece; `[a]` and `[a.measure]` with another section between them are two.
    """
    headers = [
        (at, header["key"].strip("\"'"))
        for at, line in enumerate(lines)
        if (header := _HEADER.match(line))
    ]
    pieces: list[tuple[int, int]] = []
    for index, (at, key) in enumerate(headers):
        following = headers[index + 1][0] if index + 1 < len(headers) else len(lines)
        if key != name:
            continue
        first, after = _above(lines, at), _above(lines, following)
        if pieces and pieces[-1][1] == first:
            pieces[-1] = (pieces[-1][0], after)
        else:
            pieces.append((first, after))
    return pieces


def _above(lines: list[str], at: int) -> int:
    """Return the first of the remarks that stand right above a line."""
    while 0 < at < len(lines) and lines[at - 1].lstrip().startswith("#"):
        at -= 1
    return at


def _in_place(section: Section, name: str, text: str) -> str:
    """Return the file with `text` where the section began, and every piece of it gone."""
    if not section.is_own:
        return f"{section.whole.rstrip()}\n\n{text}".lstrip()
    lines = section.whole.split("\n")
    pieces = _pieces(lines, name)
    for first, after in reversed(pieces):
        is_last = not any(line.strip() for line in lines[after:])
        put = text.split("\n")[:-1] if first == pieces[0][0] else []
        lines[first:after] = [*put, *([] if is_last or not put else [""])]
    return "\n".join(lines).rstrip("\n") + "\n"


def _anew(section: Section, name: str, text: str) -> str | None:
    """Return the file with the section taken out and written anew at the end.

    It is for a file whose lines cannot be told apart: a text of several lines with a [section].
    """
    try:
        document = tomlkit.parse(section.whole)
        document.remove(name)
    except (TOMLKitError, KeyError):
        return None
    return f"{tomlkit.dumps(document).rstrip()}\n\n{text}".lstrip()


def _is_kept(before: str, after: str, name: str, text: str) -> bool:
    old, new, own = _read(before), _read(after), _read(text)
    if old is None or new is None or own is None:
        return False
    old.pop(name, None)
    return new.pop(name, None) == own.get(name) and old == new


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
