"""Definitions edited on the page Definitions: who changed which, and what it said before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from data.records.access import Actor, require
from data.records.records import Records


@contextmanager
def noting_definition(
    records: Records,
    actor: Actor,
    name: str,
    said: tuple[Mapping[str, object], Mapping[str, object]],
    at: datetime,
) -> Iterator[None]:
    """Keep in the audit log that a definition is changed, if what is done meanwhile succeeds.

    `said` is what it said before and what it says now. It takes the right to edit definitions.
    """
    require(actor, "edit_definitions")
    before, after = said
    with records.writing(actor, at) as change:
        change.noted("edit_definition", f"metric:{name}", dict(before), dict(after))
        yield
