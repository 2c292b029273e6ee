"""Mappings written as people write them: TOML that loads again to the same mapping.

What stands beside a mapping in its file, sections and comments, is somebody's work: it is kept, and
a file that could not be kept whole is not touched.
"""

from __future__ import annotations

import re
import tomllib
from collections import abc
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Float, Item, Table, Trivia

from data.definitions import read_toml, validated
from data.durable import write_atomically
from data.errors import DefinitionError, UsageError
from pipelines.mapping.model import Mapping

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""Names of mappings that are written: they become file names, and words on the command line."""


def mapping_toml(mapping: Mapping) -> str:
    """Return the mapping as the section of a file in sources/, only what differs from silence."""
    document = tomlkit.document()
    document[mapping.name] = _table(_said(mapping))
    return tomlkit.dumps(document)


def remember(folder: Path, mapping: Mapping) -> Path:
    """Write the mapping into `folder` (a workspace's sources/) and return the file it stands in.

    A mapping of the same name is replaced where it stands; else the file is NAME.toml. Raises
    UsageError for a name that is no word, and where the file could not be kept whole;
    DefinitionError for a file that is no TOML. The file is then as it was.
    """
    if not NAME.fullmatch(mapping.name):
        raise UsageError(
            f"'{mapping.name}' cannot name a mapping. Write small letters, digits and _, beginning "
            "with a letter: cpi_by_month."
        )
    path = _home(folder, mapping.name)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    for write in (_in_place, _anew):
        text = write(before, mapping)
        if text is not None and is_kept(before, text, mapping):
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)
            return path
    raise UsageError(
        f"{path.name}: the mapping '{mapping.name}' cannot be put in without harm to what stands "
        f"there. Give it another name, or put it in by hand:\n\n{mapping_toml(mapping)}"
    )


def _home(folder: Path, name: str) -> Path:
    """Return the file that holds the mapping or is to; DefinitionError for a broken one."""
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        sections, problems = read_toml(path, f"{folder.name}/{path.name}")
        if problems and path.stem == name:
            raise DefinitionError(problems)
        if name in sections:
            return path
    return folder / f"{name}.toml"


def _said(mapping: Mapping) -> dict[str, Any]:
    return mapping.model_dump(mode="python", exclude={"name"}, exclude_defaults=True)


def _in_place(before: str, mapping: Mapping) -> str | None:
    """Return the file with the section changed line by line, so that its comments stay."""
    try:
        document = tomlkit.parse(before)
        if isinstance(document.get(mapping.name), Table):
            _merge(document[mapping.name], _said(mapping))
            return tomlkit.dumps(document)
    except TOMLKitError:
        return None
    section = mapping_toml(mapping)
    return f"{before.rstrip()}\n\n{section}" if before.strip() else section


def _anew(before: str, mapping: Mapping) -> str | None:
    """Return the file with the section taken out and written anew at the end."""
    try:
        document = tomlkit.parse(before)
        document.remove(mapping.name)
        rest = tomlkit.dumps(document).rstrip()
    except TOMLKitError:
        return None
    return f"{rest}\n\n{mapping_toml(mapping)}".lstrip()


def _merge(table: Table, said: abc.Mapping[str, Any]) -> None:
    for key in [key for key in table if key not in said]:
        table.remove(key)
    for key, value in said.items():
        present = table.get(key)
        if isinstance(present, Table) and isinstance(value, abc.Mapping):
            _merge(present, value)
        elif present is None or _plain(present) != _plain(_item(value)):
            table[key] = _item(value)


def _plain(item: object) -> object:
    return item.unwrap() if isinstance(item, Item) else item


def _table(said: abc.Mapping[str, Any]) -> Table:
    """Return a section; single values stand before the sections inside it, as TOML needs it."""
    table = tomlkit.table()
    for key, value in sorted(said.items(), key=lambda pair: _is_section(pair[1])):
        table.add(key, _item(value))
    return table


def _is_section(value: object) -> bool:
    return isinstance(value, abc.Mapping) or (
        isinstance(value, tuple) and bool(value) and isinstance(value[0], abc.Mapping)
    )


def _item(value: Any) -> Any:  # noqa: ANN401 whatever a mapping holds
    match value:
        case abc.Mapping():
            return _table(value)
        case tuple() if _is_section(value):
            sections = tomlkit.aot()
            for part in value:
                sections.append(_table(part))
            return sections
        case tuple():
            return tomlkit.item(list(value))
        case Decimal():
            return Float(float(value), Trivia(), _decimal_text(value))
        case _:
            return value


def _decimal_text(value: Decimal) -> str:
    text = f"{value:f}"
    return text if "." in text else f"{text}.0"


def is_kept(before: str, after: str, mapping: Mapping) -> bool:
    """Return whether the file holds the mapping as it is, and all else as it was."""
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    old.pop(mapping.name, None)
    body = new.pop(mapping.name, None)
    if old != new or not isinstance(body, dict):
        return False
    read, problems = validated(Mapping, {"name": mapping.name, **body}, "", "")
    return not problems and read == mapping
