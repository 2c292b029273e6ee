"""Reading table contracts: the shipped ones, extended and overridden by the site's.

A table is one file, called as the table: `tables/complaints.toml` of a workspace changes or extends
the shipped complaints, `tables/shifts.toml` adds a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data.definitions import read_toml, validated
from data.errors import DefinitionError, Problem, near_miss
from data.tables.checks import table_findings
from data.tables.contract import Table
from data.tables.forms import ContractForm
from data.tables.resolve import Layer, resolve

SHIPPED = Path(__file__).parent
_EVERY_TABLE = "_every_table"


@dataclass(frozen=True)
class Contracts:
    """Every table that could be read, and everything that is wrong in the files.

    `unread` are the words, tables and columns, that a file with problems was to define: whatever
    names one of them may be right.
    """

    tables: Mapping[str, Table]
    problems: tuple[Problem, ...]
    unread: frozenset[str]


def load_tables(site_folder: Path | None = None) -> Mapping[str, Table]:
    """Return every table by name, in order of name: the shipped ones and the site's.

    Raises DefinitionError with every problem of every file.
    """
    read = read_tables(site_folder)
    if read.problems:
        raise DefinitionError(read.problems)
    return read.tables


def read_tables(site_folder: Path | None = None) -> Contracts:
    """Return the same with the problems beside, for a report of other definitions as well."""
    shipped, problems, _ = _read_folder(SHIPPED, "shipped tables")
    every_table = shipped.pop(_EVERY_TABLE)
    site: dict[str, Layer] = {}
    unread: set[str] = set()
    if site_folder is not None:
        site, site_problems, unread = _read_folder(site_folder, site_folder.name)
        problems += site_problems
    tables: dict[str, Table] = {}
    for name in sorted({*shipped, *site}):
        layers = [every_table, *(found[name] for found in (shipped, site) if name in found)]
        table, found_problems = _checked(name, layers)
        if table is not None:
            tables[name] = table
        else:
            unread.add(name)
            if name not in shipped and near_miss(name, shipped):
                hint = f"is a new table; it is not shipped.{near_miss(name, shipped)}"
                problems.append(Problem(site[name].file, "", hint))
        problems += found_problems
    return Contracts(tables, tuple(problems), frozenset(unread - tables.keys()))


def _read_folder(folder: Path, shown: str) -> tuple[dict[str, Layer], list[Problem], set[str]]:
    """Return what each file of a folder says, by table name, and the words of unreadable files."""
    layers: dict[str, Layer] = {}
    problems: list[Problem] = []
    unread: set[str] = set()
    for path in sorted(folder.glob("*.toml")):
        file = f"{shown}/{path.name}"
        values, found = read_toml(path, file)
        form = None
        if not found:
            form, found = validated(ContractForm, values, file)
        problems += found
        if form is None:
            unread |= _words_of(path)
            continue
        layers[path.stem] = Layer(file, form)
        named = form.table.name
        if named is not None and named != path.stem:
            sentence = f"'{named}' is not the file's name. Call the file {named}.toml."
            problems.append(Problem(file, "table.name", sentence))
    return layers, problems, unread


def _words_of(path: Path) -> set[str]:
    """Return the table and the columns a file speaks of, however broken it is."""
    text = path.read_bytes().decode("utf-8", "replace")
    return {path.stem, *re.findall(r"^\s*\[\s*columns\s*\.\s*\"?(\w+)", text, re.MULTILINE)}


def _checked(name: str, layers: list[Layer]) -> tuple[Table | None, list[Problem]]:
    table, problems = resolve(name, layers)
    incomplete = {_section_of(problem.key) for problem in problems}
    findings = table_findings(table) if table is not None else ()
    problems += [
        Problem(layers[-1].file, key, message)
        for key, message in findings
        if _section_of(key) not in incomplete
    ]
    return table, problems


def _section_of(key: str) -> str:
    """Return the TOML section a key stands in: columns.severity of columns.severity.type."""
    return ".".join(key.split(".")[:2])
