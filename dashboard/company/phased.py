"""Series with the phases and exclusions that people recorded, of a slice and every wider one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from data.records import phases as phase_records
from data.records.phase_models import Exclusion, Phase
from data.records.records import Records

_PHASE = {
    "from_on": pl.Date,
    "phase_id": pl.Int64,
    "phase_label": pl.String,
    "is_accepted": pl.Boolean,
}


@dataclass(frozen=True)
class Known:
    """The phases and exclusions in force, of all metrics, in the order of their days."""

    phases: tuple[Phase, ...]
    exclusions: tuple[Exclusion, ...]

    def of(self, metric: str, part: Mapping[str, str]) -> Known:
        """Return those that hold for a slice of a metric: its own, and of every wider slice."""
        return Known(
            tuple(each for each in self.phases if _holds(each, metric, part)),
            tuple(each for each in self.exclusions if _holds(each, metric, part)),
        )


def known(records: Records, known_on: date | None = None) -> Known:
    """Return what is in force now or, with `known_on`, what was at the end of that day."""
    phases = phase_records.in_force(phase_records.phases(records), known_on)
    exclusions = phase_records.in_force(phase_records.exclusions(records), known_on)
    return Known(
        tuple(sorted(phases, key=lambda each: (each.from_on, len(each.slice), each.id or 0))),
        tuple(sorted(exclusions, key=lambda each: (each.period_on, each.id or 0))),
    )


def marked(series: pl.DataFrame, own: Known, *, is_longer: bool) -> pl.DataFrame:
    """Return the series with phase_id (0 before the first, then rising), phase_label and ghost.

    `is_accepted` says that the phase is a worse level accepted as the usual one. Of two phases from
    one day that of the narrower slice names it. A period longer than the metric's own
    (`is_longer`) is of the phase that held when it began, and no point of it is excluded.
    """
    excluded = [] if is_longer else [each.period_on for each in own.exclusions]
    starts = phase_starts(own.phases)
    cells = series.with_columns(ghost=pl.col("period").is_in(excluded))
    if starts.is_empty():
        none = [pl.lit(None, dtype=kind).alias(name) for name, kind in _PHASE.items()]
        cells = cells.with_columns(none[1:])
    else:
        cells = cells.sort("period").join_asof(starts, left_on="period", right_on="from_on")
    return cells.with_columns(
        pl.col("phase_id").fill_null(0),
        pl.col("phase_label").fill_null(""),
        pl.col("is_accepted").fill_null(value=False),
    )


def divided_by(points: pl.DataFrame, own: Known, known_on: date) -> pl.DataFrame:
    """Return the points, by period, with phase_id by the phases recorded by the end of a day."""
    starts = phase_starts([each for each in own.phases if each.recorded_at.date() <= known_on])
    days = starts.select("from_on", _id="phase_id")
    found = points.sort("period").join_asof(days, left_on="period", right_on="from_on")
    return found.with_columns(phase_id=pl.col("_id").fill_null(0)).drop("_id", "from_on")


def with_reasons(points: pl.DataFrame, own: Known) -> pl.DataFrame:
    """Return the points with `ghost_reason`: why a person left each of them out, null elsewhere."""
    reasons = {each.period_on: each.reason for each in own.exclusions}
    told = [
        reasons.get(period) if ghost else None
        for period, ghost in points.select("period", "ghost").iter_rows()
    ]
    return points.with_columns(ghost_reason=pl.Series(told, dtype=pl.String))


def phase_starts(phases: Sequence[Phase]) -> pl.DataFrame:
    """Return from_on, phase_id (1, 2 …), phase_label and is_accepted, one row a day."""
    by_day = {each.from_on: each for each in phases}
    rows = [
        (day, number, by_day[day].label, by_day[day].accepted_reason is not None)
        for number, day in enumerate(sorted(by_day), start=1)
    ]
    return pl.DataFrame(rows, schema=_PHASE, orient="row")


def part_of(row: Phase | Exclusion) -> dict[str, str]:
    """Return the slice a phase or an exclusion was recorded for."""
    part: dict[str, str] = json.loads(row.slice)
    return part


def _holds(row: Phase | Exclusion, metric: str, part: Mapping[str, str]) -> bool:
    return row.metric == metric and part_of(row).items() <= dict(part).items()
