"""The control chart: the series, its limits, its target's history, its phases and events."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.flags import EVENT_ROW, PHASE_ROW, band_layers, bands, flag_layers, flags
from dashboard.charts.frame import finished, nothing
from dashboard.charts.inks import AltairChart, Inks
from dashboard.charts.lines import (
    former_layers,
    interval_layers,
    label_layers,
    limit_layers,
    target_layers,
)
from dashboard.charts.marks import OPENED, drawn, point_marks
from dashboard.charts.plot import PLOT_SHARE, Plot
from dashboard.charts.scales import (
    FEW_TICKS,
    TICKS,
    ValueScale,
    half_step,
    moment,
    tick_days,
    time_format,
    value_scale,
)
from metrics.trend import VALUE_CHARTS, TrendSpec

_DRAWN = (
    "value", "cl", "lcl", "ucl", "target_low", "target_high", "old_cl", "old_lcl", "old_ucl",
    "ci_low", "ci_high",
)  # fmt: skip
"""Columns whose values the value axis has to hold, as far as the points have them."""

_GOOD = {"lower": "lower is better", "higher": "higher is better"}


def control_chart(
    points: pl.DataFrame,
    spec: TrendSpec,
    ink: Inks,
    *,
    events: pl.DataFrame | None = None,
    height: int = 340,
    shared: ValueScale | None = None,
) -> AltairChart:
    """Return the control chart of one series, as wide as its container.

    `points` are the series' rows of `Trends.points`, the phases in their `phase_id` and
    `phase_label`. `events` has on (Date), kind, label and what (String). `shared` is one value axis
    for several small charts side by side. Without a value to draw, a sentence stands in its place.
    """
    is_small = shared is not None
    points = points.sort("period") if is_small else begun(points)
    if points["value"].count() == 0:
        return nothing("No figures to draw yet.", ink)
    phases = bands(points, spec, events)
    placed = flags(events, points, spec, is_small=is_small)
    named = PHASE_ROW * (not phases.is_empty() and not is_small)
    rows = 0 if placed.is_empty() else max(placed["row"].to_list()) + 1
    headroom = (named + EVENT_ROW * rows) / (PLOT_SHARE * height)
    days = points["period"].to_list()
    half = half_step(days, spec.grain)
    plot = Plot(
        data=drawn(points, spec),
        spec=spec,
        ink=ink,
        value=shared or _scale_of(points, spec, headroom),
        first=days[0] - half,
        last=max([days[-1] + half, *placed["on"].to_list()]),
        height=height,
        is_small=is_small,
    )
    layers = _layers(plot, phases, placed, named)
    # Flags and points have shapes of their own kinds, which one scale would mix up.
    chart = alt.layer(*layers).resolve_scale(shape="independent")
    return finished(chart.properties(height=height, width="container"), ink)


def _layers(
    plot: Plot, phases: pl.DataFrame, placed: pl.DataFrame, named: int
) -> list[alt.Chart]:  # fmt: skip
    """Return the layers from the back to the front; flags stand `named` pixels down."""
    return [
        *band_layers(plot, phases),
        *_axis_layer(plot),
        *former_layers(plot),
        *limit_layers(plot),
        *target_layers(plot),
        *flag_layers(plot, placed, named),
        *interval_layers(plot),
        _series_line(plot),
        *_missing_layer(plot),
        _points(plot),
        *label_layers(plot),
    ]


def begun(points: pl.DataFrame) -> pl.DataFrame:
    """Return the points in order from the first that has a value: a chart begins there."""
    points = points.sort("period")
    return points.filter(pl.col("value").is_not_null().cum_max())


def shared_scale(points: pl.DataFrame, spec: TrendSpec) -> ValueScale:
    """Return one value axis for all series of `points`."""
    return _scale_of(points, spec, 0.0, FEW_TICKS)


def _scale_of(
    points: pl.DataFrame, spec: TrendSpec, headroom: float, ticks: int = TICKS
) -> ValueScale:
    shown = [name for name in _DRAWN if name in points.columns]
    values = [value for name in shown for value in points[name].to_list()]
    counted = spec.kind not in VALUE_CHARTS
    low = 0.0 if counted else spec.lower
    high = spec.per if spec.kind in {"p", "p-prime"} else spec.upper
    return value_scale(values, bounds=(low, high), headroom=headroom, ticks=ticks)


def _axis_layer(plot: Plot) -> list[alt.Chart]:
    """Return an invisible layer that alone carries the axes."""
    x_axis = alt.Axis(
        title=None,
        values=[moment(day) for day in tick_days(plot.data["period"].to_list(), plot.spec)],
        format=time_format(plot.spec),
        labelOverlap="parity",
        labelSeparation=6,
        labelFlush=True,
        grid=False,
    )
    y_axis = alt.Axis(
        title=_axis_title(plot),
        values=list(plot.value.ticks),
        tickCount=len(plot.value.ticks),  # else a low plot drops values that were asked for
        format=f",.{plot.value.decimals}f",
        domain=False,
        ticks=False,
        titleAnchor="end",
        titleAngle=0,
        titleAlign="left",
        titleX=0,
        titleY=-12,
        titleLimit=600,
    )
    x = alt.X("period:T", scale=plot.x_scale, axis=x_axis)
    y = alt.Y("value:Q", scale=plot.value.scale, axis=y_axis)
    return [alt.Chart(plot.data).mark_point(opacity=0).encode(x, y)]


def _axis_title(plot: Plot) -> str | None:
    """Return the unit, and which way is good: without colours, shapes tell only up from down."""
    said = [plot.spec.unit, "" if plot.is_small else _GOOD.get(plot.spec.better, "")]
    return " · ".join(part for part in said if part) or None


def _series_line(plot: Plot) -> alt.Chart:
    """Return the line through the ok points of each phase; a period without a value breaks it."""
    data = plot.data.filter(~pl.col("status").is_in(["partial", "not_due"]))
    line: alt.Chart = alt.Chart(data).mark_line(
        color=plot.ink.actual, strokeWidth=1.4, invalid="break-paths-filter-domains"
    )
    return line.encode(plot.x("period"), plot.y("line"), detail="phase_id:N")


def _missing_layer(plot: Plot) -> list[alt.Chart]:
    """Return a sign on the time axis for each gap since the first value, with its reason."""
    begun = plot.data.filter(pl.col("value").is_not_null())["period"][0]
    gone = plot.data.filter(pl.col("period") > begun).filter(
        pl.col("value").is_null() & ~pl.col("status").is_in(["not_due", "partial"])
    )
    if gone.is_empty():
        return []
    sign = alt.Chart(gone).mark_point(
        shape="stroke", size=50, strokeWidth=2, color=plot.ink.muted, opacity=1
    )
    tips = [alt.Tooltip("label:N", title="Period"), alt.Tooltip("tip_reading:N", title="No value")]
    foot = alt.value(alt.ExprRef("height - 8"))
    return [sign.encode(plot.x("period"), y=foot, tooltip=tips)]


def _points(plot: Plot) -> alt.Chart:
    """Return the points; a click on one of a full chart selects it (`OPENED`)."""
    shown = plot.data.filter(pl.col("value").is_not_null())
    shown = shown.with_columns(opens=pl.col("period").cast(pl.String))
    marks = point_marks(shown, plot.ink, plot.x("period"), plot.y("value"))
    if plot.is_small:
        return marks
    clicked = alt.selection_point(name=OPENED, fields=["opens", "label"], on="click")
    chart: alt.Chart = marks.add_params(clicked)
    return chart
