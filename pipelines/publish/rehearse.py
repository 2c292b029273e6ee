"""What publishing would do, tried out on a copy: nobody waits for it and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from data.warehouse import Warehouse, WarehouseBatch, Writer
from pipelines.load.loader import Loaded
from pipelines.mapping.periods import Period
from pipelines.publish.facts import insert, ready

Found = TypeVar("Found")


def rehearse(
    warehouse: Warehouse,
    files: Sequence[Loaded],
    at: datetime,
    find: Callable[[Writer], Found],
    period: Period | None = None,
) -> Found:
    """Return what `find` finds in a version that holds the good rows of the files as well."""
    with warehouse.rehearse() as writer:
        last = writer.batches().get_column("id").max()
        first = int(last) + 1 if isinstance(last, int) else 1
        for number, file in enumerate(files, start=first):
            name, sha256 = file.found.name, file.stored.sha256
            writer.add_batch(WarehouseBatch(number, name, sha256, at, "a rehearsal", ""))
            for each in ready(file, period, at.astimezone(UTC).date()):
                insert(writer, each, number)
        writer.settle_all()
        return find(writer)
