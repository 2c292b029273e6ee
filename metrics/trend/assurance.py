"""Will this process meet its target? Asked only after: is it predictable at all?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np
from scipy import special

from metrics.trend.constants import TRANSFORMED
from metrics.trend.exact import Numbers
from metrics.trend.ladder import PROVISIONAL_FROM
from metrics.trend.limits import SLACK
from metrics.trend.spec import Assurance, ChartKind

CORRELATION_LIMIT = 0.5
"""Neighbouring periods this alike (lag-1 correlation) make limits too narrow to promise by."""

EXACT_UP_TO = 5000
"""Counts up to here are summed exactly; above, the normal curve differs by less than a percent."""

INTERVAL = 0.90
"""How sure the interval of the predicted share is: from 24 periods and 84 %, 73 to 94 %."""

FREEDOM = 0.62
"""What a moving range is worth in degrees of freedom: neighbours share a value."""

_Z95 = 1.959963984540054
_CENTRES, _SPREADS = 41, 21
"""Quantiles of the centre and of the spread that the interval is made of."""


@dataclass(frozen=True)
class Process:
    """The current phase of a series, as the target is held against it.

    `size` is the denominator a usual period has, or the weight of a usual value (1 for counts),
    `counted` and `exposed` the sums of numerators and denominators the limits come from, `n` its
    number of ok points, `base` of those the limits come from. Of a t chart `centre` and `sigma` are
    of the transformed times. `dispersion` is how many times the variance is what chance gives.
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
    dispersion: float = 1.0

    @property
    def is_share(self) -> bool:
        """Whether what is counted is a part of what it is held against."""
        return self.chart in {"p", "p-prime"}


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
    Counts: the beta-binomial or negative binomial that the baseline's own counts predict, as much
    wider as the chart is (Laney); times by their transform; gaps by the geometric curve.
    """
    return float(_met(process, wanted, _likeliest(process))[0])


def p_interval(process: Process, wanted: Wanted) -> tuple[float, float]:
    """Return the 90 % interval of `p_success`: what it would be found to be, drawn anew.

    A parametric bootstrap without chance: centre and spread run over the quantiles of what as many
    periods of this very process would have given, every centre with every spread. The share itself
    is inside, also where no centre would meet a band more often.
    """
    shares = _met(process, wanted, _likely(process))
    tail = (1 - INTERVAL) / 2
    low, high = np.quantile(shares, [tail, 1 - tail])
    share = p_success(process, wanted)
    return min(float(low), share), max(float(high), share)


def wilson(hits: int, periods: int) -> tuple[float, float] | None:
    """Return the 95 % interval of the share of periods that met their target (Wilson, 1927)."""
    if periods == 0:
        return None
    share, z2 = hits / periods, _Z95**2 / periods
    centre = (share + z2 / 2) / (1 + z2)
    away = _Z95 / (1 + z2) * ((share * (1 - share) + z2 / 4) / periods) ** 0.5
    return max(0.0, centre - away), min(1.0, centre + away)


@dataclass(frozen=True)
class _Guess:
    """What the process may be: of values centre and sigma, of counts the rate and dispersion."""

    centre: Numbers
    spread: Numbers


_COUNTED: tuple[ChartKind, ...] = ("p", "u", "c", "p-prime", "u-prime")


def _likeliest(process: Process) -> _Guess:
    if process.chart in _COUNTED:
        rate = (process.counted + 0.5) / (process.exposed + process.is_share)
        return _Guess(np.array([rate]), np.array([process.dispersion]))
    if process.chart == "g":
        return _Guess(np.array([process.counted + 0.5]), np.array([1.0]))
    return _Guess(np.array([process.centre]), np.array([process.sigma]))


def _likely(process: Process) -> _Guess:
    """Return every likely centre with every likely spread, each as likely as the other."""
    chances = (np.arange(_CENTRES) + 0.5) / _CENTRES
    freedom = max(FREEDOM * (process.base - 1), 1.0)
    wider = special.chdtri(freedom, (np.arange(_SPREADS) + 0.5) / _SPREADS) / freedom
    if process.chart in _COUNTED:
        spread = process.dispersion * (wider if process.dispersion > 1 else np.ones(1))
        return _pairs(_rates(process, chances), np.maximum(spread, 1.0))
    if process.chart == "g":
        times = special.gammaincinv(process.base, 1 - chances) / process.base
        return _Guess((process.counted + 0.5) * times, np.ones(1))
    centre = process.centre + process.sigma * _doubt(process) ** 0.5 * special.ndtri(chances)
    return _pairs(centre, process.sigma * np.sqrt(wider))


def _pairs(centre: Numbers, spread: Numbers) -> _Guess:
    both = np.meshgrid(centre, spread)
    return _Guess(both[0].ravel(), both[1].ravel())


def _rates(process: Process, chances: Numbers) -> Numbers:
    """Return quantiles of the rate that gave the counts, or of the share."""
    seen = (process.counted + 0.5) / process.dispersion
    if not process.is_share:
        rates = special.gammaincinv(seen, chances) * process.dispersion / process.exposed
    else:
        missed = max(process.exposed - process.counted, 0.0) + 0.5
        rates = special.betaincinv(seen, missed / process.dispersion, chances)
    return np.asarray(rates, dtype=np.float64)


def _doubt(process: Process) -> float:
    """Return the variance of the centre in variances of one value."""
    return process.size / process.exposed if process.chart == "i-prime" else 1 / process.base


def _met(process: Process, wanted: Wanted, guess: _Guess) -> Numbers:
    below = _below(process, guess)
    high = np.ones(1) if wanted.high is None else below(wanted.high, 0)
    low = np.zeros(1) if wanted.low is None else below(wanted.low, -1)
    return np.clip(high - low, 0.0, 1.0)


def _below(process: Process, guess: _Guess) -> Callable[[float, int], Numbers]:
    """Return P(a usual period is at most `value`), for every guess; with step -1: is below it."""
    if process.chart in _COUNTED:
        return lambda value, step: _counts_below(process, guess, value, step)
    if process.chart == "g":
        return lambda value, step: _gaps_below(process, guess, value, step)
    if process.chart == "t":
        return lambda value, step: _values_below(
            process, guess, max(value, 0.0) ** (1 / TRANSFORMED), step
        )
    return lambda value, step: _values_below(process, guess, value, step)


def _values_below(process: Process, guess: _Guess, value: float, step: int) -> Numbers:
    spread = guess.spread * (1 + _doubt(process)) ** 0.5
    away = value - guess.centre
    touching = np.abs(away) <= SLACK * np.abs(guess.centre)
    certain = (away > 0) & ~touching if step else (away > 0) | touching
    known = np.where(spread > 0, spread, 1.0)
    return np.where(spread > 0, special.ndtr(away / known), certain.astype(np.float64))


def _gaps_below(process: Process, guess: _Guess, value: float, step: int) -> Numbers:
    """Return the chance of a gap so short: geometric, its share as the gaps before have it."""
    last = _last(value, step)
    if last < 0:
        return np.zeros_like(guess.centre)
    longer = special.betaln(process.base, guess.centre + last + 1)
    return np.asarray(1 - np.exp(longer - special.betaln(process.base, guess.centre)))


def _counts_below(process: Process, guess: _Guess, value: float, step: int) -> Numbers:
    """Return the chance of so low a count in a period of usual size.

    The variance is that of chance, times the dispersion, with the doubt of the rate added.
    """
    last = _last(value * process.size / process.per, step)
    mean = guess.centre * process.size
    if last < 0:
        return np.zeros_like(mean)
    if process.is_share:
        return _shares_below(process, guess, last)
    wider = guess.spread * (1 + process.size / process.exposed)
    if max(float(mean.max()), last) > EXACT_UP_TO:
        return np.asarray(special.ndtr((last + 0.5 - mean) / np.sqrt(mean * wider)))
    # Negative binomial: of its mean, its variance `wider` times the mean.
    return np.asarray(special.betainc(mean / (wider - 1), last + 1.0, 1 / wider))


def _shares_below(process: Process, guess: _Guess, last: int) -> Numbers:
    """Return the chance of at most `last` items: beta-binomial, the shorter tail summed."""
    size, share = max(round(process.size), 1), guess.centre
    if last >= size:
        return np.ones_like(share)
    wider = guess.spread * (1 + (size - 1) / (process.exposed + 2))
    rest = size - last - 1
    terms = min(last, rest) + 1
    if terms > EXACT_UP_TO or terms * share.size > 100 * EXACT_UP_TO:
        deviation = np.sqrt(size * share * (1 - share) * wider)
        return np.asarray(special.ndtr((last + 0.5 - size * share) / deviation))
    items = np.maximum((size - wider) / np.maximum(wider - 1, 1e-12), 1e-6)
    hit, miss = items * share, items * (1 - share)
    if last <= rest:
        return _sum_of_shares(hit, miss, size, terms)
    return np.asarray(1 - _sum_of_shares(miss, hit, size, terms))


def _sum_of_shares(hit: Numbers, miss: Numbers, size: int, terms: int) -> Numbers:
    """Return the chance of fewer than `terms` hits."""
    k = np.arange(terms)[:, None]
    ways = -special.betaln(size - k + 1, k + 1) - np.log(size + 1)
    chances = np.exp(ways + special.betaln(hit + k, miss + size - k) - special.betaln(hit, miss))
    return np.asarray(chances.sum(axis=0))


def _last(count: float, step: int) -> int:
    """Return the greatest whole number up to a count; with step -1, below it."""
    if step == 0:
        return int(np.floor(count + SLACK * abs(count)))
    return int(np.ceil(count * (1 - SLACK))) - 1
