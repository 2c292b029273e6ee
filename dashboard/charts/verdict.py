"""What an action changed: a dot and its 95 % interval, against no change and the planned one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import altair as alt
import polars as pl

from dashboard.charts.frame import finished
from dashboard.charts.inks import AltairChart, Inks
from dashboard.charts.scales import FEW_TICKS, ValueScale, value_scale
from metrics.trend import TrendSpec, verdict_words
from metrics.trend.claim import Judgement

LINE, GAP = 15, 30
"""Pixels: a line of words above the plot, and from the last of them down to the interval."""

NEAR = 0.4
"""Share of the width within which two words above the plot would touch: they take a line each."""

EDGE = 0.22
"""Share of the width, at either end, where a word is written towards the middle."""

SHORT = 2
"""Letters of a unit that stands beside every number; a longer one stands once, beneath."""

OPEN_END = 1.6
"""An end nobody knows is drawn this many times as far as what is known, and open."""


@dataclass(frozen=True)
class Change:
    """What changed, after less before: as it is read, a fall below zero.

    All share `unit`. An end without bound is infinite; `planned` is None where none was fixed;
    `least` is what no change can fall below, such as −100 %.
    """

    estimate: float
    low: float
    high: float
    planned: float | None
    unit: str
    better: str
    decimals: int = 1
    least: float | None = None

    @property
    def meaning(self) -> str:
        """Return "improvement" or "concern" where the whole interval says so, else "open"."""
        if self.low <= 0 <= self.high:
            return "open"
        return "improvement" if (self.high < 0) == (self.better == "lower") else "concern"


def change_of(judgement: Judgement, spec: TrendSpec, planned: float | None) -> Change | None:
    """Return what a verdict measured as it is drawn; `planned` is in the metric's unit.

    A ratio is drawn in percent of before. None where nothing was measured, or without any bound.
    """
    moved = verdict_words.change(judgement, spec)
    if moved is None or not isfinite(moved.estimate) or judgement.level_before is None:
        return None
    if not judgement.is_ratio:
        return Change(
            moved.estimate, moved.low, moved.high, planned, spec.unit, spec.better,
            decimals=spec.decimals + 1,
        )  # fmt: skip
    # A plan is written in the metric's unit, in which no gap between events is measured.
    is_rate = judgement.method != "gaps" and judgement.level_before > 0
    share = 100 * planned / judgement.level_before if planned is not None and is_rate else None
    return Change(
        moved.estimate, moved.low, moved.high, share, "%", spec.better, decimals=0, least=-100
    )  # fmt: skip


def verdict_chart(change: Change, ink: Inks) -> AltairChart:
    """Return the interval as a line and the estimate as a dot: hollow where no change is in it."""
    marks = [("no change", 0.0)]
    if change.planned:
        marks.append(("planned", change.planned))
    low, high = _ends(change)
    drawn = [low, high, *(at for _, at in marks)]
    scale = value_scale(drawn, bounds=(change.least, None), ticks=FEW_TICKS)
    rows = _lines(marks, scale)
    top = LINE * len(set(rows))
    middle = top + GAP - LINE
    references = pl.DataFrame(
        [
            {"at": at, "text": text, "line": row * LINE, "align": _align(at, scale)}
            for (text, at), row in zip(marks, rows, strict=True)
        ]
    )
    layers = _references(references, _axis(change, scale), top, ink)
    layers += _interval(change, (low, high), middle, scale, ink)
    chart = alt.layer(*layers)
    # Everything is placed in pixels from the top: only the width may follow the page.
    shaped = chart.properties(
        height=middle + GAP - LINE,
        width="container",
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    return finished(shaped, ink)


def _ends(change: Change) -> tuple[float, float]:
    """Return the ends to draw: one without bound as far as makes it the longer side."""
    known = [each for each in (change.estimate, change.low, change.high) if isfinite(each)]
    reach = OPEN_END * max([abs(each) for each in [*known, change.planned or 0.0]], default=1.0)
    low = change.low if isfinite(change.low) else -reach
    high = change.high if isfinite(change.high) else reach
    return low, high


def _place(at: float, scale: ValueScale) -> float:
    return (at - scale.low) / (scale.high - scale.low)


def _lines(marks: list[tuple[str, float]], scale: ValueScale) -> list[int]:
    """Return the line each word is written on: one for both where they are far apart."""
    places = [_place(at, scale) for _, at in marks]
    near = len(places) > 1 and abs(places[0] - places[1]) < NEAR
    return list(range(len(places))) if near else [0] * len(places)


def _align(at: float, scale: ValueScale) -> str:
    place = _place(at, scale)
    return "left" if place < EDGE else "right" if place > 1 - EDGE else "center"


def _axis(change: Change, scale: ValueScale) -> alt.X:
    sign = f"format(datum.value, '+,.{scale.decimals}f')"
    is_short = change.unit == "%" or (len(change.unit) <= SHORT and change.unit.isalnum())
    number = f"(datum.value == 0 ? '0' : replace({sign}, '-', '−'))"
    axis = alt.Axis(
        title=None if is_short else change.unit,
        values=list(scale.ticks),
        labelExpr=f"{number} + ' {change.unit}'" if is_short else number,
        labelOverlap=False,
        grid=False,
        domain=False,
        ticks=False,
    )
    return alt.X("at:Q", scale=scale.scale, axis=axis)


def _references(marks: pl.DataFrame, x: alt.X, top: int, ink: Inks) -> list[alt.Chart]:
    rule = (
        alt.Chart(marks)
        .mark_rule(color=ink.muted, strokeDash=[2, 3], strokeWidth=1.4)
        .encode(x, y=alt.value(top), y2=alt.value("height"))
    )
    words = [
        alt.Chart(marks.filter(align=align))
        .mark_text(fontSize=12, color=ink.muted, baseline="top", align=align)
        .encode(x, y=alt.Y("line:Q", scale=None, axis=None), text="text:N")
        for align in marks["align"].unique(maintain_order=True)
    ]
    return [rule, *words]


def _interval(
    change: Change, ends: tuple[float, float], middle: int, scale: ValueScale, ink: Inks
) -> list[alt.Chart]:
    hue = {"improvement": ink.improvement, "concern": ink.concern}.get(change.meaning, ink.actual)
    digits = f"+,.{change.decimals}f"
    data = pl.DataFrame(
        {
            "low": ends[0],
            "high": ends[1],
            "at": change.estimate if isfinite(change.estimate) else None,
            "Estimate": _said(change.estimate, digits, change.unit),
            "95 % interval": f"{_said(change.low, digits)} to {_said(change.high, digits)}",
            "Planned": _said(change.planned, digits, change.unit),
        }
    )
    tips = [alt.Tooltip(f"{name}:N") for name in ("Estimate", "95 % interval", "Planned")]
    base = alt.Chart(data).encode(tooltip=tips, y=alt.value(middle))
    axis = alt.Axis(values=list(scale.ticks))
    line = base.mark_rule(color=hue, strokeWidth=3).encode(
        alt.X("low:Q", scale=scale.scale, axis=axis), x2="high:Q"
    )
    fill = ink.paper if change.meaning == "open" else hue
    dot = base.mark_point(
        shape="circle", fill=fill, stroke=hue, strokeWidth=2, size=90, opacity=1
    ).encode(alt.X("at:Q", scale=scale.scale, axis=axis))
    return [line, *_arrows(change, base, scale, hue), dot]


def _arrows(change: Change, base: alt.Chart, scale: ValueScale, hue: str) -> list[alt.Chart]:
    """Return a head at each end that has no bound."""
    return [
        base.mark_point(shape=f"triangle-{way}", fill=hue, stroke=hue, size=70, opacity=1).encode(
            alt.X(f"{name}:Q", scale=scale.scale)
        )
        for name, way, end in (("low", "left", change.low), ("high", "right", change.high))
        if not isfinite(end)
    ]


def _said(value: float | None, digits: str, unit: str = "") -> str:
    if value is None:
        return "none"
    if not isfinite(value):
        return "no bound"
    return f"{format(value, digits).replace('-', '−')} {unit}".strip()
