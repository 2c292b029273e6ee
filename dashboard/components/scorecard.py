"""The scorecard every page shares: one row a metric, the same columns in the same order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.charts.sparkline import sparkline
from dashboard.company.figures import MetricView
from dashboard.components import links
from dashboard.components.page import ink
from dashboard.components.words import number
from metrics.trend.spec import ASSURANCE_WORDS, STATE_WORDS

SHOWN_PERIODS = 24
"""Periods a sparkline shows; limits rest on all there are."""

_GLYPHS = {
    "concern": "▲", "improvement": "▼", "mixed": "◆", "change": "◆", "common_cause": "●",
    "too_few_points": "○", "stale": "○", "no_data": "○",
}  # fmt: skip
_ASSURANCE_GLYPHS = {
    "capable": "✓", "hit_or_miss": "~", "not_capable": "✕", "not_predictable": "?",
    "insufficient": "–", "no_target": "–",
}  # fmt: skip


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


def badge(view: MetricView) -> str:
    """Return variation and assurance as badges for a page's title."""
    colour = {"concern": "orange", "improvement": "blue", "mixed": "violet"}
    variation = f":{colour.get(view.summary.state, 'gray')}-badge[{variation_word(view)}]"
    poor = view.summary.assurance in {"not_capable", "not_predictable"}
    return f"{variation} :{'orange' if poor else 'gray'}-badge[{assurance_word(view)}]"


def scorecard(
    views: Sequence[MetricView], *, key: str, more: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Show the scorecard; a click on a row opens its metric. `more` adds text columns at the end."""
    inks = ink()
    rows = [_row(view, sparkline(view.points.tail(SHOWN_PERIODS), inks)) for view in views]
    for name, texts in (more or {}).items():
        for row, text in zip(rows, texts, strict=True):
            row[name] = text
    picked = st.dataframe(
        pl.DataFrame(rows, strict=False),
        hide_index=True,
        row_height=36,
        height="content",
        column_config=_columns()
        | {name: st.column_config.TextColumn(name) for name in (more or {})},
        alt="Scorecard: latest value, target, variation and assurance of each metric",
        on_select="rerun",
        selection_mode="single-cell",
        key=key,
    )
    if picked.selection.cells:
        view = views[picked.selection.cells[0][0]]
        links.go("metric", metric=view.metric.name, **view.slice)


def _row(view: MetricView, trend: str) -> dict[str, Any]:
    summary = view.summary
    part = ", ".join(view.slice.values())
    return {
        "Metric": f"{view.metric.title}, {part}" if part else view.metric.title,
        "Owner": view.owner.name if view.owner else "–",
        "Latest": number(summary.latest_value, view.metric.decimals),
        "Unit": view.metric.unit,
        "Target": summary.target_text or "–",
        "Trend": trend,
        "Variation": [variation_word(view)],
        "Assurance": [assurance_word(view)],
        "Figures to": summary.latest_label or "no data",
    }


def _columns() -> dict[str, ColumnConfig]:
    tints, text = _tints(), st.column_config.TextColumn
    variation = {
        f"{glyph} {STATE_WORDS[state]}": tints.get(state, tints["plain"])
        for state in STATE_WORDS
        for glyph in ("▲", "▼", "◆", "●", "○")
    }
    poor = {"not_capable", "not_predictable"}
    assurance = {
        f"{_ASSURANCE_GLYPHS[state]} {word}": tints[
            "concern" if state in poor else "improvement" if state == "capable" else "plain"
        ]
        for state, word in ASSURANCE_WORDS.items()
    }
    return {
        "Metric": text(width=235),
        "Owner": text(width=130),
        "Latest": text(width=75, alignment="right"),
        "Unit": text(width=130),
        "Target": text(width=85, alignment="right"),
        "Trend": st.column_config.ImageColumn(f"Trend, {SHOWN_PERIODS} periods", width=165),
        "Variation": _chips("Variation", variation, 135),
        "Assurance": _chips("Assurance", assurance, 130),
        "Figures to": text(width=120),
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
