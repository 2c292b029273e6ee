"""A list of events becomes rows of the table whose columns its headers name."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from data.tables import Column, Table
from pipelines.mapping.model import Mapping
from pipelines.understand.blocks import Block
from pipelines.understand.cells import quoted
from pipelines.understand.dating import date_keys
from pipelines.understand.figures import Known
from pipelines.understand.figures_text import written
from pipelines.understand.layout import layout_keys, narrowed
from pipelines.understand.matching import DATES, SAME, fits, matched
from pipelines.understand.naming import file_pattern, mapping_name
from pipelines.understand.proposal import LEAVE_OUT, Asking, Settled
from pipelines.understand.theirs import name_of

ENOUGH = 1.8
"""How much of a table must be found for its rows to be proposed: two columns by name, about."""

MOST_VALUES = 12
"""Different values outside the allowed ones that are asked about; more are no spellings of them."""


def fitting_tables(
    block: Block, tables: abc.Iterable[Table]
) -> list[tuple[Table, dict[str, tuple[int, float]]]]:
    """Return the tables a list of events may be of, the surest alone where it is plainly so."""
    found = [(table, matched(block, table)) for table in tables]
    sure = [
        (sum(score for _, score in columns.values()), table, columns)
        for table, columns in found
        if table.dated_by in columns and sum(1 for _, s in columns.values() if s > DATES) >= 2
    ]
    best = max((score for score, _, _ in sure), default=0.0)
    return [(t, c) for score, t, c in sure if score >= ENOUGH and score > best - SAME / 2]


@dataclass(frozen=True)
class EventsDraft:
    """Events of one table of a file; `found` has our columns with theirs, and how sure that is."""

    file: str
    block: Block
    table: Table
    found: abc.Mapping[str, tuple[int, float]]
    known: Known
    is_only: bool
    number: int = 1

    def settled(self, answers: abc.Mapping[str, str]) -> Settled:
        """Return the mapping with `answers`; UsageError for an answer that is none."""
        asking = Asking(answers, self.file)
        said = layout_keys(self.block, asking)
        columns = self._columns(asking)
        constants: dict[str, Any] = {}
        if "process" not in columns:
            processes = self.known.processes
            answer = asking.ask(
                "process", "Which process do the rows belong to?", processes, is_open=True
            )
            constants["process"] = answer or (*processes, "unknown")[0]
        values = {
            ours: words
            for ours, column in columns.items()
            if (words := self._values(self.table.column(ours), column, asking))
        }
        said |= self._how_written(columns, asking)
        said = narrowed(self.block, said, {*columns.values()}, asking)
        name = mapping_name(self.file, self.block.sheet.name, is_only=self.is_only)
        body = said | {
            "name": name + (f"_{self.number}" if self.number > 1 else ""),
            "table": self.table.name,
            "files": (file_pattern(self.file),),
            "columns": {ours: name_of(self.block, column) for ours, column in columns.items()},
            "constants": constants,
            "values": values,
        }
        return asking.settled(Mapping.model_validate(body))

    def _columns(self, asking: Asking) -> dict[str, int]:
        """Return their column of each of ours; what is needed and not found is asked for."""
        headers = {name_of(self.block, c): c for c in self.block.columns if self.block.values(c)}
        columns: dict[str, int] = {}
        for ours in self.table.columns:
            chosen = self._chosen(ours, headers, asking)
            if chosen is not None:
                columns[ours.name] = chosen
        for ours_name, column in columns.items():
            asking.tell(f"'{name_of(self.block, column)}' is our column {ours_name}.")
        unread = [name for name, column in headers.items() if column not in columns.values()]
        if unread:
            asking.tell(f"Columns left out: {quoted(unread, 12)}.")
        return columns

    def _chosen(self, ours: Column, headers: abc.Mapping[str, int], asking: Asking) -> int | None:
        key = f"column.{ours.name}"
        column, score = self.found.get(ours.name, (None, 0.0))
        is_needed = self._is_needed(ours) and ours.name != "process"
        if column is not None and (score > DATES or not is_needed):
            answer = asking.given(key)
        elif is_needed:
            fitting = [name for name, c in headers.items() if fits(self.block, c, ours.type)]
            first = [name_of(self.block, column)] if column is not None else []
            sentence = f"Which column is our {ours.name}? {ours.meaning}"
            answer = asking.ask(key, sentence, [*first, *fitting])
        else:
            answer = asking.given(key)
        if answer is None:
            return column
        return None if answer == LEAVE_OUT else headers.get(answer, column)

    def _is_needed(self, ours: Column) -> bool:
        is_key = ours.name in self.table.key or ours.name == self.table.dated_by
        return (ours.required or is_key) and ours.default is None

    def _values(self, ours: Column, column: int, asking: Asking) -> dict[str, str]:
        """Return their values of ours that are written otherwise, asking for what is unlike all."""
        if not ours.allowed or ours.type != "text":
            return {}
        by_case = {value.casefold(): value for value in ours.allowed}
        words: dict[str, str] = {}
        texts = dict.fromkeys(text for _, text in self.block.values(column))
        for text in [text for text in texts if text not in ours.allowed][:MOST_VALUES]:
            if text.casefold() in by_case:
                words[text] = by_case[text.casefold()]
                continue
            near = get_close_matches(text.casefold(), ours.allowed, n=1)
            answer = asking.ask(
                f"values.{ours.name}.{text}",
                f"What is '{text}' in our column {ours.name}?",
                (*near, *ours.allowed),
            )
            words[text] = answer or (*near, *ours.allowed)[0]
        if words:
            asking.tell(f"{ours.name}: {', '.join(f'{a} = {b}' for a, b in words.items())}.")
        return words

    def _how_written(self, columns: abc.Mapping[str, int], asking: Asking) -> dict[str, Any]:
        by_type: dict[str, list[int]] = {}
        for ours, column in columns.items():
            kind = self.table.column(ours).type
            by_type.setdefault("dates" if kind in {"date", "timestamp"} else kind, []).append(
                column
            )
        dates = [t for c in by_type.get("dates", ()) for _, t in self.block.values(c)]
        numbers = [*by_type.get("decimal", ()), *by_type.get("integer", ())]
        said = date_keys(dates, asking) if dates else {}
        if not numbers:
            return said
        found = written(self.block, numbers, 6, asking)
        return said | {
            "decimal": found.decimal,
            "thousands": found.thousands,
            "missing": found.missing,
        }
