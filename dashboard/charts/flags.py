"""What stands above a control chart: phases as bands with their names, events as flags."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import altair as alt
import polars as pl

from dashboard.charts.frame import FONT_SIZE
from dashboard.charts.plot import CHARACTER, Plot, words
from dashboard.charts.scales import half_step
from metrics.trend import TrendSpec

EVENT_ROW = 16
"""Pixels a row of event flags takes above the data."""

PHASE_ROW = 18
"""Pixels the names of the phases take above the data."""

MOST_ROWS = 3
"""Rows of flags that are named; events beyond them keep their flag, and the table their name."""

NARROW = 620
"""Pixels the plot has at least on a wide page or in a document; labels are kept apart for it."""

LATE = 0.7
"""Share of the plot after which a flag is named to its left: to its right there is no room."""

SHAPES = {
    "note": "circle",
    "action": "square",
    "cycle": "square",
    "definition": "diamond",
}
"""What each kind of event is flagged by; the start of a phase is where its band begins."""

NUMBERED = ("action", "cycle")
"""Kinds whose first word is a name by itself: A-4, P-2."""

BOLD = 7.0
"""Pixels a bold character of 12 px text takes in the widest font a document falls back to."""

PHONE = 250
"""Pixels the plot has on a phone: first words that would run into each other there are left out."""

_EVENT = {"on": pl.Date, "kind": pl.String, "label": pl.String, "what": pl.String}
_PLACED = {**_EVENT, "row": pl.Int64, "late": pl.Boolean, "short": pl.String}


def bands(
    points: pl.DataFrame, spec: TrendSpec, events: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Return label, what, start, end and shade of each phase; of a single unnamed one, none.

    `what` is the event the phase began with. The present one is never shaded; neighbours differ.
    """
    half = half_step(points["period"].to_list(), spec.grain)
    found = points.group_by(pl.col("phase_id").rle_id().alias("_run"), maintain_order=True).agg(
        label=pl.col("phase_label").last().fill_null(""),
        start=pl.col("period").first() - half,
        end=pl.col("period").last() + half,
    )
    if found.height == 1 and not found["label"][0]:
        found = found.clear()
    if events is not None:
        begun = events.filter(kind="phase").unique("label", keep="last").select("label", "what")
        found = found.join(begun, on="label", how="left", maintain_order="left")
    else:
        found = found.with_columns(what=pl.lit(None, dtype=pl.String))
    back = pl.len() - 1 - pl.int_range(pl.len())
    # A phase reaches to where the next one begins.
    return found.select(
        "label",
        "start",
        what=pl.coalesce("what", "label"),
        end=pl.col("start").shift(-1).fill_null(pl.col("end")),
        shade=back % 2 == 1,
    )


def band_layers(plot: Plot, phases: pl.DataFrame) -> list[alt.Chart]:
    """Return the phases as light bands, each named where its name has room."""
    if phases.is_empty():
        return []
    span = (plot.last - plot.first) / timedelta(days=1)
    inside = phases.with_columns(
        pl.col("start", "end").clip(plot.first, plot.last),
        long=pl.col("label").str.len_chars() * CHARACTER + 12,
    ).filter(pl.col("start") < pl.col("end"))
    share = (pl.col("end") - pl.col("start")).dt.total_days() / span
    base = alt.Chart(inside.with_columns(share=share))
    x2, tip = alt.X2("end:T"), alt.Tooltip("what:N", title="Phase")
    band = base.transform_filter("datum.shade").mark_rect(color=plot.ink.band, clip=True)
    begins = base.transform_filter(f"datum.start > {_at(plot)}").mark_rule(
        color=plot.ink.previous, strokeWidth=1
    )
    layers = [band.encode(plot.x("start"), x2), begins.encode(plot.x("start"))]
    if not plot.is_small:
        name = base.mark_text(
            align="left", baseline="top", dx=6, dy=3, fontSize=FONT_SIZE, color=plot.ink.muted
        )
        room = alt.ExprRef("width * datum.share > datum.long ? datum.label : ''")
        layers.append(
            name.encode(plot.x("start"), y=alt.value(0), text=alt.TextValue(room), tooltip=tip)
        )
    return layers


