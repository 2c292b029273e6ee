"""Signal from noise: limits, rules, assurance and one true sentence for every series.

`analyse` reads the cells of many series in one pass; `TrendSpec` says how to read each.
"""

from metrics.periods import Grain
from metrics.trend.analyse import analyse
from metrics.trend.choice import chart_for
from metrics.trend.gaps import Gaps, gaps, judged_by
from metrics.trend.plain import ChartWish, PlainChart, chart_of, origin
from metrics.trend.rows import Marks
from metrics.trend.rules import rule_text
from metrics.trend.spec import (
    ASSURANCE_WORDS,
    CHART_WORDS,
    STATE_WORDS,
    VALUE_CHARTS,
    Assurance,
    Better,
    ChartKind,
    Constants,
    LimitOptions,
    LimitsKind,
    Middle,
    Preset,
    State,
    Summary,
    Trends,
    TrendSpec,
    TrendTarget,
)

__all__ = [
    "ASSURANCE_WORDS",
    "CHART_WORDS",
    "STATE_WORDS",
    "VALUE_CHARTS",
    "Assurance",
    "Better",
    "ChartKind",
    "ChartWish",
    "Constants",
    "Gaps",
    "Grain",
    "LimitOptions",
    "LimitsKind",
    "Marks",
    "Middle",
    "PlainChart",
    "Preset",
    "State",
    "Summary",
    "TrendSpec",
    "TrendTarget",
    "Trends",
    "analyse",
    "chart_for",
    "chart_of",
    "gaps",
    "judged_by",
    "origin",
    "rule_text",
]
