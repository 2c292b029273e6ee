"""Metric: one metric's trend, what it splits into, and the rows behind every value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import streamlit as st

from dashboard import session
from dashboard.charts.breakdown import pareto, small_multiples
from dashboard.charts.control import control_chart
from dashboard.company import figures, origins, people
from dashboard.company.figures import MetricView
from dashboard.components import links, page
from dashboard.components.numbers import open_numbers
from dashboard.components.page import plain
from dashboard.components.scorecard import badge
from dashboard.components.words import NOTHING, number
from metrics.model import Metric
from metrics.periods import Period, period_of

KEY = (
    ":small[● common cause &emsp; :blue[▼▲ improvement] &emsp; :orange[▲▼ concern] &emsp; "
    "○ still open, or too early to say &emsp; ┄ target &emsp; light steps: limits, dashed until firm]"
)

PANELS = 6
"""Values of a dimension drawn as charts of their own; more are ranked as bars instead."""


def show() -> None:
    """Show the metric the address names, whole or for one part."""
    metric = _chosen()
    if metric is None:
        return
    part = links.asked_slice(metric.by)
    view = session.answer(figures.metric_view, metric.name, part)
    _title(view)
    st.markdown(f"### {plain(view.summary.headline)}", anchors=False)
    events = session.answer(people.events, metric.name, metric.process)
    chart = control_chart(view.points, view.spec, page.ink(), events=events)
    st.altair_chart(chart, theme=None, alt=view.summary.headline)
    st.markdown(KEY)
    if view.summary.note or view.summary.reason:
        st.caption(
            plain(" ".join(text for text in (view.summary.reason, view.summary.note) if text))
        )
    for dimension in metric.by:
        if dimension not in part:
            _breakdown(view, dimension)
    numbers, table, definition = st.tabs(["Numbers", "Table", "Definition"])
    with numbers:
        _numbers(view)
    with table:
        _table(view)
    with definition:
        _definition(view)


def _chosen() -> Metric | None:
    catalogue = session.company().catalogue.metrics
    if not catalogue:
        page.head("Metric", "none is defined yet")
        st.markdown(
            "Put definitions into the folder `metrics/` of the workspace; `docs/reference/metrics.md` shows how."
        )
        return None
    asked = links.asked("metric")
    names = list(catalogue)
    name = st.selectbox(
        "Metric",
        names,
        index=names.index(asked) if asked is not None and asked in catalogue else 0,
        format_func=lambda each: catalogue[each].title,
        label_visibility="collapsed",
        width=420,
        key="metric.name",
    )
    if name != asked:
        st.query_params.from_dict({"metric": name})
    return catalogue[name]


def _title(view: MetricView) -> None:
    metric, summary = view.metric, view.summary
    titles = session.answer(people.process_titles)
    told = [
        plain(titles.get(metric.process, metric.process)),
        f"owner {plain(view.owner.name)}" if view.owner else "no owner recorded",
        f"{summary.chart} chart",
        f"figures to {summary.latest_label}" if summary.latest_label else "no figures yet",
    ]
    left, right = st.columns([2.2, 1], vertical_alignment="bottom")
    with left:
        page.head(
            metric.title + (f", {', '.join(view.slice.values())}" if view.slice else ""),
            " · ".join(told),
            badge(view),
        )
    with right.container(horizontal=True, horizontal_alignment="right"):
        for dimension in metric.by:
            _choice(metric, dimension, view.slice)


def _choice(metric: Metric, dimension: str, part: Mapping[str, str]) -> None:
    values = session.answer(figures.dimension_values, metric.name, dimension)
    current = part.get(dimension)
    chosen = st.selectbox(
        dimension.capitalize(),
        values,
        index=values.index(current) if current in values else None,
        placeholder=f"All: {dimension.replace('_', ' ')}",
        label_visibility="collapsed",
        width=170,
        key=f"metric.{metric.name}.{dimension}",
    )
    if chosen != current:
        wanted = {"metric": metric.name, **part, dimension: chosen}
        st.query_params.from_dict({name: value for name, value in wanted.items() if value})
        st.rerun()


def _breakdown(view: MetricView, dimension: str) -> None:
    values = session.answer(figures.dimension_values, view.metric.name, dimension)
    if not values:
        return
    word = dimension.replace("_", " ")
    if len(values) <= PANELS and view.metric.measure.kind not in {"count", "total"}:
        page.section(f"By {word}", "one scale for all")
        parts = [(view.metric.name, {**view.slice, dimension: value}) for value in values]
        found = session.answer(figures.metric_views, parts)
        _panels(found, dimension)
        return
    ranked = session.answer(figures.ranked, view.metric.name, dimension, view.slice)
    page.section(f"By {word}", ranked.remark)
    st.altair_chart(pareto(ranked.kinds, page.ink()), theme=None, alt=ranked.remark)


def _panels(found: Mapping[str, MetricView], dimension: str) -> None:
    points = pl.concat([view.points for view in found.values()])
    specs = {key: view.spec for key, view in found.items()}
    charts = small_multiples(points, specs, page.ink())
    with st.grid(3, min_column_width=260, gap="medium"):
        for key, chart in charts.items():
            with st.container(gap="xsmall"):
                st.markdown(f"**{plain(found[key].slice[dimension])}** &ensp;{badge(found[key])}")
                st.altair_chart(chart, theme=None, alt=found[key].summary.headline)


def _numbers(view: MetricView) -> None:
    known = view.series.filter(pl.col("value").is_not_null())
    if known.is_empty():
        st.markdown("No period has a value yet.")
        return
    starts: list[date] = known["period"].reverse().to_list()
    asked = links.asked("period")
    first = next((i for i, start in enumerate(starts) if start.isoformat() == asked), 0)
    grain = view.metric.period
    start = st.selectbox(
        "Period",
        starts,
        index=first,
        format_func=lambda each: period_of(each, grain).label,
        width=220,
        key=f"metric.period.{view.key}",
    )
    period: Period = period_of(start, grain)
    opened = session.answer(origins.open_number, view.metric.name, period, view.slice)
    open_numbers(view, period, opened)


def _table(view: MetricView) -> None:
    digits = view.metric.decimals
    columns = ("value", "lcl", "cl", "ucl", "target")
    shown = view.points.reverse().select(
        pl.col("label").alias("Period"),
        pl.col("numerator").alias("Numerator"),
        pl.col("denominator").alias("Denominator"),
        *(pl.col(name) for name in columns if name in view.points.columns),
        pl.col("status").str.replace_all("_", " ").alias("Status"),
        pl.col("state").str.replace_all("_", " ").alias("Reading"),
    )
    number_column = st.column_config.NumberColumn
    config = {
        "value": number_column(view.metric.unit, format=f"%.{digits}f"),
        "lcl": number_column("Lower limit", format=f"%.{digits}f"),
        "cl": number_column("Centre", format=f"%.{digits}f"),
        "ucl": number_column("Upper limit", format=f"%.{digits}f"),
        "target": st.column_config.TextColumn("Target"),
    }
    st.dataframe(
        shown,
        hide_index=True,
        column_config=config,
        alt=f"{view.metric.title} by period, with limits",
    )


def _definition(view: MetricView) -> None:
    metric, targets = view.metric, view.targets
    facts = {
        "Title": plain(metric.title),
        "Why": plain(metric.why),
        "Unit": plain(metric.unit),
        "Better": metric.better,
        "Feeds": (metric.topic or NOTHING).replace("_", " "),
        "Approved": f"{plain(metric.approved_by or NOTHING)}, {page.day(metric.approved_on)}",
        "To be looked at again": page.day(metric.review_by),
        "Hash": f"`{metric.definition_hash}`",
    }
    st.table(facts, border="horizontal", hide_header=True)
    st.code(metric.canonical_json, language="json", wrap_lines=True)
    if targets:
        rows = [
            {
                "From": each.from_on,
                "Target": f"{each.kind.replace('_', ' ')} {number(each.high if each.high is not None else each.low, metric.decimals)}",
                "Approved by": each.approver,
                "Reason": each.reason,
            }
            for each in targets
        ]
        st.dataframe(rows, hide_index=True, alt="Targets by the day they came into force")
