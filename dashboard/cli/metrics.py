"""`clause9 metrics`, `compute`, `trend`: definitions and the numbers they give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dashboard.cli import shell
from data.durable import write_whole

if TYPE_CHECKING:
    from dashboard.company.opened import Company

WhoseOption = Annotated[
    str | None, typer.Option(help="Only what this person (id or name) owns of it.")
]
OwnedOption = Annotated[
    str,
    typer.Option(
        help="now: what they own today, with all its history; then: in each period what they "
        "owned at its end."
    ),
]

RecordedOption = Annotated[
    Literal["then", "now"],
    typer.Option(
        help="Which phases, exclusions and targets count with --as-of: those recorded by that day "
        "(then), or all recorded since as well (now)."
    ),
]

app = typer.Typer(help="Metrics: their definitions and their values.", no_args_is_help=True)


def add_commands(top: typer.Typer) -> None:
    """Add the commands of this module that stand at the top level."""
    top.command()(compute)
    top.command()(trend)


@app.command("list")
def list_metrics(as_json: shell.Json = False) -> None:
    """List the metrics of this site: what each is, who answers for it, how many findings it has."""
    from dashboard.company import definitions

    rows = definitions.list_metrics(shell.open_company())
    shell.print_json(rows) if as_json else shell.print_rows(
        rows,
        ("metric", "title", "unit", "kind", "period", "process", "owner", "topic", "findings"),
    )


@app.command()
def show(
    metric: Annotated[str, typer.Argument(help="The name of the metric.")],
    as_json: shell.Json = False,
) -> None:
    """Show a metric: what it counts, who answers for it, its targets, findings, hash and query."""
    from dashboard.company import definitions

    company = shell.open_company()
    if as_json:
        return shell.print_json(definitions.show_metric(company, metric))
    each = definitions.described(company, metric)
    typer.echo(f"{each.metric.title} ({metric})\n{each.metric.why}\n")
    shell.print_facts({**each.facts, "Definition": each.metric.definition_hash})
    for target in each.targets:
        typer.echo(f"\nTarget: {target}")
    for finding in definitions.findings_of(company, metric):
        typer.echo(f"\n{finding.sentence}\n  → {finding.way_out}")
    for sql in each.sql:
        typer.echo(f"\n{sql}")
    return None


@app.command()
def docs(
    file: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write; without it, stdout.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Write all definitions out as one Markdown page: meaning, owner, topic, targets, query."""
    from dashboard.company import definitions

    company = shell.open_company()
    names = sorted(company.catalogue.metrics)
    if file is None:
        if as_json:
            return shell.print_json([definitions.show_metric(company, name) for name in names])
        return typer.echo(definitions.page(company), nl=False)
    target = shell.writable(file, "-o")
    write_whole(target, definitions.page(company).encode())
    if as_json:
        shell.print_json({"file": target.resolve(), "metrics": len(names)})
    return shell.say(f"{len(names)} definitions are written to {target}.")


