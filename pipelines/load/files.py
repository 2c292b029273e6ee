"""Which files a run is about, and which mappings read each of them."""

from __future__ import annotations

import re
from collections import abc
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import TypeVar

from data.errors import NotFoundError, UsageError, near_miss
from data.tables import Table
from pipelines.mapping import Mapping

Definition = TypeVar("Definition")

READ_ENDINGS = (
    *(".csv", ".csv.gz", ".txt", ".tsv", ".parquet"),
    *(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    *(".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz"),
)
"""Endings by which a file of a folder is taken for a table; a file named by a person needs none."""


@dataclass(frozen=True)
class Found:
    """A file of the run. `name` is its path inside the folder given; `is_named` if given itself."""

    path: Path
    name: str
    is_named: bool

    def fits(self, patterns: abc.Iterable[str]) -> bool:
        """Return whether the name, or its last part, fits one of the patterns in any case."""
        names = {self.name.casefold(), PurePosixPath(self.name).name.casefold()}
        return any(fnmatchcase(name, p.casefold()) for name in names for p in patterns)


@dataclass(frozen=True)
class Planned:
    """A file and the mappings that read it.

    Without any, its headers have to be column names: of `table`, or of whichever table they fit.
    """

    found: Found
    mappings: tuple[Mapping, ...]
    table: str | None = None


@dataclass(frozen=True)
class Choice:
    """What the caller names to settle which mapping is meant."""

    table: str | None = None
    mapping: str | None = None


LONGEST_NAME = 200
"""Bytes of a name that are kept: file systems take 255, and a folder may come before it."""


def plain_name(name: str) -> str:
    """Return the name under which a file from elsewhere is kept: its last part, ending included.

    Folders, control characters and what no file system takes are left out.
    """
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(sign for sign in last if sign.isprintable()).strip()
    if not last.strip("."):
        return "file"
    stem, dot, ending = last.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = last, "", ""
    room = LONGEST_NAME - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + ending


def find(paths: abc.Sequence[Path]) -> tuple[Found, ...]:
    """Return the files named, and those in the folders named, in the order of their names."""
    found: list[Found] = []
    for path in paths:
        if path.is_dir():
            found += [
                Found(inner, inner.relative_to(path).as_posix(), is_named=False)
                for inner in sorted(path.rglob("*"))
                if inner.is_file() and not _is_hidden(inner.relative_to(path))
            ]
        elif path.is_file():
            found.append(Found(path, path.name, is_named=True))
        else:
            folder = path.parent if path.parent.is_dir() else Path()
            hint = near_miss(path.name, [sibling.name for sibling in folder.iterdir()])
            raise UsageError(f"There is no file or folder {path}.{hint}")
    return tuple(dict.fromkeys(found))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def plan(
    found: abc.Sequence[Found],
    mappings: abc.Mapping[str, Mapping],
    tables: abc.Mapping[str, Table],
    choice: Choice,
) -> tuple[tuple[Planned, ...], tuple[Found, ...]]:
    """Return the files to read with their mappings, and the files of folders left aside."""
    planned, aside = [], []
    for file in found:
        chosen = _chosen(file, mappings, tables, choice)
        if chosen or _may_be_template(file, tables, choice):
            planned.append(Planned(file, chosen, None if chosen else choice.table))
        else:
            aside.append(file)
    return tuple(planned), tuple(aside)


def _chosen(
    file: Found,
    mappings: abc.Mapping[str, Mapping],
    tables: abc.Mapping[str, Table],
    choice: Choice,
) -> tuple[Mapping, ...]:
    if choice.mapping is not None:
        mapping = _known(choice.mapping, mappings, "mapping", "sources/")
        is_meant = file.is_named or not mapping.files or file.fits(mapping.files)
        return (mapping,) if is_meant else ()
    fitting = tuple(m for m in mappings.values() if file.fits(m.files))
    if choice.table is None:
        return fitting
    table = _known(choice.table, tables, "table", "tables/")
    return tuple(mapping for mapping in fitting if mapping.table == table.name)


def _known(name: str, known: abc.Mapping[str, Definition], word: str, folder: str) -> Definition:
    if name in known:
        return known[name]
    hint = near_miss(name, known) or f" Known: {', '.join(known) or 'none'} (see {folder})."
    raise NotFoundError(f"There is no {word} '{name}'.{hint}")


def _is_readable(file: Found) -> bool:
    return file.is_named or file.path.name.casefold().endswith(READ_ENDINGS)


def _may_be_template(file: Found, tables: abc.Mapping[str, Table], choice: Choice) -> bool:
    """Return whether the headers are worth a look: a file named, or one called like a table."""
    if choice.mapping is not None:
        return False
    is_called_so = choice.table is not None or file.path.name.startswith(tuple(tables))
    return file.is_named or (_is_readable(file) and is_called_so)
