"""`clause9 records` and `clause9 actions`: people, owners, targets, and what reviews decided."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli import shell

app = typer.Typer(
    help="Records: who there is, what they aim for, and what they know of the figures.",
    no_args_is_help=True,
)


def add_commands(top: typer.Typer) -> None:
    """Add the commands of this module that stand at the top level."""
    top.command()(actions)


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A .toml or .xlsx file of records.")],
    as_json: shell.Json = False,
) -> None:
    """Add or update what a file of records holds: people, owners, targets, phases, events."""
    from dashboard.company import people

    counts = people.load(shell.open_company(), file, actor=shell.actor(), at=shell.now())
    if as_json:
        shell.print_json(counts)
    changed, unchanged = counts.pop("changed"), counts.pop("unchanged")
    found = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing"
    shell.say(f"{file.name} has {found}: {changed:,} added or changed, {unchanged:,} as they were.")


@app.command()
def export(
    file: Annotated[Path, typer.Option("-o", "--output", help="Where to write the .toml file.")],
    as_json: shell.Json = False,
) -> None:
    """Write the records to a file that `records load` reads back."""
    from dashboard.company import people

    company = shell.open_company()
    written = people.export(company, shell.writable(file, "-o"), actor=shell.actor())
    if as_json:
        shell.print_json({"file": file, "records": written})
    shell.say(f"Wrote {written:,} records to {file}.")


def actions(
    everything: Annotated[bool, typer.Option("--all", help="Closed actions too.")] = False,
    as_json: shell.Json = False,
) -> None:
    """List the actions reviews decided: owner, due date, days over."""
    from dashboard.company import people

    rows = people.actions(shell.open_company(), open_only=not everything)
    shell.print_json(rows) if as_json else shell.print_rows(
        rows, ("id", "title", "owner", "due_on", "standing", "days_over")
    )
