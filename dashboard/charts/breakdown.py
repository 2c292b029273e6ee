"""One figure by its parts: a Pareto with the period before, and the same chart for each slice."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from dashboard.charts.control import control_chart, shared_scale
from dashboard.charts.frame import FONT_SIZE, finished, nothing
from dashboard.charts.inks import AltairChart, Inks
from metrics.pareto import ranked
from metrics.trend import TrendSpec

MOST_BARS = 8
"""Bars beyond these are one bar "Other", which says how many kinds it holds."""

MOST_DOTS = 10
"""Kinds compared by dots; the page lists the others."""

DOT_HEIGHT = 26
"""Pixels a kind's dots take."""

PLOT_PART = 0.56
"""Share of the width the dots take; the words beside them take the rest."""

WIDE_ENOUGH = 380
"""Pixels of plot from which the words have room for what a ratio rests on."""

BAR_HEIGHT = 32
"""Pixels a kind takes: its bar, the thin one of the period before, and air."""


def pareto(kinds: pl.DataFrame, ink: Inks, *, decimals: int = 0) -> AltairChart:
    """Return bars from most to least: this period dark, the one before thin and lighter beneath.

    `kinds` has kind (String), now and before (numbers; before may be null). Beside each bar stand
    its amount and the running share, in place of a second axis.
    """
    rows = _rows(kinds, decimals)
    if rows.is_empty():
        return nothing("Nothing to break down in this period.", ink)
    axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=150, labelPadding=6)
    y = alt.Y("kind:N", sort=None, axis=axis)
    tips = [
        alt.Tooltip("kind:N", title="Kind"),
        alt.Tooltip("text:N", title="Now · running share"),
        alt.Tooltip("earlier:N", title="Before"),
    ]
    base = alt.Chart(rows).encode(y, tooltip=tips)
    longest = max(*rows["now"].to_list(), *rows["before"].fill_null(0.0).to_list())
    scale = alt.Scale(domain=[0, 1.5 * longest or 1.0])
    now = base.mark_bar(height=12, yOffset=-4, color=ink.actual)
    then = base.mark_bar(height=6, yOffset=6, color=ink.previous)
    text = base.mark_text(align="left", dx=6, dy=-4, fontSize=FONT_SIZE, color=ink.muted)
    at = alt.X("now:Q", axis=None, scale=scale)
    layers = alt.layer(
        now.encode(at),
        then.encode(alt.X("before:Q", axis=None, scale=scale)),
        text.encode(at, text="text:N"),
    )
    return finished(layers.properties(height=BAR_HEIGHT * rows.height, width="container"), ink)


def _rows(kinds: pl.DataFrame, decimals: int) -> pl.DataFrame:
    """Return kind, now, before, text and earlier, largest first, the rest as one "Other" row."""
    kinds = ranked(kinds.with_columns(pl.col("now", "before").cast(pl.Float64)), MOST_BARS)
    texts, earlier = [], []
    for _, now, before, _, running in kinds.iter_rows():
        share = "" if running is None else f" · {running:.0f} %"
        texts.append(f"{now:,.{decimals}f}{share}")
        earlier.append("–" if before is None else f"{before:,.{decimals}f}")
    return kinds.with_columns(
        text=pl.Series(texts, dtype=pl.String), earlier=pl.Series(earlier, dtype=pl.String)
    )


