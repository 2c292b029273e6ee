"""Reading table contracts: the shipped ones, extended and overridden by the site's.

A table is one file, called as the table: `tables/complaints.toml` of a workspace changes or extends
the shipped complaints, `tables/shifts.toml` adds a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.definitions import read_toml, validated
from data.errors import DefinitionError, Problem, near_miss
from data.tables.checks import table_findings
from data.tables.contract import Table
from data.tables.forms import ContractForm
from data.tables.resolve import Layer, resolve

SHIPPED = Path(__file__).parent
_EVERY_TABLE = "_every_table"


def load_tables(site_folder: Path | None = None) -> Mapping[str, Table]:
    """Return every table by name, in order of name: the shipped ones and the site's.

    Raises DefinitionError with every problem of every file.
    """
    shipped, problems = _read_folder(SHIPPED, "shipped tables")
    every_table = shipped.pop(_EVERY_TABLE)
    site: dict[str, Layer] = {}
    if site_folder is not None:
        site, site_problems = _read_folder(site_folder, site_folder.name)
        problems += site_problems
    tables: dict[str, Table] = {}
    for name in sorted({*shipped, *site}):
        layers = [every_table, *(found[name] for found in (shipped, site) if name in found)]
        table, found_problems = _checked(name, layers)
        if table is not None:
            tables[name] = table
        elif name not in shipped and near_miss(name, shipped):
            hint = f"is a new table; it is not shipped.{near_miss(name, shipped)}"
            problems.append(Problem(site[name].file, "", hint))
        problems += found_problems
    if problems:
        raise DefinitionError(problems)
    return tables


def _read_folder(folder: Path, shown: str) -> tuple[dict[str, Layer], list[Problem]]:
    """Return what each file of a folder says, by table name; unreadable files are problems only."""
    layers: dict[str, Layer] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")):
        file = f"{shown}/{path.name}"
        values, found = read_toml(path, file)
        problems += found
        if found:
            continue
        form, found = validated(ContractForm, values, file)
        problems += found
        if form is None:
            continue
        layers[path.stem] = Layer(file, form)
        named = form.table.name
        if named is not None and named != path.stem:
            sentence = f"'{named}' is not the file's name. Call the file {named}.toml."
            problems.append(Problem(file, "table.name", sentence))
    return layers, problems


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