@app.command("values")
def print_values(  # noqa: PLR0913, PLR0917 - one parameter an option
    metric: Annotated[str, typer.Argument(help="The name of the metric.")],
    by: Annotated[
        list[str] | None, typer.Option(help="A dimension to split by; may be repeated.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Periods that start on or after this day.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="Periods that start on or before this day.")
    ] = None,
    per: Annotated[
        str | None,
        typer.Option(
            help="A longer period to add up to: week, month, quarter, half-year or year; or span, "
            "one value from --from to --to."
        ),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--slice", help="dimension=value; may be repeated.")
    ] = None,
    owner: WhoseOption = None,
    owned: OwnedOption = "now",
    as_json: shell.Json = False,
) -> None:
    """Print a metric's values by period, with numerator, denominator and status."""
    from dashboard.company.values import Asked, values, why_none

    asked = Asked(
        by=tuple(by or ()),
        part=shell.slice_of(where or (), "--slice"),
        first=shell.day(first, "--from"),
        last=shell.day(last, "--to"),
        per=per,
        owner=owner,
        owned=owned,
    )
    company = shell.open_company()
    rows = values(company, metric, asked)
    _say_what_changed(company, metric)
    if not rows and (reason := why_none(company, metric)):
        shell.say(reason)
        return shell.print_json(rows) if as_json else None
    if as_json:
        return shell.print_json(rows)
    rows = [{**row, "slice": _part(row["slice"])} for row in rows]
    columns = ("period", "slice", "numerator", "denominator", "value", "status", "remark")
    shell.print_rows(rows, columns if any("remark" in row for row in rows) else columns[:-1])
    return None


@app.command("change")
def print_change(  # noqa: PLR0913, PLR0917 - one parameter an option
    metric: Annotated[str, typer.Argument(help="The name of the metric.")],
    by: Annotated[str, typer.Option(help="The dimension whose values share out the change.")],
    first: Annotated[
        str | None, typer.Option("--from", help="A day in the period to compare with.")
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", help="A day in the period to explain; else the last known in full."),
    ] = None,
    per: Annotated[
        str | None, typer.Option(help="A longer period: week, month, quarter, half-year or year.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--slice", help="dimension=value; may be repeated.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Say what changed between two periods: each part's own rate, the mix of parts, or amounts."""
    from dashboard.company.what_changed import Compared, as_record, what_changed

    compared = Compared(per, shell.day(first, "--from"), shell.day(last, "--to"))
    part = shell.slice_of(where or (), "--slice")
    told = as_record(what_changed(shell.open_company(), metric, by, part, compared))
    if as_json:
        return shell.print_json(told)
    typer.echo(told["sentence"])
    rows = [
        {
            by: each["slice"][by],
            "before": each["from"]["value"],
            "after": each["to"]["value"],
            **{name: each[name] for name in ("change", "rate", "mix", "volume", "unweighted")},
        }
        for each in told["parts"]
    ]
    used = [name for name in ("rate", "mix", "volume", "unweighted") if told[name]]
    shell.print_rows(rows, (by, "before", "after", "change", *used))
    return None


def _part(part: Mapping[str, str | None]) -> str:
    """Return a slice in words: "site Porto"; the whole is "everything"."""
    return (
        ", ".join(f"{name} {value or 'not given'}" for name, value in part.items()) or "everything"
    )


def _say_what_changed(company: Company, metric: str) -> None:
    """Say where figures are by a definition that was edited since, or not up to their engine."""
    from dashboard.company import definition_history, engines

    if changed := definition_history.pending(company).get(metric):
        shell.say(changed.sentence)
    for sentence in engines.stale(company, metric):
        shell.say(sentence)


def compute(
    full: Annotated[bool, typer.Option("--full", help="Every cell of every metric anew.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what changed definitions do; change nothing.")
    ] = False,
    as_json: shell.Json = False,
) -> None:
    """Put changed definitions in force, compute what they change, and show before and after.

    A publish computes the cells it touches by itself, by the definitions in force. Tables that an
    external engine keeps are counted anew each time; exit 1 where one could not be.
    """
    from dashboard.company import computing, engines

    begun, company = shell.now(), shell.open_company()
    if dry_run:
        report = computing.try_recompute(company, actor=shell.actor())
    else:
        report = computing.recompute(company, everything=full, actor=shell.actor(), at=shell.now())
    asked = () if dry_run else engines.refresh(company, actor=shell.actor(), at=shell.now())
    seconds = round((shell.now() - begun).total_seconds(), 2)
    if as_json:
        told = {"seconds": seconds, "engines": engines.as_json(asked)}
        shell.print_json(report.as_json() | told)
    for sentence in (*report.sentences(seconds), *(each.sentence() for each in asked)):
        shell.say(sentence)
    if any(each.problem for each in asked):
        raise typer.Exit(1)


def trend(
    metric: Annotated[str, typer.Argument(help="The name of the metric.")],
    where: Annotated[
        list[str] | None, typer.Option("--slice", help="dimension=value; may be repeated.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="A day: show the trend as it read then, without what was recorded later."
        ),
    ] = None,
    recorded: RecordedOption = "then",
    as_json: shell.Json = False,
) -> None:
    """Say what a metric's trend shows: limits, signals, assurance, phases, one sentence.

    With --as-of the periods end on that day; their figures are those published now.
    """
    from dashboard.company import figures

    day = shell.day(as_of, "--as-of")
    part = shell.slice_of(where or (), "--slice")
    company = shell.open_company()
    known_on = day if recorded == "then" else None
    found = figures.trend(company, metric, part, as_of=day, known_on=known_on)
    if as_json:
        return shell.print_json(found)
    typer.echo(found["summary"]["headline"])
    if found["outlook"]:
        typer.echo(found["outlook"])
    for phase in found["phases"]:
        typer.echo(f"Phase from {phase['from_on']}: {phase['label']}. {phase['cause']}")
    for exclusion in found["exclusions"]:
        typer.echo(f"Excluded, {exclusion['period_on']}: {exclusion['reason']}")
    rows = [
        {**row, "phase": row["phase_label"], "excluded": "excluded" if row["ghost"] else ""}
        for row in found["points"]
    ]
    more = [
        *(["phase"] if found["phases"] else []),
        *(["excluded"] if found["exclusions"] else []),
    ]
    shell.print_rows(rows, ("period", "value", "lcl", "cl", "ucl", "state", "status", *more))
    return None
