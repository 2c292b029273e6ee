"""What a site's file means: one frozen `Mapping` per [name] of sources/*.toml."""

from __future__ import annotations

import hashlib
import json
from collections import abc
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from data.tables import ColumnType, Table

ISO_DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
"""Dates a mapping accepts when it names none: ISO 8601 only, because 03/04/2026 is two dates."""

NOTHING = ("", "n/a", "N/A", "null", "NULL")
"""Cells a mapping reads as empty when it names none. "-" and "NA" are left out: both are used as codes."""

Constant = str | bool | int | Decimal | date | datetime


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lookup(_Definition):
    """Columns taken by key from another file of the same load; the first of several rows with one key counts."""

    files: str
    on: dict[str, str] = Field(min_length=1)
    take: dict[str, str] = Field(min_length=1)
    sheet: str | None = None


class Unpivot(_Definition):
    """Wide columns turned into rows: the header goes to `name_to`, the cell to `value_to`."""

    columns: dict[str, str] | tuple[str, ...] = Field(min_length=1)
    name_to: str
    value_to: str


class Mapping(_Definition):
    """How the files of one source become rows of one table.

    `columns` is ours -> their header, `types` their header -> type (for expressions; text where it
    is silent), `derive` ours -> expression over their columns, `values` ours -> {theirs: ours}.
    """

    name: str
    table: str
    files: Texts = ()
    title: str | None = None
    sheet: str | None = None
    header_row: int | None = Field(default=None, ge=1)
    encoding: str = "utf-8"
    separator: Literal[",", ";", "\t", "|"] | None = None
    where: str | None = None
    replace: Literal["period", "slot"] | None = None
    dates: Texts = ISO_DATES
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    round: bool = False
    missing: Texts = NOTHING
    cadence: Literal["day", "week", "month", "quarter", "year"] | None = None
    due_days: int | None = Field(default=None, ge=0)
    owner: str | None = None
    columns: dict[str, str] = {}
    types: dict[str, ColumnType] = {}
    constants: dict[str, Constant] = {}
    derive: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    unpivot: Unpivot | None = None
    lookup: tuple[Lookup, ...] = ()

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of what this mapping does to a file; title, owner and deadline are left out."""
        content = self.model_dump(mode="json", exclude={"title", "owner", "due_days", "files"})
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def load_mappings(folder: Path | None, tables: abc.Mapping[str, Table]) -> dict[str, Mapping]:
    """Return the mappings of every *.toml in `folder` by name, in file order.

    Raises DefinitionError with every problem of every file: file, key and near miss.
    """
    raise NotImplementedError


def template_mapping(table: Table) -> Mapping:
    """Return the mapping of a file whose headers are the table's own column names."""
    return Mapping(
        name=table.name,
        table=table.name,
        columns={column.name: column.name for column in table.columns},
    )
