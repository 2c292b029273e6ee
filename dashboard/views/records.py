"""Records: filter the facts, see where each row came from, take them along."""

from __future__ import annotations

from datetime import date

import polars as pl
import streamlit as st

from dashboard import session
from dashboard.charts.breakdown import pareto
from dashboard.company import facts
from dashboard.components import links, page
from dashboard.components.page import plain
from data.tables import Table

PAGE_ROWS = 100
"""Rows on one page."""

MOST_FILTERS = 4
"""Dimensions offered as filters at once; a deep link may name any."""


def show() -> None:
    """Show the rows of one table in force, filtered by the address."""
    tables = session.answer(facts.filled_tables)
    if not tables:
        page.head("Records", "nothing has been published yet")
        st.markdown("Put a file in on the Upload page, or with `clause9 ingest`.")
        return
    table = _table(tables)
    equals, first, last = _filters(table)
    offset = PAGE_ROWS * int(links.asked("page") or 0)
    found = session.answer(facts.browse, table.name, equals, (first, last), (PAGE_ROWS, offset))
    extent = (
        f"{offset + 1:,} to {offset + found.rows.height:,} of {found.total:,}"
        if found.total
        else "no row"
    )
    page.section(table.title, f"{extent} · newest first · rows in force only")
    if not found.total:
        st.markdown("No row fits this choice. Take a filter away.")
        return
    st.dataframe(
        _shown(found.rows, table),
        hide_index=True,
        height=min(38 + 35 * found.rows.height, 620),
        alt=f"{table.title}, {extent}",
    )
    _turn_pages(found.total, offset)
    _where_most(table, equals, (first, last))


def _table(tables: list[Table]) -> Table:
    names = [table.name for table in tables]
    asked = links.asked("table")
    left, right = st.columns([1.4, 1], vertical_alignment="bottom")
    with left:
        page.head("Records", "the facts behind every figure, each with its file and row")
    with right:
        chosen = st.selectbox(
            "Table", names, index=names.index(asked) if asked in names else 0,
            format_func=lambda name: tables[names.index(name)].title,
            label_visibility="collapsed", key="records.table",
        )  # fmt: skip
    if chosen != asked:
        st.query_params.from_dict({"table": chosen})
    return tables[names.index(chosen)]


def _filters(table: Table) -> tuple[dict[str, str | None], date | None, date | None]:
    asked = links.asked_slice(table.dimensions)
    offered = list(dict.fromkeys([*asked, *session.answer(facts.split_dimensions, table.name)]))[
        : max(MOST_FILTERS, len(asked))
    ]
    equals: dict[str, str | None] = {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        for dimension in offered:
            values = session.answer(facts.values_of, table.name, dimension)
            current = asked.get(dimension)
            chosen = st.selectbox(
                dimension.replace("_", " ").capitalize(), values,
                index=values.index(current) if current in values else None,
                placeholder=f"All: {dimension.replace('_', ' ')}", width=190,
                key=f"records.{table.name}.{dimension}",
            )  # fmt: skip
            if chosen is not None:
                equals[dimension] = chosen
        first = st.date_input(
            "From",
            _asked_day("first"),
            format="YYYY-MM-DD",
            width=140,
            key=f"records.{table.name}.first",
        )
        last = st.date_input(
            "To",
            _asked_day("last"),
            format="YYYY-MM-DD",
            width=140,
            key=f"records.{table.name}.last",
        )
    _remember(table, equals, first, last)
    return equals, first, last


def _remember(
    table: Table, equals: dict[str, str | None], first: date | None, last: date | None
) -> None:
    """Keep the choice in the address, so that it can be sent to somebody."""
    days = {"first": first, "last": last}
    wanted = {"table": table.name, **{name: value for name, value in equals.items() if value}}
    wanted |= {name: day.isoformat() for name, day in days.items() if isinstance(day, date)}
    if number := links.asked("page"):
        wanted["page"] = number
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def _asked_day(name: str) -> date | None:
    try:
        return date.fromisoformat(links.asked(name) or "")
    except ValueError:
        return None


def _shown(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    held = [
        c.name
        for c in table.columns
        if c.name in rows.columns and rows[c.name].null_count() < rows.height
    ]
    return rows.select(
        *(pl.col(name) for name in held),
        pl.col("file_name").alias("File"),
        pl.col("_row").alias("Row"),
        pl.col("sha256").str.slice(0, 12).alias("SHA-256"),
        pl.col("_warnings").alias("Warned"),
    )


def _turn_pages(total: int, offset: int) -> None:
    number = offset // PAGE_ROWS
    with st.container(horizontal=True, gap="small"):
        if st.button("Newer rows", disabled=offset == 0, key="records.newer"):
            st.query_params["page"] = str(number - 1)
            st.rerun()
        if st.button("Older rows", disabled=offset + PAGE_ROWS >= total, key="records.older"):
            st.query_params["page"] = str(number + 1)
            st.rerun()


def _where_most(
    table: Table, equals: dict[str, str | None], days: tuple[date | None, date | None]
) -> None:
    for dimension in session.answer(facts.split_dimensions, table.name)[:2]:
        if dimension in equals:
            continue
        ranked = session.answer(facts.summarised, table.name, dimension, equals, days)
        if ranked.kinds.height > 1:
            page.section(f"By {dimension.replace('_', ' ')}", plain(ranked.remark))
            st.altair_chart(pareto(ranked.kinds, page.ink()), theme=None, alt=ranked.remark)
