"""`clause9 chart`: a control chart of any CSV file, without a workspace."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dashboard.cli import shell
from data.errors import RefusedInputError, UsageError

if TYPE_CHECKING:
    import polars as pl

    from metrics.trend import PlainChart

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


File = Annotated[Path, typer.Argument(help="A CSV file: period and value, or counts.")]
KindOption = Annotated[Kind, typer.Option(help="The chart; it is obeyed.")]
CenterOption = Annotated[Middle, typer.Option(help="The centre line.")]
MrOption = Annotated[Middle, typer.Option(help="The usual moving range.")]
KOption = Annotated[Constants, typer.Option("--k", help="The constants of an XmR chart.")]
ScreenOption = Annotated[
    bool, typer.Option("--screen", help="Leave moving ranges beyond their limit out, once.")
]
BaselineOption = Annotated[
    int | None, typer.Option(help="Limits from the first N rows of each phase.", min=2)
]
PhaseOption = Annotated[
    list[str] | None, typer.Option(help="A period a phase starts in; may be repeated.")
]
ExcludeOption = Annotated[
    list[str] | None, typer.Option(help="A period no limit comes from; may be repeated.")
]
PerOption = Annotated[float, typer.Option(help="What a ratio is multiplied by: 100, 1000.")]
RulesOption = Annotated[Preset, typer.Option(help="The set of rules.")]
TargetOption = Annotated[
    str | None, typer.Option(help="The target: 95, or a band 20:25 with --better inside.")
]
BetterOption = Annotated[Better, typer.Option(help="Which way is good.")]
ProbabilityOption = Annotated[
    bool, typer.Option("--probability-limits", help="Limits of t and g charts by probability.")
]
LadderOption = Annotated[
    OnOff, typer.Option(help="Wait for enough points (on), or draw limits from two (off).")
]


def chart(  # noqa: PLR0913, PLR0917 - one parameter an option
    file: File,
    kind: KindOption = "xmr",
    center: CenterOption = "mean",
    mr: MrOption = "mean",
    k: KOption = "2.66",
    screen: ScreenOption = False,
    baseline: BaselineOption = None,
    phase: PhaseOption = None,
    exclude: ExcludeOption = None,
    per: PerOption = 1.0,
    rules: RulesOption = "standard",
    target: TargetOption = None,
    better: BetterOption = "neutral",
    probability_limits: ProbabilityOption = False,
    ladder: LadderOption = "on",
    as_json: shell.Json = False,
) -> None:
    """Draw the limits of any series and say which points are signals; needs no workspace."""
    if not (isfinite(per) and per > 0):
        raise UsageError(f"--per {per:g}: expected a number above 0, such as 100 or 1000.")
    rows = _read(file)
    from metrics.trend import ChartWish, LimitOptions, Marks, chart_of

    options = LimitOptions(
        center, mr, k, screen, baseline, probability_limits, ladder == "on", floors_spread=False
    )
    marks = Marks(tuple(phase or ()), tuple(exclude or ()))
    wish = ChartWish(kind, marks, options, rules, per, better, _target(target, better))
    if target is not None and better == "neutral":
        typer.echo(
            f"--target {target} is not judged: say --better lower, higher or inside.", err=True
        )
    _print(chart_of(rows, wish), has_facets="facet" in rows.columns, as_json=as_json)


def _print(found: PlainChart, *, has_facets: bool, as_json: bool) -> None:
    if as_json:
        summary = found.summaries if has_facets else next(iter(found.summaries.values()), {})
        return shell.print_json({"points": found.points, "summary": summary})
    for facet, summary in found.summaries.items():
        typer.echo(f"{facet + ': ' if facet else ''}{summary['headline']}")
    columns = ("facet", "period", "value", "lcl", "cl", "ucl", "rules", "state", "status")
    return shell.print_rows(found.points, columns if has_facets else columns[1:])


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
    # Polars reads a second column of one name as NAME_duplicated_0.
    names = [name.removesuffix("_duplicated_0").strip().lower() for name in rows.columns]
    if len(names) == 1 and ";" in names[0]:
        raise RefusedInputError(f"{file} has semicolons between its values. Save it with commas.")
    if rows.is_empty():
        raise RefusedInputError(f"{file} has a header and nothing else: it needs a row a period.")
    if twice := {name for name in names if names.count(name) > 1}:
        raise RefusedInputError(f"{file} has the column '{min(twice)}' twice. Leave one.")
    return rows.rename(dict(zip(rows.columns, names, strict=True)))


def _target(text: str | None, better: Better) -> tuple[float | None, float | None] | None:
    """Return the least and the most that is wanted."""
    if text is None:
        return None
    low, colon, high = text.partition(":")
    try:
        numbers = (float(low), float(high) if colon else float(low))
    except ValueError:
        raise UsageError(f"--target {text}: expected a number, or a band such as 20:25.") from None
    if not all(map(isfinite, numbers)):
        raise UsageError(f"--target {text}: expected a number, or a band such as 20:25.")
    if not numbers[0] <= numbers[1]:
        raise UsageError(f"--target {text}: the lower end of a band comes first.")
    return {"lower": (None, numbers[1]), "higher": (numbers[0], None)}.get(better, numbers)
