"""The look every chart shares."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.inks import AltairChart, Inks

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", sans-serif'
"""Bundled with Streamlit under the first name; documents fall back to what the reader has."""

FONT_SIZE = 12
"""Smallest size of any text in a chart, legible on a phone at arm's length."""


def finished(chart: AltairChart, ink: Inks, *, top: int = 6, right: int = 8) -> AltairChart:
    """Return the chart with the house's axes, font and transparent paper."""
    axis: dict[str, Any] = {
        "labelColor": ink.muted,
        "titleColor": ink.muted,
        "labelFontSize": FONT_SIZE,
        "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal",
        "domainColor": ink.previous,
        "tickColor": ink.previous,
        "gridColor": ink.grid,
    }
    padding = {"left": 2, "right": right, "top": top, "bottom": 2}
    shaped: AltairChart = (
        chart.properties(padding=padding)
        .configure(background="transparent", font=FONT)
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .configure_title(
            color=ink.actual, fontSize=13, fontWeight=600, anchor="start", offset=6
        )
    )  # fmt: skip
    return shaped


def nothing(text: str, ink: Inks, height: int = 120) -> AltairChart:
    """Return a chart-sized sentence: what is absent, instead of an empty plot."""
    words = (
        alt.Chart(pl.DataFrame({"text": [text]}))
        .mark_text(align="left", fontSize=13, color=ink.muted)
        .encode(x=alt.value(4), y=alt.value(height / 2), text="text:N")
    )
    return finished(alt.layer(words).properties(height=height, width="container"), ink)
