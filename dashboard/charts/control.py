"""The control chart: the series, its limits, its target's history, its phases and events."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import altair as alt
import polars as pl

from dashboard.charts.frame import FONT_SIZE, finished, nothing
from dashboard.charts.inks import AltairChart, Inks
from dashboard.charts.marks import drawn, point_marks
from dashboard.charts.scales import (
    FEW_TICKS,
    TICKS,
    ValueScale,
    apart,
    half_step,
    moment,
    tick_days,
    time_format,
    value_scale,
)
from metrics.trend import TrendSpec
from metrics.trend.wording import exact, number

EVENT_ROW = 16
"""Pixels a row of event flags takes above the data."""

PHASE_ROW = 18
"""Pixels the names of the phases take above the data."""

LABEL_GAP = 14
"""Pixels from one line label to the next: 12 px text needs them."""

PLOT_SHARE = 0.8
"""Share of the asked height that the plot itself is sure to get; axes and title take the rest."""

CHARACTER = 6.3
"""Pixels an average character of 12 px text takes."""

WIDE = "width > 520"
"""Plots wider than this many pixels have room for whole words beside lines and flags."""


_LONG = re.compile(r"^(Upper|Lower)")


@dataclass(frozen=True)
class _Plot:
    """One plot's data and the axes all of its layers share."""

    data: pl.DataFrame
    spec: TrendSpec
    ink: Inks
    value: ValueScale
    first: date
    last: date
    height: int

    @property
    def x_scale(self) -> alt.Scale:
        return alt.Scale(domain=[moment(self.first), moment(self.last)])

    def x(self, field: str) -> alt.X:
        return alt.X(f"{field}:T", scale=self.x_scale)

    def y(self, field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=self.value.scale)


def control_chart(  # noqa: PLR0913 - each is one layer of the picture, all but three optional
    points: pl.DataFrame,
    spec: TrendSpec,
    ink: Inks,
    *,
    events: pl.DataFrame | None = None,
    phases: pl.DataFrame | None = None,
    height: int = 340,
    shared: ValueScale | None = None,
) -> AltairChart:
    """Return the control chart of one series, as wide as its container.

    `points` are the series' rows of `Trends.points`. `events` has on (Date), label and what
    (String); `phases` start, end (Date), label (String) and shade (Boolean). `shared` is one value
    axis for several charts side by side. Without a value to draw, a sentence stands in its place.
    """
    points = points.sort("period")
    if points["value"].count() == 0:
        return nothing("No figures to draw yet.", ink)
    events = _flags(events, points, spec)
    rows = 0 if events.is_empty() else max(events["row"].to_list()) + 1
    top = PHASE_ROW * (phases is not None) + EVENT_ROW * rows
    days = points["period"].to_list()
    half = half_step(days, spec.grain)
    plot = _Plot(
        data=drawn(points, spec),
        spec=spec,
        ink=ink,
        value=shared or _scale_of(points, spec, top / (PLOT_SHARE * height)),
        first=days[0] - half,
        last=days[-1] + half,
        height=height,
    )
    labels = _line_labels(plot)
    layers = [*_phase_layers(plot, phases), *_axis_layer(plot), *_limit_layers(plot)]
    layers += [
        *_target_layers(plot),
        *_event_layers(plot, events, PHASE_ROW * (phases is not None)),
    ]
    layers += [
        _series_line(plot),
        *_missing_layer(plot),
        _points(plot),
        *_label_layer(plot, labels),
    ]
    chart = alt.layer(*layers).properties(height=height, width="container")
    return finished(chart, ink)


def shared_scale(points: pl.DataFrame, spec: TrendSpec) -> ValueScale:
    """Return one value axis for all series of `points`."""
    return _scale_of(points, spec, 0.0, FEW_TICKS)


def _scale_of(
    points: pl.DataFrame, spec: TrendSpec, headroom: float, ticks: int = TICKS
) -> ValueScale:
    names = ("value", "cl", "lcl", "ucl", "target_low", "target_high")
    values = [value for name in names for value in points[name].to_list()]
    counted = spec.kind != "xmr"
    low = 0.0 if counted else spec.lower
    high = spec.per if spec.kind == "p" else spec.upper
    return value_scale(values, bounds=(low, high), headroom=headroom, ticks=ticks)


def _axis_layer(plot: _Plot) -> list[alt.Chart]:
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
        title=plot.spec.unit or None,
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


