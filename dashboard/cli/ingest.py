"""`clause9 ingest`, `template` and `rebuild`: how facts come in from files, and come back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.cli import shell
from data.errors import Clause9Error, RefusedInputError

if TYPE_CHECKING:
    from pipelines.run import RunReport


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(ingest)
    app.command()(template)
    app.command()(rebuild)


def ingest(  # noqa: PLR0913, PLR0917 - a command has as many parameters as options
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of files.")],
    table: Annotated[
        str | None, typer.Option(help="The table a file without mapping fills.")
    ] = None,
    mapping: Annotated[
        str | None, typer.Option(help="Read the files by this mapping alone.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(help="The period the file speaks for: 2026-10.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would happen, publish nothing.")] = False,
    accept_good: Annotated[
        bool, typer.Option(help="Publish the good rows, keep the refused.")
    ] = False,
    note: Annotated[str, typer.Option(help="What is to be known of the files; kept.")] = "",
    late_reason: Annotated[str, typer.Option(help="Why they come late; kept.")] = "",
    as_json: shell.Json = False,
) -> None:
    """Read files, check every row, publish all of them or nothing; exit 3 when rows are refused."""
    from dashboard.company import publishing
    from pipelines.load.watch import Watch

    company = shell.open_company()
    upload = publishing.Upload(
        tuple(paths), table=table, mapping=mapping, period=period,
        dry_run=dry_run, accept_good=accept_good, note=note, late_reason=late_reason,
    )  # fmt: skip
    with shell.progress() as stage:
        report = publishing.ingest(
            company, upload, actor=shell.actor(), at=shell.now(), watch=Watch(stage)
        )
    if as_json:
        shell.print_json(report.as_json())
    for line in told(report):
        shell.say(line)
    if report.refused:
        raise RefusedInputError(
            "Nothing of the refused files was published."
            if not dry_run
            else "Publishing would be refused."
        )


def told(report: RunReport) -> list[str]:
    """Return what a run did, in sentences."""
    lines = [f"{batch.file}: {batch.message}" for batch in report.batches]
    lines += [f"{name}: left aside, no mapping names it." for name in report.left_aside]
    seconds = sum(report.seconds.values())
    if report.dry_run:
        return [*lines, f"Dry run: nothing was published ({seconds:.1f} s)."]
    if report.is_published:
        return [
            *lines,
            f"Published as version {report.version} of the warehouse ({seconds:.1f} s).",
        ]
    return lines


def template(
    table: Annotated[str, typer.Argument(help="The table to fill in.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write it.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Write the Excel template of a table: drop-downs, comments, an example row."""
    from dashboard.company import publishing

    target = shell.writable(output or Path(f"{table}.xlsx"), "-o")
    path = publishing.write_template(shell.open_company(), table, target, actor=shell.actor())
    if as_json:
        shell.print_json({"template": path, "table": table})
    shell.say(f"Wrote {path}. Fill it in, then: clause9 ingest {path} --table {table}")


def rebuild(
    accept_good: Annotated[
        bool, typer.Option(help="Go on where the definitions of today refuse rows once published.")
    ] = False,
    as_json: shell.Json = False,
) -> None:
    """Make facts and cells again from the archived files; exit 1 when cells differ from before."""
    from dashboard.company import rebuilding

    made = rebuilding.rebuild_facts(
        shell.open_company(settles=False),
        accept_good=accept_good,
        actor=shell.actor(),
        at=shell.now(),
    )
    if as_json:
        shell.print_json(made.as_json())
    for sentence in made.sentences:
        shell.say(sentence)
    if made.differences:
        raise Clause9Error(
            f"Version {made.version} is current: it says what the archived files say. "
            f"Version {made.former_version} said something else."
        )
