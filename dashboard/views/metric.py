"""Metric: one metric's trend, what it splits into, and the rows behind every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
import streamlit as st

from dashboard import session
from dashboard.charts.breakdown import MOST_DOTS, compared, pareto, small_multiples
from dashboard.company import (
    breakdowns,
    definition_history,
    due,
    engines,
    events,
    figures,
    origins,
    people,
)
from dashboard.company.breakdowns import Parts
from dashboard.company.figures import MetricView
from dashboard.components import choices, links, page
from dashboard.components.definition_changes import show_history, show_pending
from dashboard.components.metric_cycles import show_cycles
from dashboard.components.metric_tables import (
    show_definition,
    show_events,
    show_points,
    show_signals,
)
from dashboard.components.numbers import open_numbers
from dashboard.components.page import plain
from dashboard.components.phase_form import show_phases
from dashboard.components.scorecard import badge
from dashboard.components.target_form import offer_target
from dashboard.components.trend_chart import show_trend
from dashboard.components.what_changed import show_what_changed
from dashboard.components.words import number, part_words, title, word
from data.errors import NotFoundError, SourceError
from metrics.model import Metric
from metrics.periods import Grain, period_of
from metrics.stretches import grains_from
from metrics.trend import CHART_WORDS

PANELS = 6
"""Values of a dimension drawn as charts of their own; more are ranked against each other."""


def show() -> None:
    """Show the metric the address names, whole or for one part."""
    catalogue = session.company().catalogue.metrics
    if not catalogue:
        page.head("Metric", "none is defined yet")
        st.markdown(
            "Put definitions into the folder `metrics/` of the workspace; "
            "`docs/reference/metrics.md` shows how."
        )
        return
    told, chosen = st.columns([1.15, 1], vertical_alignment="bottom", gap="small")
    with chosen:
        metric, part, per = _chosen(catalogue)
    view = session.answer(figures.metric_view, metric.name, part, per=per)
    with told:
        _title(view)
    choices.told_unknown(("metric", "per", "period", "by", "from", "to", "show", *metric.by))
    for sentence in session.answer(engines.stale, metric.name):
        st.warning(plain(sentence), icon="⚠️")
    if view.changed is not None:
        show_pending(view.changed)
    show_trend(view)
    show_cycles(view)
    further = (name for name in metric.by if name not in part)
    rest = [name for name in further if metric.has_values_by({*part, name})]
    show_what_changed(view, rest)
    _breakdowns(view, rest)
    _tabs(view)


def _tabs(view: MetricView) -> None:
    numbers, table, stretches, definition = st.tabs(["Numbers", "Table", "Phases", "Definition"])
    with numbers:
        _numbers(view)
    with table:
        show_points(view)
        show_signals(view)
        show_events(session.answer(events.events_of, view.metric.name, view.slice))
    with stretches:
        show_phases(view)
    with definition:
        offer_target(view)
        show_definition(view, session.answer(figures.targets_of, view.metric.name))
        show_history(session.answer(definition_history.history, view.metric.name))


def _chosen(catalogue: Mapping[str, Metric]) -> tuple[Metric, dict[str, str], Grain]:
    """Place the choice of metric, part and length of period; return what the address asks for."""
    names = sorted(catalogue, key=lambda name: catalogue[name].title)
    with st.container(
        horizontal=True, horizontal_alignment="right", gap="small", key="metric.filters"
    ):
        metric = catalogue[
            choices.pick(
                "metric", "metric", names,
                label="Metric", width=225, words=lambda name: catalogue[name].title,
            )
        ]  # fmt: skip
        part: dict[str, str] = {}
        for dimension in metric.by:
            if not metric.has_values_by({*part, dimension}):
                continue
            values = session.answer(figures.dimension_values, metric.name, dimension)
            value = choices.narrow(
                f"metric.{metric.name}", dimension, values,
                label=title(dimension), everything=f"All: {word(dimension)}", width=130,
            )  # fmt: skip
            if value is not None:
                part[dimension] = value
        lengths: dict[str, Grain] = {each: each for each in grains_from(metric.period)}
        per = choices.pick(
            f"metric.{metric.name}", "per", list(lengths),
            label="Length of period", width=115, words=lambda each: f"by {each}",
            usual=metric.period, forgets=("period", "from", "to"),
        )  # fmt: skip
    return metric, part, lengths[per]


def _title(view: MetricView) -> None:
    metric, summary = view.metric, view.summary
    titles = session.answer(people.process_titles)
    told = [
        *([plain(part_words(view.slice))] if view.slice else []),
        plain(titles.get(metric.process, metric.process)),
        f"owner {plain(view.owner.name)}" if view.owner else "no owner recorded",
        CHART_WORDS[summary.chart],
        f"figures to {summary.latest_label}" if summary.latest_label else "no figures yet",
    ]
    told += [plain(each.sentence) for each in session.answer(due.due, metric.name, view.slice)]
    page.head(
        metric.title + (f", {', '.join(view.slice.values())}" if view.slice else ""),
        " · ".join(told),
        badge(view),
    )


def _breakdowns(view: MetricView, dimensions: Sequence[str]) -> None:
    """Show a chart for each of few values; rank many values, two rankings beside each other."""
    ranked = []
    for dimension in dimensions:
        values = session.answer(figures.dimension_values, view.metric.name, dimension)
        if len(values) > PANELS or view.metric.measure.kind in {"count", "total"}:
            ranked.append(dimension)
        elif len(values) > 1:
            _panels(view, dimension, values)
    for start in range(0, len(ranked), 2):
        pair = ranked[start : start + 2]
        for place, dimension in zip(st.columns(2, gap="large"), pair, strict=False):
            with place:
                _ranking(view, dimension)


def _ranking(view: MetricView, dimension: str) -> None:
    until = view.summary.latest_period
    parts = session.answer(breakdowns.parts, view.metric.name, dimension, view.slice, until)
    if parts.kinds.is_empty():
        return
    page.section(f"By {word(dimension)}", f"{plain(view.metric.unit)} · {plain(parts.remark)}")
    digits = view.metric.decimals
    if parts.adds_up:
        chart = pareto(parts.kinds, page.ink(), decimals=digits)
    else:
        chart = compared(parts.kinds, page.ink(), decimals=digits, whole=parts.whole)
    st.altair_chart(chart, theme=None, alt=_in_words(parts, dimension, digits))
    if parts.kinds.height > MOST_DOTS:
        with st.expander(f"All {parts.kinds.height} as a table"):
            _all_parts(parts, dimension, digits)


def _in_words(parts: Parts, dimension: str, digits: int) -> str:
    first = [
        f"{row['kind'] or 'not given'} {number(row['now'], digits)}"
        for row in parts.kinds.head(3).iter_rows(named=True)
    ]
    return f"By {word(dimension)}, {parts.remark}: {', '.join(first)}"


def _all_parts(parts: Parts, dimension: str, digits: int) -> None:
    value = f"%.{digits}f"
    st.dataframe(
        parts.kinds.select("kind", "now", "before", "volume"),
        hide_index=True,
        placeholder="–",
        column_config={
            "kind": st.column_config.TextColumn(title(dimension)),
            "now": st.column_config.NumberColumn("Now", format=value),
            "before": st.column_config.NumberColumn("Before", format=value),
            "volume": None if parts.adds_up else st.column_config.TextColumn("Over"),
        },
        alt=f"Every {word(dimension)}, now and before",
    )


def _panels(view: MetricView, dimension: str, values: Sequence[str]) -> None:
    page.section(f"By {word(dimension)}", f"by {view.metric.period}, one scale for all")
    parts = [(view.metric.name, {**view.slice, dimension: value}) for value in values]
    found = session.answer(figures.metric_views, parts)
    points = pl.concat([each.points for each in found.values()])
    specs = {key: each.spec for key, each in found.items()}
    told = {
        key: session.answer(events.events_of, view.metric.name, each.slice)
        for key, each in found.items()
    }
    charts = small_multiples(points, specs, page.ink(), events=told)
    with st.grid(3, min_column_width=260, gap="medium"):
        for key, chart in charts.items():
            with st.container(gap="xsmall"):
                with st.container(
                    horizontal=True,
                    vertical_alignment="center",
                    gap="small",
                    key=f"metric.lines.{key}",
                ):
                    name = plain(found[key].slice[dimension])
                    links.link("metric", f"**{name}**", metric=view.metric.name, **found[key].slice)
                    st.markdown(badge(found[key]), width="content")
                st.altair_chart(chart, theme=None, alt=found[key].summary.headline)


def _numbers(view: MetricView) -> None:
    known = view.series.filter(pl.col("value").is_not_null())
    if known.is_empty():
        st.markdown("No period has a value yet.")
        return
    grain = view.spec.grain
    calendar = session.company().catalogue.calendar_of(view.metric)
    starts: list[date] = known["period"].reverse().to_list()
    labels = {start.isoformat(): period_of(start, grain, calendar).label for start in starts}
    start = _asked_period(view, labels)
    if start is None:
        return
    period = period_of(start, grain, calendar)
    try:
        opened = session.answer(
            origins.open_number, view.metric.name, period, view.slice, actor=session.actor()
        )
    except SourceError as error:
        st.warning(plain(str(error)), icon="⚠️")
        return
    parts = session.answer(
        figures.values_of_parts, view.metric.name, view.slice, period.start, grain
    )
    open_numbers(view, period, opened, parts)


def _asked_period(view: MetricView, labels: Mapping[str, str]) -> date | None:
    """Return the start of the period to open: the one asked for, or the last that is closed."""
    latest = view.summary.latest_period
    usual = latest.isoformat() if latest else next(iter(labels))
    try:
        chosen = choices.pick(
            f"metric.{view.key}", "period", list(labels),
            label="Period with a value", width=220, words=labels.__getitem__, usual=usual,
        )  # fmt: skip
    except NotFoundError as error:
        st.warning(plain(str(error)), icon="⚠️")
        known = [labels[start] for start in (list(labels)[-1], next(iter(labels)))]
        st.markdown(f"There are values from {known[0]} to {known[1]}.")
        links.link(
            "metric", f"Open {labels[usual]} →",
            metric=view.metric.name, period=usual, **view.slice,
        )  # fmt: skip
        return None
    return date.fromisoformat(chosen)
