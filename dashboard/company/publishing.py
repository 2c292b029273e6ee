"""Changing facts: ingest, take back, compute; and what came in so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.company import calendar_periods, reported
from dashboard.company.opened import Company
from dashboard.company.origins import MASK
from data.errors import RefusedInputError
from data.records import batches as batch_records
from data.records import quarantine
from data.records.access import Actor, Resource, can
from data.records.models import Batch, QuarantinedRow
from data.warehouse import Writer
from metrics.recompute import compute as compute_cells
from pipelines import run
from pipelines.clean.corrections import Correction
from pipelines.load.files import plain_name
from pipelines.load.watch import UNWATCHED, Watch
from pipelines.mapping.checks import KEPT_THERE
from pipelines.readers.raw import Limits


@dataclass(frozen=True)
class Upload:
    """What is handed in, and how it is to be read."""

    paths: tuple[Path, ...]
    table: str | None = None
    mapping: str | None = None
    period: str | None = None
    dry_run: bool = False
    accept_good: bool = False
    note: str = ""
    late_reason: str = ""
    corrections: tuple[Correction, ...] = ()
    cursors: run.Cursors = field(default_factory=dict)


def ingest(
    company: Company,
    upload: Upload,
    *,
    actor: Actor,
    at: datetime,
    watch: Watch = UNWATCHED,
) -> run.RunReport:
    """Return what became of the files; published facts have their cells computed with them.

    Raises RefusedInputError for a table whose rows an external engine keeps.
    """
    table = company.tables.get(upload.table or "")
    if table is not None and table.engine is not None:
        kept = KEPT_THERE.format(engine=table.engine)
        raise RefusedInputError(f"The rows of '{table.name}' {kept}")
    report = run.ingest(
        upload.paths,
        tables=company.tables,
        mappings=company.mappings,
        records=company.records,
        archive=company.archive,
        warehouse=company.warehouse,
        actor=actor,
        at=at,
        recompute=_recompute(company, actor, at),
        period=upload.period and calendar_periods.named(company, upload.period).label,
        table=upload.table,
        mapping=upload.mapping,
        dry_run=upload.dry_run,
        accept_good=upload.accept_good,
        limits=Limits(**company.workspace.settings.upload.model_dump()),
        note=upload.note,
        late_reason=upload.late_reason,
        zone=ZoneInfo(company.workspace.settings.time_zone),
        corrections=upload.corrections,
        watch=watch,
        cursors=upload.cursors,
        figures_of=partial(reported.figures_of, company),
        known_metrics=reported.names_known(company),
        calendar=company.catalogue.calendar,
    )
    sweep(company)
    return report


def sweep(company: Company) -> None:
    """Delete old versions of the warehouse; no review needs them, for a pack holds its rows."""
    company.warehouse.retain()


@dataclass(frozen=True)
class HandedIn:
    """A file from a browser: name and bytes, the mapping or table chosen, what is said of it.

    `corrections` are cells put right on the page, `note` and `late_reason` what its sender says.
    """

    name: str
    content: bytes
    source: str | None = None
    note: str = ""
    late_reason: str = ""
    corrections: tuple[Correction, ...] = ()


def try_upload(
    company: Company, handed_in: HandedIn, *, actor: Actor, watch: Watch = UNWATCHED
) -> run.RunReport:
    """Return what publishing the good rows of a file would do; nothing is written."""
    wish = Upload((), dry_run=True, accept_good=True)
    return _hand_in(company, handed_in, wish, actor=actor, at=day_of(company), watch=watch)


def publish_upload(
    company: Company,
    handed_in: HandedIn,
    *,
    accept_good: bool,
    actor: Actor,
    at: datetime,
    watch: Watch = UNWATCHED,
) -> run.RunReport:
    """Publish a file from a browser, with what its sender says of it."""
    wish = Upload((), accept_good=accept_good)
    return _hand_in(company, handed_in, wish, actor=actor, at=at, watch=watch)


def day_of(company: Company) -> datetime:
    """Return the company's day as the instant of what is only tried out: nothing keeps it."""
    return datetime.combine(company.as_of, time(), UTC)


def _hand_in(
    company: Company,
    handed_in: HandedIn,
    wish: Upload,
    *,
    actor: Actor,
    at: datetime,
    watch: Watch,
) -> run.RunReport:
    by_mapping = handed_in.source in company.mappings
    with TemporaryDirectory(prefix="clause9-upload-") as folder:
        path = Path(folder) / plain_name(handed_in.name)
        path.write_bytes(handed_in.content)
        upload = replace(
            wish,
            paths=(path,),
            table=None if by_mapping else handed_in.source,
            mapping=handed_in.source if by_mapping else None,
            note=handed_in.note,
            late_reason=handed_in.late_reason,
            corrections=handed_in.corrections,
        )
        return ingest(company, upload, actor=actor, at=at, watch=watch)


