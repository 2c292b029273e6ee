"""`clause9 ingest`, `template` and `rebuild`: how facts come in from files, and come back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.cli import shell
from data.errors import Clause9Error, RefusedInputError, UsageError

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
    lines = []
    for batch in report.batches:
        lines.append(f"{batch.file}: {batch.message}")
        lines += [f"  {warning}" for warning in batch.warnings]
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
    table: Annotated[str | None, typer.Argument(help="The table to fill in.")] = None,
    owner: Annotated[
        str | None, typer.Option(help="Whose figures to fill in, by name or id.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(help="Of which period: 2026-10. Without it, the last one that is over."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write it.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Write an Excel template: of a table, or of the figures an owner hands in for a period."""
    from dashboard.company import templates

    if (table is None) == (owner is None) or (period and not owner):
        raise UsageError(
            "Say what to fill in: clause9 template TABLE, or clause9 template --owner NAME "
            "[--period 2026-10]."
        )
    company = shell.open_company()
    if owner is not None:
        out = templates.handed_out(company, owner, period, actor=shell.actor())
        target = shell.writable(output or Path(templates.file_name(out)), "-o")
        label = out.period.label
        templates.owner_template(company, owner, label, target, actor=shell.actor())
        told = {"owner": out.owner, "period": label, "figures": len(out.figures)}
        again = f"clause9 ingest {target}"
    else:
        target = shell.writable(output or Path(f"{table}.xlsx"), "-o")
        templates.table_template(company, str(table), target, actor=shell.actor())
        told = {"table": table}
        again = f"clause9 ingest {target} --table {table}"
    if as_json:
        shell.print_json({"template": target, **told})
    shell.say(f"Wrote {target}. Fill it in, then: {again}")


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
