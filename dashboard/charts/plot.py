"""One plot: the rows it draws and the axes all of its layers share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import altair as alt
import polars as pl

from dashboard.charts.inks import Inks
from dashboard.charts.scales import ValueScale, half_step, moment
from metrics.trend import TrendSpec

PLOT_SHARE = 0.8
"""Share of the asked height that the plot itself is sure to get; axes and title take the rest."""

CHARACTER = 6.3
"""Pixels an average character of 12 px text takes."""

WIDE = "width > 520"
"""Plots wider than this many pixels have room for whole words beside lines and flags."""


@dataclass(frozen=True)
class Plot:
    """One plot's data and the axes all of its layers share; `is_small` leaves words out."""

    data: pl.DataFrame
    spec: TrendSpec
    ink: Inks
    value: ValueScale
    first: date
    last: date
    height: int
    is_small: bool = False

    @property
    def x_scale(self) -> alt.Scale:
        """The one time scale."""
        return alt.Scale(domain=[moment(self.first), moment(self.last)])

    def x(self, field: str) -> alt.X:
        """Return a column of days on the time scale."""
        return alt.X(f"{field}:T", scale=self.x_scale)

    def y(self, field: str) -> alt.Y:
        """Return a column of values on the value scale."""
        return alt.Y(f"{field}:Q", scale=self.value.scale)

    @property
    def half(self) -> timedelta:
        """Half a period: what a step reaches to either side of its point."""
        return half_step(self.data["period"].to_list(), self.spec.grain)

    def has(self, name: str) -> bool:
        """Return whether any row has a value in the column."""
        return name in self.data.columns and self.data[name].count() > 0


def words(wide: str, narrow: str) -> alt.TextValue:
    """Return the text channel that has whole words where there is room for them."""
    return alt.TextValue(alt.ExprRef(f"{WIDE} ? datum.{wide} : datum.{narrow}"))
