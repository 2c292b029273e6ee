"""Will it meet its target: predictable first, then against the limits, with a sure enough share."""

from __future__ import annotations

from dataclasses import replace
from math import erf

import pytest

from metrics.trend import ChartKind
from metrics.trend.assurance import Process, Wanted, assurance, p_interval, p_success, wilson
from tests.support.series import ALTERNATING, at_most, counted, monthly, summary_of

RISEN = [*ALTERNATING, *([11.5, 12.0] * 5)]


def process(**given: float) -> Process:
    """Return a stable process around 10 with limits 4 and 16."""
    usual = {"n": 24, "base": 20, "centre": 10.0, "sigma": 2.0, "low": 4.0, "high": 16.0}
    return Process(chart="xmr", per=1.0, **{**usual, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [
        (None, 16.5, "capable"),
        (None, 16.0, "hit_or_miss"),
        (None, 10.0, "hit_or_miss"),
        (None, 4.0, "hit_or_miss"),
        (None, 3.5, "not_capable"),
        (3.5, None, "capable"),
        (16.5, None, "not_capable"),
        (3.0, 17.0, "capable"),
        (5.0, 17.0, "hit_or_miss"),
        (17.0, 20.0, "not_capable"),
    ],
)
def test_the_target_is_held_against_the_limits(
    low: float | None, high: float | None, answer: str
) -> None:
    assert assurance(process(), Wanted(low, high), is_concern=False, r1=0.1) == answer


def test_predictability_is_asked_before_capability() -> None:
    easy = Wanted(None, 99.0)
    assert assurance(process(), easy, is_concern=True, r1=0.0) == "not_predictable"
    assert assurance(process(), easy, is_concern=False, r1=0.51) == "not_predictable"
    assert assurance(process(n=11), easy, is_concern=True, r1=0.9) == "insufficient"
    assert assurance(process(), None, is_concern=True, r1=0.9) == "no_target"


def test_the_share_of_periods_that_will_meet_a_target_adds_the_doubt_of_the_mean() -> None:
    # (12 - 10) / (2 x sqrt(1 + 1/20)) = 0.9759; the normal curve has 0.8354 below it.
    assert p_success(process(), Wanted(None, 12.0)) == pytest.approx(0.8354, abs=0.0001)
    assert p_success(process(), Wanted(12.0, None)) == pytest.approx(1 - 0.8354, abs=0.0001)
    assert p_success(process(sigma=0.0), Wanted(None, 10.0)) == 1.0


def test_the_interval_of_the_promise_is_that_of_the_specification() -> None:
    # From 24 periods and 84 %: 73 to 94 %, nine times in ten.
    found = process(n=24, base=24, centre=0.0, sigma=1.0, low=-3.0, high=3.0)
    low, high = p_interval(found, Wanted(None, 0.99446))
    assert p_success(found, Wanted(None, 0.99446)) == pytest.approx(0.84, abs=0.01)
    assert (round(low, 2), round(high, 2)) == (0.73, 0.94)


def test_the_interval_of_the_promise_narrows_with_more_periods_and_holds_it() -> None:
    widths = []
    for base in (12, 24, 96):
        found = process(base=base)
        low, high = p_interval(found, Wanted(None, 12.0))
        assert low < p_success(found, Wanted(None, 12.0)) < high
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)
    assert p_interval(process(sigma=0.0), Wanted(None, 10.0)) == (1.0, 1.0)


def test_the_interval_of_the_promise_holds_it_at_the_middle_of_a_band() -> None:
    # No rate meets 9 to 11 more often than the present one of 10, whose doubt only takes away.
    counts = Process("c", 1.0, 20, 20, 10.0, 10**0.5, 0.5, 19.5, 1.0, 200.0, 20.0)
    low, high = p_interval(counts, Wanted(9.0, 11.0))
    assert low < p_success(counts, Wanted(9.0, 11.0)) <= high


