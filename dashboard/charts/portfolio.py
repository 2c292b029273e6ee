"""Where the metrics stand: variation by assurance, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import altair as alt
import polars as pl

from dashboard.charts.frame import finished
from dashboard.charts.inks import AltairChart, Inks
from metrics.trend import ASSURANCE_WORDS, Assurance, State

ROWS: dict[State, str] = {
    "concern": "Concern",
    "mixed": "Mixed",
    "change": "Changed",
    "improvement": "Improving",
    "common_cause": "Common cause",
    "too_few_points": "No icon",
    "stale": "No icon",
    "no_data": "No icon",
}
"""Rows from what needs attention to what cannot be said."""

COLUMNS: tuple[Assurance, ...] = (
    "not_capable",
    "not_predictable",
    "hit_or_miss",
    "capable",
    "insufficient",
    "no_target",
)
"""Columns in the same order."""

_SELDOM = ("Mixed", "Changed")
"""Rows shown only where a metric stands in them."""

NARROW_LINES = 28
"""Pixels above the tiles for the second and third line of a column's name."""

_COLUMN_WORDS = (
    "split(replace(replace(datum.label, ' yet', ''), 'predictable', 'predict- able'), ' ')"
)
"""One word a line: the tiles are narrower than "predictable" on a phone and in a page's column."""

ROW_NAMES = 84
"""Pixels the names of the rows take: set, for they are measured before the plot has its width."""

ROW_HEIGHT = 38
"""Pixels of a tile: a finger's width."""


def portfolio(standings: Iterable[tuple[State, Assurance]], ink: Inks) -> AltairChart:
    """Return the matrix of how many metrics stand in each (state, assurance)."""
    counts = Counter((ROWS[state], ASSURANCE_WORDS[answer]) for state, answer in standings)
    used = {row for row, _ in counts}
    rows = [row for row in dict.fromkeys(ROWS.values()) if row not in _SELDOM or row in used]
    columns = [ASSURANCE_WORDS[answer] for answer in COLUMNS]
    tiles = _tiles(counts, rows, columns)
    x_axis = alt.Axis(
        title=None,
        orient="top",
        labelAngle=0,
        labelExpr=_COLUMN_WORDS,
        labelPadding=NARROW_LINES,
        labelOverlap=False,
        ticks=False,
        domain=False,
    )
    base = alt.Chart(tiles).encode(
        alt.X("column:N", sort=columns, axis=x_axis),
        alt.Y(
            "row:N",
            sort=rows,
            axis=alt.Axis(
                title=None,
                ticks=False,
                domain=False,
                labelPadding=8,
                minExtent=ROW_NAMES,
                maxExtent=ROW_NAMES,
            ),
        ),
        tooltip=alt.Tooltip("what:N", title="Metrics"),
    )
    tile = base.mark_rect(stroke=ink.paper, strokeWidth=3, color=ink.grid)
    number = base.mark_text(fontSize=15, fontWeight=600).encode(
        text=alt.condition("datum.n > 0", "n:Q", alt.value("")), color=_color(ink)
    )
    height = NARROW_LINES + 14 + ROW_HEIGHT * len(rows)
    chart = alt.layer(tile, number).properties(height=height, width="container")
    return finished(chart, ink)


def _tiles(
    counts: Counter[tuple[str, str]], rows: list[str], columns: list[str]
) -> pl.DataFrame:  # fmt: skip
    """Return row, column, n and what (its tooltip) of every tile."""
    return pl.DataFrame(
        [
            {"row": row, "column": column, "n": counts[row, column],
             "what": _what(counts, row, column)}
            for row in rows
            for column in columns
        ]
    )  # fmt: skip


def _color(ink: Inks) -> alt.Color:
    scale = alt.Scale(
        domain=["Concern", "Improving", "Mixed", "Changed", "Common cause", "No icon"],
        range=[ink.concern, ink.improvement, ink.mixed, ink.mixed, ink.actual, ink.actual],
    )
    return alt.Color("row:N", scale=scale, legend=None)


def _what(counts: Counter[tuple[str, str]], row: str, column: str) -> str:
    count = counts[row, column]
    return f"{count} metric{'' if count == 1 else 's'}: {row}, {column.lower()}"
