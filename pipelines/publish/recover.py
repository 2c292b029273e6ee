"""What an interruption left between the two stores, settled by what the warehouse holds."""

from __future__ import annotations

from data.records.batches import Outcome, batches, mark_reverted, reject_batch
from data.warehouse import Reader
from pipelines.publish.desk import Desk, finish_planned

INTERRUPTED = "The run was interrupted before anything was published. Ingest the file again."
TAKEN_OUT = "A revert was interrupted after the rows were taken out of the warehouse."


def settle_interrupted(desk: Desk, reader: Reader) -> tuple[int, ...]:
    """Return the batches whose record was brought to what the warehouse holds.

    Pending and in the warehouse: published. Pending and not there: rejected, ingest again.
    Published in a version no later than the current one and not there: a revert was interrupted
    before it was recorded. Nobody else may be writing meanwhile.
    """
    version = desk.warehouse.version()
    held = set(reader.batches().get_column("id").to_list())
    settled = []
    for row in batches(desk.records, state="pending"):
        batch_id = int(row.id or 0)
        if batch_id in held:
            finish_planned(desk.records, desk.actor, batch_id, version, desk.at)
        else:
            reject_batch(
                desk.records, desk.actor, batch_id, INTERRUPTED, Outcome(report=row.report), desk.at
            )
        settled.append(batch_id)
    for row in batches(desk.records, state="published"):
        batch_id = int(row.id or 0)
        if batch_id not in held and (row.version or 0) <= version and batch_id not in settled:
            mark_reverted(desk.records, desk.actor, batch_id, TAKEN_OUT, desk.at)
            settled.append(batch_id)
    return tuple(settled)


def settle_if_quiet(desk: Desk) -> tuple[int, ...]:
    """Settle at the start of a program, unless a run is under way: that looks the same."""
    if not batches(desk.records, limit=1):
        return ()
    with desk.warehouse.quiet() as is_quiet:
        if not is_quiet:
            return ()
        with desk.warehouse.read() as reader:
            return settle_interrupted(desk, reader)
