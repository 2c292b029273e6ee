"""What becomes of loaded files: tried out, refused and kept as such, or published together."""

from __future__ import annotations

from collections import abc
from dataclasses import replace

from data.records.models import Batch
from data.records.quarantine import quarantined
from data.warehouse import Writer
from pipelines.load.loader import Loaded
from pipelines.load.watch import UNWATCHED, Watch
from pipelines.publish.closed import ClosedPeriods, without_closed
from pipelines.publish.desk import Desk, Retrial, check_access, reject
from pipelines.publish.facts import tried
from pipelines.publish.publish import ClosedMeanwhileError, publish
from pipelines.publish.retry import still_refused
from pipelines.publish.told import (
    MOST_REASONS,
    NONE,
    batch_report,
    part_report,
    refusal_message,
)
from pipelines.report import BatchReport

CLOSED_TRIES = 3
"""How often files are checked again when a period is closed between the check and the publish."""


def settled(
    desk: Desk,
    loaded: list[Loaded],
    recompute: abc.Callable[[Writer], None],
    watch: Watch,
    dry_run: bool,  # noqa: FBT001 passed on as it came
    accept_good: bool,  # noqa: FBT001 passed on as it came
) -> tuple[tuple[BatchReport, ...], int]:
    """Return reports and version after publishing, trying out or refusing what was loaded."""
    check_access(desk, loaded)
    if not loaded:
        return (), desk.warehouse.version()
    for tries_left in reversed(range(CLOSED_TRIES)):
        checked = _checked(desk, loaded, watch)
        refused = [file for file in checked if _is_refused(file, accept_good=accept_good)]
        if dry_run or refused:
            return _told(desk, checked, refused, dry_run=dry_run), desk.warehouse.version()
        try:
            return publish(desk, checked, recompute)
        except ClosedMeanwhileError:
            if not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _checked(desk: Desk, loaded: list[Loaded], watch: Watch) -> list[Loaded]:
    """Return the files with everything refused that would change a closed period."""
    closed = ClosedPeriods.of(desk.records)
    if closed.standing:
        with desk.warehouse.read() as reader:
            loaded = [without_closed(desk, reader, file, closed) for file in loaded]
    for file in loaded:
        watch.seen(file)
    return loaded


def _told(
    desk: Desk, loaded: list[Loaded], refused: list[Loaded], *, dry_run: bool
) -> tuple[BatchReport, ...]:
    """Return the reports of a dry run, or of a run that is refused and kept as such."""
    with desk.warehouse.read() as reader:
        tried_out = {
            file.found: tried(reader, file, desk) for file in loaded if file not in refused
        }
    reports = [
        tried_out[file.found]
        if file.found in tried_out
        else (_would_be_refused(desk, file) if dry_run else reject(desk, file))
        for file in loaded
    ]
    if refused and not dry_run:
        reports = [_held_back(report) for report in reports]
    return tuple(reports)


def _is_refused(file: Loaded, *, accept_good: bool) -> bool:
    if file.refusal is not None:
        return True
    has_good = any(part.good.height for part in file.parts)
    return file.refused > 0 and not (accept_good and has_good)


def _would_be_refused(desk: Desk, file: Loaded) -> BatchReport:
    parts = [part_report(part, NONE, desk.covered(part)) for part in file.parts]
    return batch_report(file, "rejected", parts, refusal_message(file))


def _held_back(report: BatchReport) -> BatchReport:
    if report.state != "checked":
        return report
    sentence = (
        f"{report.accepted:,} good rows, not published because another file of the run was refused."
    )
    return replace(report, message=sentence)


def ingested_again(
    desk: Desk,
    row: Batch,
    loaded: Loaded,
    recompute: abc.Callable[[Writer], None],
    accept_good: bool,  # noqa: FBT001 passed on as it came
) -> tuple[BatchReport, int]:
    """Return what became of a rejected file; refused again it stays the batch it is."""
    reasons = quarantined(desk.records, int(row.id or 0), limit=MOST_REASONS).rows
    ids = tuple(int(each.id or 0) for each in reasons)
    retrial = Retrial(int(row.id or 0), ids, row.refused, extends=False)
    (file,) = checked = _checked(desk, [loaded], UNWATCHED)
    if _is_refused(file, accept_good=accept_good):
        still_refused(desk, row, file)
        return replace(_would_be_refused(desk, file), id=row.id), desk.warehouse.version()
    (report,), version = publish(replace(desk, retrial=retrial), checked, recompute)
    return report, version
