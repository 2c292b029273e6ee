"""What a site's file means: one frozen `Mapping` per [name] of sources/*.toml."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from data.tables import ColumnType, Table
from pipelines.mapping.pull import Pull

ISO_DATES = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
)
"""Dates a mapping accepts when it names none: ISO 8601 only, because 03/04/2026 is two dates."""

EVIDENCE = ("evidence",)
"""What `dates` says where every column decides by all its cells how its dates are written."""

NOTHING = ("", "n/a", "N/A", "null", "NULL")
"""Cells a mapping reads as empty when it names none. "-" and "NA" are codes somewhere."""

Constant = str | bool | int | Decimal | date | datetime


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, (str, date)) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Days = Annotated[tuple[date, ...], BeforeValidator(_one_or_many)]

PeriodKind = Literal["month", "four_weeks", "week", "quarter", "year"]


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
    block: str | None = Field(
        default=None, description="Which cells over there, where tables stand side by side: G2:H."
    )


class Unpivot(_Definition):
    """Wide columns turned into rows: the header goes to `name_to`, the cell to `value_to`."""

    columns: dict[str, str] | tuple[str, ...] = Field(
        min_length=1, description='Header = what it stands for, or a list of patterns ("20*").'
    )
    name_to: str = Field(description="The column that gets what the header stands for.")
    value_to: str = Field(description="The column that gets the cell.")


class Group(_Definition):
    """Several rows that are one thing, as the events of a ticket are: one row stands for them.

    It is the first of them by `order`, with its row number and all its cells.
    """

    by: Texts = Field(min_length=1, description="Their columns that are equal in rows of one.")
    order: str | None = Field(
        default=None,
        description="Their column by which the rows of one follow each other, as `types` reads "
        "it; default: as they stand in the file.",
    )
    last: dict[str, str] = Field(
        default={}, description="New column = the column of theirs whose last cell it gets."
    )
    count: dict[str, str] = Field(
        default={},
        description="New column = an expression over their columns; it gets how many of the rows "
        "it is true of.",
    )


class Periods(_Definition):
    """How texts name periods where a header or a cell becomes the date of a row.

    The date is the first day of the period. A text that may name two periods is refused.
    """

    kind: PeriodKind = Field(default="month", description="What stretch of time a text names.")
    language: str | None = Field(
        default=None,
        description='The language of month names: "sv", "fr". Default: any in which all texts of '
        "the column name the same months.",
    )
    year: int | str | None = Field(
        default=None, description="The year of texts that say none, or their column that holds it."
    )
    first: Days = Field(
        default=(),
        description="The first day of the first period of a year: of each year for four_weeks, of "
        "any for years that do not begin in January.",
    )


class Mapping(_Definition):
    """How the files of one source become rows of one table."""

    name: str
    table: str = Field(description="The table the rows are for.")
    files: Texts = Field(default=(), description="Which files, by patterns of their names.")
    title: str | None = Field(default=None, description="The source's name as people say it.")
    sheet: str | None = Field(default=None, description='The sheet, by name or pattern ("* 2026").')
    header_row: int | None = Field(default=None, ge=1, description="The header's row; default 1.")
    header_rows: int = Field(
        default=1,
        ge=1,
        le=9,
        description="How many rows the header takes, from header_row on. A heading over several "
        'columns belongs to each of them; the parts are joined: "2017 / Mar".',
    )
    block: str | None = Field(
        default=None,
        description='Which cells of the sheet are read: "B5:N40", or "B5:N" down to the end. Its '
        "first row is the header.",
    )
    until: str | None = Field(
        default=None,
        min_length=1,
        description="What the first row after the data begins with: footnotes, totals.",
    )
    encoding: str = Field(default="utf-8", description="The encoding of a text file: cp1252.")
    separator: Literal[",", ";", "\t", "|"] | None = Field(
        default=None, description="The separator of a CSV file; default: as the header decides."
    )
    quoting: Literal["standard", "none"] = Field(
        default="standard",
        description='Whether quotes enclose texts in a CSV file, or are plain text ("none").',
    )
    where: str | None = Field(
        default=None, description="Which rows, as an expression over their columns."
    )
    replace: Literal["period", "slot"] | None = Field(
        default=None,
        description="period: a file replaces every period it has rows in; slot: the file it "
        "follows. Default: keyed rows replace rows of the same key, others their slot.",
    )
    dates: Texts = Field(
        default=ISO_DATES,
        description='How dates are written: "%d.%m.%Y"; or "evidence": as the cells of each column '
        "together decide, and asked where they leave a doubt.",
    )
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
    also_called: dict[str, Texts] = Field(
        default={},
        description="Their header as this mapping names it = other names the column has had. "
        "Which one a file uses is reported.",
    )
    optional: Texts = Field(
        default=(), description="Their headers a file may lack; the cells are empty then."
    )
    fill_down: Texts = Field(
        default=(),
        description="Their headers under which an empty cell means the value above it.",
    )
    types: dict[str, ColumnType] = Field(
        default={}, description="Their header = its type in expressions; text where not said."
    )
    constants: dict[str, Constant] = Field(default={}, description="Our column = its one value.")
    derive: dict[str, str] = Field(
        default={}, description="Our column = an expression over their columns."
    )
    mend: dict[str, str] = Field(
        default={},
        description="In every text of theirs: what came out wrong = what was meant, such as "
        '"&amp;" = "&".',
    )
    values: dict[str, dict[str, str]] = Field(
        default={}, description="For one of our columns: their value = ours."
    )
    percent: Texts = Field(
        default=(), description='Our columns whose cells carry "%": 95.2 % is read as 95.2.'
    )
    units: dict[str, str] = Field(
        default={},
        description='Our column = the unit its cells carry: "min" reads "12 min" as 12. Any other '
        "unit is refused.",
    )
    periods: Periods | None = Field(
        default=None, description="How texts name the periods that date the rows."
    )
    unpivot: Unpivot | None = Field(default=None, description="Wide columns to rows.")
    group: Group | None = Field(default=None, description="Rows that are one thing together.")
    lookup: tuple[Lookup, ...] = Field(default=(), description="Columns from other files by key.")
    pull: Pull | None = Field(
        default=None, description="Where `clause9 pull` fetches it from, if it is not sent."
    )

    @property
    def content_hash(self) -> str:
        """Return the SHA-256 of what this mapping does to a file.

        Title, owner, deadline, the patterns of file names and where it is pulled from are left out:
        they change no row. So are keys that are not said, for a new one must not make every file a
        change.
        """
        silent = {"title", "owner", "due_days", "files", "pull"}
        content = self.model_dump(mode="json", exclude=silent, exclude_defaults=True)
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def template_mapping(table: Table) -> Mapping:
    """Return the mapping of a file whose headers are the table's own column names."""
    return Mapping(
        name=table.name,
        table=table.name,
        dates=EVIDENCE,
        columns={column.name: column.name for column in table.columns},
    )
