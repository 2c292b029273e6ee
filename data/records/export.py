"""Writing the records a file can hold back into that file, so that it can be loaded elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlmodel import SQLModel

from data.durable import write_whole
from data.errors import UsageError
from data.records.cycle_models import Cycle
from data.records.cycles import cycles
from data.records.events import events
from data.records.load import SECTIONS
from data.records.models import Target
from data.records.objectives import objectives
from data.records.people import owners, people, processes
from data.records.phases import exclusions, in_force, phases
from data.records.records import Records
from data.records.targets import targets


def export_records(records: Records, path: Path) -> int:
    """Write what a records file can hold, as it stands, as TOML; return how many entries."""
    if path.suffix.lower() != ".toml":
        raise UsageError(f"{path.name} is not .toml; records export writes TOML.")
    sections = _sections(records)
    entries = [line for name, rows in sections.items() for line in _written(name, rows)]
    write_whole(path, "\n".join(entries).encode())
    return sum(len(rows) for rows in sections.values())


def _sections(records: Records) -> Mapping[str, Sequence[SQLModel]]:
    return {
        "people": people(records),
        "processes": processes(records),
        "owners": owners(records),
        "objectives": objectives(records),
        "targets": _holding(targets(records)),
        "phases": in_force(phases(records)),
        "exclusions": in_force(exclusions(records)),
        "events": events(records),
        "cycles": cycles(records),
    }


def _holding(every: Sequence[Target]) -> list[Target]:
    """Return the targets without those a later one from the same day took the place of."""
    return list({(each.metric, each.slice, each.from_on): each for each in every}.values())


def _written(name: str, rows: Sequence[SQLModel]) -> Iterator[str]:
    for row in rows:
        values = row.model_dump()
        if isinstance(row, Cycle):
            values |= _of_file(row)
        yield f"[[{name}]]"
        for key in SECTIONS[name].form.model_fields:
            value = json.loads(values[key]) if key == "slice" else values[key]
            if value not in (None, {}, []):
                yield f"{key} = {_toml(value)}"
        yield ""


def _of_file(row: Cycle) -> dict[str, object]:
    """Return what is said of a cycle in a file apart: reviews and their actions are not in it."""
    is_fixed: dict[str, object] = {"is_fixed": row.plan_fixed_on is not None}
    if row.source_kind != "action":
        return is_fixed
    return is_fixed | {"source_kind": "other", "source": f"action {row.source}"}


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case date():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case Mapping():
            pairs = ", ".join(f"{_toml(key)} = {_toml(part)}" for key, part in value.items())
            return f"{{ {pairs} }}"
        case _:
            # TOML's basic strings are JSON's, but for the delete character, which it wants escaped.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
