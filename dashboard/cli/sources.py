"""`clause9 sources`: what helps to write the mappings in sources/."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli import proposing, shell

app = typer.Typer(help="Sources: help with the mappings of files.", no_args_is_help=True)


app.command()(proposing.propose)


@app.command()
def spellings(
    file: Annotated[Path, typer.Argument(help="The file to look into.")],
    column: Annotated[
        str, typer.Argument(help="The column: ours where a mapping fills it, else its header.")
    ],
    mapping: Annotated[
        str | None, typer.Option(help="The mapping that reads the file, where several do.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Find names that are spelt several ways, and print the lines that make each of them one."""
    from dashboard.company.spellings import spellings as found_in

    found = found_in(shell.open_company(), file, column, mapping)
    if as_json:
        return shell.print_json(
            {"column": found.header, "spellings": found.spelt, "names": found.names}
            | {"groups": found.groups.to_dicts()}
        )
    if not found.block:
        shell.say(f"Column '{found.header}': {found.spelt:,} spellings, none like another.")
        return None
    shell.say(
        f"Column '{found.header}': {found.spelt:,} spellings look like {found.told}. "
        "Strike the lines that are wrong, and put the others into the mapping:"
    )
    typer.echo(found.block)
    return None
