"""Signal from noise: limits, rules, assurance and one true sentence for every series.

`analyse` reads the cells of many series in one pass; `TrendSpec` says how to read each.
"""

from metrics.periods import Grain
from metrics.trend.analyse import analyse
from metrics.trend.choice import chart_for
from metrics.trend.rules import rule_text
from metrics.trend.spec import (
    ASSURANCE_WORDS,
    STATE_WORDS,
    Assurance,
    Better,
    ChartKind,
    LimitsKind,
    State,
    Summary,
    Trends,
    TrendSpec,
    TrendTarget,
)

__all__ = [
    "ASSURANCE_WORDS",
    "STATE_WORDS",
    "Assurance",
    "Better",
    "ChartKind",
    "Grain",
    "LimitsKind",
    "State",
    "Summary",
    "TrendSpec",
    "TrendTarget",
    "Trends",
    "analyse",
    "chart_for",
    "rule_text",
]
