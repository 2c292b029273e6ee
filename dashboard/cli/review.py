"""`clause9 review`: prepare, hold, close and verify a management review."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.cli import shell
from data.errors import Clause9Error

if TYPE_CHECKING:
    from dashboard.company.opened import Company

app = typer.Typer(
    help="Management reviews: prepare, hold, close, export, verify.", no_args_is_help=True
)

Review = Annotated[
    str | None, typer.Option("--review", help="Its id; else the newest review not closed.")
]


@app.command()
def new(
    review: Annotated[str, typer.Argument(help="An id such as 2026-h2.")],
    first: Annotated[str, typer.Option("--from", help="First day of the period under review.")],
    last: Annotated[str, typer.Option("--to", help="Last day of the period under review.")],
    title: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    as_json: shell.Json = False,
) -> None:
    """Plan a review of a period; its inputs assemble themselves."""
    from dashboard.company import meetings

    period = (shell.day(first, "--from"), shell.day(last, "--to"))
    made = meetings.new(
        shell.open_company(), review, period, title or review, actor=shell.actor(), at=shell.now()
    )
    if as_json:
        shell.print_json(made)
    shell.say(f"Review {review} is planned. See what it still needs: clause9 review status")


@app.command()
def status(review: Review = None, as_json: shell.Json = False) -> None:
    """List the inputs of a review: fed, late, waived, or a gap with its sentence."""
    from dashboard.company import meetings

    company = shell.open_company()
    rows = meetings.status(company, review)
    shell.print_json(rows) if as_json else shell.print_rows(
        rows, ("clauses", "title", "state", "headline", "needs")
    )
    _say_whether_sealed(company, review)


@app.command()
def assemble(review: Review = None, as_json: shell.Json = False) -> None:
    """Print the whole review as it assembles now: figures, signals, tables, gaps, in rank order."""
    from dashboard.company import meetings

    company = shell.open_company()
    found = meetings.assembled(company, review)
    _say_whether_sealed(company, review)
    if as_json:
        return shell.print_json(found)
    for item in found["ranked"]:
        typer.echo(f"{item['rank']}. {item['clauses']}  {item['headline']}  ({item['why_here']})")
    return None


def _say_whether_sealed(company: Company, review: str | None) -> None:
    """Say that what is printed is what was sealed; a person may think it is the next review."""
    from dashboard.company import meetings

    shown = meetings.find(company, review)
    if shown.state == "closed":
        every = "" if review else "Every review is closed; this is the newest. "
        shell.say(f"{every}{shown.title} is closed: this is what was sealed.")


@app.command()
def record(
    file: Annotated[
        Path,
        typer.Argument(
            help="A .toml file: attendance, narratives, decisions, actions, waivers, conclusion."
        ),
    ],
    review: Review = None,
    as_json: shell.Json = False,
) -> None:
    """Record what the meeting said and decided, all of the file or nothing."""
    from dashboard.company import meetings

    counts = meetings.record(
        shell.open_company(), review, file, actor=shell.actor(), at=shell.now()
    )
    if as_json:
        shell.print_json(counts)
    shell.say(
        ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) + " recorded."
    )


@app.command()
def hold(
    review: Review = None,
    on: Annotated[str | None, typer.Option(help="The day it is held.")] = None,
    as_json: shell.Json = False,
) -> None:
    """Mark the review as held on a day."""
    from dashboard.company import meetings

    held_on = shell.day(on, "--on") or shell.today()
    found = meetings.hold(
        shell.open_company(), review, held_on, actor=shell.actor(), at=shell.now()
    )
    if as_json:
        shell.print_json({"review": found, "held_on": held_on})
    shell.say(f"Review {found} is held on {held_on}.")


@app.command()
def close(review: Review = None, as_json: shell.Json = False) -> None:
    """Close the review and seal its pack; refused while an input is neither fed nor waived."""
    from dashboard.company import packs

    sealed = packs.close(shell.open_company(), review, actor=shell.actor(), at=shell.now())
    if as_json:
        shell.print_json(sealed)
    shell.say(
        f"Sealed: {sealed['pack']} (SHA-256 {sealed['sha256']}). "
        f"Check it any time: clause9 review verify {sealed['pack']}"
    )


@app.command()
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write the page.")],
    review: Review = None,
    as_json: shell.Json = False,
) -> None:
    """Write the review as one HTML page that needs no network; every number in it opens."""
    from dashboard.company import packs

    shell.writable(output, "-o")
    packs.export(shell.open_company(), review, output, actor=shell.actor(), at=shell.now())
    if as_json:
        shell.print_json({"page": output, "bytes": output.stat().st_size})
    shell.say(f"Wrote {output}.")


@app.command()
def verify(
    pack: Annotated[Path, typer.Argument(help="A sealed pack (.zip).")], as_json: shell.Json = False
) -> None:
    """Recompute every figure of a sealed pack from its sealed rows; exit 1 on any mismatch.

    In the workspace that sealed it, its SHA-256 is compared with the one on record too.
    """
    from dashboard.company import sealed_packs

    recorded = _recorded_sha256(pack)
    report = sealed_packs.verify(pack, recorded)
    if as_json:
        shell.print_json(asdict(report) | {"compared_with_record": recorded is not None})
    if not report.is_sound:
        raise Clause9Error(report.sentence)
    shell.say(report.sentence)
    shell.say(COMPARED if recorded else NOT_COMPARED)


def _recorded_sha256(pack: Path) -> str | None:
    """Return the hash on record; None outside a workspace, and for a review it does not know."""
    from dashboard.company import sealed_packs

    try:
        return sealed_packs.recorded_sha256(shell.open_company(settles=False), pack)
    except Clause9Error:
        return None  # a pack can be verified anywhere, whatever state the workspace is in


COMPARED = "Its SHA-256 is the one on record."

NOT_COMPARED = (
    "Its SHA-256 was not compared with the one on record: this workspace has no such closed "
    "review. Run it in the workspace that sealed the pack: clause9 --workspace DIR review verify"
)
