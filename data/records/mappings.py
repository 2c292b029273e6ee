"""Mappings remembered from the page Upload: who taught which, and what it said before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from data.records.access import Actor, Resource, require
from data.records.records import Records


@contextmanager
def noting_mapping(
    records: Records,
    actor: Actor,
    name: str,
    said: tuple[Mapping[str, object] | None, Mapping[str, object]],
    at: datetime,
) -> Iterator[None]:
    """Keep in the audit log that a mapping is remembered, if what is done meanwhile succeeds.

    `said` is what it said before, None for a new one, and what it says now. It takes the quality
    manager, or who owns the one process whose rows it brings and brought.
    """
    before, after = said
    for each in (before, after):
        if each is not None:
            require(actor, "remember_mapping", Resource(process=_process(each)))
    with records.writing(actor, at) as change:
        change.noted(
            "remember_mapping",
            f"mapping:{name}",
            None if before is None else dict(before),
            dict(after),
        )
        yield


def _process(said: Mapping[str, object]) -> str | None:
    constants = said.get("constants")
    process = constants.get("process") if isinstance(constants, Mapping) else None
    return None if process is None else str(process)
