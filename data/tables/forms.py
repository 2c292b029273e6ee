"""A table contract as it is written in TOML: everything optional, so that a file can extend one.

The form says nothing twice: a site's file states what it changes, and `data.tables.resolve` lays it
over the shipped contract.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from data.tables.contract import ColumnType, Severity


def _text_of(value: object) -> object:
    """Return a TOML value as it would be typed into a cell; texts and the unusable as they are."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case _:
            return value


def _key_columns(value: object) -> object:
    """Return the key as a list: "row" is the empty one, a single name a list of one."""
    if value == "row":
        return ()
    return (value,) if isinstance(value, str) else value


CellText = Annotated[str, BeforeValidator(_text_of)]
Names = Annotated[tuple[str, ...], Field(strict=False)]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TableForm(_Form):
    """The section [table]."""

    name: str | None = None
    title: str | None = None
    meaning: str | None = None
    key: Annotated[Names, BeforeValidator(_key_columns)] | None = None
    dated_by: str | None = None
    counted_by: str | None = None
    engine: str | None = None
    engine_table: str | None = None


class ColumnForm(_Form):
    """A section [columns.<name>]."""

    type: ColumnType | None = None
    unit: str | None = None
    decimals: int | None = None
    required: bool | None = None
    allowed: Names | None = None
    meaning: str | None = None
    example: CellText | None = None
    default: CellText | None = None
    personal: bool | None = None
    dimension: bool | None = None


class RuleForm(_Form):
    """A section [rules.<name>]."""

    expect: str | None = None
    message: str | None = None
    severity: Severity | None = None
    spoils: Names | None = None


class ContractForm(_Form):
    """One file of a `tables/` folder."""

    table: TableForm = TableForm()
    columns: dict[str, ColumnForm] = {}
    rules: dict[str, RuleForm] = {}
