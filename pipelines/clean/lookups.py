"""Columns taken by key from another file of the same load."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from data.errors import RefusedInputError
from pipelines.clean.columns import trimmed
from pipelines.clean.drift import near, place_of
from pipelines.clean.formats import Formats
from pipelines.mapping import Lookup
from pipelines.readers.raw import Raw
from pipelines.report import rows

FindLookup = Callable[[Lookup], Raw]
"""Returns the sheet a lookup reads; RefusedInputError where the load has no such file."""


def looked_up(
    frame: pl.DataFrame, lookup: Lookup, other: Raw, formats: Formats
) -> tuple[pl.DataFrame, list[str]]:
    """Return the frame with the columns taken; of several rows with one key the first counts."""
    needed = [*lookup.on.values(), *lookup.take.values()]
    missing = [_named(name, other) for name in needed if name not in other.headers]
    if missing:
        raise RefusedInputError(
            f"{place_of(other)}: a lookup reads the columns {', '.join(missing)}, which are not "
            "there. Correct the lookup, or the file."
        )
    clash = [name for name in lookup.take if name in frame.columns]
    if clash:
        raise RefusedInputError(
            f"A lookup takes '{clash[0]}' from {other.file}, but the file has a column of that "
            "name itself. Give it another name in the lookup's `take`."
        )
    keys = [f"clause9:key {i}" for i in range(len(lookup.on))]
    table = other.frame.select(
        *(
            trimmed(other.frame.get_column(theirs), formats).alias(key)
            for key, theirs in zip(keys, lookup.on.values(), strict=True)
        ),
        *(pl.col(theirs).alias(new) for new, theirs in lookup.take.items()),
    ).drop_nulls(keys)
    unique = table.unique(keys, keep="first", maintain_order=True)
    ours = [
        trimmed(frame.get_column(name), formats).alias(key)
        for key, name in zip(keys, lookup.on, strict=True)
    ]
    keyed = frame.with_columns(ours)
    unmatched = keyed.join(unique, on=keys, how="anti").height
    joined = keyed.join(unique, on=keys, how="left", maintain_order="left").drop(keys)
    return joined, _told(other.file, table.height - unique.height, unmatched)


def _named(name: str, other: Raw) -> str:
    found = near(name, other.headers)
    return f"'{name}'" + (f" (Did you mean '{found}'?)" if found else "")


def _told(file: str, doubled: int, unmatched: int) -> list[str]:
    told = []
    if doubled:
        told.append(f"{file}: {rows(doubled)} with a key that came before; the first counts.")
    if unmatched:
        told.append(f"{rows(unmatched)} with nothing under its key in {file}.")
    return told
