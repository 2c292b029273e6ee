"""What every command shares: who asks, when, where, and how an answer is printed."""

from __future__ import annotations

import getpass
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from data.errors import UsageError

if TYPE_CHECKING:
    from dashboard.company.opened import Company
    from data.records.access import Actor

Json = Annotated[
    bool, typer.Option("--json", help="Print data as JSON on stdout; talk goes to stderr.")
]


def workspace_folder() -> Path:
    """Return the folder of the workspace: CLAUSE9_WORKSPACE or the current one."""
    return Path(os.environ.get("CLAUSE9_WORKSPACE") or ".").expanduser()


def open_company(*, settles: bool = True) -> Company:
    """Open the workspace with everything a command may need.

    `settles` is off for the command that makes an unreadable warehouse again.
    """
    from dashboard.company.opened import Company

    return Company.open(workspace_folder(), today=today(), now=now(), settles=settles)


def actor() -> Actor:
    """Return who acts, with every right (access none): CLAUSE9_ACTOR or this machine's login."""
    from data.records.access import local_operator

    return local_operator(os.environ.get("CLAUSE9_ACTOR") or getpass.getuser())


def now() -> datetime:
    """Return the present instant, by the clock of the company: its day is the day it is there."""
    from data.settings import zone_of

    return datetime.now(zone_of(workspace_folder()))


def today() -> date:
    """Return today's date in the time zone of the workspace."""
    return now().date()


def day(text: str | None, option: str) -> date | None:
    """Return the date an option names, or None; raises UsageError for anything but YYYY-MM-DD."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: expected a date such as 2026-10-31.") from None


def slice_of(pairs: Sequence[str], option: str) -> dict[str, str]:
    """Return {dimension: value} from texts such as site=Porto."""
    broken = [pair for pair in pairs if "=" not in pair]
    if broken:
        raise UsageError(f"{option} {broken[0]}: expected dimension=value, such as site=Porto.")
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


def writable(path: Path, option: str) -> Path:
    """Return the path a file is to be written to; raises UsageError where that cannot be."""
    if path.is_dir():
        raise UsageError(f"{option} {path}: that is a folder. Name a file in it.")
    if not path.parent.is_dir():
        raise UsageError(f"{option} {path}: there is no folder {path.parent}.")
    return path


def say(text: str) -> None:
    """Say something to the person: stderr, so that stdout stays data."""
    typer.echo(text, err=True)


@contextmanager
def progress(stream: TextIO | None = None) -> Iterator[Callable[[str], None]]:
    """Give what shows the stage a long command is at: one moving line, gone when it ends.

    It is for somebody who waits: where stderr is no terminal, nothing is shown.
    """
    from rich.console import Console
    from rich.text import Text

    with Console(file=stream or sys.stderr).status("Beginning") as status:
        yield lambda stage: status.update(Text(stage))


def print_json(value: object) -> None:
    """Print data as JSON on stdout."""
    text = json.dumps(_finite(value), default=_plain, ensure_ascii=False, indent=1, allow_nan=False)
    sys.stdout.write(text + "\n")


def print_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as an aligned plain table on stdout; an absent value is an en dash."""
    texts = [[_shown(row.get(column)) for column in columns] for row in rows]
    head = [column.replace("_", " ") for column in columns]
    widths = [max(len(line[i]) for line in [head, *texts]) for i in range(len(columns))]
    for line in [head, *texts]:
        typer.echo(
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        )


def print_facts(facts: Mapping[str, str]) -> None:
    """Print what things are called and what each is, a line each, aligned."""
    width = max(map(len, facts))
    for name, text in facts.items():
        typer.echo(f"{name.ljust(width)}  {text}")


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _finite(value: object) -> object:
    """Return the value with null for what is no number: JSON has no NaN."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case Mapping():
            return {key: _finite(part) for key, part in value.items()}
        case list() | tuple():
            return [_finite(part) for part in value]
        case _:
            return value


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
