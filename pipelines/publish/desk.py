"""Who submits what for when, and where it is kept; and what becomes a batch of a loaded file."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from data.records.access import Actor, Resource, require
from data.records.batches import (
    Outcome,
    Submission,
    batch,
    batches,
    create_batch,
    finish_batch,
    reject_batch,
)
from data.records.models import Batch
from data.records.quarantine import quarantine_rows
from data.records.records import Records
from data.records.retries import TOOK_UP, take_up
from data.warehouse import Warehouse
from pipelines.clean.corrections import as_json as corrections_as_json
from pipelines.clean.corrections import corrections_of
from pipelines.load.loader import Loaded
from pipelines.load.prepare import Prepared, covered
from pipelines.mapping.periods import Period
from pipelines.publish.told import (
    NONE,
    as_json,
    batch_report,
    part_report,
    quarantine,
    refusal_message,
    unchanged_message,
)
from pipelines.report import BatchReport


@dataclass(frozen=True)
class Retrial:
    """Refused rows that are tried again: of which batch, their reasons (ids), and how many rows.

    With `extends` they stand beside the rows that batch published; else it published none.
    """

    batch: int
    reasons: tuple[int, ...]
    rows: int
    extends: bool


@dataclass(frozen=True)
class Desk:
    """Who submits what for when, what they say of it, and where it is kept.

    `zone` is the company's time zone: its calendar says on which day something comes in.
    `cursors` says of pulled files, by name, how far each brings its source. `came_on` is the day
    the file came in where it is read again later, `retrial` what is tried again with it.
    """

    records: Records
    warehouse: Warehouse
    actor: Actor
    at: datetime
    period: Period | None = None
    note: str = ""
    late_reason: str = ""
    zone: tzinfo = UTC
    cursors: abc.Mapping[str, abc.Mapping[str, Any]] = field(default_factory=dict)
    came_on: date | None = None
    retrial: Retrial | None = None

    @property
    def received_on(self) -> date:
        """Return the day on which what is submitted comes in, or came in."""
        return self.came_on or self.at.astimezone(self.zone).date()

    def covered(self, part: Prepared) -> Period | None:
        """Return the days a part speaks for."""
        return covered(part, self.period, self.received_on)


@dataclass(frozen=True)
class PlannedBatch(Submission):
    """A submission whose counts are known before it is published, so that a crash loses none."""

    accepted: int = 0
    refused: int = 0
    restated: int = 0
    unchanged: int = 0
    new: int = 0
    removed: int = 0
    left_out: int = 0
    report: dict[str, Any] = field(default_factory=dict)


def published_before(desk: Desk, loaded: Loaded) -> Batch | None:
    """Return the batch that published the same bytes in the same meaning and still stands.

    Bytes that come without corrections are the same as those published with some: they were put
    right then. A later batch of the same file name and period makes the same bytes a change again:
    they take the place back.
    """
    known = batches(desk.records, state="published", sha256=loaded.stored.sha256)
    same = [row for row in known if _is_same(row, loaded)]
    if not same:
        return None
    newest = same[0]
    for row in batches(desk.records, state="published"):
        if row.id == newest.id:
            break
        is_later = row.file_name == newest.file_name and row.period == newest.period
        if is_later and extended_by(row) is None:
            return None
    return newest


def extended_by(row: Batch) -> int | None:
    """Return the batch beside whose rows a batch brings what that one had refused, or None."""
    return row.retries if row.report.get("extends") else None


def received_on(row: Batch) -> date:
    """Return the day a batch came in, by the calendar it was reckoned with then."""
    told = row.report.get("received_on")
    return date.fromisoformat(told) if told else row.received_at.date()


def _is_same(row: Batch, loaded: Loaded) -> bool:
    if row.report.get("fingerprint") != loaded.fingerprint or extended_by(row) is not None:
        return False
    return not loaded.corrections or corrections_of(row.report) == loaded.corrections


def check_access(desk: Desk, loaded: abc.Iterable[Loaded]) -> None:
    """Raise NotAllowedError unless the actor may submit every file: each of its processes."""
    for file in loaded:
        for process in _processes_of(file) or (None,):
            require(desk.actor, "submit", Resource(process=process))


def process_of(loaded: Loaded) -> str | None:
    """Return the process all rows belong to, or None where there are several or none."""
    found = _processes_of(loaded)
    return found[0] if len(found) == 1 else None


def _processes_of(loaded: Loaded) -> tuple[str, ...]:
    """Return the processes of the rows, or those the mappings name where there are no rows."""
    found: set[object] = {mapping.constants.get("process") for mapping in loaded.mappings}
    if loaded.parts:
        found = set().union(*(part.good.get_column("process").unique() for part in loaded.parts))
    return tuple(sorted(str(each) for each in found if each is not None))


def planned_batch(desk: Desk, file: Loaded, report: BatchReport) -> PlannedBatch:
    """Return the pending batch of a file with everything its report will say."""
    sources = dict.fromkeys(mapping.name for mapping in file.mappings)
    return PlannedBatch(
        file_name=file.found.name,
        sha256=file.stored.sha256,
        bytes=file.stored.bytes,
        source=", ".join(sources),
        period=desk.period.label if desk.period else None,
        process=process_of(file),
        note=desk.note.strip() or None,
        late_reason=desk.late_reason.strip() or None,
        retries=desk.retrial.batch if desk.retrial else None,
        accepted=report.accepted,
        refused=report.refused,
        restated=report.restated,
        unchanged=report.unchanged,
        new=report.new,
        removed=report.removed,
        left_out=report.left_out,
        report={
            "fingerprint": file.fingerprint,
            "received_on": desk.received_on.isoformat(),
            "lookups": dict(file.lookups),
            "parts": as_json(report.parts),
            **_corrections(file),
            **_retrial(desk),
            **_reached(desk, file),
        },
    )


def _retrial(desk: Desk) -> dict[str, Any]:
    if desk.retrial is None:
        return {}
    return {TOOK_UP: desk.retrial.rows, "extends": desk.retrial.extends}


def _corrections(file: Loaded) -> dict[str, Any]:
    return {"corrections": corrections_as_json(file.corrections)} if file.corrections else {}


def _reached(desk: Desk, file: Loaded) -> dict[str, Any]:
    cursor = desk.cursors.get(file.found.name)
    return {} if cursor is None else {"cursor": dict(cursor)}


def open_batch(desk: Desk, file: Loaded, report: BatchReport) -> Batch:
    """Enter a pending batch with the counts it will have, and its refused rows."""
    with desk.records.together() as joined:
        row = create_batch(joined, desk.actor, planned_batch(desk, file, report), desk.at)
        quarantine_rows(joined, desk.actor, int(row.id or 0), quarantine(file), desk.at)
        if desk.retrial is not None:
            take_up(joined, desk.actor, int(row.id or 0), desk.retrial.reasons, desk.at)
        return row


def finish_planned(
    records: Records, actor: Actor, batch_id: int, version: int, at: datetime
) -> None:
    """Say that a pending batch is published, with the counts it was planned with."""
    finish_batch(records, actor, batch_id, version, _outcome(batch(records, batch_id)), at)


def abandon(desk: Desk, batch_ids: abc.Iterable[int], error: Exception) -> None:
    """Say why pending batches were not published after all."""
    for batch_id in batch_ids:
        reason = f"Nothing was published: {error}"
        reject_batch(desk.records, desk.actor, batch_id, reason, Outcome(), desk.at)


def reject(desk: Desk, file: Loaded) -> BatchReport:
    """Keep a refused file as a batch with its quarantine; no fact changes."""
    parts = [part_report(part, NONE, desk.covered(part)) for part in file.parts]
    message = refusal_message(file)
    report = batch_report(file, "rejected", parts, message)
    with desk.records.together() as joined:
        row = create_batch(joined, desk.actor, planned_batch(desk, file, report), desk.at)
        batch_id = int(row.id or 0)
        quarantine_rows(joined, desk.actor, batch_id, quarantine(file), desk.at)
        outcome = Outcome(refused=report.refused, left_out=report.left_out, report=row.report)
        reject_batch(joined, desk.actor, batch_id, message, outcome, desk.at)
    return batch_report(file, "rejected", parts, _with_way(message, batch_id, file), batch_id)


def unchanged(file: Loaded, before: Batch, zone: tzinfo) -> BatchReport:
    """Return the report of a file that was published before."""
    return batch_report(file, "unchanged", (), unchanged_message(before, zone), before.id)


def _outcome(row: Batch) -> Outcome:
    names = ("accepted", "refused", "restated", "unchanged", "new", "removed", "left_out")
    return Outcome(**{name: getattr(row, name) for name in names}, report=row.report)


def _with_way(message: str, batch_id: int, file: Loaded) -> str:
    if file.refusal is not None:
        return message
    return (
        f"{message}\nSee all: clause9 batches show {batch_id} --rejected. Correct the file, or "
        "publish the good rows alone: --accept-good"
    )