def revert(company: Company, batch: int, reason: str, *, actor: Actor, at: datetime) -> int:
    """Take a published batch back and return the warehouse version that stands without it."""
    report = run.revert(
        batch,
        records=company.records,
        warehouse=company.warehouse,
        actor=actor,
        at=at,
        recompute=_recompute(company, actor, at),
        reason=reason,
    )
    sweep(company)
    return report.version


def retry(
    company: Company, batch: int, *, accept_good: bool = False, actor: Actor, at: datetime
) -> run.RunReport:
    """Try what a batch refused again, with the mappings of today."""
    report = run.retry(
        batch,
        tables=company.tables,
        mappings=company.mappings,
        records=company.records,
        archive=company.archive,
        warehouse=company.warehouse,
        actor=actor,
        at=at,
        recompute=_recompute(company, actor, at),
        accept_good=accept_good,
        limits=Limits(**company.workspace.settings.upload.model_dump()),
        figures_of=partial(reported.figures_of, company),
        known_metrics=reported.names_known(company),
        calendar=company.catalogue.calendar,
    )
    sweep(company)
    return report


def list_batches(company: Company) -> list[dict[str, Any]]:
    """Return every batch, newest first, as plain values."""
    found = batch_records.batches(company.records)
    return [_batch_row(batch) for batch in found]


def show_batch(
    company: Company, number: int, *, refused_rows: int = 0, actor: Actor
) -> dict[str, Any]:
    """Return one batch with its report, and up to `refused_rows` reasons of its quarantine."""
    batch = batch_records.batch(company.records, number)
    page = quarantined(company, number, refused_rows, actor=actor)
    return {
        **_batch_row(batch),
        "sha256": batch.sha256,
        "bytes": batch.bytes,
        "report": _seen_report(batch, actor),
        "retried_by": [
            each.id
            for each in batch_records.batches(company.records, state="published")
            if each.retries == number
        ],
        "refused_total": page.total,
        "refused_rows": [row.model_dump(exclude={"id", "batch"}) for row in page.rows],
    }


def quarantined(
    company: Company, number: int, limit: int = 100, *, actor: Actor
) -> quarantine.Page:
    """Return the first refused rows of a batch, a reason each, and how many there are.

    Personal values are hidden from who may not see them, and so is the row as it came: its columns
    are those of the sender, and any of them may name a person.
    """
    page = quarantine.quarantined(company.records, number, limit=limit)
    process = batch_records.batch(company.records, number).process
    if can(actor, "see_personal_data", Resource(process=process)):
        return page
    return replace(page, rows=tuple(_without_persons(company, row) for row in page.rows))


def _seen_report(batch: Batch, actor: Actor) -> dict[str, Any]:
    """Return the report as the actor may see it: what was put right may name a person."""
    if can(actor, "see_personal_data", Resource(process=batch.process)):
        return batch.report
    hidden = {"found": MASK, "value": MASK}
    put_right = [each | hidden for each in batch.report.get("corrections", ())]
    return batch.report | ({"corrections": put_right} if put_right else {})


def _without_persons(company: Company, row: QuarantinedRow) -> QuarantinedRow:
    table = company.tables.get(row.table_name)
    open_to_all = [each.name for each in table.columns if not each.personal] if table else []
    hidden = {"row_json": "{}"}
    if row.value and row.column not in open_to_all:
        hidden |= {"value": MASK, "reason": row.reason.replace(row.value, MASK)}
    return row.model_copy(update=hidden)


def _batch_row(batch: Batch) -> dict[str, Any]:
    names = ("id", "state", "received_at", "actor", "accepted", "refused", "restated", "unchanged")
    more = ("new", "removed", "left_out", "source", "period", "published_at", "version", "reason")
    said = ("note", "late_reason", "retries")
    row = {name: getattr(batch, name) for name in (*names, *more, *said)}
    return {**row, "file": batch.file_name}


def _recompute(company: Company, actor: Actor, at: datetime) -> Callable[[Writer], None]:
    """Return what a publish does after its facts: compute the cells, in the same transaction."""

    def recompute(writer: Writer) -> None:
        compute_cells(writer, company.defined, company.tables, actor.name, at)

    return recompute
