"""What each point looks like and says: glyph, colour by meaning, hollow or filled, tooltip."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from dashboard.charts.inks import Inks
from metrics.trend import TrendSpec, rule_text

GLYPHS = {
    "common": "circle",
    "up": "triangle-up",
    "down": "triangle-down",
    "up and away": "M0,-1.2L1,0.3L-1,0.3Z M-1,0.95L1,0.95L1,1.1L-1,1.1Z",
    "down and away": "M0,1.2L1,-0.3L-1,-0.3Z M-1,-0.95L1,-0.95L1,-1.1L-1,-1.1Z",
    "both ways": "M0,-1.3L0.9,-0.3L-0.9,-0.3Z M0,1.3L0.9,0.3L-0.9,0.3Z",
    "level": "diamond",
    "left out": "cross",
}
# Vega reads "ZM" without a space between as a path left open.
"""Shapes by what they stand for, so that a chart in grey says it too: "up and away" is a concern of
a metric that is to stay inside a band, where up alone could be either, barred at its foot; "both
ways" has improvement and concern on one point; "level" is a signal without a side."""

_IN_TWO = ("up and away", "down and away", "both ways")
"""Shapes of two pieces, which need room to be seen apart."""

_LARGER = 2.2
"""Areas of a common point that a signal takes, and of a signal that one of two pieces takes."""

CROWDED = 10
"""Pixels a point needs to itself before it is drawn small."""

MEANINGS = ["common", "improvement", "concern", "change", "mixed", "left out"]

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
    "tip_phase": "Phase",
    "tip_reading": "Reading",
}


_MEANT = {
    "improvement": "Improvement: ",
    "concern": "Concern: ",
    "mixed": "Mixed, improvement and concern at once: ",
}


def drawn(points: pl.DataFrame, spec: TrendSpec) -> pl.DataFrame:
    """Return the points with glyph, meaning, hollow, size and what their tooltip says.

    Rows keep their order. `line` is the value of the points a line joins, null elsewhere.
    """
    marked, ghost = pl.col("state").is_in(["signal", "watch"]), pl.col("ghost")
    size = _size(points.height)
    meaning = pl.when(ghost).then(pl.lit("left out")).when(marked).then(pl.col("direction"))
    is_open = pl.col("status").is_in(["partial", "estimated"])
    wider = pl.when(_glyph(spec).is_in(_IN_TWO)).then(_LARGER).otherwise(1.0)
    return points.with_columns(
        glyph=_glyph(spec),
        meaning=meaning.otherwise(pl.lit("common")),
        hollow=ghost | (pl.col("state") == "watch") | is_open,
        size=pl.when(marked | ghost).then(size * _LARGER * wider).otherwise(size),
        small=pl.when(marked | ghost).then(size * wider).otherwise(size / 3),
        line=pl.when((pl.col("status") == "ok") & ~ghost).then(pl.col("value")),
        dashed=pl.col("limits_kind").is_in(["trial", "provisional"]),
    ).hstack(_tips(points, spec))


def _glyph(spec: TrendSpec) -> pl.Expr:
    """Return the name of each point's shape."""
    up, down, level = pl.col("side") > 0, pl.col("side") < 0, pl.col("side") == 0
    marked = pl.col("state").is_in(["signal", "watch"])
    away = marked & (pl.col("direction") == "concern") & pl.lit(spec.better == "inside")
    return (
        pl.when(pl.col("ghost"))
        .then(pl.lit("left out"))
        .when(marked & (pl.col("direction") == "mixed"))
        .then(pl.lit("both ways"))
        .when(marked & level)
        .then(pl.lit("level"))
        .when(away & up)
        .then(pl.lit("up and away"))
        .when(away & down)
        .then(pl.lit("down and away"))
        .when(marked & up)
        .then(pl.lit("up"))
        .when(marked & down)
        .then(pl.lit("down"))
        .otherwise(pl.lit("common"))
    )


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
            "tip_phase": row["phase_label"] or "–",
            "tip_reading": _reading(row, spec),
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


def _reading(row: dict[str, object], spec: TrendSpec) -> str:
    """Return what the point means and its rules in words, or why it was not tested."""
    status, rules, side = str(row["status"]), row["rules"], row["side"]
    if status in _UNTESTED:
        return _UNTESTED[status]
    if status != "ok":
        return _STATUS.get(status, status)
    if row["ghost"]:
        reason = row.get("ghost_reason")
        return "Left out of limits and rules" + (f": {reason}" if reason else "")
    if isinstance(rules, list) and rules and isinstance(side, int):
        words = rules_in_words(rules, side, spec)
        if meaning := _MEANT.get(str(row["direction"]), ""):
            words = f"{words[0].lower()}{words[1:]}"
        watched = " (watch: too early to call it a signal)" if row["state"] == "watch" else ""
        return f"{meaning}{words}{watched}"
    return "Common cause" if row["state"] == "common" else "Too few points to test"


def rules_in_words(rules: Sequence[str], side: int, spec: TrendSpec) -> str:
    """Return what the rules say of a point on that side: "Run of 8 or more ...; one point ..."."""
    told = [rule_text(code, side, spec.rules) for code in rules]
    return "; ".join([*told[:1], *(f"{text[0].lower()}{text[1:]}" for text in told[1:])])


def _size_channel(count: int) -> alt.SizeValue:
    """Return areas that shrink where the plot is too narrow for the number of points."""
    return alt.SizeValue(alt.ExprRef(f"width < {count * CROWDED} ? datum.small : datum.size"))


def tooltips(label: str = "Period") -> list[alt.Tooltip]:
    """Return what a point tells on hover, in words and in the metric's own format."""
    named = [alt.Tooltip(f"{field}:N", title=title) for field, title in _TIPS.items()]
    return [alt.Tooltip("label:N", title=label), *named]


OPENED = "opened"
"""The selection of a point by a click: its period in words (`label`) and as a day (`opens`)."""


def point_marks(data: pl.DataFrame, ink: Inks, x: alt.X, y: alt.Y) -> alt.Chart:
    """Return the points: signals by shape and colour, open periods and watches hollow."""
    colors = [ink.actual, ink.improvement, ink.concern, ink.mixed, ink.mixed, ink.muted]
    scale = alt.Scale(domain=MEANINGS, range=colors)
    shapes = alt.Scale(domain=list(GLYPHS), range=list(GLYPHS.values()))
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
            shape=alt.Shape("glyph:N", scale=shapes, legend=None),
            stroke=alt.Stroke("meaning:N", scale=scale, legend=None),
            fill=fill,
            size=_size_channel(data.height),
            tooltip=tooltips(),
        )
    )  # fmt: skip
    return marks
