"""One owner for each value of a dimension, so that fifty sellers need no fifty entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import Field

from data.records.access import Role
from data.records.forms import Form, Text
from data.records.intake import Intake

SECTION = "owner_of_each"

ValuesOf = Callable[[str, str], Sequence[str]]
"""Return the values a dimension of a table has among the facts, the most frequent first."""


class OwnerOfEach(Form):
    """Each value of a dimension of a table gets an owner of that part of a process.

    `name` holds {value}; `most` is how many values, the most frequent first.
    """

    process: Text
    table: Text
    dimension: Text
    name: Text
    from_on: date
    role: Role = "owner"
    most: int = Field(default=200, ge=1)


def with_owners_of_values(
    intake: Intake, written: Mapping[str, Any], values_of: ValuesOf | None
) -> Mapping[str, Any]:
    """Return the file's sections with every [[owner_of_each]] written out as people and owners."""
    people: list[dict[str, Any]] = []
    owners: list[dict[str, Any]] = []
    for key, values in intake.entries(written, SECTION):
        form = intake.form(OwnerOfEach, values, key)
        if form is None:
            continue
        if "{value}" not in form.name:
            intake.problem(
                f"{key}.name", f"'{form.name}' gives everybody one name: write {{value}}."
            )
            continue
        for value in values_of(form.table, form.dimension)[: form.most] if values_of else ():
            name = form.name.replace("{value}", value)
            people.append({"name": name, "role": form.role})
            owners.append(
                {
                    "process": form.process,
                    "dimension": form.dimension,
                    "value": value,
                    "person": name,
                    "from_on": form.from_on,
                }
            )
    rest = {name: entries for name, entries in written.items() if name != SECTION}
    for name, entries in (("people", people), ("owners", owners)):
        own = rest.get(name, [])
        if entries and isinstance(own, list):  # anything else is told as the problem it is
            rest[name] = [*own, *entries]
    return rest
