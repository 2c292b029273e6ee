"""Series for the trend engine, a value a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from metrics.trend import Summary, Trends, TrendSpec, TrendTarget, analyse

SCHEMA = {
    "series": pl.String,
    "period": pl.Date,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "value": pl.Float64,
    "status": pl.String,
}
ALTERNATING = [9.0, 11.0] * 10
"""Twenty points around 10: every moving range is 2, so sigma is 2.66 × 2 / 3 = 1.7733."""


def month(index: int) -> date:
    """Return the first of the month, `index` months after January 2023."""
    return date(2023 + index // 12, index % 12 + 1, 1)


def monthly(values: Sequence[float | None], series: str = "s", *, partial: int = 0) -> pl.DataFrame:
    """Return the points of a series of values; None is a missing month, the last are still open."""
    closed = len(values) - partial
    rows = [
        (series, month(i), None, None, value, _status(value, is_open=i >= closed))
        for i, value in enumerate(values)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def counted(parts: Sequence[tuple[float, float]], series: str = "s") -> pl.DataFrame:
    """Return the points of a ratio from its (numerator, denominator) a month."""
    rows = [(series, month(i), a, b, None, "ok") for i, (a, b) in enumerate(parts)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def counts(values: Sequence[float], series: str = "s") -> pl.DataFrame:
    """Return the points of a count a month."""
    rows = [(series, month(i), value, None, value, "ok") for i, value in enumerate(values)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def a_spec(**given: object) -> TrendSpec:
    """Return a spec of which the test names only what matters."""
    return TrendSpec(**{"title": "Days to answer", "unit": "days", **given})  # type: ignore[arg-type]


def at_most(value: float, since: date = date(2000, 1, 1)) -> TrendTarget:
    """Return a target not to be passed."""
    return TrendTarget(since, "at_most", None, value)


def at_least(value: float, since: date = date(2000, 1, 1)) -> TrendTarget:
    """Return a target to be reached."""
    return TrendTarget(since, "at_least", value, None)


def trend_of(points: pl.DataFrame, **given: object) -> Trends:
    """Return the analysis of the one series "s"."""
    return analyse(points, {"s": a_spec(**given)})


def summary_of(points: pl.DataFrame, **given: object) -> Summary:
    """Return the summary of the one series "s"."""
    return trend_of(points, **given).summaries["s"]


def rules_of(trends: Trends) -> list[list[str]]:
    """Return the rule codes of each point in order."""
    found: list[list[str]] = trends.points["rules"].to_list()
    return found


def _status(value: float | None, *, is_open: bool) -> str:
    if is_open:
        return "partial"
    return "missing" if value is None else "ok"
