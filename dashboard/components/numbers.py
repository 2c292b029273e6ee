"""Open the numbers: what a value is made of, down to the file and the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard.company.figures import MetricView
from dashboard.company.origins import Origin, shown_columns
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.words import count, number, part_words, whole
from metrics.periods import Period


def open_numbers(view: MetricView, period: Period, origins: Sequence[Origin]) -> None:
    """Show one value of a metric: definition, sums, then the rows with file and row number."""
    cell = view.points.filter(pl.col("period") == period.start)
    row = cell.row(0, named=True) if cell.height else {}
    facts, source = st.columns([1, 1.5], gap="large")
    with facts:
        st.table(_sums(view, period, row), border="horizontal", hide_header=True)
    with source:
        st.table(_definition(view, origins), border="horizontal", hide_header=True)
    for origin in origins:
        _rows(view, period, origin)


def _sums(view: MetricView, period: Period, row: Mapping[str, object]) -> dict[str, str]:
    sums = {"Period": period.label, "Part": plain(part_words(view.slice))}
    for side in ("numerator", "denominator"):
        value = row.get(side)
        if isinstance(value, int | float):
            sums[side.capitalize()] = whole(value)
    value, low, high = row.get("value"), row.get("lcl"), row.get("ucl")
    sums["Value"] = f"{number(_real(value), view.metric.decimals)} {plain(view.metric.unit)}"
    if isinstance(low, float) and isinstance(high, float):
        digits = view.metric.decimals
        sums["Limits"] = (
            f"{number(low, digits)} to {number(high, digits)}, {row.get('limits_kind')}"
        )
    sums["Status"] = str(row.get("status", "missing")).replace("_", " ")
    return sums


def _definition(view: MetricView, origins: Sequence[Origin]) -> dict[str, str]:
    metric = view.metric
    told = {
        "Definition": f"`{metric.name}` · `{metric.definition_hash[:8]}`",
        "Why": plain(metric.why),
    }
    for side, source in metric.sources.items():
        rule = f" where `{source.where}`" if source.where else ""
        takes = source.sum or source.value
        told[f"The {side}"] = f"{f'`{takes}` of ' if takes else ''}{source.table}{rule}"
    for origin in origins:
        for file in origin.files.head(4).iter_rows(named=True):
            told.setdefault(
                f"File {file['file_name']}",
                f"SHA-256 `{file['sha256'][:12]}…` · {page.day(file['received_at'])} · {plain(file['actor'])}",
            )
    return {plain(key): value for key, value in told.items()}


def _rows(view: MetricView, period: Period, origin: Origin) -> None:
    shown = origin.rows.height
    extent = (
        f"{shown:,} of {origin.total:,} rows"
        if shown < origin.total
        else count(origin.total, "row")
    )
    with st.expander(
        f"**{origin.side.capitalize()}**: {extent} of {origin.table.title.lower()}",
        expanded=origin.side == "numerator",
    ):
        if not shown:
            st.markdown("No row counts here.")
            return
        columns = shown_columns(origin)
        frame = origin.rows.select(
            pl.col("file_name").alias("File"),
            pl.col("_row").alias("Row"),
            *(
                [pl.col("_sheet").alias("Sheet")]
                if origin.rows["_sheet"].null_count() < shown
                else []
            ),
            pl.col("_amount").cast(pl.Float64).alias("Counts"),
            *(pl.col(name) for name in columns),
            pl.col("sha256").str.slice(0, 12).alias("SHA-256"),
        )
        st.dataframe(
            frame,
            hide_index=True,
            height=min(38 + 35 * shown, 420),
            alt=f"Rows behind the {origin.side}",
        )
        links.link(
            "records",
            "Open these in Records",
            table=origin.table.name,
            first=period.start.isoformat(),
            last=period.end.isoformat(),
            **{
                name: value for name, value in view.slice.items() if name in origin.table.dimensions
            },
        )


def _real(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
