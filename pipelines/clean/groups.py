"""Several rows that are one thing, as the events of a ticket are, made one row."""

from __future__ import annotations

import polars as pl

from data.errors import RefusedInputError
from data.expressions.frame import to_polars
from pipelines.clean.columns import convert, trimmed
from pipelines.clean.drift import place_of
from pipelines.clean.formats import Formats, target_of_theirs
from pipelines.mapping import Group, Mapping
from pipelines.mapping.theirs import counted_of, needed_headers
from pipelines.readers.raw import ROW, Raw
from pipelines.report import rows

_GROUP, _ORDER = "clause9:group", "clause9:order"


def grouped(
    frame: pl.DataFrame, mapping: Mapping, raw: Raw, formats: Formats
) -> tuple[pl.DataFrame, list[str]]:
    """Return one row for each group, the first by its order, and what the run report says of it.

    The groups stand in the order of their first rows; a row that says no group is one by itself.
    Raises RefusedInputError where a cell that orders or counts rows cannot be read.
    """
    group = mapping.group
    if group is None:
        return frame, []
    _refuse_broken(raw, mapping)
    _refuse_clash(frame, group, raw)
    keyed = _keyed(frame, group, formats)
    if group.order is not None:
        order = _read(frame, group.order, mapping, (raw, formats))
        keyed = keyed.with_columns(order.alias(_ORDER)).sort(_ORDER, maintain_order=True)
    counted = counted_of(mapping)
    needed = sorted({name for each in counted.values() for name in each.columns})
    typed = keyed.with_columns(_read(keyed, name, mapping, (raw, formats)) for name in needed)
    counts = {new: to_polars(each).fill_null(value=False) for new, each in counted.items()}
    truths = typed.select(each.alias(new) for new, each in counts.items())
    made = (
        keyed.hstack(truths)
        .group_by(_GROUP, maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in frame.columns),
            *(pl.col(theirs).last().alias(new) for new, theirs in group.last.items()),
            *(pl.col(new).sum().cast(pl.String) for new in counted),
        )
    )
    made = made.drop(_GROUP).sort(ROW, maintain_order=True)
    return made, [f"{rows(frame.height)} are {made.height:,} by {', '.join(group.by)}."]


def _keyed(frame: pl.DataFrame, group: Group, formats: Formats) -> pl.DataFrame:
    """Return the frame with a column that is equal in the rows of one group."""
    keys = [trimmed(frame.get_column(name), formats) for name in group.by]
    is_open = pl.all_horizontal(pl.lit(key).is_null() for key in keys)
    alone = pl.when(is_open).then(pl.col(ROW))
    return frame.with_columns(pl.struct(*map(pl.lit, keys), alone.alias(ROW)).alias(_GROUP))


def _read(
    frame: pl.DataFrame, name: str, mapping: Mapping, source: tuple[Raw, Formats]
) -> pl.Series:
    """Return a column of theirs by its type; no row may be left out of an order or a count."""
    raw, formats = source
    target = target_of_theirs(mapping.types.get(name, "text"))
    converted = convert(frame.get_column(name), target, formats)
    if converted.failures.height:
        first = converted.failures.row(0, named=True)
        raise RefusedInputError(
            f"{place_of(raw)}: row {frame.get_column(ROW)[first['index']]}, column '{name}': "
            f"{first['reason']}, and rows that are one thing are ordered or counted by it. Write "
            f"{first['accepted']}."
        )
    return converted.values


def _refuse_clash(frame: pl.DataFrame, group: Group, raw: Raw) -> None:
    clash = [name for name in (*group.last, *group.count) if name in frame.columns]
    if clash:
        raise RefusedInputError(
            f"{place_of(raw)}: `group` makes a column '{clash[0]}', but the file has one itself. "
            "Give it another name in the mapping."
        )


def _refuse_broken(raw: Raw, mapping: Mapping) -> None:
    used = set(needed_headers(mapping))
    broken = [flaw.cell for flaw in raw.flaws if flaw.header in used]
    if broken:
        raise RefusedInputError(
            f"{place_of(raw)}: errors in {', '.join(broken[:10])}, in columns whose rows are put "
            "together. Correct the formulas, or type what they should give."
        )