def _phase_layers(plot: _Plot, phases: pl.DataFrame | None) -> list[alt.Chart]:
    if phases is None or phases.is_empty():
        return []
    span = (plot.last - plot.first) / timedelta(days=1)
    inside = phases.with_columns(
        pl.col("start", "end").clip(plot.first, plot.last),
        long=pl.col("label").str.len_chars() * CHARACTER + 12,
    ).filter(pl.col("start") < pl.col("end"))
    share = (pl.col("end") - pl.col("start")).dt.total_days() / span
    base = alt.Chart(inside.with_columns(share=share))
    x2 = alt.X2("end:T")
    band = base.transform_filter("datum.shade").mark_rect(color=plot.ink.band, clip=True)
    name = base.mark_text(
        align="left", baseline="top", dx=6, dy=3, fontSize=FONT_SIZE, color=plot.ink.muted
    )
    return [
        band.encode(plot.x("start"), x2),
        name.encode(
            plot.x("start"),
            y=alt.value(0),
            text=alt.TextValue(alt.ExprRef("width * datum.share > datum.long ? datum.label : ''")),
        ),
    ]


def _limit_layers(plot: _Plot) -> list[alt.Chart]:
    """Return limits as steps, each held over its period, and the centre line of each phase."""
    base = alt.Chart(plot.data.filter(pl.col("cl").is_not_null()))
    dash = (
        alt.when("datum.dashed").then(alt.value([4, 3])).otherwise(alt.value([1, 0]))
    )  # fmt: skip
    steps = base.mark_line(interpolate="step", color=plot.ink.previous, strokeWidth=1.2)
    lines = [
        steps.encode(plot.x("period"), plot.y(name), strokeDash=dash, detail="phase_id:N")
        for name in ("lcl", "ucl")
        if plot.data[name].count()
    ]
    if plot.data["cl"].count():
        centre = base.mark_line(color=plot.ink.muted, strokeWidth=1.2)
        lines.append(centre.encode(plot.x("period"), plot.y("cl"), detail="phase_id:N"))
    return lines


def _target_layers(plot: _Plot) -> list[alt.Chart]:
    """Return the target as dotted stretches, one for each version that was in force."""
    half = half_step(plot.data["period"].to_list(), plot.spec.grain)
    layers = []
    for name in ("target_low", "target_high"):
        stretch = _stretches(plot.data, name, half)
        if not stretch.is_empty():
            rule = alt.Chart(stretch).mark_rule(
                color=plot.ink.actual, strokeWidth=1.4, strokeDash=[2, 3]
            )
            layers.append(rule.encode(plot.x("start"), alt.X2("end:T"), plot.y("target")))
    return layers


def _stretches(data: pl.DataFrame, name: str, half: timedelta) -> pl.DataFrame:
    """Return start, end and target of each stretch of periods under one target."""
    same = data.select("period", target=name).with_columns(run=pl.col("target").rle_id())
    runs = same.group_by("run", maintain_order=True).agg(
        pl.col("target").first(), start=pl.col("period").first(), end=pl.col("period").last()
    )
    return runs.filter(pl.col("target").is_not_null()).select(
        "target", start=pl.col("start") - half, end=pl.col("end") + half
    )


NARROW = 620
"""Pixels the plot has at least on a wide page or in a document; labels are kept apart for it."""


def _flags(events: pl.DataFrame | None, points: pl.DataFrame, spec: TrendSpec) -> pl.DataFrame:
    """Return the events on the chart with the row their label takes and the side it is written on.

    Labels that would run into each other on a wide page go on rows of their own.
    """
    columns = {"on": pl.Date, "label": pl.String, "what": pl.String}
    if events is None or events.is_empty():
        return pl.DataFrame(schema={**columns, "row": pl.Int64, "late": pl.Boolean})
    days = points["period"].to_list()
    half = half_step(days, spec.grain)
    first, span = days[0] - half, (days[-1] - days[0] + 2 * half) / timedelta(days=1)
    shown = events.filter(pl.col("on").is_between(first, days[-1] + half)).sort("on")
    ends: list[float] = []
    rows, late = [], []
    for day, label in shown.select("on", "label").iter_rows():
        at, width = (day - first).days / span, len(label) * CHARACTER / NARROW
        left = at - width if at > 0.7 else at
        row = next((i for i, end in enumerate(ends) if end < left), len(ends))
        ends[row : row + 1] = [left + width + 0.01]
        rows.append(row)
        late.append(at > 0.7)
    return shown.select(list(columns)).with_columns(
        row=pl.Series(rows, dtype=pl.Int64), late=pl.Series(late, dtype=pl.Boolean)
    )


