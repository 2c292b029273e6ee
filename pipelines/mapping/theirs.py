"""The columns of a file nobody has seen yet, as an expression over them is checked."""

from __future__ import annotations

from collections import abc

from data.expressions import Expression, parse
from data.tables import ColumnType
from pipelines.mapping.model import Mapping


class TheirColumns(abc.Mapping[str, ColumnType]):
    """Every word is a column, of the type the mapping says or else text.

    Whether the file has it is known when it is read. Signs like > are no words.
    """

    def __init__(self, types: abc.Mapping[str, ColumnType]) -> None:
        self._types = types

    def __getitem__(self, name: str) -> ColumnType:
        return self._types.get(name, "text")

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and any(map(str.isalnum, name))

    def __iter__(self) -> abc.Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)


def where_of(mapping: Mapping) -> Expression | None:
    """Return the row filter, parsed; ExpressionError where it is none."""
    return None if mapping.where is None else parse(mapping.where, TheirColumns(mapping.types))


def derived_of(mapping: Mapping) -> dict[str, Expression]:
    """Return the derived columns, ours to expression; ExpressionError for the first wrong one."""
    theirs = TheirColumns(mapping.types)
    return {our: parse(text, theirs) for our, text in mapping.derive.items()}


def counted_of(mapping: Mapping) -> dict[str, Expression]:
    """Return what rows of a group are counted by; ExpressionError for the first wrong one."""
    theirs, counts = TheirColumns(mapping.types), mapping.group.count if mapping.group else {}
    return {new: parse(text, theirs) for new, text in counts.items()}


def sources_of(mapping: Mapping, our: str) -> frozenset[str]:
    """Return the columns of theirs that one of ours is made of."""
    if our in mapping.derive:
        return derived_of(mapping)[our].columns
    return frozenset({mapping.columns.get(our, our)})


def dating_columns(mapping: Mapping, dated_by: str) -> frozenset[str]:
    """Return the columns of theirs that say when a row was, the year's own column among them."""
    year = mapping.periods.year if mapping.periods else None
    return sources_of(mapping, dated_by) | ({year} if isinstance(year, str) else frozenset())


def needed_columns(mapping: Mapping) -> tuple[str, ...]:
    """Return the columns of theirs that fill ours or stand in expressions, however they came."""
    needed: dict[str, None] = dict.fromkeys(mapping.columns.values())
    for expression in (*derived_of(mapping).values(), where_of(mapping)):
        if expression is not None:
            needed |= dict.fromkeys(sorted(expression.columns))
    return tuple(needed)


def needed_headers(mapping: Mapping) -> tuple[str, ...]:
    """Return the headers the mapping reads, in the order it names them; patterns are left out."""
    made = {name for lookup in mapping.lookup for name in lookup.take}
    needed = list(needed_columns(mapping))
    if mapping.unpivot:
        made |= {mapping.unpivot.name_to, mapping.unpivot.value_to}
        if isinstance(mapping.unpivot.columns, dict):
            needed += mapping.unpivot.columns
    if mapping.group:
        made |= {*mapping.group.last, *mapping.group.count}
        needed += [*mapping.group.by, *mapping.group.last.values()]
        needed += [mapping.group.order] if mapping.group.order else []
        needed += [name for each in counted_of(mapping).values() for name in sorted(each.columns)]
    if mapping.periods and isinstance(mapping.periods.year, str):
        needed.append(mapping.periods.year)
    needed += [theirs for lookup in mapping.lookup for theirs in lookup.on]
    return tuple(name for name in dict.fromkeys(needed) if name not in made)
