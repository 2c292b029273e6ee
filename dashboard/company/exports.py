"""What leaves by address: the page and the pack of a review, templates, records as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from dashboard.company import meetings, packs, sealed_packs, templates
from dashboard.company.opened import Company
from dashboard.company.origins import masked
from data.errors import NotFoundError, UsageError, near_miss
from data.records.access import Actor, can, require
from data.tables import Table
from data.warehouse import Reader

PAGE_ROWS = 20_000
"""Rows read at a time, so that a table of any size leaves in little memory."""

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""How a cell begins that a spreadsheet would calculate; the wide signs are the same to Excel."""

NUMBER = r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$"
"""What begins with a sign and yet is nothing but a number."""

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Excel takes a CSV file for UTF-8 only when it begins with this."""


def review_page(company: Company, review: str, *, actor: Actor, at: datetime) -> str:
    """Return the page of a review: of a closed one the sealed page, else as it assembles now."""
    return packs.page_text(company, review, actor=actor, at=at)


def sealed_pack(company: Company, review: str, *, actor: Actor) -> Path:
    """Return the pack of a closed review, whole as it was sealed.

    Raises NotFoundError where there is none, Clause9Error where its bytes are not those sealed.
    """
    require(actor, "read")
    row = meetings.find(company, review)
    if row.state != "closed":
        raise NotFoundError(f"{row.title} is not closed yet, so there is no sealed pack of it.")
    return sealed_packs.sealed_pack(company, row)


def template(company: Company, table: str, *, actor: Actor) -> bytes:
    """Return the Excel template of a table."""
    with TemporaryDirectory(prefix="clause9-template-") as folder:
        path = Path(folder) / "template.xlsx"
        return templates.table_template(company, table, path, actor=actor).read_bytes()


def owner_template(
    company: Company, owner: str, period: str | None, *, actor: Actor
) -> tuple[str, bytes]:
    """Return the template of an owner's figures of a period: its file name, and the workbook."""
    out = templates.handed_out(company, owner, period, actor=actor)
    with TemporaryDirectory(prefix="clause9-template-") as folder:
        path = Path(folder) / "template.xlsx"
        templates.owner_template(company, owner, out.period.label, path, actor=actor)
        return templates.file_name(out), path.read_bytes()


@dataclass(frozen=True)
class Choice:
    """Which rows of a table: inclusive days, and values of its dimensions as text."""

    table: Table
    first: date | None = None
    last: date | None = None
    equals: Mapping[str, str] = field(default_factory=dict)


def chosen(company: Company, asked: Mapping[str, str]) -> Choice:
    """Return what the query of an address asks for: table, first, last, and dimensions.

    Raises NotFoundError for an unknown table, UsageError for anything else that is not understood.
    """
    wanted = dict(asked)
    name = wanted.pop("table", "")
    if name not in company.tables:
        raise NotFoundError(f"There is no table '{name}'.{near_miss(name, company.tables)}")
    table = company.tables[name]
    first, last = (_day(wanted.pop(key, None), key) for key in ("first", "last"))
    unknown = [each for each in wanted if each not in table.dimensions]
    if unknown:
        hint = near_miss(unknown[0], table.dimensions)
        raise UsageError(f"{table.title} are not told apart by '{unknown[0]}'.{hint}")
    return Choice(table, first, last, wanted)


def records_csv(company: Company, choice: Choice, *, actor: Actor) -> Iterator[bytes]:
    """Yield the chosen rows in force as CSV, newest first, each with its file and row.

    Personal columns are masked unless the actor may see them; no cell is a formula.
    """
    require(actor, "read")
    hides = not can(actor, "see_personal_data")
    return _pages(company, choice, hides=hides)


def _pages(company: Company, choice: Choice, *, hides: bool) -> Iterator[bytes]:
    with company.warehouse.read() as reader:
        offset, total = 0, 1
        while offset < total:
            page = reader.browse(
                choice.table.name,
                equals=dict(choice.equals),
                first=choice.first,
                last=choice.last,
                limit=PAGE_ROWS,
                offset=offset,
            )
            rows = masked(page.rows, choice.table) if hides else page.rows
            told = _told(rows, choice.table, reader)
            text = harmless(told).write_csv(include_header=offset == 0)
            yield ((BYTE_ORDER_MARK if offset == 0 else "") + text).encode()
            offset, total = offset + PAGE_ROWS, page.total


def _told(rows: pl.DataFrame, table: Table, reader: Reader) -> pl.DataFrame:
    batches = reader.batches().select(
        pl.col("id").cast(pl.Int64).alias("_batch"), "file_name", "sha256"
    )
    joined = rows.with_columns(pl.col("_batch").cast(pl.Int64)).join(
        batches, on="_batch", how="left", maintain_order="left"
    )
    return joined.select(
        *table.column_names,
        pl.col("file_name").alias("file"),
        pl.col("_sheet").alias("sheet"),
        pl.col("_row").alias("row"),
        pl.col("_warnings").alias("warned"),
        pl.col("sha256"),
    )


def harmless(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with a ' before every text that a spreadsheet would take for a formula."""
    text = pl.col(pl.String)
    is_formula = text.str.contains(FORMULA) & ~text.str.contains(NUMBER)
    return frame.with_columns(pl.when(is_formula).then("'" + text).otherwise(text).name.keep())


def _day(text: str | None, name: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name}={text}: expected a day such as 2026-10-31.") from None
