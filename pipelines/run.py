"""One run: files in, a report out; either every file of the run is published or none."""

from __future__ import annotations

from collections import abc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from time import perf_counter
from types import MappingProxyType

from data.archive import Archive
from data.calendars import COMMON, Calendar
from data.errors import UsageError
from data.records.access import Actor
from data.records.batches import batch
from data.records.models import Batch
from data.records.people import processes
from data.records.records import Records
from data.tables import Table
from data.warehouse import Warehouse, Writer
from pipelines.clean.corrections import Correction
from pipelines.load.context import Context, FiguresOf
from pipelines.load.files import Choice, Found, Planned, find, plan
from pipelines.load.loader import Loaded, Loader
from pipelines.load.prepare import slot_of
from pipelines.load.watch import UNWATCHED, Watch
from pipelines.mapping import Mapping
from pipelines.mapping.periods import Period, period_named
from pipelines.publish.again import Definitions, Known, read_again, whole
from pipelines.publish.desk import (
    Desk,
    check_access,
    published_before,
    unchanged,
)
from pipelines.publish.publish import take_back
from pipelines.publish.recover import settle_if_quiet
from pipelines.publish.retry import desk_of, retry_rows
from pipelines.publish.settle import ingested_again, settled
from pipelines.readers.open import warm_up
from pipelines.readers.raw import Limits
from pipelines.report import BatchReport, BatchState, PartReport, Reason, RunReport

__all__ = [
    "BatchReport",
    "BatchState",
    "PartReport",
    "Reason",
    "RunReport",
    "ingest",
    "reconcile",
    "retry",
    "revert",
]


Cursors = abc.Mapping[str, abc.Mapping[str, object]]
"""How far each pulled file, by name, brings its source."""


def ingest(  # noqa: PLR0913 the whole of a run is said by name
    paths: abc.Sequence[Path],
    *,
    tables: abc.Mapping[str, Table],
    mappings: abc.Mapping[str, Mapping],
    records: Records,
    archive: Archive,
    warehouse: Warehouse,
    actor: Actor,
    at: datetime,
    recompute: abc.Callable[[Writer], None],
    period: str | None = None,
    table: str | None = None,
    mapping: str | None = None,
    dry_run: bool = False,
    accept_good: bool = False,
    limits: Limits | None = None,
    note: str = "",
    late_reason: str = "",
    zone: tzinfo = UTC,
    corrections: abc.Sequence[Correction] = (),
    watch: Watch = UNWATCHED,
    cursors: Cursors = MappingProxyType({}),
    figures_of: FiguresOf | None = None,
    known_metrics: abc.Collection[str] | None = None,
    calendar: Calendar = COMMON,
) -> RunReport:
    """Return what became of every file of `paths` (files or folders); one publish for all.

    `recompute` brings the cells up to the facts, in the same transaction. A refused file is kept as
    a batch with its reasons, and no file of the run is published (`RunReport.refused`); with
    `accept_good` the good rows of each are. Notes are kept with every batch, `cursors` with the
    file of that name, `corrections` are for one file; `figures_of` says whose figures are whose,
    `known_metrics` their names. Raises UsageError, NotFoundError, NotAllowedError, BusyError.
    """
    desk = Desk(records, warehouse, actor, at, _named(period), note, late_reason, zone, cursors)
    files, clock = find(paths), _Clock()
    planned, aside = _planned(plan(files, mappings, tables, Choice(table, mapping)), paths)
    loader = Loader(archive, tables, files, limits or Limits(), is_kept=not dry_run)
    with clock.stage("archive"):
        taken = _taken(loader, planned, desk, tuple(corrections))
        before = {file.found: published_before(desk, file) for file in taken}
    context = _context(loader, desk, figures_of, known_metrics, calendar)
    with clock.stage("read and check"):
        loaded = _read_side_by_side(loader, _fresh(taken, before), context, watch)
    with clock.stage("publish"):
        recompute = _telling(recompute, watch, dry_run=dry_run)
        reports, version = settled(desk, loaded, recompute, watch, dry_run, accept_good)
    batches = _in_order((*_repeated(taken, before, desk.zone), *reports), taken)
    return RunReport(batches, version, dry_run, _left_aside(aside, taken), clock.seconds)


def revert(  # noqa: PLR0913 the whole of a revert is said by name
    batch_id: int,
    *,
    records: Records,
    warehouse: Warehouse,
    actor: Actor,
    at: datetime,
    recompute: abc.Callable[[Writer], None],
    reason: str = "",
) -> RunReport:
    """Take one published batch back; the warehouse is then what it would be without it."""
    clock = _Clock()
    with clock.stage("publish"):
        version = take_back(Desk(records, warehouse, actor, at), batch_id, reason, recompute)
    return RunReport((), version, seconds=clock.seconds)


