"""`clause9 chart`: a control chart of any CSV file, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dashboard.cli import shell
from data.errors import RefusedInputError, UsageError

if TYPE_CHECKING:
    import polars as pl

# The words of metrics.trend.spec again: reading them there would import Polars for `--help`.
Kind = Literal[
    "xmr", "mr", "p", "u", "c", "p-prime", "u-prime", "i-prime", "t", "g", "xbar", "s", "run"
]
Middle = Literal["mean", "median"]
Constants = Literal["2.66", "table", "exact"]
Preset = Literal["standard", "wheeler", "mdc", "mdc2023", "weco", "nelson", "anhoej", "shewhart"]
Better = Literal["lower", "higher", "inside", "neutral"]
OnOff = Literal["on", "off"]


def add_commands(top: typer.Typer) -> None:
    """Add the command of this module."""
    top.command()(chart)


def chart(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: Annotated[Path, typer.Argument(help="A CSV file: period and value, or counts.")],
    kind: Annotated[Kind, typer.Option(help="The chart; it is obeyed.")] = "xmr",
    center: Annotated[Middle, typer.Option(help="The centre line.")] = "mean",
    mr: Annotated[Middle, typer.Option(help="The usual moving range.")] = "mean",
    k: Annotated[Constants, typer.Option("--k", help="The constants of an XmR chart.")] = "2.66",
    screen: Annotated[
        bool, typer.Option("--screen", help="Leave moving ranges beyond their limit out, once.")
    ] = False,
    baseline: Annotated[
        int | None, typer.Option(help="Limits from the first N rows of each phase.", min=2)
    ] = None,
    phase: Annotated[
        list[str] | None, typer.Option(help="A period a phase starts in; may be repeated.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="A period no limit comes from; may be repeated.")
    ] = None,
    per: Annotated[float, typer.Option(help="What a ratio is multiplied by: 100, 1000.")] = 1.0,
    rules: Annotated[Preset, typer.Option(help="The set of rules.")] = "standard",
    target: Annotated[
        str | None, typer.Option(help="The target: 95, or a band 20:25 with --better inside.")
    ] = None,
    better: Annotated[Better, typer.Option(help="Which way is good.")] = "neutral",
    probability_limits: Annotated[
        bool, typer.Option("--probability-limits", help="Limits of t and g charts by probability.")
    ] = False,
    ladder: Annotated[
        OnOff, typer.Option(help="Wait for enough points (on), or draw limits from two (off).")
    ] = "on",
    as_json: shell.Json = False,
) -> None:
    """Draw the limits of any series and say which points are signals; needs no workspace."""
    rows = _read(file)
    from metrics.trend import ChartWish, LimitOptions, Marks, chart_of

    wish = ChartWish(
        kind=kind,
        marks=Marks(tuple(phase or ()), tuple(exclude or ())),
        options=LimitOptions(
            center, mr, k, screen, baseline, probability_limits, ladder=ladder == "on",
            floors_spread=False,
        ),
        preset=rules,
        per=per,
        better=better,
        target=_target(target, better),
    )  # fmt: skip
    found = chart_of(rows, wish)
    is_one = "facet" not in rows.columns and len(found.summaries) == 1
    if as_json:
        summary = found.summaries[""] if is_one else found.summaries
        return shell.print_json({"points": found.points, "summary": summary})
    for facet, summary in found.summaries.items():
        typer.echo(f"{facet + ': ' if facet else ''}{summary['headline']}")
    columns = ("facet", "period", "value", "lcl", "cl", "ucl", "rules", "state", "status")
    shell.print_rows(found.points, columns[1:] if is_one else columns)
    return None


def _read(file: Path) -> pl.DataFrame:
    """Return the file as text, a column a column, nothing guessed."""
    import polars as pl

    try:
        rows = pl.read_csv(file, infer_schema=False, encoding="utf8")
    except FileNotFoundError:
        raise UsageError(f"There is no file {file}.") from None
    except IsADirectoryError:
        raise UsageError(f"{file} is a folder. Name a CSV file.") from None
    except pl.exceptions.NoDataError:
        raise RefusedInputError(f"{file} is empty: it needs a header and a row a period.") from None
    except pl.exceptions.ComputeError as error:
        reason = str(error).splitlines()[0]
        raise RefusedInputError(
            f"{file} cannot be read as CSV in UTF-8 with commas: {reason}. Save it as CSV UTF-8."
        ) from None
    return rows.rename({name: name.strip().lower() for name in rows.columns})


def _target(text: str | None, better: Better) -> tuple[float | None, float | None] | None:
    """Return the least and the most that is wanted."""
    if text is None:
        return None
    low, colon, high = text.partition(":")
    try:
        numbers = (float(low), float(high) if colon else float(low))
    except ValueError:
        raise UsageError(f"--target {text}: expected a number, or a band such as 20:25.") from None
    if not numbers[0] <= numbers[1]:
        raise UsageError(f"--target {text}: the lower end of a band comes first.")
    return {"lower": (None, numbers[1]), "higher": (numbers[0], None)}.get(better, numbers)
