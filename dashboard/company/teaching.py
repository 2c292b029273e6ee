"""Teaching how a file is read: what it seems to hold, what a person says, and remembering it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dashboard.company.opened import Company
from dashboard.company.publishing import HandedIn
from data.errors import RefusedInputError, UsageError
from data.records.access import Actor
from data.records.mappings import noting_mapping
from data.records.people import processes
from data.tables import Column, Table
from pipelines.mapping import Mapping as Definition
from pipelines.mapping.checks import mapping_findings
from pipelines.mapping.model import EVIDENCE, ISO_DATES
from pipelines.mapping.periods import Cadence
from pipelines.mapping.write import remember as write_mapping
from pipelines.readers.raw import Limits
from pipelines.understand import Proposal, SheetLook, look
from pipelines.understand.figures import Known
from pipelines.understand.naming import file_pattern, mapping_name
from pipelines.understand.propose import proposed

AS_SHOWN = "as its cells show"

DATES: Mapping[str, tuple[str, ...]] = {
    AS_SHOWN: EVIDENCE,
    "31.12.2026": ("%d.%m.%Y",),
    "31/12/2026": ("%d/%m/%Y",),
    "12/31/2026": ("%m/%d/%Y",),
    "31-12-2026": ("%d-%m-%Y",),
    "31.12.26": ("%d.%m.%y",),
    "2026-12-31": ISO_DATES,
}
"""Ways a day is written, by the last day of 2026 in them; or every column decides by its cells."""

NUMBERS: Mapping[str, tuple[str, str | None]] = {
    "1250.50": (".", None),
    "1,250.50": (".", ","),
    "1250,50": (",", None),
    "1.250,50": (",", "."),
    "1 250,50": (",", " "),
    "1'250.50": (".", "'"),
}
"""Ways a number is written: the sign before decimals, and the one between thousands."""


@dataclass(frozen=True)
class Study:
    """A file as it lies, and what it seems to hold; `why_none` says why nothing is proposed."""

    sheets: tuple[SheetLook, ...]
    proposals: tuple[Proposal, ...]
    why_none: str = ""


@dataclass(frozen=True)
class Reading:
    """How a person says a sheet is read: our column to their header, and how cells are written.

    `constants` are our columns that are the same in every row. `dates` and `numbers` are keys of
    DATES and NUMBERS.
    """

    table: str
    sheet: str | None
    header_row: int
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: str = AS_SHOWN
    numbers: str = "1250.50"
    encoding: str = "utf-8"
    separator: str | None = None


def study(company: Company, handed_in: HandedIn) -> Study:
    """Return the file as it lies, and a mapping proposed for each table of figures in it.

    Raises RefusedInputError for a file that is no table in any way, or is not safe to open.
    """
    limits = Limits(**company.workspace.settings.upload.model_dump())
    with TemporaryDirectory(prefix="clause9-upload-") as folder:
        path = Path(folder) / Path(handed_in.name).name
        path.write_bytes(handed_in.content)
        sheets = look(path, handed_in.name, limits)
    known = Known(tuple(company.catalogue.metrics), tuple(process_names(company)), None)
    try:
        found = proposed(sheets, handed_in.name, company.tables, known)
    except RefusedInputError as error:
        return Study(sheets, (), str(error).removeprefix(f"{handed_in.name}: "))
    return Study(sheets, found)


def process_names(company: Company) -> list[str]:
    """Return the processes of the records by id."""
    return [process.id for process in processes(company.records)]


def headers(sheet: SheetLook, row: int) -> dict[str, str]:
    """Return the letter of each column that has a header in a row, and the header."""
    held = sheet.cells
    cells = held[row - 1] if 0 < row <= len(held) else []
    return {letter: text for letter, text in zip(sheet.letters, cells, strict=False) if text}


def likely_header_row(sheet: SheetLook) -> int:
    """Return the first row that has as many texts as the widest of the first rows, almost."""
    counts = [sum(1 for text in row if text) for row in sheet.cells[:30]]
    widest = max(counts, default=0)
    return next((at for at, n in enumerate(counts, start=1) if n >= 0.8 * widest), 1)


def same_names(table: Table, theirs: Sequence[str]) -> dict[str, str]:
    """Return our column for each header that is its name but for case, blanks and signs."""
    ours = {_bare(column.name): column.name for column in table.columns}
    return {header: ours[_bare(header)] for header in theirs if _bare(header) in ours}


def _bare(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def still_needed(table: Table, reading: Reading) -> list[Column]:
    """Return the columns every row needs that neither a header nor a constant fills."""
    filled = {*reading.columns, *reading.constants}
    return [
        column
        for column in table.columns
        if column.required and column.default is None and column.name not in filled
    ]


def reading_of(mapping: Definition, sheet: SheetLook) -> Reading:
    """Return what a mapping says of the things a person may correct on the page."""
    dates = next((key for key, forms in DATES.items() if mapping.dates == forms), "")
    signs = (mapping.decimal, mapping.thousands)
    numbers = next((key for key, known in NUMBERS.items() if known == signs), "1250.50")
    return Reading(
        mapping.table,
        mapping.sheet,
        mapping.header_row or likely_header_row(sheet),
        mapping.columns,
        {name: str(value) for name, value in mapping.constants.items()},
        dates,
        numbers,
        mapping.encoding,
        mapping.separator,
    )


def mapping_of(
    company: Company, reading: Reading, name: str, files: str, before: Definition | None = None
) -> Definition:
    """Return the mapping a reading makes; what it does not speak of stays as it was `before`.

    Raises UsageError with everything that is wrong with it.
    """
    start = before or Definition(name=name, table=reading.table)
    said: dict[str, object] = {
        "name": name,
        **({"files": (files,)} if files else {}),
        "sheet": reading.sheet,
        "columns": dict(reading.columns),
        "constants": dict(reading.constants),
        "encoding": reading.encoding,
        "separator": reading.separator,
    }
    if start.block is None:
        said["header_row"] = reading.header_row
    if reading.dates in DATES:
        said["dates"] = DATES[reading.dates]
    said["decimal"], said["thousands"] = NUMBERS[reading.numbers]
    mapping = Definition.model_validate(start.model_dump(mode="python") | said)
    return checked(company, mapping)


def checked(company: Company, mapping: Definition) -> Definition:
    """Return the mapping; raises UsageError with everything that is wrong with it."""
    findings = list(mapping_findings(mapping, company.tables))
    if findings:
        told = " ".join(f"{key}: {message}" for key, message in findings)
        raise UsageError(f"The file cannot be read like this yet. {told}")
    return mapping


def suggested(file: str, sheet: str | None = None) -> tuple[str, str]:
    """Return a name for a source that sends files called like this, and the pattern of them."""
    return mapping_name(file, sheet, is_only=True), file_pattern(file)


def remember(company: Company, mapping: Definition, *, actor: Actor, at: datetime) -> Path:
    """Write a mapping into the sources of the workspace and return the file it stands in.

    It takes the quality manager, or the owner of the one process whose rows it brings. Who taught
    it stands in the audit log. Raises NotAllowedError, UsageError, DefinitionError.
    """
    known = company.mappings.get(mapping.name)
    said = (_said(known) if known else None, _said(mapping))
    with noting_mapping(company.records, actor, mapping.name, said, at):
        return write_mapping(company.workspace.root / "sources", checked(company, mapping))


def _said(mapping: Definition) -> dict[str, object]:
    said: dict[str, object] = mapping.model_dump(mode="json", exclude_defaults=True)
    return said


def renamed(
    mapping: Definition, name: str, files: str, cadence: Cadence | None = None
) -> Definition:
    """Return a proposed mapping under the name, for the files and as often as a person says."""
    said = {"name": name, "files": (files,) if files else (), "cadence": cadence}
    return mapping.model_copy(update=said)


__all__ = [
    "DATES",
    "NUMBERS",
    "Reading",
    "Study",
    "headers",
    "mapping_of",
    "reading_of",
    "remember",
    "renamed",
    "same_names",
    "still_needed",
    "study",
    "suggested",
]
