"""One column of one file as its texts stand there, read the way the file's mapping says."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from data.errors import NotFoundError, UsageError, near_miss
from data.tables import Table
from pipelines.clean.columns import trimmed
from pipelines.clean.drift import as_mapped
from pipelines.clean.formats import Formats, formats_of
from pipelines.load.files import Choice, find, plan
from pipelines.load.loader import ask_of
from pipelines.mapping import Mapping
from pipelines.readers.open import read
from pipelines.readers.raw import Ask, Raw


@dataclass(frozen=True)
class ColumnTexts:
    """The texts of a column (String, null where empty), and the mapping and our column they fill.

    Both are None where no mapping reads the file; `header` is what the column is called there.
    """

    texts: pl.Series
    header: str
    mapping: Mapping | None = None
    our: str | None = None


def column_texts(
    path: Path,
    column: str,
    mappings: abc.Mapping[str, Mapping],
    tables: abc.Mapping[str, Table],
    mapping: str | None = None,
) -> ColumnTexts:
    """Return a column of a file by our name or by its header.

    Raises UsageError where several mappings read the file and none is named, NotFoundError for an
    unknown column, RefusedInputError for a file that is not read.
    """
    (planned, *_), _ = plan(find([path]), mappings, tables, Choice(mapping=mapping))
    if len(planned.mappings) > 1:
        names = ", ".join(each.name for each in planned.mappings)
        raise UsageError(f"{path.name} is read by {names}. Say which one is meant: --mapping M")
    chosen = planned.mappings[0] if planned.mappings else None
    ((*sheets,),) = read(path, path.name, [ask_of(chosen) if chosen else Ask()])
    if chosen is None:
        texts = [_texts(raw, column, Formats()) for raw in sheets]
        return ColumnTexts(pl.concat(texts), column)
    header = chosen.columns.get(column, column)
    ours = {theirs: our for our, theirs in chosen.columns.items()}
    mapped = [as_mapped(raw, chosen).raw for raw in sheets]
    texts = [
        _texts(raw, header, formats_of(chosen, raw.kind), tuple(chosen.columns)) for raw in mapped
    ]
    our = ours.get(header)
    # What is translated already is settled.
    settled = chosen.values.get(our, {}) if our else {}
    return ColumnTexts(pl.concat(texts).replace(settled), header, chosen, our)


def _texts(raw: Raw, header: str, formats: Formats, ours: tuple[str, ...] = ()) -> pl.Series:
    if header not in raw.headers:
        hint = near_miss(header, [*ours, *raw.headers]) or f" There are: {', '.join(raw.headers)}."
        raise NotFoundError(f"{raw.file}: there is no column '{header}'.{hint}")
    return trimmed(raw.frame.get_column(header), formats).alias("value")
