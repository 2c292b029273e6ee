"""`clause9 pull`: fetch what is new from databases, services and folders; made for cron."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.cli import shell

if TYPE_CHECKING:
    from dashboard.company.pulling import Pulled


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(pull)


def pull(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Sources by name; without any, all of them.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read from the beginning, whatever was read before.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, publish nothing.")
    ] = False,
    accept_good: Annotated[
        bool, typer.Option("--accept-good", help="Publish the good rows, keep the refused.")
    ] = False,
    as_json: shell.Json = False,
) -> None:
    """Fetch what is new at the sources, check every row, publish source by source.

    Without names, tables that an external engine keeps are counted anew as well.
    """
    from dashboard.company import pulling
    from data.secrets import Secrets

    company = shell.open_company()
    report = pulling.pull(
        company,
        pulling.Ask(tuple(sources or ()), full, dry_run, accept_good),
        Secrets(os.environ, company.workspace.secrets_file),
        actor=shell.actor(),
        at=shell.now(),
    )
    if as_json:
        shell.print_json(report.as_json())
    for pulled in report.sources:
        shell.say(told(pulled))
    for each in report.engines:
        shell.say(each.sentence())
    sys.exit(report.exit_code)


def told(pulled: Pulled) -> str:
    """Return what became of one source, for a person."""
    head = f"{pulled.source}: {pulled.message}"
    return "\n".join([head, *(f"  {note}" for note in pulled.notes)])
