"""`clause9 metrics`, `compute`, `trend`: definitions and the numbers they give."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.cli import shell

app = typer.Typer(help="Metrics: their definitions and their values.", no_args_is_help=True)


def add_commands(top: typer.Typer) -> None:
    """Add the commands of this module that stand at the top level."""
    top.command()(compute)
    top.command()(trend)


@app.command("list")
def list_metrics(as_json: shell.Json = False) -> None:
    """List the metrics of this site."""
    from dashboard.company import figures

    rows = figures.list_metrics(shell.open_company())
    shell.print_json(rows) if as_json else shell.print_rows(
        rows, ("metric", "title", "unit", "process", "topic")
    )


@app.command()
def show(
    metric: Annotated[str, typer.Argument(help="The name of the metric.")],
    as_json: shell.Json = False,
) -> None:
    """Show a metric: its definition, its hash, and the query that computes it."""
    from dashboard.company import figures

    found = figures.show_metric(shell.open_company(), metric)
    if as_json:
        return shell.print_json(found)
    for key, value in found.items():
        typer.echo(f"{key}: {value}")
    return None


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
    as_json: shell.Json = False,
) -> None:
    """Print a metric's values by period, with numerator, denominator and status."""
    from dashboard.company.values import Asked, values

    asked = Asked(
        by=tuple(by or ()),
        part=shell.slice_of(where or (), "--slice"),
        first=shell.day(first, "--from"),
        last=shell.day(last, "--to"),
        per=per,
    )
    rows = values(shell.open_company(), metric, asked)
    if as_json:
        return shell.print_json(rows)
    columns = ("period", "slice", "numerator", "denominator", "value", "status", "remark")
    shell.print_rows(rows, columns if per else columns[:-1])
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


def compute(
    full: Annotated[
        bool, typer.Option("--full", help="Every cell anew (the only way for now).")
    ] = False,
    as_json: shell.Json = False,
) -> None:
    """Compute the cells again from the facts, with the definitions as they are now."""
    from dashboard.company import publishing

    del full  # every computation is a full one until republishing is incremental
    report = publishing.compute(shell.open_company(), actor=shell.actor(), at=shell.now())
    if as_json:
        shell.print_json(report)
    shell.say(
        f"{report['cells']:,} cells of {report['metrics']} metrics computed; "
        f"version {report['version']}."
    )


def trend(
    metric: Annotated[str, typer.Argument(help="The name of the metric.")],
    where: Annotated[
        list[str] | None, typer.Option("--slice", help="dimension=value; may be repeated.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Say what a metric's trend shows: limits, signals, assurance, one sentence."""
    from dashboard.company import figures

    found = figures.trend(shell.open_company(), metric, shell.slice_of(where or (), "--slice"))
    if as_json:
        return shell.print_json(found)
    typer.echo(found["summary"]["headline"])
    shell.print_rows(found["points"], ("period", "value", "lcl", "cl", "ucl", "state", "status"))
    return None
