"""Which chart reads a series, and why."""

from __future__ import annotations

from metrics.trend.spec import ChartKind

_DEFAULT: dict[str, ChartKind] = {"proportion": "p", "rate": "u", "count": "c"}


def chart_for(measure_kind: str) -> ChartKind:
    """Return the chart a measure kind asks for by default; the data may overrule it."""
    return _DEFAULT.get(measure_kind, "xmr")
