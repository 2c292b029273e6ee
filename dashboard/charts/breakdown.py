"""One figure by its parts: a Pareto with the period before, and the same chart for each slice."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import polars as pl

from dashboard.charts.control import control_chart, shared_scale
from dashboard.charts.frame import FONT_SIZE, finished, nothing
from dashboard.charts.inks import AltairChart, Inks
from metrics.trend import TrendSpec

MOST_BARS = 8
"""Bars beyond these are one bar "Other", which says how many kinds it holds."""

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
    kinds = kinds.select(
        pl.col("kind").fill_null("not given"),
        pl.col("now").cast(pl.Float64).fill_null(0.0),
        pl.col("before").cast(pl.Float64),
    ).sort("now", "kind", descending=[True, False])
    total = sum(kinds["now"].to_list())
    if kinds.height > MOST_BARS:
        rest = kinds.slice(MOST_BARS - 1)
        other = rest.select(
            pl.lit(f"Other ({rest.height} kinds)").alias("kind"), pl.col("now", "before").sum()
        )
        kinds = pl.concat([kinds.head(MOST_BARS - 1), other])
    run, texts, earlier = 0.0, [], []
    for _, now, before in kinds.iter_rows():
        run += now
        share = f" · {100 * run / total:.0f} %" if total else ""
        texts.append(f"{now:,.{decimals}f}{share}")
        earlier.append("–" if before is None else f"{before:,.{decimals}f}")
    return kinds.with_columns(
        text=pl.Series(texts, dtype=pl.String), earlier=pl.Series(earlier, dtype=pl.String)
    )


def small_multiples(
    points: pl.DataFrame, specs: Mapping[str, TrendSpec], ink: Inks, *, height: int = 170
) -> dict[str, AltairChart]:
    """Return one control chart per series of `points`, all on one value axis, in specs' order.

    One chart each, not a facet: a facet cannot take its container's width, and a page stacks
    single charts on a phone.
    """
    shown = {name: spec for name, spec in specs.items() if name in set(points["series"])}
    if not shown:
        return {}
    scale = shared_scale(points, next(iter(shown.values())))
    return {
        name: control_chart(points.filter(series=name), spec, ink, height=height, shared=scale)
        for name, spec in shown.items()
    }
