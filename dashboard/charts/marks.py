"""What each point looks like and says: glyph, colour by meaning, hollow or filled, tooltip."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.inks import Inks
from metrics.trend import TrendSpec, rule_text

GLYPHS = ["circle", "triangle-up", "triangle-down"]
CROWDED = 10
"""Pixels a point needs to itself before it is drawn small."""

MEANINGS = ["common", "improvement", "concern", "change"]

_UNTESTED = {
    "partial": "Period still open: drawn hollow, not tested",
    "estimated": "Estimated: drawn hollow, not tested",
}
_STATUS = {
    "missing": "no figures came",
    "late": "figures are late",
    "not_due": "not due yet",
    "no_opportunity": "no opportunity: nothing to count against",
    "not_applicable": "does not apply",
    "invalid": "the figures cannot be right and are left out",
}
_TIPS = {
    "tip_value": "Value",
    "tip_parts": "From",
    "tip_limits": "Limits",
    "tip_centre": "Centre line",
    "tip_target": "Target",
    "tip_reading": "Reading",
}


def drawn(points: pl.DataFrame, spec: TrendSpec) -> pl.DataFrame:
    """Return the points with glyph, meaning, hollow, size and what their tooltip says.

    Rows keep their order. `line` is the value of the points a line joins, null elsewhere.
    """
    marked = pl.col("state").is_in(["signal", "watch"])
    up = pl.col("side") > 0
    glyph = pl.when(marked & up).then(pl.lit("triangle-up")).when(marked)
    size = _size(points.height)
    return points.with_columns(
        glyph=glyph.then(pl.lit("triangle-down")).otherwise(pl.lit("circle")),
        meaning=pl.when(marked).then(pl.col("direction")).otherwise(pl.lit("common")),
        hollow=(pl.col("state") == "watch") | pl.col("status").is_in(["partial", "estimated"]),
        size=pl.when(marked).then(size * 2.2).otherwise(size),
        small=pl.when(marked).then(size).otherwise(size / 3),
        line=pl.when(pl.col("status") == "ok").then(pl.col("value")),
        dashed=pl.col("limits_kind").is_in(["trial", "provisional"]),
    ).hstack(_tips(points, spec))


def _size(count: int) -> float:
    """Return the area of a common point: smaller where many would run together."""
    return 36.0 if count <= 60 else 18.0 if count <= 150 else 7.0


def _tips(points: pl.DataFrame, spec: TrendSpec) -> pl.DataFrame:
    unit = f" {spec.unit}" if spec.unit else ""
    rows = [
        {
            "tip_value": _number(row["value"], spec.decimals, unit),
            "tip_parts": _parts(row),
            "tip_limits": _limits(row, spec.decimals + 1),
            "tip_centre": _number(row["cl"], spec.decimals + 1),
            "tip_target": _target(row),
            "tip_reading": _reading(row),
        }
        for row in points.iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(_TIPS, pl.String))


def _number(value: float | None, decimals: int, unit: str = "") -> str:
    return "–" if value is None else f"{value:,.{decimals}f}{unit}"


def _parts(row: dict[str, float | None]) -> str:
    parts = [row["numerator"], row["denominator"]]
    return " of ".join(f"{part:,.10g}" for part in parts if part is not None) or "–"


def _limits(row: dict[str, float | None], decimals: int) -> str:
    if row["lcl"] is None or row["ucl"] is None:
        return "none"
    low, high = _number(row["lcl"], decimals), _number(row["ucl"], decimals)
    return f"{low} to {high} ({row['limits_kind']})"


def _target(row: dict[str, float | None]) -> str:
    low, high = row["target_low"], row["target_high"]
    if low is not None and high is not None:
        return f"{low:,.10g} to {high:,.10g}"
    if high is not None:
        return f"at most {high:,.10g}"
    return "none" if low is None else f"at least {low:,.10g}"


def _reading(row: dict[str, object]) -> str:
    """Return the rules of the point in words, or why it was not tested."""
    status, rules, side = str(row["status"]), row["rules"], row["side"]
    if status in _UNTESTED:
        return _UNTESTED[status]
    if status != "ok":
        return _STATUS.get(status, status)
    if isinstance(rules, list) and rules and isinstance(side, int):
        words = "; ".join(rule_text(code, side) for code in rules)
        watched = " (watch: limits are not firm yet)" if row["state"] == "watch" else ""
        return f"{words}{watched}"
    return "Common cause" if row["state"] == "common" else "Too few points to test"


def _size_channel(count: int) -> alt.SizeValue:
    """Return areas that shrink where the plot is too narrow for the number of points."""
    return alt.SizeValue(alt.ExprRef(f"width < {count * CROWDED} ? datum.small : datum.size"))


def tooltips(label: str = "Period") -> list[alt.Tooltip]:
    """Return what a point tells on hover, in words and in the metric's own format."""
    named = [alt.Tooltip(f"{field}:N", title=title) for field, title in _TIPS.items()]
    return [alt.Tooltip("label:N", title=label), *named]


def point_marks(data: pl.DataFrame, ink: Inks, x: alt.X, y: alt.Y) -> alt.Chart:
    """Return the points: signals by shape and colour, open periods and watches hollow."""
    colors = [ink.actual, ink.improvement, ink.concern, ink.mixed]
    scale = alt.Scale(domain=MEANINGS, range=colors)
    fill = (
        alt.when("datum.hollow")
        .then(alt.value(ink.paper))
        .otherwise(alt.Fill("meaning:N", scale=scale, legend=None))
    )
    marks: alt.Chart = (
        alt.Chart(data)
        .mark_point(strokeWidth=1.6, opacity=1)
        .encode(
            x,
            y,
            shape=alt.Shape(
                "glyph:N", scale=alt.Scale(domain=GLYPHS, range=GLYPHS), legend=None
            ),
            stroke=alt.Stroke("meaning:N", scale=scale, legend=None),
            fill=fill,
            size=_size_channel(data.height),
            tooltip=tooltips(),
        )
    )  # fmt: skip
    return marks
