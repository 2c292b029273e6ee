"""The lines of a control chart: limits, centre, the limits before, intervals, target, labels."""

from __future__ import annotations

import re
from datetime import timedelta

import altair as alt
import polars as pl

from dashboard.charts.frame import FONT_SIZE
from dashboard.charts.plot import PLOT_SHARE, Plot, words
from dashboard.charts.scales import apart
from metrics.trend.wording import exact, number

LABEL_GAP = 14
"""Pixels from one line label to the next: 12 px text needs them."""

_LONG = re.compile(r"^(Upper|Lower)")


def limit_layers(plot: Plot) -> list[alt.Chart]:
    """Return limits and centre of each phase as steps, each held over its period.

    A centre that does not move is one straight line; that of a season or a growth goes with it.
    """
    base = alt.Chart(plot.data.filter(pl.col("cl").is_not_null()))
    dash = (
        alt.when("datum.dashed").then(alt.value([4, 3])).otherwise(alt.value([1, 0]))
    )  # fmt: skip
    steps = base.mark_line(interpolate="step", color=plot.ink.previous, strokeWidth=1.2)
    lines = [
        steps.encode(plot.x("period"), plot.y(name), strokeDash=dash, detail="phase_id:N")
        for name in ("lcl", "ucl")
        if plot.has(name)
    ]
    if plot.has("cl"):
        centre = base.mark_line(interpolate="step", color=plot.ink.muted, strokeWidth=1.2)
        lines.append(centre.encode(plot.x("period"), plot.y("cl"), detail="phase_id:N"))
    return lines


def former_layers(plot: Plot) -> list[alt.Chart]:
    """Return the lines of the phase before, dotted and thin, while a new phase has too few points.

    The centre line alone stays where a worse level was accepted.
    """
    layers = []
    for name in ("old_lcl", "old_cl", "old_ucl"):
        if plot.has(name):
            kept = alt.Chart(plot.data.filter(pl.col(name).is_not_null()))
            line = kept.mark_line(
                interpolate="step", color=plot.ink.previous, strokeWidth=1, strokeDash=[1, 3]
            )
            layers.append(line.encode(plot.x("period"), plot.y(name), detail="phase_id:N"))
    return layers


def interval_layers(plot: Plot) -> list[alt.Chart]:
    """Return the exact interval of each point as a thin bar, where too few have limits."""
    if not (plot.has("ci_low") and plot.has("ci_high")):
        return []
    known = plot.data.filter(pl.col("ci_low").is_not_null() & pl.col("ci_high").is_not_null())
    bar = alt.Chart(known).mark_rule(color=plot.ink.previous, strokeWidth=1.4)
    return [bar.encode(plot.x("period"), plot.y("ci_low"), alt.Y2("ci_high:Q"))]


def target_layers(plot: Plot) -> list[alt.Chart]:
    """Return the target as dotted stretches, one for each version that was in force."""
    layers = []
    for name in ("target_low", "target_high"):
        stretch = _stretches(plot.data, name, plot.half)
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


def label_layers(plot: Plot) -> list[alt.Chart]:
    """Return the words at the ends of the lines, moved apart on the value axis where they touch."""
    labels = _line_labels(plot)
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
    return [text.encode(x=alt.value("width"), y=plot.y("at"), text=words("text", "short"))]


def _line_labels(plot: Plot) -> list[tuple[float, str]]:
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
