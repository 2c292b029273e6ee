"""Limits and intervals of counts by the curve they follow, where three sigma do not fit it.

A few events a period lie askew: three sigma below nothing is no limit, and three sigma above is
passed ten times as often as it should be.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import special

from metrics.trend.ladder import MEDIAN_FROM, TRIAL_FROM

Numbers = npt.NDArray[np.float64]

BEYOND_LOW, BEYOND_HIGH = 0.00135, 0.99865
"""The chances that three sigma leave on either side of a normal curve."""

OUTSIDE = 0.05
"""Chance that an interval misses the true share or rate: 95 % intervals."""


def hits_up_to(count: Numbers, size: Numbers, share: Numbers) -> Numbers:
    """Return the chance of at most `count` hits among `size` items (binomial)."""
    left = np.maximum(size - count, 0.0)
    chance = _plain(special.betaincc(np.maximum(count, 0.0) + 1, np.maximum(left, 1e-300), share))
    return np.where(count < 0, 0.0, np.where(left <= 0, 1.0, chance))


def events_up_to(count: Numbers, mean: Numbers) -> Numbers:
    """Return the chance of at most `count` events (Poisson)."""
    return np.where(count < 0, 0.0, _plain(special.pdtr(np.maximum(count, 0.0), mean)))


def limits_of_hits(size: Numbers, share: Numbers) -> tuple[Numbers, Numbers]:
    """Return the counts that 0.135 % of all lie below, and that 0.135 % lie above.

    Each is the least count with so much of the binomial up to it.
    """
    guesses = (special.bdtrik(chance, size, share) for chance in (BEYOND_LOW, BEYOND_HIGH))
    low, high = (_plain(guess) for guess in guesses)

    def up_to(count: Numbers) -> Numbers:
        return hits_up_to(count, size, share)

    return _least(low, BEYOND_LOW, up_to), _least(high, BEYOND_HIGH, up_to)


def limits_of_events(mean: Numbers) -> tuple[Numbers, Numbers]:
    """Return the same two counts of a Poisson of that mean."""
    guesses = (special.pdtrik(chance, mean) for chance in (BEYOND_LOW, BEYOND_HIGH))
    low, high = (_plain(guess) for guess in guesses)

    def up_to(count: Numbers) -> Numbers:
        return events_up_to(count, mean)

    return _least(low, BEYOND_LOW, up_to), _least(high, BEYOND_HIGH, up_to)


def _least(guess: Numbers, chance: float, up_to: Callable[[Numbers], Numbers]) -> Numbers:
    """Return the least whole number with `chance` up to it; the guess is one away at most."""
    first = np.maximum(np.ceil(np.nan_to_num(guess, nan=0.0)) - 1, 0.0)
    second, third = first + 1, first + 2
    return np.select([up_to(first) >= chance, up_to(second) >= chance], [first, second], third)


def interval_of_share(hits: Numbers, size: Numbers) -> tuple[Numbers, Numbers]:
    """Return the 95 % interval of a share (Clopper and Pearson, 1934)."""
    misses = size - hits
    low = special.betaincinv(np.maximum(hits, 1e-300), misses + 1, OUTSIDE / 2)
    high = special.betaincinv(hits + 1, np.maximum(misses, 1e-300), 1 - OUTSIDE / 2)
    return np.where(hits <= 0, 0.0, _plain(low)), np.where(misses <= 0, 1.0, _plain(high))


def interval_of_count(events: Numbers) -> tuple[Numbers, Numbers]:
    """Return the 95 % interval of the mean that gave so many events (Garwood, 1936)."""
    low = special.gammaincinv(np.maximum(events, 1e-300), OUTSIDE / 2)
    high = special.gammaincinv(events + 1, 1 - OUTSIDE / 2)
    return np.where(events <= 0, 0.0, _plain(low)), _plain(high)


def with_exact_limits(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of p, u and c charts, `low` and `high` by the curve where `exact`.

    The lines at two sigma do not reach beyond them.
    """
    has_limits = pl.col("exact") & (pl.col("_size") > 0) & pl.col("_ratio").is_not_null()
    known = cells.filter(has_limits)
    if known.is_empty():
        return cells
    size, ratio = known["_size"].to_numpy(), known["_ratio"].to_numpy()
    is_share = (known["kind"] == "p").to_numpy()
    by_hits = limits_of_hits(np.where(is_share, size, 1.0), np.where(is_share, ratio, 0.5))
    by_events = limits_of_events(np.where(is_share, 1.0, ratio * size))
    scale = known["_scale"].to_numpy() / size
    low, high = (
        np.where(is_share, hits, events) * scale
        for hits, events in zip(by_hits, by_events, strict=True)
    )
    drawn = known.select("cell").with_columns(_low=pl.Series(low), _high=pl.Series(high))
    cells = cells.join(drawn, on="cell", how="left", maintain_order="left")
    cells = cells.with_columns(low=pl.coalesce("_low", "low"), high=pl.coalesce("_high", "high"))
    return cells.drop("_low", "_high").with_columns(
        low2=pl.when("exact").then(pl.max_horizontal("low2", "low")).otherwise("low2"),
        high2=pl.when("exact").then(pl.min_horizontal("high2", "high")).otherwise("high2"),
    )


def with_intervals(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with ci_low and ci_high: what a count so small may as well have been.

    Known for the ok points of p, u and c charts that have too few points for limits, 3 to 7.
    """
    few = pl.col("ok_points").is_between(MEDIAN_FROM, TRIAL_FROM - 1)
    counted = pl.col("chart").is_in(["p", "u", "c"]) & pl.col("value").is_not_null()
    known = cells.clear()
    if cells.select((pl.col("ok_points") < TRIAL_FROM).any()).item():
        known = cells.filter(pl.col("ok") & few & pl.col("ladder") & counted)
    if known.is_empty():
        nothing = pl.lit(None, dtype=pl.Float64)
        return cells.with_columns(ci_low=nothing, ci_high=nothing)
    events = pl.coalesce("numerator", "value")
    found = known.select("cell", "kind", "per", _size=_size(), _events=events)
    low, high = intervals(found)
    found = found.select("cell", ci_low=pl.Series(low), ci_high=pl.Series(high))
    return cells.join(found, on="cell", how="left", maintain_order="left")


def intervals(counts: pl.DataFrame) -> tuple[Numbers, Numbers]:
    """Return the 95 % interval of each row of kind, per, _events and _size, in its own terms."""
    events, size = (counts[name].to_numpy().astype(np.float64) for name in ("_events", "_size"))
    is_share = (counts["kind"] == "p").to_numpy()
    shares = interval_of_share(np.where(is_share, events, 0.0), np.where(is_share, size, 1.0))
    rates = interval_of_count(events)
    scale = np.where((counts["kind"] == "c").to_numpy(), 1.0, counts["per"].to_numpy())
    low, high = (
        np.where(is_share, share, rate / size) * scale
        for share, rate in zip(shares, rates, strict=True)
    )
    return low, high


def _size() -> pl.Expr:
    return pl.when(pl.col("kind") == "c").then(1.0).otherwise(pl.col("denominator"))


def _plain(found: Any) -> Numbers:  # noqa: ANN401 scipy's functions have no types
    return np.asarray(found, dtype=np.float64)
