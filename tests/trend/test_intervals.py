"""Intervals of an effect against published values and scipy's own distributions."""

from __future__ import annotations

from dataclasses import astuple
from math import exp, inf, sqrt
from statistics import fmean, variance

import pytest
from scipy import stats

from metrics.trend.intervals import (
    Counts,
    Values,
    correlation,
    difference_of_means,
    difference_of_shares,
    dispersion,
    ratio_of_gaps,
    ratio_of_odds,
    ratio_of_rates,
    shift_of_values,
    wilson,
)

BEFORE, AFTER = (5.0, 6.0, 7.0, 6.0, 8.0, 5.0, 6.0, 9.0), (4.0, 3.0, 5.0, 4.0, 2.0)


def one(events: float, chances: float) -> Counts:
    return Counts((events,), (chances,))


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_difference_of_shares_is_newcombes_method_10(
    a: int, m: int, b: int, n: int, low: float, high: float
) -> None:
    # Newcombe, Statistics in Medicine 17, 1998, table II.
    found = difference_of_shares(one(b, n), one(a, m))
    assert found.estimate == pytest.approx(a / m - b / n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_spread_of_four_times_chance_makes_shares_worth_a_quarter_of_their_items() -> None:
    quarter = difference_of_shares(one(12, 20), one(14, 17.5))
    found = difference_of_shares(one(48, 80), one(56, 70), phi=4)
    assert astuple(found) == pytest.approx(astuple(quarter))


def test_wilson_is_scipys() -> None:
    theirs = stats.binomtest(7, 20).proportion_ci(method="wilson")
    assert wilson(7 / 20, 20) == pytest.approx((theirs.low, theirs.high))


def test_difference_of_means_is_welchs() -> None:
    found = difference_of_means(Values(BEFORE), Values(AFTER))
    theirs = stats.ttest_ind(AFTER, BEFORE, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert found.estimate == fmean(AFTER) - fmean(BEFORE)


def test_neighbours_alike_by_0_6_double_the_standard_error() -> None:
    plain = difference_of_means(Values(BEFORE), Values(AFTER))
    wider = difference_of_means(Values(BEFORE), Values(AFTER), r=0.6)
    # (1 + 0.6) / (1 - 0.6) = 4
    assert wider.high - wider.low == pytest.approx(2 * (plain.high - plain.low))


def test_weights_that_are_all_the_same_change_nothing() -> None:
    weighted = difference_of_means(Values(BEFORE, (7.0,) * 8), Values(AFTER, (3.0,) * 5))
    plain = difference_of_means(Values(BEFORE), Values(AFTER))
    assert astuple(weighted) == pytest.approx(astuple(plain))


def test_a_weighted_mean_stands_on_what_is_behind_it() -> None:
    side = Values((10.0, 20.0), (3.0, 1.0))
    assert side.level == (3 * 10 + 20) / 4
    assert side.error_squared == (3 * 2.5**2 + 7.5**2) / 1 / 4


def test_values_without_any_spread_differ_by_what_they_differ() -> None:
    found = difference_of_means(Values((4.0,) * 8), Values((3.0,) * 6))
    assert (found.estimate, found.low, found.high) == (-1, -1, -1)


def test_shift_of_values_is_hodges_and_lehmanns_example() -> None:
    # Hollander and Wolfe, Nonparametric Statistical Methods, table 4.1: permeability of membranes
    # at term and at 12 to 26 weeks; R's wilcox.test(x, y, conf.int = TRUE, exact = FALSE,
    # correct = FALSE) gives 0.305.
    term = (0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46)
    early = (1.15, 0.88, 0.90, 0.74, 1.21)
    found = shift_of_values(Values(early), Values(term))
    assert found.estimate == pytest.approx(0.305)
    inside = [d for d in (x - y for x in term for y in early) if found.low <= d <= found.high]
    # 50 differences; 25 - 1.96 x sqrt(10 x 5 x 16 / 12) = 9.0 are beyond either end, that one in.
    assert len(inside) == 50 - 2 * (8 - 1)


def test_ratio_of_rates_is_exact_where_chance_explains_the_spread() -> None:
    found = ratio_of_rates(one(41, 28010), one(15, 19017))
    share = stats.binomtest(15, 15 + 41).proportion_ci(method="exact")
    times = 28010 / 19017
    assert found.estimate == pytest.approx(15 / 19017 / (41 / 28010))
    assert found.low == pytest.approx(share.low / (1 - share.low) * times)
    assert found.high == pytest.approx(share.high / (1 - share.high) * times)


def test_no_event_after_has_an_upper_end_and_none_before_a_lower_one() -> None:
    none_after, none_before = (
        ratio_of_rates(one(8, 10), one(0, 10)),
        ratio_of_rates(one(0, 1), one(5, 1)),
    )
    assert (none_after.estimate, none_after.low) == (0, 0)
    # All 8 before: (1 - x)^8 = 0.025
    assert none_after.high / (1 + none_after.high) == pytest.approx(1 - 0.025 ** (1 / 8))
    assert (none_before.estimate, none_before.high) == (inf, inf)


def test_no_event_on_either_side_tells_nothing() -> None:
    assert astuple(ratio_of_rates(one(0, 10), one(0, 10))) == (1, 0, inf)


def test_a_larger_spread_widens_the_ratio_of_rates_by_its_root() -> None:
    before, after = Counts((20, 40, 30), (10, 10, 10)), Counts((5, 25), (10, 10))
    found = ratio_of_rates(before, after, phi=2.25)
    reach = stats.t.ppf(0.975, 3) * 1.5 * sqrt(1 / 30 + 1 / 90)
    assert found.estimate == pytest.approx(1.5 / 3)
    assert found.high / found.estimate == pytest.approx(exp(reach))
    assert found.estimate / found.low == pytest.approx(found.high / found.estimate)


def test_ratio_of_odds_is_the_logit_interval() -> None:
    found = ratio_of_odds(Counts((30, 30), (100, 100)), Counts((10, 12), (90, 110)))
    assert found is not None
    theirs = (22 / 178) / (60 / 140)
    error = sqrt(1 / 22 + 1 / 178 + 1 / 60 + 1 / 140)
    assert found.estimate == pytest.approx(theirs)
    assert found.high == pytest.approx(theirs * exp(stats.t.ppf(0.975, 2) * error))


def test_no_odds_where_a_share_is_nothing_or_all() -> None:
    assert ratio_of_odds(one(3, 10), one(0, 10)) is None
    assert ratio_of_odds(one(10, 10), one(2, 10)) is None


def test_ratio_of_gaps_is_by_f() -> None:
    # Ten gaps of 12 days on average before; four that ended after, and one that runs: 160 days.
    found = ratio_of_gaps(one(10, 120), one(4, 160))
    assert found.estimate == pytest.approx(40 / 12)
    assert found.low == pytest.approx(40 / 12 / stats.f.ppf(0.975, 8, 20))
    assert found.high == pytest.approx(40 / 12 / stats.f.ppf(0.025, 8, 20))


def test_a_gap_that_never_ended_has_a_lower_end_alone() -> None:
    found = ratio_of_gaps(one(10, 120), one(0, 160))
    assert (found.estimate, found.high) == (inf, inf)
    assert found.low == pytest.approx(160 / 12 / stats.f.ppf(0.975, 2, 20))


def test_dispersion_is_chi_square_over_its_degrees_each_side_about_its_own_level() -> None:
    before, after = Counts((2, 4), (10, 10)), Counts((9, 11, 10), (10, 10, 10))
    # Rates: (1 + 1) / 3 and (1 + 1 + 0) / 10 with 1 + 2 degrees.
    assert dispersion(before, after, is_share=False) == pytest.approx((2 / 3 + 2 / 10) / 3)
    # Shares: 2 / (10 x 0.3 x 0.7) of the first; all of 10 on the second is over 1 a period.
    halves = Counts((4, 6, 5), (10, 10, 10))
    assert dispersion(before, halves, is_share=True) == pytest.approx((2 / 2.1 + 2 / 2.5) / 3)


def test_correlation_is_within_the_sides_and_corrected_for_their_length() -> None:
    before, after = (1.0, 2.0, 3.0), (10.0, 10.0)
    # Away from 2: -1, 0, 1: products 0, squares 2; the second side varies not at all; + 2 / 5.
    assert correlation(before, after) == pytest.approx(0 / 2 + 2 / 5)
    assert correlation((1.0, -1.0) * 8) == 0
    assert correlation(tuple(float(x) for x in range(40))) == 0.8
    assert correlation((3.0, 3.0, 3.0)) == 0


def test_the_spread_of_a_side_is_that_of_a_mean() -> None:
    assert Values(BEFORE).error_squared == pytest.approx(variance(BEFORE) / 8)
