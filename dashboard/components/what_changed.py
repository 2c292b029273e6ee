"""What changed between two periods: one sentence, a chart, a table, and the way into each part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard import session
from dashboard.charts.contributions import contributions
from dashboard.company import what_changed as answers
from dashboard.company.figures import MetricView
from dashboard.company.what_changed import Compared, WhatChanged
from dashboard.components import choices, links, page
from dashboard.components.page import plain
from dashboard.components.words import title, word
from data.errors import Clause9Error
from metrics.change_words import digits_of, name_of
from metrics.decompose import refusal
from metrics.periods import Period

LINKED = 6
"""Parts that can be opened from below the chart; the filters above reach all of them."""


def show_what_changed(view: MetricView, dimensions: Sequence[str]) -> None:
    """Show what changed, by one of the dimensions the view is not narrowed to."""
    if not dimensions:
        return
    if words := refusal(view.metric):
        page.section("What changed")
        st.markdown(plain(words))
        return
    closed = session.answer(answers.closed_periods, view.metric.name, view.spec.grain, view.slice)
    if len(closed) < 2:
        return
    is_amount = view.metric.is_additive
    page.section(
        "What changed",
        "what each part added" if is_amount else "each part's own rate, and its share of the whole",
    )
    dimension, compared = _asked(view, dimensions, closed)
    try:
        told = session.answer(
            answers.what_changed, view.metric.name, dimension, view.slice, compared
        )
    except Clause9Error as error:
        st.markdown(plain(str(error)))
        return
    _told(view, told)


def _asked(
    view: MetricView, dimensions: Sequence[str], closed: Sequence[Period]
) -> tuple[str, Compared]:
    labels = {each.start.isoformat(): each.label for each in reversed(closed)}
    starts, key = list(labels), f"metric.{view.key}"
    with st.container(horizontal=True, gap="small", key="metric.lines.changed"):
        dimension = choices.pick(
            key, "by", list(dimensions),
            label="Shared out by", width=150, words=lambda name: f"by {word(name)}",
            usual=dimensions[0],
        )  # fmt: skip
        after = choices.pick(
            key, "to", starts[:-1], label="Period to explain", width=190,
            words=labels.__getitem__, usual=starts[0], forgets=("from",),
        )  # fmt: skip
        earlier = starts[starts.index(after) + 1 :]
        before = choices.pick(
            key, "from", earlier, label="Period to compare with", width=190,
            words=lambda start: f"against {labels[start]}", usual=earlier[0],
        )  # fmt: skip
    days = (date.fromisoformat(before), date.fromisoformat(after))
    return dimension, Compared(view.spec.grain, *days)


def _told(view: MetricView, told: WhatChanged) -> None:
    st.markdown(f"**{plain(told.sentence)}**")
    change, digits = told.change, digits_of(view.metric, told.change)
    chart = contributions(change, page.ink(), digits=digits)
    st.altair_chart(chart, theme=None, alt=told.sentence)
    with st.container(horizontal=True, gap="small", key="metric.lines.parts"):
        for each in change.contributions[:LINKED]:
            if each.kind is not None and each.total:
                links.link(
                    "metric", f"{plain(name_of(each.kind))} →", metric=view.metric.name,
                    **{**view.slice, change.dimension: each.kind},
                )  # fmt: skip
    with st.expander("As a table"):
        _table(told, digits)


def _table(told: WhatChanged, digits: int) -> None:
    change = told.change
    value = st.column_config.NumberColumn
    shown, added = f"%.{digits}f", f"%+.{digits}f"
    rows = [
        {
            "part": name_of(each.kind),
            "before": None if each.before.rate is None else float(each.before.rate),
            "after": None if each.after.rate is None else float(each.after.rate),
            "share_before": 100 * float(each.before.share),
            "share_after": 100 * float(each.after.share),
            "rate": float(each.rate),
            "mix": float(each.mix),
            "unweighted": float(each.unweighted),
            "total": float(each.total),
        }
        for each in change.contributions
    ]
    ratio_only = {"share_before": f"Share, {change.before.label}",
                  "share_after": f"Share, {change.after.label}"}  # fmt: skip
    ways = {"rate": "By its rate", "mix": "By its share", "unweighted": "Without a denominator"}
    used = {name: label for name, label in ways.items() if any(row[name] for row in rows)}
    st.dataframe(
        rows,
        hide_index=True,
        placeholder="–",
        column_order=[
            "part", "before", "after", *(ratio_only if change.is_ratio else ()), *used, "total"
        ],
        column_config={
            "part": st.column_config.TextColumn(title(change.dimension)),
            "before": value(change.before.label, format=shown),
            "after": value(change.after.label, format=shown),
            **{name: value(label, format="%.1f %%") for name, label in ratio_only.items()},
            **{name: value(label, format=added) for name, label in used.items()},
            "total": value("Added in all", format=added),
        },
        alt=f"What each {word(change.dimension)} added to the change",
    )  # fmt: skip
