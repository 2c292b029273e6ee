"""`clause9 init`, `demo`, `serve` and `check`: setting up a site and opening it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli import shell
from data.errors import DefinitionError

LOOPBACK = "127.0.0.1"
"""Without sign-in the app answers this machine only."""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(init)
    app.command()(demo)
    app.command()(serve)
    app.command()(check)


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to make a workspace of.")],
    organisation: Annotated[str, typer.Option(help="The organisation's name.")] = "My organisation",
    example: Annotated[
        str | None, typer.Option(help="Start from a shipped example's definitions.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Make a workspace: settings, and folders for tables, metrics, sources."""
    from dashboard.company import founding

    workspace = founding.found(folder, organisation, example)
    if as_json:
        shell.print_json(
            {"workspace": workspace.root, "organisation": workspace.settings.organisation}
        )
    shell.say(
        f"{workspace.root} is ready. Next: put files into it with "
        f"clause9 --workspace {folder} ingest PATH"
    )


def demo(
    folder: Annotated[Path, typer.Argument(help="Where the demo company goes.")] = Path("demo"),
    serve_it: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Open the dashboard afterwards.")
    ] = True,
    port: Annotated[int, typer.Option(help="The port of the dashboard.")] = 8501,
    as_json: shell.Json = False,
) -> None:
    """Make the synthetic demo company and open it."""
    from dashboard.company import founding

    founding.found_demo(folder, say=shell.say)
    if as_json:
        shell.print_json({"workspace": folder.resolve(), "synthetic": True})
    if serve_it:
        _serve(folder, port)


def serve(
    port: Annotated[int, typer.Option(help="The port of the dashboard.")] = 8501,
    as_json: shell.Json = False,
) -> None:
    """Open the dashboard of a workspace, on this machine only."""
    from data.settings import open_workspace

    workspace = open_workspace(shell.workspace_folder())
    if as_json:
        shell.print_json({"workspace": workspace.root, "url": f"http://{LOOPBACK}:{port}"})
    _serve(workspace.root, port)


def check(
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for a warning too.")] = False,
    as_json: shell.Json = False,
) -> None:
    """Check every definition of the site; exit 1 with all problems in one report.

    What can be read and is still no good is a warning, with a way out: exit 0 unless --strict.
    """
    from dashboard.company import findings

    try:
        found = findings.check(shell.open_company())
    except DefinitionError as error:
        if as_json:
            shell.print_json({"problems": [asdict(each) for each in error.problems]})
        raise
    warnings = found["warnings"]
    if as_json:
        shell.print_json({**found, "problems": []})
    else:
        _tell(warnings)
    told = {0: "no problem found", 1: "no problem found, 1 warning"}
    shell.say(
        f"{found['tables']} tables, {found['mappings']} mappings, {found['metrics']} metrics: "
        f"{told.get(len(warnings), f'no problem found, {len(warnings)} warnings')}."
    )
    if strict and warnings:
        raise typer.Exit(1)


ALIKE = 6
"""Metrics of which one thing is said together: a new site would hear it of each of dozens."""


def _tell(warnings: Sequence[Mapping[str, str]]) -> None:
    """Print each warning under what it is said of; what is said of many metrics, once."""
    every: dict[str, list[Mapping[str, str]]] = {}
    for each in warnings:
        every.setdefault(each["rule"], []).append(each)
    shared = {r: found for r, found in every.items() if found[0]["metric"] and found[ALIKE - 1 :]}
    said_of = None
    for each in warnings:
        if each["rule"] in shared:
            continue
        if each["metric"] != said_of:
            said_of = each["metric"]
            place = f" ({each['file']})" if each["file"] else ""
            typer.echo(f"{said_of or 'The catalogue as a whole'}{place}")
        typer.echo(f"  {each['sentence']}\n    → {each['way_out']}")
    for first, *others in shared.values():
        names = ", ".join(each["metric"] for each in others)
        typer.echo(f"{len(others) + 1} metrics alike, the first of them {first['metric']}")
        typer.echo(f"  {first['sentence']}\n    → {first['way_out']}\n  The others: {names}")


def _serve(folder: Path, port: int) -> None:
    """Replace this process by the app's server."""
    import sys

    os.environ["CLAUSE9_WORKSPACE"] = str(folder.resolve())
    script = Path(__file__).resolve().parents[1] / "app.py"
    shell.say(
        f"Clause9 opens at http://{LOOPBACK}:{port} (this machine only: no sign-in is set up). "
        "Stop it with Ctrl+C."
    )
    sys.stdout.flush()
    os.chdir(script.parent)
    os.execv(  # noqa: S606 - our own interpreter, no shell
        sys.executable,
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
            "--server.address",
            LOOPBACK,
            "--server.port",
            str(port),
            "--server.headless",
            "true",
        ],
    )
