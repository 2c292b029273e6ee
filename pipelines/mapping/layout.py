"""What a mapping may say of a sheet's layout: blocks, other names of columns, units, periods."""

from __future__ import annotations

from collections import abc

from data.errors import near_miss
from data.tables import Table
from pipelines.mapping.block import block_of
from pipelines.mapping.model import Mapping
from pipelines.mapping.months import is_language
from pipelines.mapping.theirs import needed_headers

Finding = tuple[str, str]
"""Where in the mapping (`columns.severity`), and what is wrong there."""

NUMBERS = {"integer", "decimal", "float"}


def layout_findings(mapping: Mapping) -> abc.Iterator[Finding]:
    """Yield what is wrong with blocks, names of columns and periods, whatever the table."""
    for key, block in (
        ("block", mapping.block),
        *(("lookup", each.block) for each in mapping.lookup),
    ):
        try:
            block_of(block or "A1:A")
        except ValueError as error:
            yield key, str(error)
    if mapping.block is not None and mapping.header_row is not None:
        yield "header_row", "is the first row of `block` already. Take one of the two out."
    yield from _header_findings(mapping)
    if mapping.periods and mapping.periods.language and not is_language(mapping.periods.language):
        yield "periods.language", f"'{mapping.periods.language}' is no language. Write sv or pt_BR."


def unit_findings(mapping: Mapping, table: Table) -> abc.Iterator[Finding]:
    """Yield what is wrong with percents, units and periods, by what the table's columns are."""
    filled = {*mapping.columns, *({mapping.unpivot.value_to} if mapping.unpivot else ())}
    told = [("percent", name) for name in mapping.percent] + [("units", n) for n in mapping.units]
    for section, name in told:
        if name not in table.column_types:
            hint = near_miss(name, table.column_names)
            yield f"{section}.{name}", f"table '{table.name}' has no column '{name}'.{hint}"
        elif name not in filled:
            yield f"{section}.{name}", "has no cells: no column of the file fills it as it is."
        elif table.column(name).type not in NUMBERS:
            yield f"{section}.{name}", "is no column of numbers, so its cells carry no unit."
    for name in mapping.percent:
        if name in mapping.units:
            yield f"units.{name}", "is a percentage already. Take one of the two out."
    if mapping.periods:
        yield from _period_findings(mapping, table)


def _header_findings(mapping: Mapping) -> abc.Iterator[Finding]:
    needed = needed_headers(mapping)
    for section in ("also_called", "optional", "fill_down"):
        for header in getattr(mapping, section):
            if header not in needed:
                hint = near_miss(header, needed)
                yield f"{section}.{header}", f"is a header this mapping does not read.{hint}"
    owner: dict[str, str] = {header: header for header in needed}
    for header, others in mapping.also_called.items():
        for other in others:
            if owner.setdefault(other, header) != header or other == header:
                yield (
                    f"also_called.{header}",
                    f"'{other}' is the column '{owner[other]}' already. One name, one column.",
                )


def _period_findings(mapping: Mapping, table: Table) -> abc.Iterator[Finding]:
    periods = mapping.periods
    if periods is None:
        return
    made = {*mapping.columns, *({mapping.unpivot.name_to} if mapping.unpivot else ())}
    if table.dated_by not in made:
        yield (
            "periods",
            f"date the rows by {table.dated_by}, which no column of the file fills as it is.",
        )
    if periods.kind == "four_weeks" and not periods.first:
        yield "periods.first", "is not said. Write the first day of P01: first = 2026-04-01."
    if periods.kind in {"month", "quarter", "year"} and any(day.day != 1 for day in periods.first):
        yield "periods.first", "is not the first of a month, where the first period begins."
    if periods.kind != "four_weeks" and len(periods.first) > 1:
        yield "periods.first", "is one day: years of this kind all begin alike."
    if isinstance(periods.year, int) and not 1900 <= periods.year <= 2199:
        yield "periods.year", f"{periods.year} is no year of this time."
