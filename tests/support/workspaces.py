"""Builders of contracts and workspaces: they fill in what a test does not speak of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.settings import Workspace, create_workspace, open_workspace
from data.tables import Column, Rule, Table


def a_column(name: str = "category", **attributes: object) -> Column:
    """Return a text column, or whatever `attributes` make of it."""
    filled = {"name": name, "type": "text", "meaning": f"What {name} is."}
    return Column.model_validate(filled | attributes)


def a_rule(name: str = "always_true", **attributes: object) -> Rule:
    """Return a refusing rule that always holds, unless `attributes` say otherwise."""
    filled = {"name": name, "expect": "true", "message": "Something is wrong."}
    return Rule.model_validate(filled | attributes)


def a_table(name: str = "shifts", *columns: Column, **attributes: object) -> Table:
    """Return a row-keyed table dated by `held_on` with process, site and the given columns."""
    shared = (
        a_column("held_on", type="date", required=True),
        a_column("process", required=True, dimension=True),
        a_column("site", dimension=True),
    )
    named = {column.name for column in columns}
    filled = {
        "name": name,
        "title": name.capitalize(),
        "meaning": f"One row is one of {name}.",
        "key": (),
        "dated_by": "held_on",
        "columns": tuple(column for column in shared if column.name not in named) + columns,
    }
    return Table.model_validate(filled | attributes)


def a_workspace(
    root: Path,
    *,
    settings: str | None = None,
    tables: Mapping[str, str] | None = None,
    metrics: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> Workspace:
    """Return a new workspace in `root`; the mappings are file stem to TOML text.

    `settings` replaces the whole clause9.toml.
    """
    workspace = create_workspace(root, "Example Works")
    if settings is not None:
        (workspace.root / "clause9.toml").write_text(settings, encoding="utf-8")
    folders = {"tables": tables, "metrics": metrics, "sources": sources}
    for folder, files in folders.items():
        write_definitions(workspace.root / folder, files or {})
    return open_workspace(root)


def write_definitions(folder: Path, files: Mapping[str, str]) -> Path:
    """Write TOML texts by file stem into `folder`, which is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, text in files.items():
        (folder / f"{stem}.toml").write_text(text, encoding="utf-8")
    return folder