def retry(  # noqa: PLR0913 the whole of a retry is said by name
    batch_id: int,
    *,
    tables: abc.Mapping[str, Table],
    mappings: abc.Mapping[str, Mapping],
    records: Records,
    archive: Archive,
    warehouse: Warehouse,
    actor: Actor,
    at: datetime,
    recompute: abc.Callable[[Writer], None],
    accept_good: bool = False,
    limits: Limits | None = None,
    figures_of: FiguresOf | None = None,
    known_metrics: abc.Collection[str] | None = None,
    calendar: Calendar = COMMON,
) -> RunReport:
    """Try what a batch refused again, with the mappings of today.

    Of a published batch the rows that are good now are published as a batch of their own; a
    rejected one is ingested again as a whole, `accept_good` as there. What is still refused stays
    in its quarantine with the reasons of today, and the report is then that of the first batch.
    """
    row = batch(records, batch_id)
    named = _named(row.period)
    desk = desk_of(Desk(records, warehouse, actor, at, named), row)
    clock = _Clock()
    with clock.stage("read and check"):
        definitions = Definitions(archive, tables, mappings, limits or Limits(), calendar)
        known = Known(_known_processes(records), figures_of, known_metrics)
        loaded = read_again(definitions, row, named, known)
        check_access(desk, [loaded])
    with clock.stage("publish"):
        if row.state == "rejected":
            report, version = ingested_again(desk, row, loaded, recompute, accept_good)
        else:
            report, version = retry_rows(desk, whole(loaded, row), batch_id, recompute)
    return RunReport((report,), version, seconds=clock.seconds)


def reconcile(
    *, records: Records, warehouse: Warehouse, actor: Actor, at: datetime
) -> tuple[int, ...]:
    """Return the batches an interruption left open, now settled by what the warehouse holds."""
    return settle_if_quiet(Desk(records, warehouse, actor, at))


READERS_AT_ONCE = 2
"""Files read side by side: each takes a process of its own, and most machines can run two."""


def _named(period: str | None) -> Period | None:
    return period_named(period) if period else None


def _taken(
    loader: Loader,
    planned: abc.Sequence[Planned],
    desk: Desk,
    corrections: tuple[Correction, ...],
) -> list[Loaded]:
    warm_up()  # while the bytes are archived
    if corrections and len(planned) > 1:
        raise UsageError(f"Corrections are for the cells of one file, not of {len(planned)}.")
    taken = [loader.take(file, slot_of(file.found.name, desk.period)) for file in planned]
    return [replace(file, corrections=corrections) for file in taken]


def _context(
    loader: Loader,
    desk: Desk,
    figures_of: FiguresOf | None,
    known_metrics: abc.Collection[str] | None,
    calendar: Calendar,
) -> Context:
    known, period = _known_processes(desk.records), desk.period
    names = known_metrics
    return Context(loader.tables, loader.find_lookup, known, period, figures_of, names, calendar)


def _fresh(taken: abc.Sequence[Loaded], before: abc.Mapping[Found, Batch | None]) -> list[Loaded]:
    """Return the files that were not published before."""
    return [file for file in taken if before[file.found] is None]


def _repeated(
    taken: abc.Sequence[Loaded], before: abc.Mapping[Found, Batch | None], zone: tzinfo
) -> list[BatchReport]:
    both = [(file, before[file.found]) for file in taken]
    return [unchanged(file, batch, zone) for file, batch in both if batch is not None]


def _read_side_by_side(
    loader: Loader,
    files: abc.Sequence[Loaded],
    context: Context,
    watch: Watch,
) -> list[Loaded]:
    """Return the files read, in their order; this process mostly waits for the readers."""
    loaded = []
    with ThreadPoolExecutor(READERS_AT_ONCE) as pool:
        reading = pool.map(lambda file: loader.load(file, context), files)
        for number, file in enumerate(files, start=1):
            which = f" ({number} of {len(files)})" if len(files) > 1 else ""
            watch.told(f"Reading and checking {file.found.name}{which}")
            loaded.append(next(reading))
    return loaded


def _telling(
    recompute: abc.Callable[[Writer], None], watch: Watch, *, dry_run: bool
) -> abc.Callable[[Writer], None]:
    """Return the computing of cells, told as it begins; what comes before it is told at once."""
    watch.told("Comparing with what is published" if dry_run else "Publishing")

    def told_and_done(writer: Writer) -> None:
        watch.told("Computing the figures")
        recompute(writer)

    return told_and_done


def _in_order(
    reports: abc.Sequence[BatchReport], taken: abc.Sequence[Loaded]
) -> tuple[BatchReport, ...]:
    order = [file.found.name for file in taken]
    return tuple(sorted(reports, key=lambda report: order.index(report.file)))


def _known_processes(records: Records) -> frozenset[str] | None:
    """Return the processes of the records; None, which checks nothing, where there are none."""
    known = frozenset(process.id for process in processes(records))
    return known or None


def _left_aside(aside: abc.Iterable[Found], taken: abc.Iterable[Loaded]) -> tuple[str, ...]:
    looked_up = {name for file in taken for name in file.lookups}
    return tuple(file.name for file in aside if file.name not in looked_up)


def _planned(
    found: tuple[tuple[Planned, ...], tuple[Found, ...]], paths: abc.Sequence[Path]
) -> tuple[tuple[Planned, ...], tuple[Found, ...]]:
    if not found[0]:
        raise UsageError(_nothing_to_read(paths))
    return found


def _nothing_to_read(paths: abc.Sequence[Path]) -> str:
    names = ", ".join(str(path) for path in paths)
    return (
        f"No mapping in sources/ names a file of {names}, and none is called like a table. "
        'Say which table: --table T, or add the file\'s pattern to a mapping: files = "…"'
    )


class _Clock:
    """Seconds per stage of a run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> abc.Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = perf_counter() - started
