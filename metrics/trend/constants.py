"""The constants of control charts, each with where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, pi, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metrics.trend.spec import Constants, Middle

D2 = 1.128
"""Mean range of two standard normal values, as the published tables round it."""

D2_MEDIAN = 0.954
"""Median range of two standard normal values, as the published tables round it."""

D4 = 3.267
"""Upper limit of a moving range in mean moving ranges, as the published tables round it; ranges
beyond it are screened out where that is asked for."""

D4_WEIGHTED = 3.2665
"""The same for the standardised ranges of an I' chart (Taylor)."""

TRANSFORMED = 3.6
"""Times between events to the power of 1 / 3.6 are nearly normal (Nelson, 1994)."""

_D2_EXACT = 2 / sqrt(pi)
_D3_EXACT = sqrt(2 - 4 / pi)
_D2_MEDIAN_EXACT = 0.6744897501960817 * sqrt(2)


@dataclass(frozen=True)
class RangeConstants:
    """Three sigma, and the upper limit of the moving range, in usual moving ranges."""

    width: float
    beyond: float


_CONSTANTS: dict[tuple[str, str], RangeConstants] = {
    ("2.66", "mean"): RangeConstants(2.66, 3.268),
    ("2.66", "median"): RangeConstants(3.145, 3.865),
    ("table", "mean"): RangeConstants(3 / D2, D4),
    ("table", "median"): RangeConstants(3 / D2_MEDIAN, 3.865),
    ("exact", "mean"): RangeConstants(3 / _D2_EXACT, 1 + 3 * _D3_EXACT / _D2_EXACT),
    ("exact", "median"): RangeConstants(
        3 / _D2_MEDIAN_EXACT, (_D2_EXACT + 3 * _D3_EXACT) / _D2_MEDIAN_EXACT
    ),
}


def range_constants(k: Constants, mr: Middle) -> RangeConstants:
    """Return the constants of an individuals chart.

    Source: Wheeler and Chambers, Understanding Statistical Process Control, 2nd ed., 1992; exact
    ones from the distribution of the range of two normal values.
    """
    return _CONSTANTS[k, mr]


@cache
def c4(n: int) -> float:
    """Return the mean of the standard deviation of n standard normal values, n two or more.

    Source: Montgomery, Introduction to Statistical Quality Control, appendix VI.
    """
    return sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2))
