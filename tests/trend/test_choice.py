"""Which chart reads a series, each fallback by figures that can be checked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, exp, factorial, sqrt

import polars as pl
import pytest

from metrics.trend import Summary
from tests.support import plain_charts as plain
from tests.support.series import counted, counts, monthly, rules_of, summary_of, trend_of

CALM = [(20, 400), (24, 400), (18, 400), (22, 400)] * 5
"""21 of 400 on average: chance alone gives a spread of 4.5 items, and they differ by 2."""

WILD = [(10, 1000), (90, 1000), (20, 1000), (80, 1000)] * 5
"""50 of 1,000 on average: chance alone gives 6.9 items, and they lie 30 and 40 from it."""


def by_weight(values: Sequence[float], weights: Sequence[float]) -> pl.DataFrame:
    return monthly(values).with_columns(n=pl.Series(weights, dtype=pl.Float64))


def chosen(points: pl.DataFrame, kind: str) -> Summary:
    return summary_of(points, kind=kind, per=100.0 if kind == "p" else 1.0)


def test_shares_that_vary_by_chance_stay_on_a_p_chart() -> None:
    summary = chosen(counted(CALM), "p")
    assert (summary.chart, summary.reason[:7]) == ("p", "p-chart")
    assert "no more than chance explains" in summary.reason


def test_shares_that_vary_more_than_chance_get_limits_as_wide_as_neighbours_differ() -> None:
    trends = trend_of(counted(WILD), kind="p", per=100.0)
    assert trends.summaries["s"].chart == "p-prime"
    assert "periods differ" in trends.summaries["s"].reason
    assert "p-chart limits would be too narrow" in trends.summaries["s"].reason
    lines = plain.laney([hits for hits, _ in WILD], [n for _, n in WILD], share=True)
    last = trends.points.row(-1, named=True)
    assert last["cl"] == pytest.approx(100 * 0.05)
    # Neighbours differ by 80, 70 and 60 items in turn: the lower limit is below nothing.
    assert last["ucl"] == pytest.approx(100 * lines.high[-1])
    assert last["lcl"] == 0.0
    # They differ by 70 on average, or 70 / 1.128 = 62 from usual; chance alone gives 6.9.
    assert trends.summaries["s"].dispersion == pytest.approx(9.0, abs=0.05)


def test_neighbours_that_differ_too_much_are_enough_where_the_whole_is_not() -> None:
    # 4 of 20 either way is 0.92 sigma: χ² is 8 x 0.84 = 6.7, below 14.1, the 5 % point of seven.
    # Neighbours differ by 1.84 sigma, or 1.84 / 1.128 = 1.63 times what chance has them differ.
    summary = chosen(counted([(24, 400), (16, 400)] * 4), "p")
    assert summary.chart == "p-prime"
    assert summary.dispersion == pytest.approx(8 / sqrt(400 * 0.05 * 0.95) / 1.128)
    # 3 of 20 either way is 1.22 times.
    assert chosen(counted([(23, 400), (17, 400)] * 4), "p").chart == "p"


def test_rates_and_counts_that_vary_more_than_chance_get_a_u_prime_chart() -> None:
    rates = trend_of(counted(WILD), kind="u", per=1000.0)
    lines = plain.laney([hits for hits, _ in WILD], [n for _, n in WILD], share=False)
    assert rates.summaries["s"].chart == "u-prime"
    assert rates.points["ucl"][-1] == pytest.approx(1000 * lines.high[-1])
    events = [5.0, 45.0, 10.0, 40.0] * 5
    trends = trend_of(counts(events), kind="c")
    # A count is a rate of one period: centre 25, three roots of it as much wider as neighbours say.
    lines = plain.laney(events, [1.0] * 20, share=False)
    assert trends.summaries["s"].chart == "u-prime"
    assert trends.points["cl"][-1] == pytest.approx(25.0)
    assert trends.points["ucl"][-1] == pytest.approx(lines.high[-1])
    assert "u′-chart of the count" in trends.summaries["s"].reason


def test_a_prime_chart_is_never_narrower_than_chance() -> None:
    # Neighbours are alike, and yet the halves lie far apart: chance is the least spread.
    drifted = [(20, 400)] * 10 + [(60, 400)] * 10
    last = trend_of(counted(drifted), kind="p", per=100.0).points.row(-1, named=True)
    assert last["chart"] == "p-prime"
    assert last["ucl"] == pytest.approx(10 + 300 * sqrt(0.1 * 0.9 / 400))


def test_few_hits_have_the_limits_of_the_binomial_curve() -> None:
    # 5 of 50 on average. At most 12 have P 0.99900 ≥ 0.99865; at most 11 have 0.99678.
    trends = trend_of(counted([(5, 50), (4, 50), (6, 50), (5, 50)] * 3), kind="p", per=100.0)
    up_to = [sum(comb(50, k) * 0.1**k * 0.9 ** (50 - k) for k in range(m + 1)) for m in (11, 12)]
    assert up_to[0] < 0.99865 <= up_to[1]
    last = trends.points.row(-1, named=True)
    assert (last["lcl"], last["ucl"]) == (0.0, pytest.approx(100 * 12 / 50))
    assert "5.0 events a period are too few for three sigma" in trends.summaries["s"].reason
    assert "binomial" in trends.summaries["s"].reason


def test_nearly_all_have_the_limits_of_the_few_that_are_missing() -> None:
    # 45 of 50 on average is 5 missing: 12 missing are the most, so 38 of 50 are the least.
    trends = trend_of(counted([(45, 50), (46, 50), (44, 50), (45, 50)] * 3), kind="p", per=100.0)
    last = trends.points.row(-1, named=True)
    assert (last["lcl"], last["ucl"]) == (pytest.approx(100 * 38 / 50), 100.0)
    assert "5.0 items without the event" in trends.summaries["s"].reason


@pytest.mark.parametrize("kind", ["u", "c"])
def test_few_events_have_the_limits_of_the_poisson_curve(kind: str) -> None:
    # Mean 4: at most 11 have P 0.99908 ≥ 0.99865, at most 10 have 0.99716; three sigma say 10.
    up_to = [sum(exp(-4) * 4**k / factorial(k) for k in range(m + 1)) for m in (10, 11)]
    assert up_to[0] < 0.99865 <= up_to[1]
    values = [4, 3, 5, 4] * 3
    points = counts(values) if kind == "c" else counted([(each, 10) for each in values])
    trends = trend_of(points, kind=kind, per=10.0)
    assert (trends.points["lcl"][-1], trends.points["ucl"][-1]) == (0.0, pytest.approx(11.0))
    assert trends.summaries["s"].chart == kind


def test_a_point_on_an_exact_limit_is_no_signal_and_one_beyond_is() -> None:
    usual = [4, 3, 5, 4] * 5
    assert rules_of(trend_of(counts([*usual, 11]), kind="c"))[-1] == []
    assert rules_of(trend_of(counts([*usual, 12]), kind="c"))[-1] == ["R1"]


@pytest.mark.parametrize(
    ("kind", "points", "is_rare"),
    [
        ("p", counted([(2, 100), (3, 100)] * 6), True),  # 2.5 a period, below 3
        ("p", counted([(3, 100), (4, 100)] * 6), False),
        ("u", counted([(1, 100), (2, 100)] * 6), True),  # 1.5, below 2
        ("u", counted([(2, 100), (3, 100)] * 6), False),
        ("c", counts([1, 2] * 6), True),
        ("c", counts([2, 3] * 6), False),
        ("u", counted([(0, 10), (0, 10), (6, 900), (5, 900), (4, 900)] * 3), True),  # 40 % zeros
        ("p", counted([(0, 9), (0, 9), (4, 900), (5, 900), (6, 900)] * 3), False),
        ("p", counted([(0, 9), (0, 9), (0, 9), (8, 900), (9, 900)] * 3), True),  # 60 % zeros
    ],
)
def test_rare_events_are_better_read_one_by_one(
    kind: str, points: pl.DataFrame, is_rare: bool
) -> None:
    summary = chosen(points, kind)
    assert summary.is_rare == is_rare
    assert ("t or g chart of the single events reads better" in summary.reason) == is_rare
    assert summary.chart in {kind, f"{kind}-prime"}


def test_where_events_are_rare_only_a_point_outside_is_a_signal() -> None:
    """Most months lie below a mean of one: a run of eight there is no news."""
    trends = trend_of(counts([*([1, 1] * 10), *([0] * 12), 6]), kind="c", better="lower")
    assert trends.summaries["s"].reason.startswith("c-chart with exact limits, and no runs")
    # Poisson of mean 1: at most 5 have P 0.9994, at most 4 only 0.9963.
    assert trends.points["ucl"][-1] == 5.0
    assert [rules for rules in rules_of(trends) if rules] == [["R1"]]


def test_means_of_few_and_of_many_records_have_limits_by_their_number() -> None:
    values, weights = [9.0, 11.0, 10.0, 12.0] * 5, [100.0, 25.0, 100.0, 400.0] * 5
    trends = trend_of(by_weight(values, weights), kind="i-prime")
    lines = plain.taylor(values, weights)
    assert trends.summaries["s"].chart == "i-prime"
    assert trends.points["cl"][-1] == pytest.approx(lines.centre[-1])
    assert trends.points["ucl"].to_list() == pytest.approx(lines.high)
    assert summary_of(monthly(values), kind="i-prime").chart == "xmr"


@pytest.mark.parametrize(
    ("denominators", "chart"),
    [((100, 150), "xmr"), ((100, 151), "i-prime"), ((100, 400), "i-prime")],
)
def test_a_ratio_of_amounts_has_limits_by_what_it_is_held_against(
    denominators: tuple[int, int], chart: str
) -> None:
    few, many = denominators
    points = counted([(50.5, few), (75.25, many)] * 6)
    points = points.with_columns(value=pl.col("numerator") / pl.col("denominator"))
    assert summary_of(points, kind="xmr").chart == chart
    assert summary_of(points, kind="u").chart == chart
    assert "an amount, not a count" in summary_of(points, kind="u").reason


def test_a_chart_that_is_asked_for_is_obeyed() -> None:
    wild = summary_of(counted(WILD), kind="p", per=100.0, fixed=True)
    assert wild.chart == "p"
    assert wild.reason == (
        "p-chart, as asked for. Periods differ 9.0 times as much as chance explains: the limits of"
        " a p′-chart would be as wide."
    )
    few = trend_of(counts([4, 3, 5, 4] * 3), kind="c", fixed=True)
    assert few.points["ucl"][-1] == pytest.approx(4 + 3 * 2)
    assert few.summaries["s"].reason == "c-chart, as asked for."
    mostly_nothing = monthly([0.0, 0.0, 5.0] * 6)
    assert summary_of(mostly_nothing, fixed=True).chart == "xmr"


def test_a_count_that_is_asked_to_be_on_a_u_prime_chart_is_read_as_if_it_came_there() -> None:
    events = counts([5.0, 45.0, 10.0, 40.0] * 5)
    names = ("value", "cl", "lcl", "ucl", "sigma", "rules")
    asked, chosen = (
        trend_of(events, kind=kind, fixed=kind == "u-prime") for kind in ("u-prime", "c")
    )
    assert asked.points.select(names).equals(chosen.points.select(names))
    assert asked.summaries["s"].chart == chosen.summaries["s"].chart == "u-prime"


def test_large_counts_are_read_as_values() -> None:
    summary = summary_of(counts([400_000, 402_000, 399_000] * 4), kind="c", decimals=0)
    assert summary.chart == "xmr"
    assert summary.reason.startswith("XmR chart: 400,333 a period is well above 50")


def test_a_ratio_known_only_as_its_value_is_read_as_one() -> None:
    summary = summary_of(monthly([4.0, 5.0, 6.0] * 4), kind="p")
    assert (summary.chart, "not known" in summary.reason) == ("xmr", True)


def test_amounts_that_are_mostly_nothing_get_a_run_chart_without_run_tests() -> None:
    """The median is 0: nothing lies below it, and every amount would end a run of one side."""
    trends = trend_of(monthly([0.0, 0.0, 5.0, 0.0] * 5), better="lower")
    summary = trends.summaries["s"]
    assert (summary.chart, summary.state, summary.is_rare) == ("run", "common_cause", True)
    assert summary.reason.startswith("Run chart: 75 % of the values are 0")
    assert "no run tests: 75 % of the values lie on the centre line" in summary.note
    assert "t or g chart" in summary.note
    assert trends.patterns.is_empty()


def test_values_without_a_neighbour_get_a_run_chart() -> None:
    values = [value for pair in zip([1.0, 2.0] * 6, [None] * 12, strict=True) for value in pair]
    summary = summary_of(monthly(values))
    assert (summary.chart, summary.centre) == ("run", 1.5)
    assert "no two neighbouring periods have a value" in summary.reason


def test_the_baseline_alone_decides_without_what_was_excluded() -> None:
    calm = counted([(20, 400), (24, 400), (18, 400), (22, 400)] * 5 + [(300, 400)] * 4)
    assert chosen(calm, "p").chart == "p"
    spiked = counted([*CALM[:10], (300, 400), *CALM[10:]])
    assert chosen(spiked, "p").chart == "p-prime"
    ghosts = spiked.with_columns(ghost=pl.col("numerator") == 300)
    assert chosen(ghosts, "p").chart == "p"


@pytest.mark.parametrize(
    ("points", "kind", "low", "high"),
    [
        # Clopper and Pearson: 3 of 10 is 6.67 % to 65.25 %; 0 of 10 is 0 to 30.85 %.
        (counted([(0, 10), (3, 10), (3, 10)]), "p", 6.6740, 65.2453),
        # Garwood: 5 events are 1.6235 to 11.6683.
        (counts([7, 3, 5]), "c", 1.6235, 11.6683),
        (counted([(7, 2), (3, 2), (5, 2)]), "u", 1.6235 / 2, 11.6683 / 2),
    ],
)
def test_too_few_counts_for_limits_each_have_their_interval(
    points: pl.DataFrame, kind: str, low: float, high: float
) -> None:
    trends = trend_of(points, kind=kind, per=100.0 if kind == "p" else 1.0)
    last = trends.points.row(-1, named=True)
    assert (last["ci_low"], last["ci_high"]) == (
        pytest.approx(low, abs=1e-4),
        pytest.approx(high, abs=1e-4),
    )
    assert last["ucl"] is None


def test_too_few_counts_are_told_all_together_with_the_wait() -> None:
    summary = summary_of(counted([(0, 10), (3, 10), (3, 10)]), kind="p", per=100.0)
    # 6 of 30 is 20 %: 7.71 to 38.57 (Clopper and Pearson).
    assert summary.pooled == pytest.approx(20.0)
    assert [summary.pooled_low, summary.pooled_high] == pytest.approx([7.7136, 38.5666], abs=1e-3)
    assert summary.headline == (
        "30.0 days in March 2023, median 30 over 3 months, all together 20 (95 % interval 8 to 39);"
        " 5 months more until trial limits."
    )
    counted_events = summary_of(counts([7, 3, 5]), kind="c")
    # 15 events in three months: Garwood has 8.395 to 24.740 for the sum.
    assert counted_events.pooled == 5.0
    assert counted_events.pooled_high == pytest.approx(24.7402 / 3, abs=1e-3)


def test_with_limits_and_without_counts_no_point_has_an_interval() -> None:
    assert trend_of(counted(CALM), kind="p").points["ci_low"].null_count() == len(CALM)
    assert trend_of(monthly([1.0, 2.0, 3.0])).points["ci_low"].null_count() == 3
    two = trend_of(counted([(1, 10), (2, 10)]), kind="p").points
    assert two["ci_low"].null_count() == 2
