"""What the trend engine is told about a series, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

import polars as pl

from data.errors import UsageError
from metrics.periods import COMMON, Calendar, Grain
from metrics.trend_settings import FREEZE_RANGE, FREEZES_AT, ChartKind, Preset

__all__ = [
    "ASSURANCE_WORDS",
    "CHART_WORDS",
    "STATE_WORDS",
    "VALUE_CHARTS",
    "Assurance",
    "Better",
    "ChartKind",
    "Constants",
    "LimitOptions",
    "LimitsKind",
    "Middle",
    "Preset",
    "Season",
    "State",
    "Summary",
    "TargetKind",
    "TrendSpec",
    "TrendTarget",
    "Trends",
]

Middle = Literal["mean", "median"]
Constants = Literal["2.66", "table", "exact"]
Season = Literal["auto", "on", "off"]
Better = Literal["lower", "higher", "inside", "neutral"]
TargetKind = Literal["at_most", "at_least", "band"]
LimitsKind = Literal["none", "trial", "provisional", "firm", "frozen"]
State = Literal[
    "concern",
    "improvement",
    "mixed",
    "change",
    "common_cause",
    "too_few_points",
    "stale",
    "no_data",
]
Assurance = Literal[
    "capable", "not_capable", "hit_or_miss", "not_predictable", "insufficient", "no_target"
]

STATE_WORDS: dict[State, str] = {
    "concern": "Concern",
    "improvement": "Improving",
    "mixed": "Mixed",
    "change": "Changed",
    "common_cause": "Common cause",
    "too_few_points": "Too few points",
    "stale": "Stale",
    "no_data": "No data",
}
"""What people say for each state; `change` is a signal of a metric with no good side."""

ASSURANCE_WORDS: dict[Assurance, str] = {
    "capable": "Will meet",
    "hit_or_miss": "Hit or miss",
    "not_capable": "Will miss",
    "not_predictable": "Not predictable",
    "insufficient": "Not yet known",
    "no_target": "No target",
}
"""What people say for each answer to: will this process meet its target?"""


CHART_WORDS: dict[ChartKind, str] = {
    "xmr": "XmR chart",
    "mr": "chart of moving ranges",
    "p": "p-chart",
    "u": "u-chart",
    "c": "c-chart",
    "p-prime": "p′-chart",
    "u-prime": "u′-chart",
    "i-prime": "I′-chart",
    "t": "t-chart",
    "g": "g-chart",
    "xbar": "X-bar chart",
    "s": "s-chart",
    "run": "run chart",
}
"""What people call each chart."""

VALUE_CHARTS: tuple[ChartKind, ...] = ("xmr", "i-prime", "xbar", "run")
"""Charts of measured values, which have no bounds of their own; counts begin at nothing."""


class TrendTarget(NamedTuple):
    """A target in force for the periods that start on or after `from_on`."""

    from_on: date
    kind: TargetKind
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class LimitOptions:
    """How limits are drawn; the defaults are those every figure of Clause9 has.

    `centre` and `mr` say whether the centre line and the usual moving range are means or medians,
    `k` the family of constants of an xmr chart: 2.66 as published (3.145 for the median), "table"
    3 / 1.128 (0.954), "exact" unrounded. `screen` leaves moving ranges beyond their limit out once.
    `baseline` counts the rows of each phase that limits come from; None: the ladder decides, and
    from `freeze_at` ok points of a phase on its limits move no more (12 to 30).
    `probability_limits` puts t and g limits where 0.135 % lie beyond. Without `ladder` there are
    limits from two points, never frozen. `floors_spread`: prime charts are never narrower than
    chance alone makes them.
    """

    centre: Middle = "mean"
    mr: Middle = "mean"
    k: Constants = "2.66"
    screen: bool = False
    baseline: int | None = None
    probability_limits: bool = False
    ladder: bool = True
    floors_spread: bool = True
    freeze_at: int = FREEZES_AT

    def __post_init__(self) -> None:
        """Raise UsageError for a freeze that cannot be, or two that disagree."""
        least, most = FREEZE_RANGE
        if not least <= self.freeze_at <= most:
            raise UsageError(
                f"freeze_at {self.freeze_at}: limits freeze at {least} to {most} points of a phase."
            )
        if self.baseline is not None and self.freeze_at not in {FREEZES_AT, self.baseline}:
            raise UsageError(
                f"Limits cannot come from the first {self.baseline} rows of a phase (baseline) and "
                f"freeze at {self.freeze_at} points (freeze_at). Give one of the two."
            )


@dataclass(frozen=True)
class TrendSpec:
    """How to read one series: its chart by default, its good side, its unit and its targets.

    `kind` is what the metric's kind asks for (`chart_for`); the data may overrule it, and the
    summary then says why, unless `fixed`. `per` scales a ratio (100 for percent). `lower` and
    `upper` are the natural bounds of an xmr series; p, u and c know their own. In a `calendar` of
    whole weeks a series comes on its full grid, as metrics.status gives it. `step` is the word for
    a period that is none of the calendar's: point.

    `season`: off, or "auto" where three complete cycles prove one, or "on" from two cycles. With
    `growth` limits follow a straight line. With `guards` runs of a phase whose points are not
    independent are watched, not signalled.
    """

    title: str
    unit: str
    kind: ChartKind = "xmr"
    better: Better = "neutral"
    per: float = 1.0
    targets: tuple[TrendTarget, ...] = ()
    decimals: int = 1
    rules: Preset = "standard"
    grain: Grain = "month"
    step: str = ""
    calendar: Calendar = COMMON
    lower: float | None = None
    upper: float | None = None
    fixed: bool = False
    options: LimitOptions = field(default_factory=LimitOptions)
    season: Season = "off"
    growth: bool = False
    guards: bool = False


@dataclass(frozen=True)
class Summary:
    """One series in one line: what it is now, since when, and whether it will meet its target.

    `latest_*` is the last ok period; `rules` are those active there, each with its side in
    `rule_sides`; `since` the first period of the earliest active pattern and `known_on` the period
    at whose end it could first be known; `level` the average since then and `previous_level` the
    average of the limits' own periods before it, or the centre line where fewer than three are
    left; where a season or growth bends the lines, what the lines have said since. `r1` is the
    correlation of neighbours, without the season; guarded, without changes of level too. `season`
    is a sentence, or "", and `usual_for` what the usual level depends on: "for the season".
    `missing` names every closed period without a value and why, `overdue` those after the latest.
    `p_low` and `p_high` are the 90 % interval of `p_success`, the share of periods that
    will meet the target; `hits_low` and `hits_high` the 95 % interval of the share that did.
    `pooled` is the rate of all periods of a p, u or c chart too short for limits, with its 95 %
    interval. `is_rare`: a t or g chart of the single events says more. Absent answers are None.
    """

    series: str
    chart: ChartKind
    reason: str
    n: int
    limits_kind: LimitsKind
    state: State
    headline: str
    preset: Preset = "standard"
    assurance: Assurance = "no_target"
    assurance_is_provisional: bool = False
    p_success: float | None = None
    p_low: float | None = None
    p_high: float | None = None
    rules: tuple[str, ...] = ()
    rule_sides: tuple[int, ...] = ()
    is_watch: bool = False
    side: int = 0
    since: date | None = None
    known_on: date | None = None
    level: float | None = None
    previous_level: float | None = None
    latest_period: date | None = None
    latest_label: str = ""
    latest_value: float | None = None
    previous_value: float | None = None
    centre: float | None = None
    lower_limit: float | None = None
    upper_limit: float | None = None
    frozen_on: date | None = None
    target_text: str = ""
    target_met: bool | None = None
    target_hits: int = 0
    target_periods: int = 0
    hits_low: float | None = None
    hits_high: float | None = None
    pooled: float | None = None
    pooled_low: float | None = None
    pooled_high: float | None = None
    is_rare: bool = False
    dispersion: float | None = None
    r1: float | None = None
    is_dependent: bool = False
    season: str = ""
    usual_for: str = ""
    missing: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Trends:
    """Every point with its limits and rules, every pattern found, and a summary per series."""

    points: pl.DataFrame
    patterns: pl.DataFrame
    summaries: Mapping[str, Summary] = field(default_factory=dict)
