"""The scorecard every page shares: one row a metric, the same columns in the same order.

A grid where there is room for its columns, a list of cards on a phone, and the same rows as a plain
table for screen readers and paper, which a grid is only a picture to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.charts.sparkline import sparkline
from dashboard.company.figures import MetricView
from dashboard.components import links
from dashboard.components.page import ink, plain
from dashboard.components.words import NOTHING, number, pixels
from metrics.trend.spec import ASSURANCE_WORDS, STATE_WORDS

SHOWN_PERIODS = 24
"""Periods a sparkline shows; limits rest on all there are."""

REDEFINED = "↻"
"""Marks a metric whose definition was edited while its figures are by the one before."""

DEPENDENT = "≈ Points not independent"
"""Said beside state and assurance where neighbouring periods are alike."""

NAMES = 592
"""Pixels that metric, owner and unit share in a grid: a long unit takes room they can spare."""

SPARK_WIDTH = 96
"""Pixels of a sparkline on a card."""

_GLYPHS = {
    "concern": "▲", "improvement": "▼", "mixed": "◆", "change": "◆", "common_cause": "●",
    "too_few_points": "○", "stale": "○", "no_data": "○",
}  # fmt: skip
_ASSURANCE_GLYPHS = {
    "capable": "✓", "hit_or_miss": "~", "not_capable": "✕", "not_predictable": "?",
    "insufficient": "–", "no_target": "–",
}  # fmt: skip
_POOR = {"not_capable", "not_predictable"}
_COLOURS = {"concern": "orange", "improvement": "blue", "mixed": "violet"}

More = Mapping[str, Sequence[str]]
"""Text columns a page adds at the end, one text a metric."""


def variation_word(view: MetricView) -> str:
    """Return what the points say, with a glyph that follows the direction of the change."""
    state = view.summary.state
    glyph = _GLYPHS[state]
    if state in {"concern", "improvement"}:
        glyph = "▲" if view.summary.side > 0 else "▼"
    return f"{glyph} {STATE_WORDS[state]}"


def assurance_word(view: MetricView) -> str:
    """Return whether the process will meet its target, with a glyph."""
    state = view.summary.assurance
    return f"{_ASSURANCE_GLYPHS[state]} {ASSURANCE_WORDS[state]}"


def variation_badge(view: MetricView) -> str:
    """Return the variation as a badge."""
    return f":{_COLOURS.get(view.summary.state, 'gray')}-badge[{variation_word(view)}]"


def badge(view: MetricView) -> str:
    """Return variation and assurance as badges for a page's title, and whether points are alike."""
    colour = "orange" if view.summary.assurance in _POOR else "gray"
    hedge = ", provisional" if view.summary.assurance_is_provisional else ""
    alike = f" :gray-badge[{DEPENDENT}]" if view.summary.is_dependent else ""
    return f"{variation_badge(view)} :{colour}-badge[{assurance_word(view)}{hedge}]{alike}"


def scorecard(
    views: Sequence[MetricView],
    *,
    key: str,
    more: More | None = None,
    without: Sequence[str] = (),
) -> None:
    """Show the scorecard; a click on a row opens its metric.

    `more` adds text columns at the end, `without` names columns that say nothing on this page.
    """
    told = {name: list(texts) for name, texts in (more or {}).items()}
    with st.container(key=f"scorecard.grid.{key}"):
        _grid(views, key, told, without)
    with st.container(key=f"scorecard.cards.{key}", gap=None, border=True):
        for index, view in enumerate(views):
            _card(view, [texts[index] for texts in told.values()])
    if any(view.changed for view in views):
        st.caption(f"{REDEFINED} Definition changed, not recomputed: by the definition before.")
    with st.expander("The same rows as a plain table, for screen readers and print"):
        st.table(_plain_rows(views, told), border="horizontal", hide_index=True)


def _grid(
    views: Sequence[MetricView], key: str, more: More, without: Sequence[str]
) -> None:  # fmt: skip
    inks = ink()
    rows = []
    for index, view in enumerate(views):
        row = _row(view, sparkline(view.points.tail(SHOWN_PERIODS), inks))
        rows.append({**row, **{name: texts[index] for name, texts in more.items()}})
    frame = pl.DataFrame(rows, strict=False, infer_schema_length=None)
    picked = st.dataframe(
        frame.drop(without),
        hide_index=True,
        row_height=36,
        height="content",
        column_config=_columns(rows) | {name: st.column_config.TextColumn(name) for name in more},
        alt="Scorecard: latest value, target, variation and assurance of each metric",
        on_select="rerun",
        selection_mode="single-cell",
        key=key,
    )
    if picked.selection.cells:
        view = views[picked.selection.cells[0][0]]
        links.go("metric", metric=view.metric.name, **view.slice)


