"""Open the numbers: what a value is made of, down to the file and the row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from dashboard.company.figures import MetricView
from dashboard.company.origins import Origin
from dashboard.components import links, page
from dashboard.components.fact_rows import same_everywhere, show_rows
from dashboard.components.page import plain
from dashboard.components.words import count, number, part_words, whole, word
from metrics.meaning import made_of
from metrics.model import Elapsed, Formula, Percentile, Reported, Stock
from metrics.periods import Period

SHOWN_FILES = 4
"""Files named beside a value; the rows name all of them."""


def open_numbers(
    view: MetricView, period: Period, origins: Sequence[Origin], parts: Mapping[str, float | None]
) -> None:
    """Show one value of a metric: definition, sums, then the rows with file and row number.

    `parts` are the values that a formula is worked out from, by name.
    """
    cell = view.points.filter(pl.col("period") == period.start)
    row = cell.row(0, named=True) if cell.height else {}
    facts, source = st.columns([1, 1.5], gap="large")
    shown = [origin for origin in origins if not _is_absent(origin)]
    with facts:
        st.table(_sums(view, period, row, parts), border="horizontal", hide_header=True)
    with source:
        st.table(_definition(view, shown), border="horizontal", hide_header=True)
    for origin in shown:
        _rows(view, period, origin)


def _is_absent(origin: Origin) -> bool:
    """Whether it is the denominator of a figure that was handed in as a bare value."""
    is_reported = isinstance(origin.metric.measure, Reported)
    return is_reported and origin.side == "denominator" and not origin.total


def _sums(
    view: MetricView, period: Period, row: Mapping[str, object], parts: Mapping[str, float | None]
) -> dict[str, str]:
    sums = {"Period": period.label, "Part": plain(part_words(view.slice))}
    for name, heading in made_of(view.metric).items():
        value = row.get(name)
        if isinstance(value, int | float):
            sums[heading] = whole(value)
    if isinstance(view.metric.measure, Formula):
        for name, part in view.metric.measure.parts.items():
            sums[plain(part.title)] = f"{number(parts.get(name), part.decimals)} {plain(part.unit)}"
    value, low, high = row.get("value"), row.get("lcl"), row.get("ucl")
    digits = view.metric.decimals
    sums["Value"] = f"{number(_real(value), digits)} {plain(view.metric.unit)}"
    if isinstance(low, float) and isinstance(high, float):
        limits = f"{number(low, digits)} to {number(high, digits)}"
        sums["Limits"] = f"{limits}, {row.get('limits_kind')}"
    status = str(row.get("status", "missing")).replace("_", " ")
    remarks = view.series.filter(pl.col("period") == period.start)["remark"].drop_nulls()
    sums["Status"] = plain("; ".join(said for said in (status, *remarks) if said))
    return sums


def _definition(view: MetricView, origins: Sequence[Origin]) -> dict[str, str]:
    metric = view.metric
    told = {
        "Definition": f"`{metric.name}` · `{metric.definition_hash[:8]}`",
        "Why": plain(metric.why),
    }
    if isinstance(metric.measure, Formula):
        told["Formula"] = f"`{metric.measure.expression}`"
        for name, part in metric.measure.parts.items():
            told[f"`{name}`"] = f"{plain(part.title)}, {plain(part.unit)}"
    if isinstance(metric.measure, Reported):
        told["Handed in as"] = f"`{metric.measure.metric}`"
    sides = {} if isinstance(metric.measure, Reported) else metric.sources
    for side, source in sides.items():
        rule = f" where `{source.where}`" if source.where else ""
        takes = source.takes
        told[f"The {side}"] = (
            f"{f'`{takes}` of ' if takes else ''}{plain(word(source.table))}{rule}"
        )
    files = pl.concat([o.files for o in origins]).unique("sha256", maintain_order=True)
    for file in files.head(SHOWN_FILES).iter_rows(named=True):
        sent = f"{page.day(file['received_at'])} · {plain(file['actor'])}"
        told[f"File {plain(file['file_name'])}"] = f"SHA-256 `{file['sha256'][:12]}…` · {sent}"
    if files.height > SHOWN_FILES:
        told["More files"] = f"{files.height - SHOWN_FILES}, named with the rows below"
    return told


def _rows(view: MetricView, period: Period, origin: Origin) -> None:
    shown = origin.rows.height
    extent = (
        f"{shown:,} of {origin.total:,} rows"
        if shown < origin.total
        else count(origin.total, "row")
    )
    title = origin.table.title.lower()
    is_part = origin.metric.name != view.metric.name
    side = _side_of_part(origin) if is_part else origin.side.capitalize()
    with st.expander(
        f"**{side}**: {extent} of {title}", expanded=origin.side == "numerator" and not is_part
    ):
        if origin.remark:
            st.caption(plain(origin.remark))
        if not shown:
            st.markdown("No row counts here.")
            return
        counted = [origin.table.counted_by] if origin.table.counted_by else []
        same = same_everywhere(origin.rows, ["process", *counted])
        told_twice = [name for name in counted if _is_amount(origin, name)]
        show_rows(
            origin.rows,
            origin.table,
            alt=f"Rows behind: {side}",
            without=[*same, *told_twice],
            adds=_adds(origin),
        )
        _open_in_records(view, period, origin, _in_every_row(origin, [*same, "_amount"]))


def _side_of_part(origin: Origin) -> str:
    side = f", {origin.side}" if len(origin.metric.sources) > 1 else ""
    return f"{plain(origin.metric.title)}{side}"


def _adds(origin: Origin) -> str:
    """Return the heading of what each row gives; "" where all rows give the same."""
    if same_everywhere(origin.rows, ["_amount"]):
        return ""
    return "Ranked by" if isinstance(origin.metric.measure, Percentile) else "Adds"


def _is_amount(origin: Origin, column: str) -> bool:
    """Whether every row adds just what a column says."""
    amounts = origin.rows["_amount"].cast(pl.Float64)
    return bool((origin.rows[column].cast(pl.Float64) == amounts).all())


def _in_every_row(origin: Origin, names: Sequence[str]) -> str:
    """Return what all rows share in words, so that it needs no column."""
    shared = []
    for name in same_everywhere(origin.rows, names):
        value = origin.rows[name][0]
        if name == "_amount":
            verb = "ranked by" if isinstance(origin.metric.measure, Percentile) else "adds"
            shared.append(f"{verb} {whole(value)}")
        elif name != origin.table.counted_by:
            shared.append(f"{word(name)} {value}")
    return f"In every row: {', '.join(shared)}." if shared else ""


def _open_in_records(view: MetricView, period: Period, origin: Origin, remark: str) -> None:
    if origin.table.engine is not None:
        return  # the page Records shows what was published here
    kept = {name: value for name, value in view.slice.items() if name in origin.table.dimensions}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if _is_by_date_of_table(origin):
            links.link(
                "records",
                f"Open {origin.table.title.lower()} of {period.label} in Records →",
                table=origin.table.name,
                first=period.start.isoformat(),
                last=period.end.isoformat(),
                **kept,
            )
        if remark:
            st.caption(plain(remark))


def _is_by_date_of_table(origin: Origin) -> bool:
    """Whether the rows are those the page Records shows for the period: dated as the table is.

    What is open at its end was raised at any time before.
    """
    if isinstance(origin.metric.measure, Elapsed | Stock):
        return False
    return origin.metric.sources[origin.side].dated_by in {None, origin.table.dated_by}


def _real(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
