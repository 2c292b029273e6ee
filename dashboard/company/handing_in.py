"""Handing a file in from a browser: looked at as often as it takes, then published."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dashboard.company import figures
from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn, day_of, publish_upload, try_upload
from dashboard.company.refused_cells import RefusedCell, refused_cells, without_consequences
from dashboard.company.sheet_views import SheetView, sheet_view
from dashboard.company.would_be import Moved, fed_by, is_quick, moved, would_move
from data.records.access import Actor
from pipelines.load.files import Found
from pipelines.load.loader import Loaded
from pipelines.load.watch import Watch
from pipelines.publish.facts import Ready, ready
from pipelines.report import BatchReport, RunReport

SHOWN_ABSENT = 5
"""Rows named that were published before and do not come again; the count of all stands beside."""

Told = Callable[[str], None]
"""Takes the stage that begins."""


@dataclass(frozen=True)
class Absent:
    """Rows published for the days of a file that it does not bring; they stay in force."""

    title: str
    total: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """What a file would do: its report against `version`, how it was understood, what is wrong.

    `would_move` are the figures it would change; None where nobody has tried yet. `is_unknown`:
    nobody has said how it is read.
    """

    batch: BatchReport
    version: int
    sheets: tuple[SheetView, ...] = ()
    cells: tuple[RefusedCell, ...] = ()
    absent: tuple[Absent, ...] = ()
    would_move: tuple[Moved, ...] | None = None
    is_unknown: bool = False


@dataclass(frozen=True)
class Published:
    """What became of a file from a browser, and the figures that are different now."""

    report: RunReport
    moved: tuple[Moved, ...]


def check(
    company: Company, handed_in: HandedIn, told: Told, *, actor: Actor, tries_figures: bool = False
) -> Checked:
    """Return what a file would do; nothing is written.

    Figures are tried out where that is quick, or where `tries_figures` asks for it.
    """
    read: list[Loaded] = []
    report = try_upload(company, handed_in, actor=actor, watch=Watch(told, read.append))
    batch = report.batches[0]
    parts = [without_consequences(part) for file in read for part in file.parts]
    checked = Checked(
        batch,
        report.version,
        tuple(sheet_view(part) for part in parts),
        refused_cells(company, parts),
        tuple(_absent(company, read)),
        is_unknown=any(file.is_unknown for file in read),
    )
    if not batch.accepted or not (tries_figures or is_quick(company)):
        return checked
    told("Trying out what it does to the figures")
    wanted = fed_by(company, *_sources(batch))
    figures_then = would_move(company, read, wanted) if wanted else ()
    return replace(checked, would_move=figures_then)


def publish(  # noqa: PLR0913 - who publishes what, after which check, and who looks on
    company: Company,
    handed_in: HandedIn,
    checked: Checked,
    told: Told,
    *,
    accept_good: bool,
    actor: Actor,
    at: datetime,
) -> Published:
    """Publish a file and return what that did to the metrics it feeds, the newest period first."""
    wanted = fed_by(company, *_sources(checked.batch))
    before = figures.metric_views(company, wanted)
    report = publish_upload(
        company, handed_in, accept_good=accept_good, actor=actor, at=at, watch=Watch(told)
    )
    after = figures.metric_views(company, wanted) if report.is_published else before
    return Published(report, tuple(moved(before, after)))


def source_of(company: Company, handed_in: HandedIn) -> str | None:
    """Return the one source that reads a file: the one chosen, or the one that names it."""
    if handed_in.source in company.mappings:
        return handed_in.source
    found = Found(Path(handed_in.name), Path(handed_in.name).name, is_named=True)
    fitting = [name for name, each in company.mappings.items() if found.fits(each.files)]
    return fitting[0] if len(fitting) == 1 and handed_in.source is None else None


def _sources(batch: BatchReport) -> tuple[list[str], list[str]]:
    """Return the mappings that read a file, and the tables it fills."""
    return [part.mapping for part in batch.parts], [part.table for part in batch.parts]


def _absent(company: Company, files: Sequence[Loaded]) -> Iterator[Absent]:
    """Yield what was published for the days of the files and does not come again, and yet stays.

    Where a file replaces its period or its place, such rows end; they are counted as removed.
    """
    received_on = day_of(company).date()
    with company.warehouse.read() as reader:
        for each in (each for file in files for each in ready(file, None, received_on)):
            if not _stays(each) or each.days is None:
                continue
            table, days = each.part.table, (each.days.first, each.days.last)
            found = reader.absent(table.name, each.rows, each.part.mapping.name, days, SHOWN_ABSENT)
            if found.height:
                names = found.drop("total")
                keys = tuple(", ".join(map(str, row)) for row in names.iter_rows())
                yield Absent(table.title, int(found["total"][0]), keys)


def _stays(each: Ready) -> bool:
    return each.part.table.is_keyed and each.part.mapping.replace is None and each.rows.height > 0
