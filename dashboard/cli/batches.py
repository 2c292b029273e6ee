"""`clause9 batches`: what came in, when, by whom, and what was refused."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.cli import shell
from data.errors import RefusedInputError

app = typer.Typer(
    help="Batches: what came in, what was refused, and taking one back.", no_args_is_help=True
)

COLUMNS = (
    "id",
    "state",
    "file",
    "received_at",
    "actor",
    "accepted",
    "refused",
    "restated",
    "unchanged",
    "note",
)


@app.command("list")
def list_batches(as_json: shell.Json = False) -> None:
    """List every batch, newest first."""
    from dashboard.company import publishing

    rows = publishing.list_batches(shell.open_company())
    shell.print_json(rows) if as_json else shell.print_rows(rows, COLUMNS)


@app.command()
def show(
    batch: Annotated[int, typer.Argument(help="The number of the batch.")],
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Its refused rows, with every reason.")
    ] = False,
    limit: Annotated[int, typer.Option(help="At most so many refused rows.")] = 50,
    as_json: shell.Json = False,
) -> None:
    """Show one batch: file, SHA-256, counts by mapping, and its refused rows."""
    from dashboard.company import publishing

    found = publishing.show_batch(
        shell.open_company(), batch, refused_rows=limit if rejected else 0, actor=shell.actor()
    )
    if as_json:
        return shell.print_json(found)
    for key, value in found.items():
        if key != "refused_rows":
            shell.say(f"{key.replace('_', ' ')}: {value}")
    rows = found["refused_rows"]
    if rejected:
        shell.print_rows(rows, ("sheet", "row", "column", "value", "reason"))
        shell.say(f"{len(rows):,} of {found['refused_total']:,} reasons shown.")
    return None


@app.command()
def revert(
    batch: Annotated[int, typer.Argument(help="The number of the batch.")],
    reason: Annotated[str, typer.Option(help="Why it is taken back; kept in the audit log.")],
    as_json: shell.Json = False,
) -> None:
    """Take a batch back: facts and cells become what they would be without it."""
    from dashboard.company import publishing

    version = publishing.revert(
        shell.open_company(), batch, reason, actor=shell.actor(), at=shell.now()
    )
    if as_json:
        shell.print_json({"batch": batch, "state": "reverted", "version": version})
    shell.say(f"Batch {batch} is taken back; version {version} of the warehouse stands without it.")


@app.command()
def retry(
    batch: Annotated[int, typer.Argument(help="The number of the batch.")],
    accept_good: Annotated[
        bool, typer.Option(help="Of a rejected file, publish the good rows alone.")
    ] = False,
    as_json: shell.Json = False,
) -> None:
    """Try refused rows again with the mappings of today; exit 3 when none of them is good yet."""
    from dashboard.company import publishing

    report = publishing.retry(
        shell.open_company(), batch, accept_good=accept_good, actor=shell.actor(), at=shell.now()
    )
    if as_json:
        shell.print_json(report.as_json())
    shell.say(report.message)
    if report.refused:
        raise RefusedInputError(f"Nothing of batch {batch} was published.")
