"""Where `clause9` starts: the options every command has, and what becomes of an error."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence

import typer

from dashboard.cli import (
    batches,
    chart,
    company,
    ingest,
    metrics,
    pdca,
    periods,
    pull,
    records,
    review,
    sources,
)

app = typer.Typer(
    name="clause9",
    help="From quality records to a management review in which every number opens.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog="--workspace DIR (or CLAUSE9_WORKSPACE, else the current folder) may stand anywhere.",
)
chart.add_commands(app)
company.add_commands(app)
ingest.add_commands(app)
pull.add_commands(app)
app.add_typer(batches.app, name="batches")
app.add_typer(periods.app, name="periods")
app.add_typer(metrics.app, name="metrics")
app.add_typer(pdca.app, name="pdca")
app.add_typer(review.app, name="review")
app.add_typer(records.app, name="records")
app.add_typer(sources.app, name="sources")
metrics.add_commands(app)
records.add_commands(app)

BUG_EXIT_CODE = 70
"""sysexits.h EX_SOFTWARE: what the person did was right, the program was not."""

FAULTS_OF_PATHS = frozenset(
    {errno.ENOENT, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EROFS}
    | {errno.EEXIST, errno.ENOTEMPTY}
)
"""Faults of a path somebody named: absent, not theirs, a folder, on a locked disk."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 problems found, 2 usage, 3 refused, 4 busy, 70 a bug."""
    from data.errors import Clause9Error  # light: no third-party import

    rest = take_workspace(list(sys.argv[1:] if arguments is None else arguments))
    try:
        app(args=rest, prog_name="clause9")
    except Clause9Error as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        sys.exit(_say_fault(error))


def _say_fault(error: Exception) -> int:
    """Say what is wrong with the disk or a path somebody named; else that it is a bug of ours."""
    from data.durable import is_full  # light, as above
    from data.errors import FullDiskError

    if is_full(error):
        place = getattr(error, "filename", None) or "what is being written"
        typer.echo(str(FullDiskError(place, "It is not whole.")), err=True)
        return 1
    if isinstance(error, OSError) and error.errno in FAULTS_OF_PATHS:
        typer.echo(f"{error.filename}: {error.strerror}.", err=True)
        return 1
    typer.echo("This is a bug in Clause9. Nothing is half published.", err=True)
    typer.echo("What stands: clause9 batches list", err=True)
    traceback.print_exception(error)
    return BUG_EXIT_CODE


def take_workspace(arguments: list[str]) -> list[str]:
    """Return the arguments without `--workspace DIR`, which goes to CLAUSE9_WORKSPACE."""
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            return [*rest, word, *words]
        if word == "--workspace":
            os.environ["CLAUSE9_WORKSPACE"] = next(words, "") or _no_folder()
        elif word.startswith("--workspace="):
            os.environ["CLAUSE9_WORKSPACE"] = word.partition("=")[2] or _no_folder()
        else:
            rest.append(word)
    return rest


def _no_folder() -> str:
    typer.echo("--workspace needs a folder: clause9 --workspace DIR …", err=True)
    sys.exit(2)
