"""Laying contract forms over each other: what every table has, what is shipped, what a site says.

An attribute that is stated wins over one that is not, key by key; nothing is taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel

from data.errors import Problem, near_miss
from data.tables.contract import Column, Rule, Table
from data.tables.forms import ContractForm

SLICE = "slice"
"""In a key, stands for every dimension column: a monthly figure is known by metric, period and
whatever it is broken down by, columns added by a site included."""

Attributes = dict[str, Any]


@dataclass(frozen=True)
class Layer:
    """One file's say about a table; `file` is how problems call it."""

    file: str
    form: ContractForm


def resolve(name: str, layers: Sequence[Layer]) -> tuple[Table | None, list[Problem]]:
    """Return the table that `layers` describe, later ones over earlier ones, or what it lacks.

    Columns that name or date a row come first and are required; then process and site, which every
    table has; then the rest as written.
    """
    head: Attributes = {"name": name}
    for layer in layers:
        head |= layer.form.table.model_dump(exclude_unset=True)
    columns, rules = _merged(layers, "columns"), _merged(layers, "rules")
    # Shipped contracts are sound, so whatever is wrong is to be mended in the last file.
    file = layers[-1].file
    problems = [
        *_lacking_each(file, "columns", columns, _FILLED_COLUMN),
        *_lacking_each(file, "rules", rules, _FILLED_RULE),
    ]
    head_problems = _lacking(head, Table, file, "table")
    if head_problems:
        return None, problems + head_problems
    identity = {*head["key"], head["dated_by"]} & columns.keys()
    problems += [
        Problem(
            file,
            f"columns.{column}.required",
            "must not be false: the column names or dates the row.",
        )
        for column in sorted(identity)
        if columns[column].get("required") is False
    ]
    for column in identity:
        columns[column]["required"] = True
    head["key"] = _with_slice(head["key"], columns)
    in_order = sorted(columns.values(), key=lambda column: column["name"] not in identity)
    table = Table(
        **head,
        columns=tuple(Column(**column) for column in in_order),
        rules=tuple(Rule(**rule) for rule in rules.values()),
    )
    return table, problems


def _merged(layers: Sequence[Layer], section: Literal["columns", "rules"]) -> dict[str, Attributes]:
    merged: dict[str, Attributes] = {}
    for layer in layers:
        for name, form in getattr(layer.form, section).items():
            merged.setdefault(name, {"name": name}).update(form.model_dump(exclude_unset=True))
    return merged


_FILLED_COLUMN = Column(name="_", type="text", meaning=".")
_FILLED_RULE = Rule(name="_", expect="true", message=".")
"""What an incomplete section is filled up with once it is reported, so that the rest of the table
can be checked as well."""


def _lacking_each(
    file: str,
    section: Literal["columns", "rules"],
    merged: dict[str, Attributes],
    filling: Column | Rule,
) -> list[Problem]:
    """Return what each column or rule lacks, and fill it up; a near name is taken for a slip."""
    problems: list[Problem] = []
    for name, attributes in merged.items():
        lacking = _lacking(attributes, type(filling), file, f"{section}.{name}")
        if lacking:
            hint = near_miss(name, merged.keys() - {name})
            problems += [replace(found, message=found.message + hint) for found in lacking]
            merged[name] = filling.model_dump(exclude_unset=True) | attributes
    return problems


def _lacking(attributes: Attributes, model: type[BaseModel], file: str, key: str) -> list[Problem]:
    """Return a problem for each attribute that neither this file nor a shipped one states."""
    return [
        Problem(file, f"{key}.{name}", f"is missing. {field.description}")
        for name, field in model.model_fields.items()
        if field.is_required() and field.description and name not in attributes
    ]


def _with_slice(key: Sequence[str], columns: dict[str, Attributes]) -> tuple[str, ...]:
    if SLICE not in key:
        return tuple(key)
    named = [column for column in key if column != SLICE]
    dimensions = [name for name, column in columns.items() if column.get("dimension")]
    return tuple(dict.fromkeys([*named, *dimensions]))