def _at(plot: Plot) -> str:
    """Return the left end of the plot as Vega's expressions write a day."""
    return f"datetime({plot.first.year}, {plot.first.month - 1}, {plot.first.day + 1})"


def flags(
    events: pl.DataFrame | None, points: pl.DataFrame, spec: TrendSpec, *, is_small: bool = False
) -> pl.DataFrame:
    """Return the events on the chart, each with its row, its label, and the first word of that.

    Labels that would run into each other on a wide page go on rows of their own, first words that
    would on a phone are left out. Where the rows are full an action has its number alone and a note
    no name; on a small chart no event has one. `late` ones are written to the left of their flag.
    """
    if events is None or events.is_empty():
        return pl.DataFrame(schema=_PLACED)
    days = points["period"].to_list()
    half = half_step(days, spec.grain)
    first, span = days[0] - half, (days[-1] - days[0] + 2 * half) / timedelta(days=1)
    # A point stands at the first day of its period, which goes on for a whole one.
    is_shown = pl.col("on").is_between(first, days[-1] + 2 * half) & (pl.col("kind") != "phase")
    wide, narrow = _Rows(NARROW), _Rows(PHONE)
    placed = []
    for event in events.filter(is_shown).sort("on").select(*_EVENT).iter_rows():
        at = (event[0] - first).days / span
        label, row = (None, None) if is_small else _named(event[1], event[2], at, wide)
        short = event[2].split(" ")[0]
        has_room = row is not None and narrow.placed(short, at, row + 1, row) is not None
        unnamed = 0 if is_small else MOST_ROWS - 1
        where = (unnamed if row is None else row, at > LATE)
        placed.append((*event[:2], label or "", event[3], *where, short if has_room else ""))
    return pl.DataFrame(placed, schema=_PLACED, orient="row")


def _named(kind: str, label: str, at: float, rows: _Rows) -> tuple[str | None, int | None]:
    """Return what an event is called on a wide page, and in which row; None where there is none."""
    for name in [label, *([label.split(" ", maxsplit=1)[0]] if kind in NUMBERED else [])]:
        row = rows.placed(name, at, MOST_ROWS)
        if row is not None:
            return name, row
    return None, None


class _Rows:
    """Rows of labels on a plot of some width, each filled from the left."""

    def __init__(self, width: int) -> None:
        self._width, self._ends = width, [-1.0] * MOST_ROWS

    def placed(self, label: str, at: float, until: int, start: int = 0) -> int | None:
        """Return the first row, from `start` to before `until`, with room for the label."""
        wide = (len(label) * BOLD + 12) / self._width
        left, right = (at - wide, at + 0.01) if at > LATE else (at - 0.01, at + wide)
        for row in range(start, until):
            if self._ends[row] < left:
                self._ends[row] = right
                return row
        return None


def flag_layers(plot: Plot, events: pl.DataFrame, top: int) -> list[alt.Chart]:
    """Return a flag, a rule down to the axis and a name for each event, `top` pixels down."""
    if events.is_empty():
        return []
    placed = events.with_columns(pixel=pl.col("row") * EVENT_ROW + top + 7)
    base = alt.Chart(placed)
    y = alt.Y("pixel:Q", scale=None)
    rule = base.mark_rule(color=plot.ink.muted, strokeDash=[3, 3], strokeWidth=1)
    flag = base.mark_point(filled=True, size=36, opacity=1, color=plot.ink.actual)
    scale = alt.Scale(domain=list(SHAPES), range=list(SHAPES.values()))
    tips = [
        alt.Tooltip("on:T", title="Day", format="%-d %b %Y"),
        alt.Tooltip("what:N", title="Event"),
    ]
    layers = [
        rule.encode(plot.x("on"), y, y2=alt.value("height")),
        flag.encode(
            plot.x("on"), y, shape=alt.Shape("kind:N", scale=scale, legend=None), tooltip=tips
        ),
    ]
    sides: list[tuple[str, Literal["left", "right"], int]] = [
        ("!datum.late", "left", 6),
        ("datum.late", "right", -6),
    ]
    for which, align, dx in sides:
        text = base.transform_filter(which).mark_text(
            align=align, dx=dx, fontSize=FONT_SIZE, fontWeight=600, color=plot.ink.actual
        )
        layers.append(text.encode(plot.x("on"), y, text=words("label", "short")))
    return layers
