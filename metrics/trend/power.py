"""What change is worth having, on the scale of an effect, and how many periods would show it."""

from __future__ import annotations

from math import ceil, inf, isfinite, log

from metrics.trend.claim import Claim
from metrics.trend.effect import Effect
from metrics.trend.intervals import quantile_of_normal

MEANT_POWER = 2.8
"""Standard errors an effect must measure to be found 80 times in 100: 1.96 + 0.84."""


def wanted(found: Effect, claim: Claim, good: int) -> float | None:
    """Return the least change that matters on the scale of the effect; None where none is named.

    Of a ratio it is how many times better the level of before would be; more than can be is
    infinite.
    """
    least = claim.wanted
    if least is None:
        return None
    if not found.is_ratio:
        return least
    before, after = found.level_before, found.level_before + good * least
    if min(before, after) <= 0:
        return inf
    return after / before if good > 0 else before / after


def more_periods(found: Effect, sought: float | None, before: int, after: int) -> int | None:
    """Return how many more periods after would show `sought` 80 times in 100; None: no number.

    The standard error shrinks with 1 / before + 1 / after, and no further than 1 / before.
    """
    low, high, target = found.found.low, found.found.high, sought or 0.0
    if found.is_ratio:
        low, high, target = (log(v) if v > 0 else -inf for v in (low, high, target))
    if not (isfinite(low) and isfinite(high) and isfinite(target)) or target <= 0:
        return None
    error = (high - low) / 2 / quantile_of_normal()
    if error == 0:
        return None
    one = error**2 / (1 / before + 1 / after)
    left = (target / MEANT_POWER) ** 2 / one - 1 / before
    return max(ceil(1 / left) - after, 1) if left > 0 else None