def _event_layers(plot: _Plot, events: pl.DataFrame, top: int) -> list[alt.Chart]:
    if events.is_empty():
        return []
    placed = events.with_columns(
        pixel=pl.col("row") * EVENT_ROW + top + 7, short=pl.col("label").str.split(" ").list.first()
    )
    base = alt.Chart(placed)
    y = alt.Y("pixel:Q", scale=None)
    rule = base.mark_rule(color=plot.ink.muted, strokeDash=[3, 3], strokeWidth=1)
    flag = base.mark_point(shape="square", filled=True, size=36, opacity=1, color=plot.ink.actual)
    layers = [
        rule.encode(plot.x("on"), y, y2=alt.value("height")),
        flag.encode(plot.x("on"), y, tooltip=alt.Tooltip("what:N", title="Event")),
    ]
    words: list[tuple[str, Literal["left", "right"], int]] = [
        ("!datum.late", "left", 6),
        ("datum.late", "right", -6),
    ]
    for which, align, dx in words:
        text = base.transform_filter(which).mark_text(
            align=align, dx=dx, fontSize=FONT_SIZE, fontWeight=600, color=plot.ink.actual
        )
        layers.append(text.encode(plot.x("on"), y, text=_words("label", "short")))
    return layers


def _words(wide: str, narrow: str) -> alt.TextValue:
    """Return the text channel that has whole words where there is room for them."""
    return alt.TextValue(alt.ExprRef(f"{WIDE} ? datum.{wide} : datum.{narrow}"))


def _series_line(plot: _Plot) -> alt.Chart:
    """Return the line through the ok points of each phase; a period without a value breaks it."""
    data = plot.data.filter(~pl.col("status").is_in(["partial", "not_due"]))
    line: alt.Chart = alt.Chart(data).mark_line(
        color=plot.ink.actual, strokeWidth=1.4, invalid="break-paths-filter-domains"
    )
    return line.encode(plot.x("period"), plot.y("line"), detail="phase_id:N")


def _missing_layer(plot: _Plot) -> list[alt.Chart]:
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


def _points(plot: _Plot) -> alt.Chart:
    shown = plot.data.filter(pl.col("value").is_not_null())
    return point_marks(shown, plot.ink, plot.x("period"), plot.y("value"))


def _line_labels(plot: _Plot) -> list[tuple[float, str]]:
    """Return value and words of each line at its last closed period, highest first."""
    closed = plot.data.filter(pl.col("cl").is_not_null())
    # A period that is not over has a centre and no limits: the lines end before it.
    limited = closed.filter(pl.any_horizontal(pl.col("ucl", "lcl").is_not_null()))
    closed = limited if limited.height else closed
    found: list[tuple[float, str]] = []
    if not closed.is_empty():
        last = closed.row(-1, named=True)
        lines = {"ucl": "Upper", "cl": "Centre", "lcl": "Lower"}
        if last["ucl"] is None and last["lcl"] is None:
            lines = {"cl": "Median"}
        elif last["ucl"] == last["lcl"]:
            lines = {"cl": "No variation,"}
        for name, word in lines.items():
            if last[name] is not None:
                text = number(last[name], plot.spec.decimals) if last[name] else "0"
                found.append((last[name], f"{word} {text}"))
    now = plot.data.row(-1, named=True)
    for name, sign in (("target_high", "≤"), ("target_low", "≥")):
        if now[name] is not None:
            found.append((now[name], f"Target {sign} {exact(now[name])}"))
    return sorted(found, reverse=True)


def _label_layer(plot: _Plot, labels: list[tuple[float, str]]) -> list[alt.Chart]:
    """Return the words at the ends of the lines, moved apart on the value axis where they touch."""
    if not labels:
        return []
    # A page fits plot, axes and title into the height it was asked for: the plot is lower.
    height = PLOT_SHARE * plot.height
    wanted = [plot.value.pixel(value, height) for value, _ in labels]
    at = [plot.value.value_at(pixel, height) for pixel in apart(wanted, LABEL_GAP, height)]
    rows = pl.DataFrame(
        {
            "at": at,
            "short": [text for _, text in labels],
            "text": [_LONG.sub(r"\1 limit", text) for _, text in labels],
        }
    )
    text = alt.Chart(rows).mark_text(align="left", dx=6, fontSize=FONT_SIZE, color=plot.ink.muted)
    return [text.encode(x=alt.value("width"), y=plot.y("at"), text=_words("text", "short"))]
