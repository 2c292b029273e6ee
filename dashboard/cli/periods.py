"""`clause9 periods`: what is due from whom, and which periods are closed."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.cli import shell

app = typer.Typer(
    help="Periods: what is due, and which are closed so that nothing of them changes.",
    no_args_is_help=True,
)

Period = Annotated[str, typer.Argument(help="2026, 2026-Q3, 2026-09, 2026-W36 or 2026-09-30.")]
Source = Annotated[str | None, typer.Option(help="Only what this source sends.")]
Process = Annotated[str | None, typer.Option(help="Only what belongs to this process.")]

COLUMNS = ("period", "of", "state", "closed_by", "closed_at", "note", "reopened_by")
MORE = ("reopened_at", "reopened_reason")


@app.command("list")
def list_periods(as_json: shell.Json = False) -> None:
    """List every closing there ever was, the newest period first."""
    from dashboard.company import closing

    rows = [closing.as_row(row) for row in closing.closings(shell.open_company())]
    shell.print_json(rows) if as_json else shell.print_rows(rows, (*COLUMNS, *MORE))


@app.command()
def due(
    owner: Annotated[str | None, typer.Option(help="Only what this person sends.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="What was submitted, too.")] = False,
    as_json: shell.Json = False,
) -> None:
    """List what is due or late by source and period, and with --all what is in or locked."""
    from dashboard.company import deadlines

    rows = [
        {
            "source": upload.mapping.name,
            "period": upload.period.label,
            "state": upload.state,
            "due_on": upload.due_on,
            "owner": upload.owner.name if upload.owner else None,
        }
        for upload in deadlines.deadlines(shell.open_company())
        if everything or upload.state in {"due", "late"}
    ]
    rows = [row for row in rows if owner is None or row["owner"] == owner]
    shell.print_json(rows) if as_json else shell.print_rows(
        rows, ("source", "period", "state", "due_on", "owner")
    )


@app.command()
def close(
    period: Period,
    source: Source = None,
    process: Process = None,
    note: Annotated[str, typer.Option(help="What is to be known of it; kept.")] = "",
    as_json: shell.Json = False,
) -> None:
    """Close a period: from now on no row dated in it is added, changed or taken away."""
    from dashboard.company import closing
    from data.records.closings import closing_words

    row = closing.close(
        shell.open_company(),
        period,
        source=source,
        process=process,
        note=note,
        actor=shell.actor(),
        at=shell.now(),
    )
    if as_json:
        shell.print_json(closing.as_row(row))
    shell.say(f"{closing_words(row)}. Rows that would change it are refused until it is reopened.")


@app.command()
def reopen(
    period: Period,
    reason: Annotated[str, typer.Option(help="Why; it is kept on record.")],
    source: Source = None,
    process: Process = None,
    as_json: shell.Json = False,
) -> None:
    """Open a closed period again; the closing stays on record with the reason."""
    from dashboard.company import closing

    row = closing.reopen(
        shell.open_company(),
        period,
        reason,
        source=source,
        process=process,
        actor=shell.actor(),
        at=shell.now(),
    )
    if as_json:
        shell.print_json(closing.as_row(row))
    shell.say(
        f"{row.period} is open again. Close it when it is right: clause9 periods close {row.period}"
    )
