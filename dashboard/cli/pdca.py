"""`clause9 pdca`: what was tried on which metric, and whether it worked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dashboard.cli import shell

if TYPE_CHECKING:
    from dashboard.company.opened import Company
    from data.records.cycle_models import Cycle

app = typer.Typer(
    help="PDCA cycles: plan, do, check, act on one metric, and the verdict.", no_args_is_help=True
)

CycleId = Annotated[str, typer.Argument(help="The cycle, such as P-3.")]


@app.command("list")
def list_cycles(
    everything: Annotated[bool, typer.Option("--all", help="Closed cycles too.")] = False,
    as_json: shell.Json = False,
) -> None:
    """List the cycles with their verdicts, and what has no cycle: signals, actions."""
    from dashboard.company import cycle_rows, cycles

    found = cycle_rows.board_values(cycles.board(shell.open_company()))
    if not everything:
        found["cycles"] = [each for each in found["cycles"] if each["phase"] != "closed"]
    if as_json:
        return shell.print_json(found)
    columns = ("cycle", "phase", "title", "metric", "owner", "age_days", "check_due_on", "said")
    shell.print_rows(found["cycles"], columns)
    _say_what_has_none(found)
    return None


def _say_what_has_none(found: Mapping[str, Any]) -> None:
    for each in found["ignored_signals"]:
        shell.say(f"No cycle takes this up: {each['title']}. {each['sentence']}")
    for each in found["worked"]:
        tried = "1 cycle" if each["judged"] == 1 else f"{each['judged']} cycles"
        shell.say(f"{each['worked']} of {tried} worked against: {each['cause']}")
    unknown = found["effect_unknown"]
    actions, corrective = len(unknown["actions"]), unknown["corrective_actions"]
    if actions + corrective:
        shell.say(
            f"Closed, effect unknown, for want of a cycle: actions {actions:,}, corrective actions "
            f"{corrective:,}."
        )


@app.command()
def show(cycle: CycleId, as_json: shell.Json = False) -> None:
    """Show one cycle: its plan, what was done, the verdict of today and of every check."""
    from dashboard.company import cycle_rows, cycles

    view = cycles.cycle_view(shell.open_company(), cycle)
    found = cycle_rows.view_values(view)
    if as_json:
        return shell.print_json(found)
    told = {name: found[name] for name in SHOWN if found[name] not in _NOTHING}
    shell.print_facts({name.replace("_", " "): _text(value) for name, value in told.items()})
    if view.checks:
        typer.echo()
        shell.print_rows(found["checks"], ("kind", "due_on", "done_on", "verdict", "sentence"))
    _warn(view.warnings)
    return None


SHOWN = (
    "id", "title", "state", "metric", "slice", "owner_name", "source", "cause", "hypothesis",
    "criterion", "worthwhile", "expected_change", "lag", "wash_out", "trigger_from", "trigger_to",
    "check_on", "balancing", "plan_fixed_on", "implemented_from", "implemented_on", "done_by_name",
    "done_text", "sentence", "outcome", "outcome_on", "outcome_note", "next_cycle",
)  # fmt: skip
"""What is shown of a cycle, in order; what is not known is left out."""

_NOTHING: tuple[object, ...] = (None, {}, [], 0)


def _text(value: object) -> str:
    match value:
        case dict():
            return ", ".join(f"{name}={part}" for name, part in value.items())
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


@app.command("open")
def open_one(
    file: Annotated[Path, typer.Argument(help="A .toml file: title, metric, owner, cause, plan.")],
    as_json: shell.Json = False,
) -> None:
    """Open a cycle, its plan as far as it is known."""
    from dashboard.company import cycle_rows, cycles

    company, values = shell.open_company(), cycle_rows.written_in(file)
    row = cycles.open_cycle(company, values, actor=shell.actor(), at=shell.now())
    _tell(row, f"{row.id} is open. Fix its plan before acting: clause9 pdca plan {row.id}", as_json)
    _warn_of(company, row)


@app.command()
def plan(
    cycle: CycleId,
    file: Annotated[
        Path | None, typer.Argument(help="A .toml file: what the plan still lacks.")
    ] = None,
    as_json: shell.Json = False,
) -> None:
    """Fix the plan of a cycle; from then on it cannot change."""
    from dashboard.company import cycle_rows, cycles

    company = shell.open_company()
    values = cycle_rows.written_in(file) if file else {}
    row = cycles.fix_plan(company, cycle, values, actor=shell.actor(), at=shell.now())
    told = f"The plan of {row.id} is fixed. It is checked on {row.check_on}."
    _tell(row, told, as_json)
    _warn_of(company, row)


@app.command()
def do(
    cycle: CycleId,
    file: Annotated[Path, typer.Argument(help="A .toml file: implemented_on, done_by, done_text.")],
    as_json: shell.Json = False,
) -> None:
    """Say what was done and when; from then on the cycle waits for its check."""
    from dashboard.company import cycle_rows, cycles

    values = cycle_rows.written_in(file)
    row = cycles.record_do(shell.open_company(), cycle, values, actor=shell.actor(), at=shell.now())
    late = " Its plan was fixed after the action began; every verdict says so."
    told = f"{row.id} was carried out on {row.implemented_on}."
    _tell(row, told + (late if row.is_after_the_fact else ""), as_json)


@app.command()
def check(
    cycle: CycleId,
    by: Annotated[str, typer.Option("--by", help="Who checks: not who carried it out.")],
    as_json: shell.Json = False,
) -> None:
    """Keep the verdict of today as the cycle's check."""
    from dashboard.company import cycles

    kept = cycles.check(shell.open_company(), cycle, by, actor=shell.actor(), at=shell.now())
    if as_json:
        shell.print_json(kept.model_dump())
    shell.say(str(kept.sentence))


@app.command()
def act(
    cycle: CycleId,
    file: Annotated[Path, typer.Argument(help="A .toml file: outcome, note, and what it takes.")],
    as_json: shell.Json = False,
) -> None:
    """Decide what follows: standardise, adjust, abandon or the next cycle."""
    from dashboard.company import cycle_rows, cycles

    values = cycle_rows.written_in(file)
    row = cycles.act(shell.open_company(), cycle, values, actor=shell.actor(), at=shell.now())
    following = f" Its next cycle is {row.next_cycle}." if row.next_cycle else ""
    told = f"{row.id}: {str(row.outcome).replace('_', ' ')}.{following}"
    _tell(row, told, as_json)


def _tell(row: Cycle, sentence: str, as_json: bool) -> None:
    from dashboard.company import cycle_rows

    if as_json:
        shell.print_json(cycle_rows.cycle_values(row))
    shell.say(sentence)


def _warn_of(company: Company, row: Cycle) -> None:
    from dashboard.company import cycles

    _warn(cycles.plan_warnings(company, row))


def _warn(warnings: tuple[str, ...]) -> None:
    for each in warnings:
        shell.say(f"Warning: {each}")
