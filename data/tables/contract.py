"""The contract of a table: what one kind of fact looks like, and what is refused.

Frozen and plain: the same object gives the warehouse its columns, the validation its rules, the
Excel template its drop-downs and the documentation its page. A contract is read from TOML by
`data.tables.loader`, which also checks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.errors import NotFoundError, near_miss

ColumnType = Literal["text", "integer", "decimal", "float", "boolean", "date", "timestamp"]
Severity = Literal["refuse", "warn"]

BOOKKEEPING_COLUMNS = (
    "_batch",
    "_mapping",
    "_sheet",
    "_row",
    "_scope",
    "_is_current",
    "_warnings",
)
"""Columns every stored fact has beside its contract's: where it came from, whether it is in force.
No contract column may start with an underscore, so the two never meet."""


class Column(BaseModel):
    """One column of a table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    type: ColumnType = Field(
        description="What a value is: text, integer, decimal, float, boolean, date or timestamp."
    )
    unit: str | None = Field(
        default=None, description="What a number counts or measures: pieces, days."
    )
    decimals: int | None = Field(
        default=None,
        description="Digits after the point of a decimal column (0 to 9); sums of it are exact.",
    )
    required: bool = Field(
        default=False,
        description="Whether a row without a value is refused. Key columns and `dated_by` always "
        "are required.",
    )
    allowed: tuple[str, ...] = Field(
        default=(), description="The values a text column may hold; empty means any."
    )
    meaning: str = Field(description="One sentence for the person who fills the column in.")
    example: str | None = Field(
        default=None, description="A value as it would be typed, shown in the template."
    )
    default: str | None = Field(
        default=None, description="The value a row gets where the source gives none."
    )
    personal: bool = Field(
        default=False,
        description="Whether a value can point to a person: it is masked in packs and exports.",
    )
    dimension: bool = Field(
        default=False, description="Whether metrics can be broken down by the column."
    )


class Rule(BaseModel):
    """What must hold in a row: `expect` is true or unknown, or else the row is refused or warned.

    A warned row is published and marked; measures that read a column named in `spoils` leave it out
    and show how many they left out. No column named means every measure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    expect: str = Field(
        description="An expression over the table's columns. False refuses or warns; true and "
        "unknown (a value is missing) pass."
    )
    message: str = Field(description="What the person is told, with the way out.")
    severity: Severity = Field(
        default="refuse", description="refuse keeps the row out; warn publishes and marks it."
    )
    spoils: tuple[str, ...] = Field(
        default=(),
        description="For a warning: measures that read one of these columns leave the row out. "
        "Empty: every measure does.",
    )


class Table(BaseModel):
    """The contract of one kind of fact.

    An empty `key` means that the source has none (`key = "row"` in TOML): a row is then known by
    file slot, sheet and row number, and a resubmission replaces the slot or the period.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str = Field(description="The table's name as people say it.")
    meaning: str = Field(description="What one row is, and what is not one.")
    key: tuple[str, ...] = Field(
        description='The columns that name a row, or "row" where the source has none. The word '
        '"slice" in the list stands for every dimension column.'
    )
    dated_by: str = Field(description="The date or timestamp that places a row in a period.")
    counted_by: str | None = Field(
        default=None,
        description="The number column that says how many events a row stands for; without it a "
        "row is one event.",
    )
    engine: str | None = Field(
        default=None,
        description="The engine of clause9.toml that keeps the rows; without it they are "
        "published into the warehouse.",
    )
    engine_table: str | None = Field(
        default=None,
        description='What the table or view is called there, with its schema: "quality.cases". '
        "Default: as here.",
    )
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column called `name`; NotFoundError names the nearest one there is."""
        if name in self._by_name:
            return self._by_name[name]
        hint = near_miss(name, self._by_name)
        raise NotFoundError(f"Table '{self.name}' has no column '{name}'.{hint}")

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in contract order."""
        return tuple(column.name for column in self.columns)

    @property
    def column_types(self) -> Mapping[str, ColumnType]:
        """Name to type, in contract order: what an expression over the table may use."""
        return {column.name: column.type for column in self.columns}

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns metrics can be broken down by, in contract order."""
        return tuple(column.name for column in self.columns if column.dimension)

    @property
    def place_in_engine(self) -> tuple[str | None, str]:
        """The schema (None: the one the account looks in) and name of the rows in their engine."""
        schema, _, name = (self.engine_table or self.name).rpartition(".")
        return schema or None, name

    @property
    def is_keyed(self) -> bool:
        """Whether rows are known by key columns, and not by their place in a file."""
        return bool(self.key)