def compared(
    kinds: pl.DataFrame, ink: Inks, *, decimals: int, whole: float | None = None
) -> AltairChart:
    """Return a dot for each kind's ratio now, a hollow one for before, in the order of `kinds`.

    `kinds` has kind (String), now and before (numbers, null without a value) and volume (String):
    what the ratio rests on. A line marks the ratio of the whole. Ratios need no zero.
    """
    shown = kinds.filter(pl.col("now").is_not_null()).head(MOST_DOTS)
    if shown.is_empty():
        return nothing("No part has a value in this period.", ink)
    rows = _dots(shown, decimals)
    known = [*rows["now"].to_list(), *rows["before"].drop_nulls().to_list()]
    known += [] if whole is None else [whole]
    low, high = min(known), max(known)
    spread = (high - low) or abs(high) or 1.0
    left = low - spread / 20
    scale = alt.Scale(domain=[left, left + spread * 1.1 / PLOT_PART], nice=False, zero=False)
    axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=150, labelPadding=6)
    y = alt.Y("kind:N", sort=None, axis=axis)
    base = alt.Chart(rows).encode(y, tooltip=_dot_tips())
    now, before = (alt.X(f"{name}:Q", axis=None, scale=scale) for name in ("now", "before"))
    way = base.mark_rule(color=ink.previous, strokeWidth=1.5)
    dots = base.mark_point(filled=True, size=70, opacity=1)
    words = base.mark_text(align="left", fontSize=FONT_SIZE, color=ink.muted)
    narrow = f"width < {WIDE_ENOUGH} ? datum.short : datum.text"
    layers = [
        *_whole_line(whole, scale, ink, decimals),
        way.encode(now, alt.X2("before:Q")),
        dots.encode(before, color=alt.value(ink.previous)),
        dots.encode(now, color=alt.value(ink.actual)),
        words.encode(
            x=alt.value(alt.ExprRef(f"width * {PLOT_PART} + 10")),
            text=alt.TextValue(alt.ExprRef(narrow)),
        ),
    ]
    chart = alt.layer(*layers).properties(height=DOT_HEIGHT * rows.height, width="container")
    return finished(chart, ink, top=18)


def _dot_tips() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("kind:N", title="Kind"),
        alt.Tooltip("told:N", title="Now"),
        alt.Tooltip("earlier:N", title="Before"),
        alt.Tooltip("volume:N", title="Over"),
    ]


def _whole_line(whole: float | None, scale: alt.Scale, ink: Inks, decimals: int) -> list[alt.Chart]:
    """Return the line of the whole's ratio, named above the plot."""
    if whole is None:
        return []
    base = alt.Chart(pl.DataFrame({"at": [whole], "text": [f"all {whole:,.{decimals}f}"]}))
    at = alt.X("at:Q", axis=None, scale=scale)
    name = base.mark_text(baseline="bottom", dy=-4, fontSize=FONT_SIZE, color=ink.muted)
    rule = base.mark_rule(color=ink.muted, strokeDash=[3, 3])
    return [rule.encode(at), name.encode(at, y=alt.value(0), text="text:N")]


def _dots(kinds: pl.DataFrame, decimals: int) -> pl.DataFrame:
    """Return kind, now, before, told, earlier, volume, text (all of it) and short (no volume)."""
    rows = []
    for row in kinds.iter_rows(named=True):
        told = f"{row['now']:,.{decimals}f}"
        earlier = "–" if row["before"] is None else f"{row['before']:,.{decimals}f}"
        short = told if row["before"] is None else f"{told}, was {earlier}"
        volume = f" · {row['volume']}" if row["volume"] else ""
        rows.append(
            {
                "kind": row["kind"] or "not given",
                "now": float(row["now"]),
                "before": None if row["before"] is None else float(row["before"]),
                "told": told,
                "earlier": earlier,
                "volume": row["volume"] or "–",
                "short": short,
                "text": short + volume,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None).cast({"before": pl.Float64})


def small_multiples(
    points: pl.DataFrame,
    specs: Mapping[str, TrendSpec],
    ink: Inks,
    *,
    events: Mapping[str, pl.DataFrame] | None = None,
    height: int = 170,
) -> dict[str, AltairChart]:
    """Return one control chart per series of `points`, all on one value axis, in specs' order.

    `events` are those of each series, flagged without their names. One chart each, not a facet: a
    facet cannot take its container's width, and a page stacks single charts on a phone.
    """
    shown = {name: spec for name, spec in specs.items() if name in set(points["series"])}
    if not shown:
        return {}
    scale = shared_scale(points, next(iter(shown.values())))
    return {
        name: control_chart(
            points.filter(series=name),
            spec,
            ink,
            events=(events or {}).get(name),
            height=height,
            shared=scale,
        )
        for name, spec in shown.items()
    }
