"""Reading the mappings of a site: all of them, or every problem of every file."""

from __future__ import annotations

from collections import abc
from pathlib import Path

from data.definitions import read_toml, validated
from data.errors import DefinitionError, Problem
from data.tables import Table
from pipelines.mapping.checks import mapping_findings
from pipelines.mapping.model import Mapping


def load_mappings(folder: Path | None, tables: abc.Mapping[str, Table]) -> dict[str, Mapping]:
    """Return the mappings of every *.toml in `folder` by name, in the order of the files.

    Raises DefinitionError with every problem of every file: file, key and near miss.
    """
    mappings: dict[str, Mapping] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.toml")) if folder and folder.is_dir() else []:
        file = f"{folder.name}/{path.name}" if folder else path.name
        sections, found = read_toml(path, file)
        problems += found
        for name, body in sections.items():
            mapping, found = _one(name, body, file)
            problems += found
            if mapping is None:
                continue
            if name in mappings:
                problems.append(Problem(file, name, "there is another mapping of this name."))
            mappings[name] = mapping
            problems += [
                Problem(file, f"{name}.{key}", message)
                for key, message in mapping_findings(mapping, tables)
            ]
    if problems:
        raise DefinitionError(problems)
    return mappings


def _one(name: str, body: object, file: str) -> tuple[Mapping | None, list[Problem]]:
    if not isinstance(body, dict):
        sentence = f"stands outside a section. Every mapping is a section: [{name}]."
        return None, [Problem(file, name, sentence)]
    if "name" in body:
        return None, [Problem(file, f"{name}.name", "is not said: the section's name is it.")]
    return validated(Mapping, {"name": name, **body}, file, name)
