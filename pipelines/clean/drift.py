"""A file's columns under the names its mapping knows: renamed, absent, or filled from above."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import polars as pl

from data.errors import RefusedInputError
from pipelines.mapping import Mapping as Definition
from pipelines.mapping.theirs import needed_headers
from pipelines.readers.raw import ROW, Flaw, Raw


@dataclass(frozen=True)
class Mapped:
    """A sheet whose headers are those of the mapping.

    `called` says how a column is called in the file where that is another name; `told` what the
    run report says of it.
    """

    raw: Raw
    called: Mapping[str, str]
    told: tuple[str, ...]


def as_mapped(raw: Raw, mapping: Definition) -> Mapped:
    """Return the sheet with every column the mapping reads, under the name it has there.

    Raises RefusedInputError where a header is missing: all of them, with the nearest there is and
    what to write where that is the column's new name.
    """
    called = dict(_called(raw, mapping))
    if called:
        raw = _renamed(raw, {theirs: name for name, theirs in called.items()})
    absent = [name for name in mapping.optional if name not in raw.headers]
    if absent:
        empty = [pl.lit(None, dtype=pl.String).alias(name) for name in absent]
        raw = replace(raw, headers=(*raw.headers, *absent), frame=raw.frame.with_columns(empty))
    _refuse_missing(raw, mapping)
    for header in mapping.fill_down:
        raw = _filled_down(raw, header)
    told = [
        f"Column '{name}' is called '{theirs}' in this file." for name, theirs in called.items()
    ]
    told += [f"There is no column '{name}' in this file; its cells are empty." for name in absent]
    return Mapped(raw, called, tuple(told))


def place_of(raw: Raw) -> str:
    """Return how the header row of a sheet is called in a message."""
    sheet = f"sheet '{raw.sheet}', " if raw.sheet else ""
    return f"{raw.file}: {sheet}row {raw.header_row}"


def near(name: str, free: Sequence[str]) -> str | None:
    """Return the header that is most plausibly another name of this one, if any is.

    Case, blanks and underscores count for nothing here; nothing is ever read by such a likeness.
    """
    likeness = {header: _likeness(name, header) for header in free}
    best = max(likeness, key=lambda header: likeness[header], default=None)
    return best if best is not None and likeness[best] >= LIKELY else None


LIKELY = 0.75
"""How alike two headers are before one is suggested for the other: Date and Dates are 0.89."""


def _likeness(one: str, other: str) -> float:
    a, b = _bare(one), _bare(other)
    words = [set(re.findall(r"\w+", text.casefold().replace("_", " "))) for text in (one, other)]
    # Delay is Min Delay without a word; the nearer in length, the likelier.
    part = 0.9 if words[0] and (words[0] < words[1] or words[1] < words[0]) else 0.0
    ratio = SequenceMatcher(None, a, b).ratio()
    return max(ratio, part + ratio / 10 if part else 0.0)


def _bare(header: str) -> str:
    return re.sub(r"[\W_]+", "", header.casefold())


def _called(raw: Raw, mapping: Definition) -> Iterator[tuple[str, str]]:
    for name, others in mapping.also_called.items():
        here = [header for header in (name, *others) if header in raw.headers]
        if len(here) > 1:
            raise RefusedInputError(
                f"{place_of(raw)}: the columns '{here[0]}' and '{here[1]}' are both there, and the "
                f"mapping '{mapping.name}' takes them for one. Take one of them out of the file, "
                "or out of `also_called`."
            )
        if here and here[0] != name:
            yield name, here[0]


def _renamed(raw: Raw, names: Mapping[str, str]) -> Raw:
    return replace(
        raw,
        headers=tuple(names.get(header, header) for header in raw.headers),
        frame=raw.frame.rename(dict(names)),
        flaws=tuple(
            replace(flaw, header=names.get(flaw.header, flaw.header)) for flaw in raw.flaws
        ),
    )


def _refuse_missing(raw: Raw, mapping: Definition) -> None:
    needed = needed_headers(mapping)
    missing = [name for name in needed if name not in raw.headers]
    if not missing:
        return
    free = [name for name in raw.headers if name not in needed]
    nearest = {name: found for name in missing if (found := near(name, free))}
    said = [
        f"'{name}'" + (f" (Did you mean '{nearest[name]}'?)" if name in nearest else "")
        for name in missing
    ]
    columns = "columns" if len(missing) > 1 else "the column"
    lines = ", ".join(f'"{name}" = ["{found}"]' for name, found in nearest.items())
    remember = (
        f" If it is another name of the same column, write under [{mapping.name}.also_called]: "
        f"{lines}."
    )
    raise RefusedInputError(
        f"{place_of(raw)}: {columns} {', '.join(said)} not found, which the mapping "
        f"'{mapping.name}' reads.{remember if nearest else ''} Rename the header, or correct the "
        "mapping."
    )


BROKEN = "clause9:broken"
"""What stands for a cell the file spoils while values are taken down over empty cells."""


def _filled_down(raw: Raw, header: str) -> Raw:
    """Return the sheet with the value above in every empty cell of a column.

    Below a cell that holds an error nobody knows the value, so those cells are as broken.
    """
    column = raw.frame.get_column(header).cast(pl.String)
    spoilt = {flaw.row: flaw for flaw in raw.flaws if flaw.header == header}
    is_empty = (column.str.strip_chars() == "").fill_null(value=True)
    marked = column.set(is_empty, None)
    if spoilt:
        marked = marked.set(raw.frame.get_column(ROW).is_in(list(spoilt)), BROKEN)
    filled = marked.forward_fill()
    flaws: list[Flaw] = []
    if spoilt:
        is_broken = (filled == BROKEN).fill_null(value=False)
        for row in raw.frame.get_column(ROW).filter(is_broken & is_empty):
            above = max(at for at in spoilt if at <= row)
            if above != row:
                flaws.append(replace(spoilt[above], row=row))
        filled = filled.set(is_broken, None)
    frame = raw.frame.with_columns(filled.alias(header))
    return replace(raw, frame=frame, flaws=(*raw.flaws, *flaws))
