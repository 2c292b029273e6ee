"""A metric's trend on a page: its sentence, its chart with the key to it, what limits rest on."""

from __future__ import annotations

from functools import partial
from typing import Literal

import polars as pl
import streamlit as st

from dashboard import session
from dashboard.charts.control import begun, control_chart
from dashboard.charts.marks import OPENED
from dashboard.company import events, figures
from dashboard.company.figures import MetricView
from dashboard.components import choices, page
from dashboard.components.page import NBSP, plain
from metrics.trend import Gaps
from metrics.trend.outlook import outlook
from metrics.trend.wording import unit_of

Window = Literal["18", "36", "all"]

LONG = 60
"""Periods from which a chart shows its last 36 unless asked for more: a point needs its room."""

_KEYS = (
    ("●", "common cause", pl.col("state") == "common"),
    ("●", "too few points to judge", (pl.col("state") == "untested") & pl.col("_is_closed")),
    (":blue[▼▲]", ":blue[improvement]", pl.col("direction") == "improvement"),
    (":orange[▲▼]", ":orange[concern]", pl.col("direction") == "concern"),
    (":violet[▲▼]", ":violet[change]", pl.col("direction") == "change"),
    (":violet[⬍]", ":violet[both at once]", pl.col("direction") == "mixed"),
    ("▽", "watch: too early to say", pl.col("state") == "watch"),
    ("○", "still open, or estimated", pl.col("status").is_in(["partial", "estimated"])),
    ("✛", "left out of the limits", pl.col("ghost")),
    ("╸", "no value", pl.col("value").is_null() & ~pl.col("status").is_in(["not_due", "partial"])),
    ("┄", "target", pl.any_horizontal(pl.col("target_low", "target_high").is_not_null())),
    ("⋯", "limits of the phase before", pl.col("old_cl").is_not_null()),
    ("─", "limits, dashed until firm", pl.col("lcl").is_not_null() | pl.col("ucl").is_not_null()),
)
"""Sign, words, and the points a chart needs for the key to name them."""


def show_trend(view: MetricView) -> None:
    """Show the sentence, the chart of the periods asked for, its key, and what is to be known."""
    st.markdown(f"### {plain(view.summary.headline)}", anchors=False)
    told = session.answer(events.events_of, view.metric.name, view.slice)
    if view.gaps is not None:
        _one_by_one(view.gaps, told)
        page.section(f"By {view.spec.grain}", plain(view.metric.unit))
    above = st.container()
    with st.container(horizontal=True, vertical_alignment="center", key="metric.key"):
        named = st.container()
        points = _window(view)
        with named:
            st.markdown(key_of(points))
    with above:
        _by_period(view, points, told)
    if sentence := outlook(view.summary, view.spec):
        st.markdown(plain(sentence))
    if remarks := _remarks(view):
        st.caption(plain(" ".join(f"{text[0].upper()}{text[1:].rstrip('.')}." for text in remarks)))


def _by_period(view: MetricView, points: pl.DataFrame, told: pl.DataFrame) -> None:
    """Show the chart of the periods; a click on a point opens its numbers."""
    chart = control_chart(points, view.spec, page.ink(), events=told)
    said = view.summary.headline
    if points["value"].count() == 0:
        st.altair_chart(chart, theme=None, alt=said)
        return
    key = f"metric.{view.key}.chart"
    clicked = partial(_open_numbers, key)
    st.altair_chart(chart, theme=None, alt=said, key=key, on_select=clicked, selection_mode=OPENED)


def _open_numbers(key: str) -> None:
    """Put the period of the point that was clicked into the address, and say where it opens."""
    for point in st.session_state[key].selection[OPENED][:1]:
        st.query_params["period"] = point["opens"]
        st.toast(f"{plain(point['label'])}: its numbers are open further down, under Numbers.")


def _one_by_one(found: Gaps, told: pl.DataFrame) -> None:
    """Show how long it took from each rare event to the next, and the gap that still runs."""
    page.section("From each to the next", found.spec.unit)
    chart = control_chart(found.points, found.spec, page.ink(), events=told)
    st.altair_chart(chart, theme=None, alt=found.summary.headline)
    st.markdown(key_of(found.points))


def _window(view: MetricView) -> pl.DataFrame:
    """Place the choice of how far back the chart goes; return the points it shows."""
    points = begun(view.points)
    due = points.filter(pl.col("status") != "not_due").height
    options: list[Window] = ["18", "36", "all"]
    unit = unit_of(view.spec.grain)
    names = {"18": f"last 18 {unit}", "36": f"last 36 {unit}", "all": f"all {due} {unit}"}
    fitting = [each for each in options if each == "all" or int(each) < due]
    if len(fitting) == 1:
        return points
    usual = "36" if due > LONG else "all"
    shown = choices.pick(
        f"metric.{view.key}", "show", fitting, label="Periods shown", width=170,
        words=names.__getitem__, usual=usual,
    )  # fmt: skip
    return points if shown == "all" else points.tail(int(shown) + points.height - due)


def key_of(points: pl.DataFrame) -> str:
    """Return the key to a chart of these points: what is on it and nothing else."""
    is_closed = (pl.col("status") == "ok") & ~pl.col("ghost")
    found = (
        points.with_columns(_is_closed=is_closed)
        .select(
            pl.any_horizontal(is_there.fill_null(value=False).any()).alias(words)
            for _, words, is_there in _KEYS
        )
        .row(0, named=True)
    )
    # Each pair is held together: on a phone the key takes several lines.
    shown = [f"{sign} {words}".replace(" ", NBSP) for sign, words, _ in _KEYS if found[words]]
    return f":small[{'&emsp; '.join(shown)}]"


def _remarks(view: MetricView) -> list[str]:
    clickable = "click a point to open its numbers" if view.summary.n else ""
    said = (_lacking(view), view.summary.reason, view.summary.season, view.summary.note, clickable)
    remarks = [text for text in said if text]
    if not figures.judges(view.metric, view.spec.grain):
        remarks.append(f"targets are for one {view.metric.period} and not shown")
    return remarks


def _lacking(view: MetricView) -> str:
    """Return what the last closed period is without, where something is: a part, a site."""
    closed = view.series.filter(~pl.col("status").is_in(["not_due"]))
    if closed.is_empty():
        return ""
    row = closed.sort("period").row(-1, named=True)
    return f"{row['label']}: {row['remark']}" if row["remark"] else ""
