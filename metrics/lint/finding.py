"""A finding, and what is looked at to come to one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import polars as pl

from metrics.model import Metric
from metrics.review.standards import Standard
from metrics.trend import Summary, TrendTarget

if TYPE_CHECKING:
    from data.records.models import Objective

Rule = Literal[
    "no_denominator",
    "always_green",
    "target_is_last_actual",
    "target_loosened",
    "target_against_direction",
    "no_target",
    "no_owner",
    "not_approved",
    "review_overdue",
    "no_data",
    "too_few_points",
    "moves_as_one",
    "objective_without_metric",
    "objective_without_target",
    "topic_uncovered",
    "purpose_uncovered",
]


@dataclass(frozen=True)
class Finding:
    """One thing to look at: the metric ("" for the whole catalogue), what it is, the way out.

    `other` is the second metric where two are meant.
    """

    metric: str
    rule: Rule
    sentence: str
    way_out: str
    other: str = ""


@dataclass(frozen=True)
class Studied:
    """A metric as a whole with its figures: points of the trend, summary, every target it had."""

    metric: Metric
    points: pl.DataFrame
    summary: Summary
    targets: tuple[TrendTarget, ...]
    owner: str | None

    @property
    def closed(self) -> pl.DataFrame:
        """The points of closed periods that have a value, in order."""
        return self.points.filter(
            (pl.col("status") == "ok") & pl.col("value").is_not_null()
        ).sort("period")  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """What the metrics stand in: objectives, standards in force, tables with rows, the day."""

    as_of: date
    objectives: Sequence[Objective] = ()
    standards: Sequence[Standard] = ()
    filled_tables: Collection[str] = ()
