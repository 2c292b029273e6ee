"""JSON: an array of flat objects, an object that holds one, or an object a line.

Numbers stay the digits that were written; whatever is not one plain value a cell is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import Any

import polars as pl

from data.errors import RefusedInputError
from pipelines.readers.delimited import as_utf8, has_controls
from pipelines.readers.headers import checked_headers
from pipelines.readers.raw import LONGEST_CELL, ROW, Ask, Part


@dataclass(frozen=True)
class _Records:
    """The records, the number each has for a person, and what that number counts."""

    records: list[Any]
    numbers: list[int]
    unit: str

    def place(self, index: int) -> str:
        """Return how a person finds the record."""
        return f"{self.unit} {self.numbers[index]}"


def read_json(data: bytes, ask: Ask) -> Part:
    """Return the one part of a JSON file: a column for every name, a row for every object.

    A row's number is its line in a file of lines, else the place of its object in the array.
    """
    found = _records(as_utf8(data, ask.encoding).decode())
    _refuse_other_records(found)
    names = list(dict.fromkeys(chain.from_iterable(found.records)))
    if not names:
        raise RefusedInputError("the file holds no records. Export it again.")
    frame = pl.DataFrame([_column(name, found) for name in names])
    columns = checked_headers(names, [True] * len(names), row=1)
    frame = frame.select(pl.col(names[i]).alias(title) for i, title in columns)
    titles = frame.columns
    frame = frame.with_columns(pl.Series(ROW, found.numbers, dtype=pl.UInt32)).select(ROW, *titles)
    _refuse_huge_cells(frame, found.unit)
    frame = frame.filter(~pl.all_horizontal(pl.col(titles).is_null()))
    return Part(None, 1, tuple(titles), frame, has_controls=has_controls(data) or b"\\u" in data)


def _records(text: str) -> _Records:
    try:
        whole = _parsed(text)
    except json.JSONDecodeError as error:
        return _of_lines(text, error)
    except RecursionError as error:
        raise RefusedInputError(
            "the file is nested too deeply for a table. Export an array of flat objects."
        ) from error
    if isinstance(whole, dict):
        lists = {name: value for name, value in whole.items() if isinstance(value, list)}
        if len(lists) > 1:
            names = ", ".join(f"'{name}'" for name in lists)
            raise RefusedInputError(
                f"the file holds {len(lists)} lists ({names}), and nothing says which one is "
                "meant. Export one of them as an array of objects."
            )
        whole = next(iter(lists.values())) if lists else [whole]
    if not isinstance(whole, list):
        raise RefusedInputError("the file holds one value, not a list of records. Export it again.")
    return _Records(whole, list(range(1, len(whole) + 1)), "record")


def _of_lines(text: str, error: json.JSONDecodeError) -> _Records:
    """Return the records of a file with one object a line; `error` is why it is not one whole."""
    lines = text.split("\n")
    filled = [(i, line) for i, line in enumerate(lines, start=1) if line.strip()]
    if not error.msg.startswith("Extra data") or len(filled) < 2:
        raise RefusedInputError(
            f"line {error.lineno}, character {error.colno}: this is no JSON ({error.msg}). "
            "The file is damaged or cut short; export it again."
        ) from error
    records: list[Any] = []
    for number, line in filled:
        try:
            records.append(_parsed(line))
        except json.JSONDecodeError as broken:
            raise RefusedInputError(
                f"line {number}: this is no JSON object ({broken.msg}). In JSON lines every line "
                "is one object; export it again."
            ) from broken
    return _Records(records, [number for number, _ in filled], "line")


def _parsed(text: str) -> Any:  # noqa: ANN401 whatever JSON holds
    return json.loads(
        text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RefusedInputError(
            f"a record has two values under the name '{twice}', so one would be lost. "
            "Give each its own name."
        )
    return named


def _refuse_other_records(found: _Records) -> None:
    if set(map(type, found.records)) <= {dict}:
        return
    index = next(i for i, record in enumerate(found.records) if not isinstance(record, dict))
    record = found.records[index]
    what = "a list" if isinstance(record, list) else f"the value {str(record)[:40]!r}"
    raise RefusedInputError(
        f"{found.place(index)} is {what}, not an object with a name for every value. "
        "Export an array of objects."
    )


def _column(name: str, found: _Records) -> pl.Series:
    cells = [record.get(name) for record in found.records]
    types = set(map(type, cells))
    if types & {dict, list}:
        index = next(i for i, cell in enumerate(cells) if isinstance(cell, dict | list))
        what = "an object" if isinstance(cells[index], dict) else "a list"
        raise RefusedInputError(
            f"{found.place(index)}, column '{name}': it holds {what}, not one plain value. "
            "Flatten it before writing the file."
        )
    if bool in types:
        cells = [_TRUTHS.get(cell, cell) if isinstance(cell, bool) else cell for cell in cells]
    return pl.Series(name, cells, dtype=pl.String)


_TRUTHS = {True: "true", False: "false"}


def _refuse_huge_cells(frame: pl.DataFrame, unit: str) -> None:
    for name in frame.columns[1:]:
        lengths = frame.get_column(name).str.len_chars()
        longest = lengths.arg_max()
        if longest is not None and lengths[longest] > LONGEST_CELL:
            raise RefusedInputError(
                f"{unit} {frame.get_column(ROW)[longest]}, column '{name}': the text holds "
                f"{lengths[longest]:,} characters; at most {LONGEST_CELL:,} are read. Shorten it."
            )
