"""What each part added to a change: bars to both sides of nothing, the whole beneath."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import polars as pl

from dashboard.charts.frame import FONT_SIZE, finished, nothing
from dashboard.charts.inks import AltairChart, Inks
from metrics.change_words import name_of, signed
from metrics.decompose import Change, Contribution

MOST = 10
"""Parts drawn; the others are one bar, and the table has each of them."""

ROW_HEIGHT = 30
"""Pixels a part takes."""

LEGEND_HEIGHT = 42
"""Pixels the key above the bars takes of the height."""

KINDS = {"rate": "its own rate", "mix": "its share", "volume": "its amount",
         "unweighted": "without a denominator"}  # fmt: skip
"""The words of the key for each way a part adds to a change."""

PLOT_PART = 0.62
"""Share of the width the bars take; the amounts in words stand in the rest."""


def contributions(change: Change, ink: Inks, *, digits: int) -> AltairChart:
    """Return a bar for each part, the largest first: own rate dark, share lighter, in words beside.

    Parts beyond MOST are one bar "Others".
    """
    rows = _rows(change, digits)
    if rows.is_empty():
        return nothing("Nothing changed in any part.", ink)
    order = rows["part"].unique(maintain_order=True).to_list()
    axis = alt.Axis(title=None, ticks=False, domain=False, labelLimit=130, labelPadding=6)
    y = alt.Y("part:N", sort=order, axis=axis)
    low, high = _extent(rows)
    spread = (high - low) or 1.0
    scale = alt.Scale(domain=[low, low + spread / PLOT_PART], nice=False)
    x = alt.X("from:Q", axis=None, scale=scale)
    colours = alt.Scale(domain=list(KINDS.values()), range=_colours(ink))
    used = [word for word in KINDS.values() if word in set(rows["kind"])]
    legend = alt.Legend(title=None, orient="top", values=used) if len(used) > 1 else None
    base = alt.Chart(rows).encode(y)
    bars = base.mark_bar(height=13, stroke=ink.muted, strokeWidth=0.5).encode(
        x,
        alt.X2("to:Q"),
        color=alt.Color("kind:N", scale=colours, legend=legend),
        tooltip=[
            alt.Tooltip("part:N", title="Part"),
            alt.Tooltip("kind:N", title="By"),
            alt.Tooltip("added:N", title="Added"),
        ],
    )
    rule = alt.Chart(pl.DataFrame({"at": [0.0]})).mark_rule(color=ink.muted)
    words = base.mark_text(align="left", fontSize=FONT_SIZE, color=ink.muted).encode(
        x=alt.value(alt.ExprRef(f"width * {PLOT_PART} + 10")), text="total:N"
    )
    layers = alt.layer(bars, rule.encode(alt.X("at:Q", axis=None, scale=scale)), words)
    height = ROW_HEIGHT * len(order) + (LEGEND_HEIGHT if legend else 0)
    return finished(layers.properties(height=height, width="container"), ink, top=18)


def _colours(ink: Inks) -> Sequence[str]:
    return [ink.actual, ink.previous, ink.actual, ink.mixed]


def _rows(change: Change, digits: int) -> pl.DataFrame:
    """Return part, kind, from, to, added and total: a row a part and way, stacked."""
    moved = [each for each in change.contributions if _effects(each)]
    shown = moved if len(moved) <= MOST else moved[: MOST - 1]
    rows: list[dict[str, object]] = []
    for each in shown:
        rows += _stacked(name_of(each.kind), _effects(each), signed(each.total, digits), digits)
    rest = moved[len(shown) :]
    if rest:
        sums: dict[str, float] = {}
        for each in rest:
            for name, amount in _effects(each).items():
                sums[name] = sums.get(name, 0.0) + amount
        total = sum((each.total for each in rest), change.total * 0)
        rows += _stacked(f"Others ({len(rest)})", sums, signed(total, digits), digits)
    return pl.DataFrame(rows, infer_schema_length=None)


def _effects(each: Contribution) -> dict[str, float]:
    return {name: float(amount) for name in KINDS if (amount := getattr(each, name))}


def _stacked(
    part: str, effects: dict[str, float], total: str, digits: int
) -> list[dict[str, object]]:
    """Return the bars of one part: what adds to the right, the rest to the left."""
    ends = {True: 0.0, False: 0.0}
    rows: list[dict[str, object]] = []
    for name, amount in effects.items():
        start = ends[amount > 0]
        ends[amount > 0] = start + amount
        added = f"{amount:+,.{digits}f}"
        rows.append(
            {"part": part, "kind": KINDS[name], "from": start, "to": start + amount,
             "added": added, "total": total}
        )  # fmt: skip
    return rows


def _extent(rows: pl.DataFrame) -> tuple[float, float]:
    ends = [0.0, *rows["from"].to_list(), *rows["to"].to_list()]
    return min(ends), max(ends)