def test_counts_are_predicted_from_counts() -> None:
    rare = Process("c", 1.0, 20, 20, 2.0, 2**0.5, 0.0, 6.2, 1.0, 40.0, 20.0)
    # Poisson of mean 2: 0.1353 have none, 0.6767 at most two; the doubt of the mean flattens it.
    assert p_success(rare, Wanted(None, 0.0)) == pytest.approx(0.1353, abs=0.01)
    assert p_success(rare, Wanted(None, 2.0)) == pytest.approx(0.6767, abs=0.015)
    assert p_success(rare, Wanted(None, 4000.0)) == pytest.approx(1.0)
    share = Process("p", 100.0, 20, 20, 10.0, 3.0, 1.0, 19.0, 50.0, 100.0, 1000.0)
    assert p_success(share, Wanted(None, 100.0)) == pytest.approx(1.0)
    # Binomial(50, 0.1): 0.6161 have at most five, which is 10 %.
    assert p_success(share, Wanted(None, 10.0)) == pytest.approx(0.6161, abs=0.015)
    # The same the other way round: nine in ten, at least 90 % of 50.
    most = Process("p", 100.0, 20, 20, 90.0, 3.0, 81.0, 99.0, 50.0, 900.0, 1000.0)
    assert p_success(most, Wanted(90.0, None)) == pytest.approx(p_success(share, Wanted(None, 10)))


@pytest.mark.parametrize(("chart", "size"), [("u-prime", 100.0), ("p-prime", 100.0)])
def test_counts_that_vary_more_are_predicted_as_wide_as_they_vary(
    chart: ChartKind, size: float
) -> None:
    """Twice the spread of chance: about what a normal curve of that width has below the target."""
    counted_ones, items, wider = 4000.0, 20_000.0, 4.0
    found = Process(
        chart, 100.0, 200, 200, 20.0, 0.0, 0.0, 40.0, size, counted_ones, items, dispersion=wider
    )
    chance = 20 * 0.8 if chart == "p-prime" else 20
    normal = 0.5 * (1 + erf((25.5 - 20) / (2 * wider * chance) ** 0.5))
    assert p_success(found, Wanted(None, 25.0)) == pytest.approx(normal, abs=0.03)
    narrow = replace(found, dispersion=1.0)
    assert p_success(narrow, Wanted(None, 25.0)) > p_success(found, Wanted(None, 25.0))
    low, high = p_interval(found, Wanted(None, 25.0))
    assert low < p_success(found, Wanted(None, 25.0)) < high


def test_a_promise_is_made_for_the_denominator_a_usual_period_has() -> None:
    """The last month had 4 items: its own limits are 0 and 100 %, those of a usual one are not."""
    points = counted([*([(200, 400), (208, 400), (192, 400)] * 7), (2, 4)])
    summary = summary_of(points, kind="p", per=100.0, better="lower", targets=(at_most(60.0),))
    assert summary.upper_limit == 100.0
    # Of 400: 50 ± 3 x 2.5.
    assert summary.assurance == "capable"


def test_what_was_met_so_far_has_its_interval() -> None:
    # Wilson, 1927: 8 of 10 is 49.0 to 94.3 %.
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 0) is None
    summary = summary_of(monthly(ALTERNATING), targets=(at_most(10.5),))
    assert (summary.target_hits, summary.target_periods) == (10, 20)
    assert [summary.hits_low, summary.hits_high] == pytest.approx([0.2993, 0.7007], abs=1e-4)


def test_a_stale_series_with_a_concern_promises_nothing() -> None:
    summary = summary_of(monthly([*RISEN, None, None]), better="lower", targets=(at_most(99.0),))
    assert (summary.state, summary.assurance) == ("stale", "not_predictable")


def test_a_drifting_series_is_not_predictable() -> None:
    drift = [float(i) for i in range(24)]
    assert summary_of(monthly(drift), targets=(at_most(99.0),)).assurance == "not_predictable"


def test_assurance_before_twenty_points_is_provisional() -> None:
    summary = summary_of(monthly(ALTERNATING[:14]), targets=(at_most(30.0),))
    assert (summary.assurance, summary.assurance_is_provisional) == ("capable", True)
