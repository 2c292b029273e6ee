"""Looking at facts: pages of rows in force with their files, and what they count by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.company.breakdowns import Parts
from dashboard.company.opened import Company
from dashboard.company.origins import told_to
from data.records.access import Actor
from data.tables import Table

MOST_VALUES = 200
"""Values of a dimension offered for choosing; more than these are reached by a deep link."""

MOST_RANKED = 10_000
"""Values a ranking adds up; the running share is of all of them, however few are drawn."""


@dataclass(frozen=True)
class RecordPage:
    """Some rows of a table, each with file_name and sha256, and how many there are in all."""

    rows: pl.DataFrame
    total: int


def filled_tables(company: Company) -> list[Table]:
    """Return the tables that hold rows, in the order of their titles."""
    with company.warehouse.read() as reader:
        filled = set(reader.coverage()["table_name"])
    found = [table for name, table in company.tables.items() if name in filled]
    return sorted(found, key=lambda table: table.title)


def browse(
    company: Company,
    table: str,
    equals: Mapping[str, str | None],
    days: tuple[date | None, date | None],
    page: tuple[int, int],
    *,
    actor: Actor,
) -> RecordPage:
    """Return a page of rows in force, newest first; `page` is (rows, offset).

    Personal values are hidden from an actor who may not see those of the chosen process.
    """
    limit, offset = page
    with company.warehouse.read() as reader:
        found = reader.browse(
            table, equals=equals, first=days[0], last=days[1], limit=limit, offset=offset
        )
        batches = reader.batches().select(
            pl.col("id").cast(pl.Int64).alias("_batch"), "file_name", "sha256"
        )
    seen = told_to(company, actor, found.rows, company.tables[table], equals.get("process"))
    rows = seen.with_columns(pl.col("_batch").cast(pl.Int64))
    return RecordPage(
        rows.join(batches, on="_batch", how="left", maintain_order="left"), found.total
    )


def values_of(company: Company, table: str, dimension: str) -> list[str]:
    """Return the values a dimension has, in order."""
    with company.warehouse.read() as reader:
        found = reader.summarise(table, dimension, limit=MOST_VALUES)
    return sorted(value for value in found["value"] if value is not None)


def holds(company: Company, table: str, dimension: str, value: str) -> bool:
    """Say whether any row in force has this value."""
    with company.warehouse.read() as reader:
        return reader.browse(table, equals={dimension: value}, limit=1).total > 0


def split_dimensions(company: Company, table: str) -> list[str]:
    """Return the dimensions that tell rows of a table apart, the coarsest first."""
    with company.warehouse.read() as reader:
        heights = {
            name: reader.summarise(table, name, limit=MOST_VALUES).height
            for name in company.tables[table].dimensions
        }
    useful = [name for name, height in heights.items() if height > 1]
    return sorted(useful, key=lambda name: heights[name])


def summarised(
    company: Company,
    table: str,
    dimension: str,
    equals: Mapping[str, str | None],
    days: tuple[date | None, date | None],
) -> Parts:
    """Return how much each value of a dimension counts among the chosen rows."""
    with company.warehouse.read() as reader:
        found = reader.summarise(
            table, dimension, equals=equals, first=days[0], last=days[1], limit=MOST_RANKED
        )
    kinds = found.select(
        pl.col("value").alias("kind"),
        pl.col("quantity").cast(pl.Float64).alias("now"),
        pl.lit(None, dtype=pl.Float64).alias("before"),
    )
    return Parts(kinds, None, adds_up=True, remark="of the chosen rows, with running share")


def sites(company: Company) -> list[str]:
    """Return the sites any fact names, in order."""
    with company.warehouse.read() as reader:
        found = {
            value
            for table in filled_tables(company)
            if "site" in table.dimensions
            for value in reader.summarise(table.name, "site", limit=MOST_VALUES)["value"]
        }
    return sorted(value for value in found if value is not None)
