"""`clause9 batches`: what came in, when, by whom, and what was refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

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


PART_COLUMNS = (
    "mapping",
    "table",
    "sheet",
    "read",
    "left_out",
    "accepted",
    "refused",
    "warned",
    "new",
    "restated",
    "unchanged",
    "removed",
    "covers_from",
    "covers_to",
)
"""What each mapping made of a file, in the order of its way."""


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
    for sentence in told(found):
        shell.say(sentence)
    if parts := found["report"].get("parts"):
        shell.print_rows(parts, PART_COLUMNS)
    rows = found["refused_rows"]
    if rejected:
        shell.print_rows(rows, ("sheet", "row", "column", "value", "reason"))
        shell.say(f"{len(rows):,} of {found['refused_total']:,} reasons shown.")
    return None


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what became of a batch, in sentences; what nobody said is left out."""
    yield f"Batch {found['id']}: {found['file']} ({found['bytes']:,} bytes), {found['state']}."
    yield f"SHA-256 {found['sha256']}"
    yield f"Received {found['received_at']:%Y-%m-%d %H:%M} UTC from {found['actor']}" + (
        f", for {found['period']}." if found["period"] else "."
    )
    if found["published_at"]:
        when = f"{found['published_at']:%Y-%m-%d %H:%M} UTC"
        yield f"Published {when} in version {found['version']} of the warehouse."
    named = ("accepted", "refused", "new", "restated", "unchanged", "removed", "left_out")
    counts = [f"{found[name]:,} {name.replace('_', ' ')}" for name in named]
    yield f"Rows: {', '.join(counts)}."
    yield from _said(found)


def _said(found: Mapping[str, Any]) -> Iterator[str]:
    if found["retries"]:
        yield f"It brings what was refused in batch {found['retries']}."
    for each in found["retried_by"]:
        yield f"Rows refused here were tried again and count in batch {each}."
    for title in ("reason", "note", "late_reason"):
        if found[title]:
            yield f"{title.replace('_', ' ').capitalize()}: {found[title]}"
    for part in found["report"].get("parts", ()):
        for warning in part["warnings"]:
            yield f"Note ({part['mapping']}): {warning}"
    for each in found["report"].get("corrections", ()):
        place = f"row {each['row']}, column '{each['column']}'"
        yield f"Put right by hand: {place}: {each.get('found')} → {each.get('value')}"


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
