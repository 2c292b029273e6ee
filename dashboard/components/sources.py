"""Opening a figure of a review: its arithmetic, its rows, and the files they came in."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from dashboard import session
from dashboard.company import packs
from dashboard.components import links, page
from dashboard.components.page import plain
from dashboard.components.words import NOTHING, count, number, part_words, whole
from metrics.model import Formula
from metrics.readings import Reading
from metrics.review.model import Figure
from metrics.review.sources import Source, SourceSide, Which


def value_button(figure: Figure, key: str) -> None:
    """Place the figure's value as a button that opens it."""
    pressed = st.button(
        f"**{number(figure.value, figure.decimals)}{' %' * figure.unit.startswith('%')}**",
        help="Open the numbers: rows, files, definition",
        width="stretch",
        disabled=figure.value is None,
        key=f"review.open.{key}",
    )
    if pressed:
        _open(figure)


def open_button(figure: Figure, key: str) -> None:
    """Place a quiet button that opens the figure shown above it."""
    if figure.value is not None and st.button(
        "Open the numbers →", type="tertiary", key=f"review.open_large.{key}"
    ):
        _open(figure)


def _open(figure: Figure) -> None:
    title = plain(f"{figure.title}, {part_words(figure.slice)}" if figure.slice else figure.title)
    st.dialog(title, width="large")(_opened)(figure)


def _opened(figure: Figure) -> None:
    """Show what stands behind the number; the same as in the exported page and the pack."""
    sources = {each.which: each for each in session.answer(packs.figure_sources, figure)}
    readings = _readings(figure)
    which: Which = (
        st.segmented_control(
            "Which number",
            [each for each in readings if each in sources],
            default="whole",
            required=True,
            format_func=lambda each: readings[each].period.label,
            label_visibility="collapsed",
            key=f"review.which.{figure.id}",
        )
        or "whole"
    )
    if which not in sources:
        st.markdown("No value is known here, so there are no rows behind it.")
        return
    _sum(figure, readings[which], sources[which])
    for side in sources[which].sides:
        _side(side, figure, readings[which])
    _definition(figure)


def _readings(figure: Figure) -> dict[Which, Reading]:
    found: dict[Which, Reading] = {"whole": figure.whole, "latest": figure.latest}
    return found | ({"previous": figure.previous} if figure.previous else {})


def _sum(figure: Figure, reading: Reading, source: Source) -> None:
    value = f"**{number(reading.value, figure.decimals)}** {plain(figure.unit)}"
    metric = session.company().catalogue.metrics[figure.metric]
    if isinstance(metric.measure, Formula):
        value += f" = `{metric.measure.expression}`"
    elif len(source.sides) == 2:
        per = metric.per
        times = f"{whole(per)} × " if per != 1 else ""
        value += f" = {times}{whole(reading.numerator)} ÷ {whole(reading.denominator)}"
    days = f"{page.day(reading.period.start)} to {page.day(reading.period.end)}"
    remark = f"{days}; {reading.remark}" if reading.remark else days
    st.markdown(value)
    st.caption(plain(remark))


def _side(side: SourceSide, figure: Figure, reading: Reading) -> None:
    table = session.company().tables[side.table]
    extent = (
        f"{side.shown:,} of {count(side.total, 'row')}"
        if side.shown < side.total
        else count(side.total, "row")
    )
    st.markdown(
        f"**{plain(side.title)}: {whole(side.amount)}** &ensp;"
        f":small[:gray[{extent} of {plain(table.title)}]]"
    )
    if side.kept_by is not None:
        st.markdown(plain(f"{side.extent[0].upper()}{side.extent[1:]}."))
        return
    if not side.rows:
        st.markdown("No row counts here.")
        return
    files = {each.batch: each for each in side.files}
    rows = [
        {
            "File": files[row.batch].file_name if row.batch in files else NOTHING,
            **({"Sheet": row.sheet} if row.sheet else {}),
            "Row": row.row,
            **dict(zip((name.replace("_", " ") for name in side.columns), row.cells, strict=True)),
        }
        for row in side.rows
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=min(38 + 35 * len(rows), 250),
        alt=f"Rows behind the {side.title.lower()}, with file and row number",
    )
    _files(side)
    st.link_button(
        f"{table.title} dated in these days, as CSV",
        _csv(side, figure, reading),
        type="tertiary",
    )


def _files(side: SourceSide) -> None:
    told = [
        {
            "File": each.file_name,
            "Rows": each.rows,
            "SHA-256": each.sha256,
            "Brought by": each.actor,
            "Received": page.day(each.received_at),
        }
        for each in side.files
    ]
    st.dataframe(
        told,
        hide_index=True,
        height=min(38 + 35 * len(told), 145),
        alt="The files these rows came in",
        column_config={"SHA-256": st.column_config.TextColumn(width=440)},
    )


def _csv(side: SourceSide, figure: Figure, reading: Reading) -> str:
    dimensions = session.company().tables[side.table].dimensions
    asked = {
        "table": side.table,
        "first": reading.counted[0].start.isoformat(),
        "last": reading.counted[-1].end.isoformat(),
        **{name: value for name, value in figure.slice.items() if name in dimensions},
    }
    return f"/exports/records.csv?{urlencode(asked)}"


def _definition(figure: Figure) -> None:
    metric = session.company().catalogue.metrics[figure.metric]
    told = [f"**{plain(metric.title)}**: {plain(metric.why)}"]
    if isinstance(metric.measure, Formula):
        parts = [f"`{name}`: {plain(p.title)}" for name, p in metric.measure.parts.items()]
        told.append(f"`{metric.measure.expression}`, with {'; '.join(parts)}")
    for side, source in metric.sources.items():
        takes = source.takes
        where = f" where `{source.where}`" if source.where else ""
        told.append(
            f"{side.capitalize()}: {f'`{takes}` of ' if takes else ''}{source.table}{where}"
        )
    told.append(f"Definition `{metric.definition_hash[:12]}` · target {plain(figure.target)}")
    st.markdown("  \n".join(f":small[{line}]" for line in told))
    if st.button("Open the metric with its trend →", type="tertiary", key="review.to_metric"):
        period = figure.latest.period.start.isoformat()
        links.go("metric", metric=figure.metric, period=period, **figure.slice)
