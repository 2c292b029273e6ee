"""The current phase of a series as one process: how it is held against a target, and pooled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from metrics.trend.assurance import Process
from metrics.trend.choice import COUNTS
from metrics.trend.exact import intervals, limits_of_events, limits_of_hits
from metrics.trend.ladder import MEDIAN_FROM, TRIAL_FROM

Row = Mapping[str, Any]
"""The facts of one series, as the summary gathers them."""


def process_of(row: Row) -> Process | None:
    """Return the current phase at what usually stands behind a recent value; None without limits.

    That is the median denominator, or weight, of the last twelve points: the latest may be odd.
    """
    if row["limits_kind"] in {None, "none"} or row["sigma"] is None:
        return None
    size = _size(row)
    low, high, sigma = _limits(row, size)
    return Process(
        chart=row["chart"],
        per=row["per"] if _is_ratio(row) else 1.0,
        n=row["n"],
        base=row["base"],
        centre=row["centre"] if row["chart"] == "t" else row["cl"],
        sigma=sigma,
        low=low,
        high=high,
        size=size,
        counted=row["counted"],
        exposed=_exposed(row),
        dispersion=_dispersion(row),
    )


def pooled(row: Row) -> tuple[float, float, float] | None:
    """Return the rate of all periods of a p, u or c chart and its 95 % interval.

    None where there are enough points for limits, or too few to be pooled.
    """
    is_few = row["limits_kind"] == "none" and MEDIAN_FROM <= row["n"] < TRIAL_FROM
    if not is_few or row["chart"] not in {"p", "u", "c"}:
        return None
    size = float(row["n"]) if row["kind"] == "c" else row["exposed"]
    per = 1.0 if row["kind"] == "c" else row["per"]
    # Counts of n periods are held against n periods: the rate of one is what they have in common.
    kind = "u" if row["kind"] == "c" else row["kind"]
    counts = pl.DataFrame({"kind": [kind], "per": [per], "_events": [row["counted"]]})
    low, high = intervals(counts.with_columns(_size=pl.lit(size)))
    return per * row["counted"] / size, float(low[0]), float(high[0])


def _is_ratio(row: Row) -> bool:
    """Return whether limits follow the denominator: a u' chart of counts has none."""
    return row["chart"] in COUNTS and row["kind"] != "c"


def _size(row: Row) -> float:
    return row["usual_size"] or 1.0 if _is_ratio(row) or row["chart"] == "i-prime" else 1.0


def _limits(row: Row, size: float) -> tuple[float, float, float]:
    """Return the limits of a period of usual size, on the natural bounds, and its sigma."""
    if not (_is_ratio(row) or row["chart"] == "i-prime"):
        return row["lcl"], row["ucl"], row["sigma"]
    sigma = row["sigma"] * (row["latest_size"] / size) ** 0.5
    low, high = row["cl"] - 3 * sigma, row["cl"] + 3 * sigma
    if row["exact"]:
        low, high = _exact(row, size)
    least, most = row["bound_low"], row["bound_high"]
    low = low if least is None else max(low, least)
    return low, high if most is None else min(high, most), sigma


def _exact(row: Row, size: float) -> tuple[float, float]:
    sizes, rate = np.array([size]), np.array([row["cl"] / row["per"]])
    found = limits_of_hits(sizes, rate) if row["chart"] == "p" else limits_of_events(rate * sizes)
    low, high = (float(counts[0]) * row["per"] / size for counts in found)
    return low, high


def _dispersion(row: Row) -> float:
    """Return how many times the variance of a prime chart is what chance gives; never below 1."""
    if row["chart"] not in {"p-prime", "u-prime"}:
        return 1.0
    per, size = (row["per"], row["latest_size"]) if _is_ratio(row) else (1.0, 1.0)
    rate = row["cl"] / per
    chance = rate * (1 - rate) if row["chart"] == "p-prime" else rate
    return max((row["sigma"] / per) ** 2 * size / chance, 1.0) if chance > 0 else 1.0


def _exposed(row: Row) -> float:
    """Return what the baseline's counts are held against: as much as makes its rate the centre's.

    With a season that is the rate of the latest period's, which the limits are of too.
    """
    if row["chart"] == "i-prime":
        return float(row["exposed"])
    if row["chart"] not in COUNTS:
        return float(row["base"])
    per = row["per"] if _is_ratio(row) else 1.0
    whole = row["exposed"] if _is_ratio(row) else float(row["base"])
    return float(row["counted"] * per / row["cl"] if row["cl"] > 0 else whole)
