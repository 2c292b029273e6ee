"""Axes worked out before drawing: round ticks, formats, room for flags, labels kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, isfinite, log10

import altair as alt

from metrics.trend import Grain, TrendSpec

TICKS = 5
"""Ticks a value axis aims for: enough to read a value, few enough to stay behind the data."""

FEW_TICKS = 3
"""Ticks of a small chart."""

STRETCH = 1.25
"""How many times more ticks than aimed for are taken rather than a step twice as wide."""

DENSE = 16
"""Up to this many periods each gets its own tick; labels that would touch are left out."""

AIR = 0.04
"""Share of the data's span kept free above and below it, so that no mark is cut by the frame."""

SLACK = 1e-9
"""Sums of decimals in binary end this close to the round number they mean."""


@dataclass(frozen=True)
class ValueScale:
    """A value axis: its ends, its ticks and the decimals those need."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int

    @property
    def scale(self) -> alt.Scale:
        """The one Altair scale every layer shares, else zero creeps in."""
        return alt.Scale(domain=[self.low, self.high], zero=False, nice=False)

    def pixel(self, value: float, height: float) -> float:
        """Return how many pixels below the top of the plot `value` is drawn."""
        return height * (self.high - value) / (self.high - self.low)

    def value_at(self, pixel: float, height: float) -> float:
        """Return the value drawn `pixel` pixels below the top of the plot."""
        return self.high - pixel / height * (self.high - self.low)


def value_scale(
    values: Sequence[float | None],
    *,
    bounds: tuple[float | None, float | None] = (None, None),
    headroom: float = 0.0,
    ticks: int = TICKS,
) -> ValueScale:
    """Return an axis that holds all `values`, from zero where zero is near, within the bounds.

    `headroom` is the share of the height, 0 to 1, kept free of data at the top; `ticks` how many
    ticks are aimed for.
    """
    known = [value for value in values if value is not None and isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if high - low <= SLACK * max(abs(high), abs(low)):
        spread = abs(high) / 5 or 1.0
        low, high = low - spread, high + spread
    air = AIR * (high - low)
    low = 0.0 if 0 <= low < (high - low) / 2 else low - air
    high += air
    if bounds[0] is not None and min(known, default=0.0) >= bounds[0]:
        low = max(low, bounds[0])
    if bounds[1] is not None and max(known, default=1.0) <= bounds[1]:
        high = min(high, bounds[1])
    step = _round_step((high - low) / ticks)
    first, last = floor(low / step + SLACK), ceil(high / step - SLACK)
    marks = tuple(round(step * i, 10) for i in range(first, last + 1))
    bottom, top = marks[0], marks[-1]
    needed = bottom + (high - bottom) / (1 - headroom)
    return ValueScale(bottom, max(top, needed), marks, max(0, -floor(log10(step) + SLACK)))


def _round_step(rough: float) -> float:
    """Return the least of 1, 2, 5 x 10^n that is not far below `rough`."""
    unit = 10.0 ** floor(log10(rough))
    return next(nice * unit for nice in (1.0, 2.0, 5.0, 10.0) if rough <= STRETCH * nice * unit)


def apart(pixels: Sequence[float], gap: float, height: float) -> list[float]:
    """Return the label positions moved just enough that no two are nearer than `gap` pixels."""
    order = sorted(range(len(pixels)), key=lambda i: pixels[i])
    placed: dict[int, float] = {}
    lowest = -gap
    for i in order:
        lowest = max(pixels[i], lowest + gap)
        placed[i] = lowest
    highest = height + gap
    for i in reversed(order):
        highest = min(placed[i], highest - gap)
        placed[i] = highest
    return [placed[i] for i in range(len(pixels))]


def half_step(days: Sequence[date], grain: Grain) -> timedelta:
    """Return half a period, the room left and right of the outermost points."""
    if len(days) > 1 and days[-1] > days[0]:
        return (days[-1] - days[0]) / (len(days) - 1) / 2
    length = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}[grain]
    return timedelta(days=max(1, length // 2))


def tick_days(days: Sequence[date], spec: TrendSpec) -> list[date]:
    """Return the periods that get a tick: all of a short series, round ones of a long one."""
    if len(days) <= DENSE:
        return list(days)
    if spec.grain == "month" and not spec.calendar.is_of_weeks:
        for step in (3, 6, 12, 24, 60):
            months = [day for day in days if (day.year * 12 + day.month - 1) % step == 0]
            if len(months) <= DENSE:
                return months
    every = ceil(len(days) / DENSE)
    return list(days[::every])


def time_format(spec: TrendSpec) -> str:
    """Return the d3 format of a tick: the start of the period, whatever the fiscal calendar."""
    if spec.calendar.is_of_weeks or spec.grain in {"day", "week"}:
        return "%-d %b %Y"
    return "%Y" if spec.grain == "year" else "%b %Y"


def moment(day: date) -> alt.DateTime:
    """Return the day as Altair's local midnight, the way data dates are read."""
    return alt.DateTime(year=day.year, month=day.month, date=day.day)
