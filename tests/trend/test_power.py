"""How many more periods would show the change that matters."""

from __future__ import annotations

from math import inf, sqrt

import pytest

from metrics.trend.claim import Claim
from metrics.trend.effect import Effect
from metrics.trend.intervals import Interval
from metrics.trend.power import more_periods, wanted
from tests.support.series import month


def an_effect(half: float, *, is_ratio: bool = False, before: float = 10.0) -> Effect:
    around = Interval(1.0, 1 / half, half) if is_ratio else Interval(0.0, -half, half)
    return Effect(around, "rates" if is_ratio else "means", is_ratio, before, before, r=0.0)


def test_the_error_shrinks_with_the_periods_on_either_side() -> None:
    # One period's spread 2, 24 before: 2.8 errors of sqrt(1/24 + 1/k) x 2 are 2 where
    # 1/k = (1 / 2.8)^2 - 1/24 = 0.0859: 12 periods, 4 more than 8.
    half = 1.959964 * 2 * sqrt(1 / 24 + 1 / 8)
    assert more_periods(an_effect(half), 2.0, 24, 8) == 4


def test_no_number_of_periods_makes_up_for_a_short_time_before() -> None:
    half = 1.959964 * 2 * sqrt(1 / 24 + 1 / 8)
    # Even without end: 2.8 x 2 / sqrt(24) = 1.14.
    assert more_periods(an_effect(half), 1.1, 24, 8) is None
    assert more_periods(an_effect(half), 1.2, 24, 8) is not None


@pytest.mark.parametrize("sought", [None, 0.0, inf])
def test_without_a_change_that_matters_there_is_no_number(sought: float | None) -> None:
    assert more_periods(an_effect(1.0), sought, 24, 8) is None


def test_of_values_without_spread_there_is_no_number() -> None:
    assert more_periods(an_effect(0.0), 1.0, 24, 8) is None


def test_the_change_wanted_of_a_rate_is_a_ratio() -> None:
    claim = Claim(month(24), worthwhile=2.0)
    assert wanted(an_effect(2.0, is_ratio=True), claim, good=-1) == 10 / 8
    assert wanted(an_effect(2.0, is_ratio=True), claim, good=1) == 12 / 10
    assert wanted(an_effect(2.0, is_ratio=True, before=1.5), claim, good=-1) == inf


def test_the_change_expected_stands_in_where_none_is_said_to_matter() -> None:
    assert wanted(an_effect(1.0), Claim(month(24), expected_change=-3.0), good=-1) == 3
    assert wanted(an_effect(1.0), Claim(month(24)), good=-1) is None
