"""Records: filter the facts, see where each row came from, take them along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from dashboard import session
from dashboard.charts.breakdown import pareto
from dashboard.company import facts
from dashboard.components import choices, links, page
from dashboard.components.fact_rows import show_rows
from dashboard.components.page import plain
from dashboard.components.words import count, title, word
from data.tables import Table

PAGE_ROWS = 100
"""Rows on one page."""

MOST_FILTERS = 4
"""Dimensions offered as filters at once; a deep link may name any."""

RANKED = 2
"""Dimensions whose values are ranked beneath the rows."""

_NARROWING = ("table", "first", "last")
"""Words of the address that choose rows, beside the table's dimensions."""

Days = tuple[date | None, date | None]


def show() -> None:
    """Show the rows of one table in force, filtered by the address."""
    tables = {table.name: table for table in session.answer(facts.filled_tables)}
    if not tables:
        page.head("Records", "nothing has been published yet")
        st.markdown("Put a file in on the Upload page, or with `clause9 ingest`.")
        return
    table = _table(tables)
    choices.told_unknown(("table", "first", "last", "page", *table.dimensions))
    equals, days = _filters(table)
    offset = PAGE_ROWS * choices.page_number()
    found = session.answer(
        facts.browse, table.name, equals, days, (PAGE_ROWS, offset), actor=session.actor()
    )
    if not found.rows.height:
        page.section(table.title, "no row")
        st.markdown("No row fits this choice. Take a filter or a day away.")
        links.link("records", f"Show all {plain(table.title.lower())} →", table=table.name)
        return
    extent = f"{offset + 1:,} to {offset + found.rows.height:,} of {found.total:,}"
    page.section(table.title, f"{extent} · newest first · rows in force only")
    show_rows(found.rows, table, alt=f"{table.title}, {extent}")
    _beneath(table, found.total, offset)
    _where_most(table, equals, days)


def _table(tables: Mapping[str, Table]) -> Table:
    left, right = st.columns([2.8, 1], vertical_alignment="bottom")
    with left:
        page.head("Records", "the facts behind every figure, each with its file and row")
    with right:
        chosen = choices.pick(
            "records", "table", list(tables),
            label="Table", words=lambda name: tables[name].title,
        )  # fmt: skip
    return tables[chosen]


def _filters(table: Table) -> tuple[dict[str, str | None], Days]:
    asked = links.asked_slice(table.dimensions)
    split = session.answer(facts.split_dimensions, table.name)
    offered = list(dict.fromkeys([*asked, *split]))[: max(MOST_FILTERS, len(asked))]
    equals: dict[str, str | None] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for dimension in offered:
            values = session.answer(facts.values_of, table.name, dimension)
            value = asked.get(dimension)
            # A table may hold more values than a list can offer; an address may name any of them.
            if value and session.answer(facts.holds, table.name, dimension, value):
                values = [*values, *({value} - set(values))]
            chosen = choices.narrow(
                f"records.{table.name}", dimension, values,
                label=title(dimension), everything=f"All: {word(dimension)}",
                width=165, words=_said,
            )  # fmt: skip
            if chosen is not None:
                equals[dimension] = chosen
        first = choices.day(f"records.{table.name}", "first", label="From")
        last = choices.day(f"records.{table.name}", "last", label="To")
    return equals, (first, last)


def _said(value: str) -> str:
    """Return a value as the rows say it."""
    return {"true": "yes", "false": "no"}.get(value, value)


def _beneath(table: Table, total: int, offset: int) -> None:
    """Place what turns the pages, and what takes all chosen rows along."""
    number = offset // PAGE_ROWS
    asked = {name: value for name, value in st.query_params.items() if name in _NARROWING}
    asked |= links.asked_slice(table.dimensions)
    with st.container(horizontal=True, gap="small"):
        if st.button("Newer rows", disabled=offset == 0, key="records.newer"):
            st.query_params["page"] = str(number - 1)
            st.rerun()
        if st.button("Older rows", disabled=offset + PAGE_ROWS >= total, key="records.older"):
            st.query_params["page"] = str(number + 1)
            st.rerun()
        st.link_button(
            f"Export {count(total, 'row')} as CSV", f"/exports/records.csv?{urlencode(asked)}"
        )


def _where_most(table: Table, equals: dict[str, str | None], days: Days) -> None:
    split = session.answer(facts.split_dimensions, table.name)
    open_ones = [dimension for dimension in split if dimension not in equals][:RANKED]
    for place, dimension in zip(st.columns(RANKED, gap="large"), open_ones, strict=False):
        parts = session.answer(facts.summarised, table.name, dimension, equals, days)
        if parts.kinds.height > 1:
            with place:
                page.section(f"By {word(dimension)}", plain(parts.remark))
                st.altair_chart(
                    pareto(_in_words(parts.kinds), page.ink()), theme=None, alt=parts.remark
                )


def _in_words(kinds: pl.DataFrame) -> pl.DataFrame:
    return kinds.with_columns(pl.col("kind").map_elements(_said, return_dtype=pl.String))
