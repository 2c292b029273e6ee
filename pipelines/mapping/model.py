"""What a site's file means: one frozen `Mapping` per [name] of sources/*.toml."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from data.tables import ColumnType, Table

ISO_DATES = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
)
"""Dates a mapping accepts when it names none: ISO 8601 only, because 03/04/2026 is two dates."""

NOTHING = ("", "n/a", "N/A", "null", "NULL")
"""Cells a mapping reads as empty when it names none. "-" and "NA" are codes somewhere."""

Constant = str | bool | int | Decimal | date | datetime


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Lookup(_Definition):
    """Columns taken by key from another file of the same load.

    Of several rows with one key the first counts; how many there were is reported.
    """

    files: str = Field(description="Which file, by a pattern of its name.")
    on: dict[str, str] = Field(min_length=1, description="Their key column = the key over there.")
    take: dict[str, str] = Field(min_length=1, description="New column = the column over there.")
    sheet: str | None = Field(default=None, description="The sheet over there.")


class Unpivot(_Definition):
    """Wide columns turned into rows: the header goes to `name_to`, the cell to `value_to`."""

    columns: dict[str, str] | tuple[str, ...] = Field(
        min_length=1, description='Header = what it stands for, or a list of patterns ("20*").'
    )
    name_to: str = Field(description="The column that gets what the header stands for.")
    value_to: str = Field(description="The column that gets the cell.")


class Mapping(_Definition):
    """How the files of one source become rows of one table."""

    name: str
    table: str = Field(description="The table the rows are for.")
    files: Texts = Field(default=(), description="Which files, by patterns of their names.")
    title: str | None = Field(default=None, description="The source's name as people say it.")
    sheet: str | None = Field(default=None, description='The sheet, by name or pattern ("* 2026").')
    header_row: int | None = Field(default=None, ge=1, description="The header's row; default 1.")
    encoding: str = Field(default="utf-8", description="The encoding of a CSV file: cp1252.")
    separator: Literal[",", ";", "\t", "|"] | None = Field(
        default=None, description="The separator of a CSV file; default: as the header decides."
    )
    where: str | None = Field(
        default=None, description="Which rows, as an expression over their columns."
    )
    replace: Literal["period", "slot"] | None = Field(
        default=None,
        description="period: a file replaces every period it has rows in; slot: the file it "
        "follows. Default: keyed rows replace rows of the same key, others their slot.",
    )
    dates: Texts = Field(default=ISO_DATES, description='How dates are written: "%d.%m.%Y".')
    decimal: Literal[".", ","] = Field(default=".", description="The decimal sign.")
    thousands: Literal[",", ".", " ", "'"] | None = Field(
        default=None, description="The sign between thousands, if there is one."
    )
    round: bool = Field(
        default=False, description="Whether numbers with too many decimals are rounded, half up."
    )
    missing: Texts = Field(default=NOTHING, description="What cells without a value say.")
    cadence: Literal["day", "week", "month", "quarter", "year"] | None = Field(
        default=None, description="How often a file is expected."
    )
    due_days: int | None = Field(
        default=None, ge=0, description="How many days after the period's end it is due."
    )
    owner: str | None = Field(default=None, description="Who sends it, by id.")
    columns: dict[str, str] = Field(default={}, description="Our column = their header.")
    types: dict[str, ColumnType] = Field(
        default={}, description="Their header = its type in expressions; text where not said."
    )
    constants: dict[str, Constant] = Field(default={}, description="Our column = its one value.")
    derive: dict[str, str] = Field(
        default={}, description="Our column = an expression over their columns."
    )
    values: dict[str, dict[str, str]] = Field(
        default={}, description="For one of our columns: their value = ours."
    )
    unpivot: Unpivot | None = Field(default=None, description="Wide columns to rows.")
    lookup: tuple[Lookup, ...] = Field(default=(), description="Columns from other files by key.")

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of what this mapping does to a file.

        Title, owner, deadline and the patterns of file names are left out: they change no row.
        """
        content = self.model_dump(mode="json", exclude={"title", "owner", "due_days", "files"})
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def template_mapping(table: Table) -> Mapping:
    """Return the mapping of a file whose headers are the table's own column names."""
    return Mapping(
        name=table.name,
        table=table.name,
        columns={column.name: column.name for column in table.columns},
    )
