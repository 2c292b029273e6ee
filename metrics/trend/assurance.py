"""Will this process meet its target? Asked only after: is it predictable at all?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, erf, exp, floor, inf, lgamma, log, sqrt

from metrics.trend.ladder import PROVISIONAL_FROM
from metrics.trend.limits import SLACK
from metrics.trend.spec import Assurance, ChartKind

CORRELATION_LIMIT = 0.5
"""Neighbouring periods this alike (lag-1 correlation) make limits too narrow to promise by."""

EXACT_UP_TO = 5000
"""Counts up to here are summed exactly; above, the normal curve differs by less than a percent."""


@dataclass(frozen=True)
class Process:
    """The current phase of a series, as the target is held against it.

    `size` is the denominator a usual period has (1 for counts), `counted` and `exposed` the sums of
    numerators and denominators the limits come from, `n` its number of ok points, `base` of those
    the limits come from.
    """

    chart: ChartKind
    per: float
    n: int
    base: int
    centre: float
    sigma: float
    low: float
    high: float
    size: float = 1.0
    counted: float = 0.0
    exposed: float = 0.0


@dataclass(frozen=True)
class Wanted:
    """The target in force: no less than `low`, no more than `high`, either may be absent."""

    low: float | None = None
    high: float | None = None


def assurance(
    process: Process | None, wanted: Wanted | None, *, is_concern: bool, r1: float | None
) -> Assurance:
    """Return whether a stable process will meet its target; a limit on it decides nothing."""
    if wanted is None:
        return "no_target"
    if process is None or process.n < PROVISIONAL_FROM:
        return "insufficient"
    if is_concern or (r1 is not None and r1 > CORRELATION_LIMIT):
        return "not_predictable"
    low = -inf if wanted.low is None else wanted.low
    high = inf if wanted.high is None else wanted.high
    slack = SLACK * max(abs(process.low), abs(process.high), process.sigma)
    if process.low > low + slack and process.high < high - slack:
        return "capable"
    if process.high < low - slack or process.low > high + slack:
        return "not_capable"
    return "hit_or_miss"


def p_success(process: Process, wanted: Wanted) -> float:
    """Return the predicted share of periods that meet the target, 0 to 1.

    Values: normal around the centre with the uncertainty of the centre added, sigma √(1 + 1/n).
    Counts: the beta-binomial or negative binomial that the baseline's own counts predict.
    """
    below = _values_below(process) if process.chart == "xmr" else _counts_below(process)
    high = 1.0 if wanted.high is None else below(wanted.high, 0)
    low = 0.0 if wanted.low is None else below(wanted.low, -1)
    return min(1.0, max(0.0, high - low))


def _values_below(process: Process) -> Callable[[float, int], float]:
    spread = process.sigma * sqrt(1 + 1 / process.base)

    def below(value: float, step: int) -> float:
        away = value - process.centre
        if spread == 0:
            touching = abs(away) <= SLACK * abs(process.centre)
            return float(away > 0 or touching) if step == 0 else float(away > 0 and not touching)
        return _phi(away / spread)

    return below


def _counts_below(process: Process) -> Callable[[float, int], float]:
    """Return P(count of a usual period is at most the one `value` stands for; -1: is below it)."""
    scale = process.size / (1.0 if process.chart == "c" else process.per)

    def below(value: float, step: int) -> float:
        count = value * scale
        last = floor(count + SLACK * abs(count)) if step == 0 else ceil(count * (1 - SLACK)) - 1
        if last < 0:
            return 0.0
        if process.centre * scale > EXACT_UP_TO or last > EXACT_UP_TO:
            mean, spread = (
                process.centre * scale,
                process.sigma * scale * sqrt(1 + 1 / process.base),
            )
            return _phi((last + 0.5 - mean) / spread) if spread > 0 else float(last >= mean)
        chance = _share_chance if process.chart == "p" else _count_chance
        return min(1.0, sum(chance(process, k) for k in range(last + 1)))

    return below


def _count_chance(process: Process, k: int) -> float:
    """Return the chance of k events: negative binomial, half an event added to what was seen."""
    seen, share = process.counted + 0.5, process.exposed / (process.exposed + process.size)
    ways = lgamma(seen + k) - lgamma(seen) - lgamma(k + 1)
    return exp(ways + seen * log(share) + k * log(1 - share))


def _share_chance(process: Process, k: int) -> float:
    """Return the chance of k of a usual period's items: beta-binomial, half an item either way."""
    size = round(process.size)
    if k > size:
        return 0.0
    hit, miss = process.counted + 0.5, process.exposed - process.counted + 0.5
    ways = lgamma(size + 1) - lgamma(k + 1) - lgamma(size - k + 1)
    return exp(ways + _log_beta(hit + k, miss + size - k) - _log_beta(hit, miss))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _phi(z: float) -> float:
    return 0.5 * (1 + erf(z / sqrt(2)))
