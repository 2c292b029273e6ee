"""One metric by two definitions: as it is, light and dashed, and as it would be, dark."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.frame import finished, nothing
from dashboard.charts.inks import AltairChart, Inks
from dashboard.charts.scales import half_step, moment, tick_days, time_format, value_scale
from metrics.trend import TrendSpec

HEIGHT = 220
"""Pixels: half a control chart, for it stands under the text that is being edited."""

POINT = 40
"""Area of a point in pixels, large enough to be told filled from hollow."""


def before_after(rows: pl.DataFrame, spec: TrendSpec, ink: Inks) -> AltairChart:
    """Return both lines over the same periods; the one of today has hollow points.

    `rows` has period (Date), label (String), before and after (Float64, null without a value).
    """
    values = [*rows["before"].to_list(), *rows["after"].to_list()]
    if not any(value is not None for value in values):
        return nothing("Neither definition gives a value.", ink, HEIGHT)
    days = rows["period"].to_list()
    half = half_step(days, spec.grain)
    ends = [moment(days[0] - half), moment(days[-1] + half)]
    scale = value_scale(values)
    ticks = [moment(day) for day in tick_days(days, spec)]
    x = alt.X(
        "period:T",
        scale=alt.Scale(domain=ends),
        axis=alt.Axis(title=None, values=ticks, format=time_format(spec), grid=False),
    )
    axis = alt.Axis(title=None, values=list(scale.ticks), format=f",.{scale.decimals}f")
    tips = [
        alt.Tooltip("label:N", title="Period"),
        alt.Tooltip("before:Q", title="As it is", format=f",.{spec.decimals}f"),
        alt.Tooltip("after:Q", title="As edited", format=f",.{spec.decimals}f"),
    ]
    base = alt.Chart(rows).encode(x, tooltip=tips)
    layers = []
    for side, colour, dash, fill in (
        ("before", ink.previous, [4, 3], ink.paper),
        ("after", ink.actual, [1, 0], ink.actual),
    ):
        y = alt.Y(f"{side}:Q", scale=scale.scale, axis=axis)
        drawn = base.transform_filter(f"isValid(datum.{side})").encode(y)
        layers.append(drawn.mark_line(color=colour, strokeDash=dash, strokeWidth=2))
        layers.append(
            drawn.mark_point(size=POINT, fill=fill, stroke=colour, opacity=1, strokeWidth=1.5)
        )
    return finished(alt.layer(*layers).properties(height=HEIGHT, width="container"), ink)