def _card(view: MetricView, more: Sequence[str]) -> None:
    row = _row(view, "")
    target = "" if row["Target"] == NOTHING else f" · target {row['Target']}"
    told = [
        f"**{plain(row['Metric'])}**",
        f"{plain(row['Latest'])} {plain(row['Unit'])}{plain(target)}",
        badge(view),
        *(f":small[:gray[{plain(text)}]]" for text in more),
    ]
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        label = "  \n".join(told)
        links.line("metric", label, metric=view.metric.name, **view.slice)
        if trend := sparkline(view.points.tail(SHOWN_PERIODS), ink()):
            st.image(trend, width=SPARK_WIDTH, alt=view.summary.headline)


def _plain_rows(views: Sequence[MetricView], more: More) -> list[dict[str, str]]:
    rows = []
    for index, view in enumerate(views):
        row = _row(view, "")
        rows.append(
            {
                "Metric": plain(row["Metric"]),
                "Latest": plain(f"{row['Latest']} {row['Unit']}"),
                "Target": plain(row["Target"]),
                "Variation": row["Variation"][0],
                "Assurance": plain(row["Assurance"][0]),
                "Figures to": row["Figures to"],
                "Owner": plain(row["Owner"]),
                **{name: plain(texts[index]) for name, texts in more.items()},
            }
        )
    return rows


def _row(view: MetricView, trend: str) -> dict[str, Any]:
    summary = view.summary
    part, mark = ", ".join(view.slice.values()), f" {REDEFINED}" if view.changed else ""
    return {
        "Metric": (f"{view.metric.title}, {part}" if part else view.metric.title) + mark,
        "Owner": view.owner.name if view.owner else NOTHING,
        "Latest": number(summary.latest_value, view.metric.decimals),
        "Unit": view.metric.unit,
        "Target": target_sign(summary.target_text),
        "Trend": trend,
        "Variation": [variation_word(view)],
        "Assurance": [assurance_word(view)],
        "Figures to": _figures_to(view),
    }


def target_sign(words: str) -> str:
    """Return "≤ 4.5" for "at most 4.5", "≥ 96" for "at least 96"."""
    return words.replace("at most", "≤").replace("at least", "≥") or NOTHING


def _figures_to(view: MetricView) -> str:
    """Return the last period with a value, short, and how many after it are late."""
    label = view.summary.latest_label
    if not label:
        return "no data"
    first, _, rest = label.partition(" ")
    short = f"{first[:3]} {rest}" if view.metric.period == "month" else label
    late = len(view.summary.overdue)
    return f"{short}, {late} late" if late else short


def _columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, ColumnConfig]:
    tints, text = _tints(), st.column_config.TextColumn
    variation = {
        f"{glyph} {STATE_WORDS[state]}": tints.get(state, tints["plain"])
        for state in STATE_WORDS
        for glyph in ("▲", "▼", "◆", "●", "○")
    }
    assurance = {
        f"{_ASSURANCE_GLYPHS[state]} {word}": tints[
            "concern" if state in _POOR else "improvement" if state == "capable" else "plain"
        ]
        for state, word in ASSURANCE_WORDS.items()
    }
    owner = pixels((row["Owner"] for row in rows), 100, 168)
    unit = pixels((row["Unit"] for row in rows), 80, 200)
    return {
        "Metric": text(width=max(NAMES - owner - unit, 250)),
        "Owner": text(width=owner),
        "Latest": text(width=72, alignment="right"),
        "Unit": text(width=unit),
        "Target": text(width=66, alignment="right"),
        "Trend": st.column_config.ImageColumn(f"Trend, {SHOWN_PERIODS} periods", width=158),
        "Variation": _chips("Variation", variation, 126),
        "Assurance": _chips("Assurance", assurance, 130),
        "Figures to": text(width=112),
    }


def _chips(label: str, colours: Mapping[str, str], width: int) -> ColumnConfig:
    """Return a chip column: word and glyph carry the meaning, colour repeats it."""
    return st.column_config.MultiselectColumn(
        label, options=list(colours), color=list(colours.values()), width=width
    )


def _tints() -> dict[str, str]:
    if st.context.theme.type == "dark":
        return {
            "concern": "#5a3a17",
            "improvement": "#1f3f6b",
            "plain": "#2c3440",
            "mixed": "#43336a",
        }
    return {"concern": "#fbdcbc", "improvement": "#cfe0f7", "plain": "#e8ebef", "mixed": "#e2d8f2"}
