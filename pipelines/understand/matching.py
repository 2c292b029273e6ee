"""Which of their columns is which of ours: by name, by near miss, by what the cells hold."""

from __future__ import annotations

import re
from collections import Counter, abc
from difflib import SequenceMatcher

from data.tables import Column, Table
from pipelines.understand.blocks import Block
from pipelines.understand.cells import look_of
from pipelines.understand.naming import short_name

NEAR = 0.84
"""How alike two names must be to be taken for one: "recieved_on" is, "raised_on" is not."""

SAME, WORDS, VALUES, DATES = 1.0, 0.9, 0.8, 0.5
"""How sure a match is: the same name, the same words, the allowed values, any date."""

_ENDINGS = re.compile(r"_(on|at|id|no|number|date|day|time|nr|code|name)$")


def matched(block: Block, table: Table) -> dict[str, tuple[int, float]]:
    """Return for each of our columns that is found: their column, and how sure that is."""
    scores = [
        (score, ours.name, column)
        for column in block.columns
        if block.values(column)
        for ours in table.columns
        if (score := _score(block, column, ours)) > 0
    ]
    found: dict[str, tuple[int, float]] = {}
    taken: set[int] = set()
    for score, ours_name, column in sorted(scores, key=lambda entry: (-entry[0], entry[2])):
        if ours_name not in found and column not in taken:
            found[ours_name] = (column, score)
            taken.add(column)
    if table.dated_by not in found:
        dates = [c for c in block.columns if c not in taken and fits(block, c, "date")]
        if dates:
            found[table.dated_by] = (dates[0], DATES)
    return found


def fits(block: Block, column: int, kind: str) -> bool:
    """Return whether the cells of a column look like one of our types."""
    looks = Counter(look_of(text) for _, text in block.values(column))
    total = sum(looks.values())
    match kind:
        case "date" | "timestamp":
            return total > 0 and looks["date"] * 10 >= total * 8
        case "integer" | "decimal" | "float":
            return total > 0 and looks["number"] * 10 >= total * 7
        case "text":
            return looks["date"] * 2 < max(total, 1)
        case _:
            return True


def _score(block: Block, column: int, ours: Column) -> float:
    header = short_name(block.name_of(column), "")
    if not header or not fits(block, column, ours.type):
        return 0
    if header == ours.name:
        return SAME
    if _stem(header) == _stem(ours.name) or header == short_name(ours.meaning.split(".")[0]):
        return WORDS
    if ours.allowed and _holds(block, column, ours.allowed):
        return VALUES
    ratio = SequenceMatcher(None, header, ours.name).ratio()
    return ratio if ratio >= NEAR else 0


def _stem(name: str) -> str:
    """Return a name without the word that says no more than its type: complaint_no is complaint."""
    return _ENDINGS.sub("", name)


def _holds(block: Block, column: int, allowed: abc.Collection[str]) -> bool:
    words = {value.casefold() for value in allowed}
    cells = {text.casefold() for _, text in block.values(column)}
    return len(cells) >= 2 and len(cells & words) * 10 >= len(cells) * 8
