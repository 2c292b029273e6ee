"""One chart of any table: no metric, no calendar, every choice the caller's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from math import floor, log10
from typing import Any

import polars as pl

from metrics.trend.analyse import analyse
from metrics.trend.presets import rules_for
from metrics.trend.rows import Marks, points_of
from metrics.trend.spec import Better, ChartKind, LimitOptions, Preset, TrendSpec, TrendTarget

ENGINE_VERSION = "3"
"""Raised when the same series would get other numbers."""

_LONG_AGO = date(1, 1, 1)

MOST_DECIMALS = 15
"""Numbers smaller than that are shown as 0 in a sentence, never in the JSON."""


@dataclass(frozen=True)
class ChartWish:
    """What chart of the table, and how it is judged."""

    kind: ChartKind = "xmr"
    marks: Marks = field(default_factory=Marks)
    options: LimitOptions = field(default_factory=LimitOptions)
    preset: Preset = "standard"
    per: float = 1.0
    better: Better = "neutral"
    target: tuple[float | None, float | None] | None = None


@dataclass(frozen=True)
class PlainChart:
    """Points in file order, as dictionaries of JSON's values, and the summary of each facet."""

    points: list[dict[str, Any]]
    summaries: Mapping[str, dict[str, Any]]


def chart_of(rows: pl.DataFrame, wish: ChartWish) -> PlainChart:
    """Return the chart of `rows` (all text; see rows.points_of); the chart asked for is obeyed."""
    points = points_of(rows, wish.kind, wish.marks)
    facets = points["series"].unique(maintain_order=True).to_list()
    spec = TrendSpec(
        title="",
        unit="",
        kind=wish.kind,
        better=wish.better,
        per=wish.per,
        targets=_target(wish),
        rules=wish.preset,
        grain="day",
        step="point",
        fixed=True,
        options=wish.options,
    )
    by_facet = points.partition_by("series", as_dict=True)
    specs = {
        facet: replace(spec, decimals=_decimals(by_facet[facet,], wish.per)) for facet in facets
    }
    trends = analyse(points.drop("row"), specs)
    digest = hashlib.sha256(rows.write_csv().encode()).hexdigest()
    summaries = {
        facet: _plain_summary(asdict(trends.summaries[facet]), trends.points, facet)
        | {"false_alarms": rules_for(wish.preset, wish.kind).false_alarms}
        | {"engine_version": ENGINE_VERSION, "input_hash": digest}
        for facet in facets
    }
    return PlainChart(_plain_points(trends.points, points), summaries)


def origin(points: pl.DataFrame) -> dict[str, str]:
    """Return the engine's version, and a hash of what it read: the same points give the same."""
    read = points.select(
        *("period", "status", "numerator", "denominator", "value", "n", "phase_id", "ghost")
    )
    digest = hashlib.sha256(read.write_csv().encode()).hexdigest()
    return {"engine_version": ENGINE_VERSION, "input_hash": digest}


def _decimals(points: pl.DataFrame, per: float) -> int:
    """Return the decimals that show two figures of a usual value: 1 of 34, 2 of 0.3."""
    ratio = per * pl.col("numerator") / pl.col("denominator")
    sizes = points.select(pl.coalesce("value", ratio).abs().alias("size")).filter(
        pl.col("size").is_finite() & (pl.col("size") > 0)
    )["size"]
    usual = sizes.median()
    return min(max(1 - floor(log10(usual)), 1), MOST_DECIMALS) if isinstance(usual, float) else 1


def _target(wish: ChartWish) -> tuple[TrendTarget, ...]:
    if wish.target is None or wish.better == "neutral":
        return ()
    low, high = wish.target
    kind = {"lower": "at_most", "higher": "at_least"}.get(wish.better, "band")
    return (TrendTarget(_LONG_AGO, kind, low, high),)  # type: ignore[arg-type]


def _plain_points(found: pl.DataFrame, given: pl.DataFrame) -> list[dict[str, Any]]:
    order = given.select("series", "period", "row")
    shown = found.join(order, on=["series", "period"], how="left").sort("row").drop("row")
    return shown.rename({"series": "facet"}).with_columns(period="label").drop("label").to_dicts()


def _plain_summary(summary: dict[str, Any], points: pl.DataFrame, facet: str) -> dict[str, Any]:
    """Return the summary with labels for the days that stand for rows."""
    own = points.filter(series=facet)
    labels = dict(zip(own["period"], own["label"], strict=True))
    days = ("since", "known_on", "latest_period", "frozen_on")
    told = {name: labels.get(summary[name]) for name in days}
    return {name: value for name, value in (summary | told).items() if name != "series"}
