"""A series in the height of a table row: limits as a band, target dotted, the last signal."""

from __future__ import annotations

from base64 import b64encode
from itertools import groupby
from typing import Any

import polars as pl

from dashboard.charts.inks import Inks

MARGIN = 4.0
"""Pixels kept free on every side, so that the mark of the last point is whole."""

RADIUS = 2.4
"""Pixels from the middle of the last point to its edge; signals are half as large again."""


def sparkline(points: pl.DataFrame, ink: Inks, *, width: int = 150, height: int = 30) -> str:
    """Return the data URI of an SVG of one series' rows of `Trends.points`, "" without values."""
    rows = points.sort("period").to_dicts()
    if all(row["value"] is None for row in rows):
        return ""
    plane = _Plane(rows, width, height)
    shapes = [*_band(plane, ink), *_target(plane, ink), *_line(plane, ink), _last(plane, ink)]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * 2}" height="{height * 2}"'
        f' viewBox="0 0 {width} {height}">{"".join(shapes)}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


class _Plane:
    """The rows and where each index and value lies, in pixels."""

    def __init__(self, rows: list[dict[str, Any]], width: int, height: int) -> None:
        names = ("value", "lcl", "ucl", "target_low", "target_high")
        known = [row[name] for row in rows for name in names if row[name] is not None]
        self.rows, self.width, self.height = rows, width, height
        self.low, self.high = float(min(known)), float(max(known))
        if self.high == self.low:
            self.low, self.high = self.low - 1, self.high + 1

    def x(self, index: float) -> float:
        """Return the pixel of a period; a single one stands at the right, where the latest is."""
        step = (self.width - 2 * MARGIN) / max(len(self.rows) - 1, 1)
        return round(self.width - MARGIN - (len(self.rows) - 1 - index) * step, 1)

    def y(self, value: float) -> float:
        """Return the pixel of a value."""
        room = self.height - 2 * MARGIN
        return round(MARGIN + (self.high - value) * room / (self.high - self.low), 1)

    def stretches(self, *names: str) -> list[list[int]]:
        """Return the stretches of neighbouring rows in which every named value is known."""
        known = [all(row[name] is not None for name in names) for row in self.rows]
        groups = groupby(range(len(self.rows)), key=lambda index: known[index])
        return [list(indexes) for is_known, indexes in groups if is_known]


def _band(plane: _Plane, ink: Inks) -> list[str]:
    shapes = []
    for indexes in plane.stretches("lcl", "ucl"):
        top = [f"{plane.x(i)},{plane.y(plane.rows[i]['ucl'])}" for i in indexes]
        bottom = [f"{plane.x(i)},{plane.y(plane.rows[i]['lcl'])}" for i in reversed(indexes)]
        shapes.append(f'<polygon points="{" ".join(top + bottom)}" fill="{ink.grid}"/>')
    return shapes


def _target(plane: _Plane, ink: Inks) -> list[str]:
    shapes = []
    for name in ("target_low", "target_high"):
        for indexes in plane.stretches(name):
            steps = [(plane.x(i), plane.y(plane.rows[i][name])) for i in indexes]
            path = f"M{max(0.0, steps[0][0] - MARGIN)} {steps[0][1]}"
            path += "".join(f"H{x}V{y}" for x, y in steps) + f"h{MARGIN}"
            shapes.append(
                f'<path d="{path}" fill="none" stroke="{ink.muted}" stroke-dasharray="2 3"/>'
            )
    return shapes


def _line(plane: _Plane, ink: Inks) -> list[str]:
    closed = [row["value"] if row["status"] == "ok" else None for row in plane.rows]
    shapes = []
    groups = groupby(range(len(closed)), key=lambda index: closed[index] is not None)
    for is_known, indexes in groups:
        if is_known:
            spots = " ".join(f"{plane.x(i)},{plane.y(closed[i] or 0.0)}" for i in indexes)
            shapes.append(
                f'<polyline points="{spots}" fill="none" stroke="{ink.actual}" stroke-width="1.3"/>'
            )
    return shapes


def _last(plane: _Plane, ink: Inks) -> str:
    """Return the mark of the latest closed point, or a hollow one where none is closed."""
    known = [i for i, row in enumerate(plane.rows) if row["value"] is not None]
    closed = [i for i in known if plane.rows[i]["status"] == "ok"]
    index = closed[-1] if closed else known[-1]
    row, x = plane.rows[index], plane.x(index)
    y = plane.y(row["value"])
    colors = {"improvement": ink.improvement, "concern": ink.concern}
    colors |= dict.fromkeys(("change", "mixed"), ink.mixed)
    color = colors.get(row["direction"], ink.actual)
    fill = color if closed and row["state"] != "watch" else ink.paper
    if row["state"] not in {"signal", "watch"}:
        return f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="{fill}" stroke="{color}"/>'
    reach = 1.5 * RADIUS
    if row["direction"] == "mixed":
        corners = f"M{x - reach} {y}L{x} {y - reach}L{x + reach} {y}L{x} {y + reach}Z"
        return f'<path d="{corners}" fill="{fill}" stroke="{color}"/>'
    tip = -reach if row["side"] > 0 else reach
    corners = f"M{x - reach} {y - tip}H{x + reach}L{x} {y + tip}Z"
    return f'<path d="{corners}" fill="{fill}" stroke="{color}"/>'
