"""The periods before an action and those after it, of many series at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from metrics.periods import Grain
from metrics.trend.claim import Claim
from metrics.trend.its import drift
from metrics.trend.spec import ChartKind, TrendSpec

BASELINE_TO = 36
"""Periods before an action that count: older ones are of another process."""

RARE = ("t", "g")
"""Charts with a point an event, dated by it: the gap began at the event before."""

_TAKEN = {
    "period": pl.Date,
    "status": pl.String,
    "chart": pl.String,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "n": pl.Float64,
    "phase_id": pl.Int64,
    "ghost": pl.Boolean,
    "season_factor": pl.Float64,
}


def parted(
    points: Mapping[str, pl.DataFrame],
    specs: Mapping[str, TrendSpec],
    claims: Mapping[str, Claim],
) -> pl.DataFrame:
    """Return the rows of every claimed series from the first before the action to its last.

    Beside those of `points` it has series, `at` (0.. within the series), `is_before` and `is_after`
    (ok periods that count), `is_late` (periods after, with a value or not), `share`
    (the part of a gap that lies after the action; 1 for a period) and `good` (+1 where higher is
    better, -1 where lower). A series with no period on either side is absent.

    Before are at most BASELINE_TO ok periods that ended by the day the trigger or the action began,
    all of the phase the last of them is in; after are those that begin once the action is complete,
    the lag and the wash-out not counted. A period in which the action took place is neither.
    """
    rows = _rows(points).join(_claimed(specs, claims), on="series", how="left")
    rows = _timed(rows.sort("series", "at"))
    usable = (pl.col("status") == "ok") & ~pl.col("ghost") & pl.col("value").is_not_null()
    rows = rows.with_columns(_old=usable & (pl.col("_end") <= pl.col("begun_on")))
    last_phase = pl.col("phase_id").filter("_old").last().over("series")
    own = pl.col("_old") & (pl.col("phase_id") == last_phase)
    back = own.cast(pl.Int64).cum_sum(reverse=True).over("series")
    rows = rows.with_columns(
        is_before=own & (back <= BASELINE_TO),
        is_after=usable & pl.col("is_late") & pl.col("_whole"),
    )
    begun = pl.col("is_before").cast(pl.Int8).cum_max().over("series") == 1
    rows = rows.filter(begun | pl.col("is_late"))
    return rows.with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64).over("series"))


@dataclass(frozen=True)
class Side:
    """The ok periods on one side of an action, in order; `at` counts periods, empty ones too."""

    at: tuple[int, ...]
    periods: tuple[date, ...]
    values: tuple[float, ...]
    numerators: tuple[float | None, ...]
    denominators: tuple[float | None, ...]
    weights: tuple[float | None, ...]


@dataclass(frozen=True)
class Sides:
    """Both sides of one action, and the chart they are read by.

    `good` is +1 where higher is better, -1 where lower, else None; `running` what has passed of the
    gap that still runs, `has_season` whether the limits of the series follow a season, and `is_cut`
    whether a recorded phase leaves values from before it out of the periods before.
    """

    chart: ChartKind
    good: int | None
    before: Side
    after: Side
    running: float = 0.0
    has_season: bool = False
    is_cut: bool = False

    @cached_property
    def drift(self) -> int:
        """Whether the values before rise (+1) or fall (-1) already, beyond chance; 0 if neither."""
        return 0 if self.chart in RARE else drift(self.before.at, self.before.values)


def sides(rows: pl.DataFrame) -> dict[str, Sides]:
    """Return both sides of every series in `rows`, which are those of `parted`."""
    running = (pl.col("value") * pl.col("share")).filter(
        pl.col("is_late") & (pl.col("status") == "partial")
    )
    lists = [
        pl.col(name).filter(f"is_{side}").alias(f"{side} {name}")
        for side in ("before", "after")
        for name in _LISTED
    ]
    found = rows.group_by("series").agg(
        pl.col("chart").drop_nulls().last(),
        pl.col("good").first(),
        *lists,
        running=running.sum(),
        has_season=pl.col("season_factor").is_not_null().any(),
        is_cut=(pl.col("phase_id").filter("is_before").last() > 0).fill_null(value=False),
    )
    return {
        row["series"]: Sides(
            row["chart"] or "xmr",
            row["good"],
            _side(row, "before"),
            _side(row, "after"),
            row["running"],
            row["has_season"],
            row["is_cut"],
        )
        for row in found.iter_rows(named=True)
    }


def _side(row: Mapping[str, Any], side: str) -> Side:
    return Side(*(tuple(row[f"{side} {name}"]) for name in _LISTED))


_LISTED = ("at", "period", "value", "numerator", "denominator", "n")


def _rows(points: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the points of all series, each under the name it is claimed by."""
    frames = [
        frame.select(
            pl.lit(name).alias("series"),
            *(_taken(frame, column, kind) for column, kind in _TAKEN.items()),
            at=pl.int_range(pl.len(), dtype=pl.Int64),
        )
        for name, frame in points.items()
    ]
    return pl.concat(frames)


def _taken(frame: pl.DataFrame, column: str, kind: type[pl.DataType]) -> pl.Expr:
    given = pl.col(column) if column in frame.columns else pl.lit(None)
    return given.cast(kind).alias(column)


def _claimed(specs: Mapping[str, TrendSpec], claims: Mapping[str, Claim]) -> pl.DataFrame:
    good = {"lower": -1, "higher": 1}
    rows = [
        (
            name,
            claim.begun_on,
            claim.implemented_on,
            claim.lag + claim.wash_out,
            _STEPS[specs[name].grain],
            good.get(specs[name].better),
        )
        for name, claim in claims.items()
    ]
    schema = {
        "series": pl.String,
        "begun_on": pl.Date,
        "implemented_on": pl.Date,
        "_skipped": pl.Int64,
        "_step": pl.String,
        "good": pl.Int8,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


_STEPS: dict[Grain, str] = {"day": "d", "week": "w", "month": "mo", "quarter": "q", "year": "y"}


def _timed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with _end (the first day after), is_late, _whole and share."""
    period, by_event = pl.col("period"), pl.col("chart").is_in(RARE)
    following = period.shift(-1).over("series")
    end = pl.coalesce(following, period.dt.offset_by("1" + pl.col("_step")))
    from_on = pl.col("implemented_on").dt.offset_by(
        pl.col("_skipped").cast(pl.String) + pl.col("_step")
    )
    begins = period >= pl.col("implemented_on")
    counted = begins & (begins.cast(pl.Int64).cum_sum().over("series") > pl.col("_skipped"))
    rows = rows.with_columns(
        _end=pl.when(by_event).then(period + pl.duration(days=1)).otherwise(end),
        _from=pl.when(by_event).then(period.shift().over("series")).otherwise(period),
        _judged=from_on,
    )
    rows = rows.with_columns(
        is_late=pl.when(by_event).then(period > pl.col("_judged")).otherwise(counted)
    )
    whole = (pl.col("_from") >= pl.col("_judged")).fill_null(value=False)
    part = (period - pl.max_horizontal("_from", "_judged")) / (period - pl.col("_from"))
    return rows.with_columns(
        _whole=~by_event | whole,
        share=pl.when(by_event & ~whole).then(part.fill_null(1.0)).otherwise(1.0),
    )
