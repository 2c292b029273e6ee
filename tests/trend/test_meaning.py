from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from metrics.trend import Better, Summary, TrendTarget, analyse
from metrics.trend.assurance import Process, Wanted, assurance, p_success
from metrics.trend.wording import number, told_apart
from tests.support.series import (
    ALTERNATING,
    a_spec,
    at_least,
    at_most,
    counted,
    monthly,
    summary_of,
    trend_of,
)

RISEN = [*ALTERNATING, *([11.5, 12.0] * 5)]
FALLEN = [*ALTERNATING, *([8.5, 8.0] * 5)]


@pytest.mark.parametrize(
    ("values", "better", "state", "verdict"),
    [
        (RISEN, "lower", "concern", "Worse"),
        (FALLEN, "lower", "improvement", "Better"),
        (RISEN, "higher", "improvement", "Better"),
        (FALLEN, "higher", "concern", "Worse"),
        (RISEN, "neutral", "change", "Higher"),
        (FALLEN, "neutral", "change", "Lower"),
    ],
)
def test_a_rising_lower_is_better_metric_reads_worse(
    values: list[float], better: Better, state: str, verdict: str
) -> None:
    trends = trend_of(monthly(values), better=better)
    summary = trends.summaries["s"]
    assert summary.state == state
    assert summary.headline.startswith(f"{verdict} since ")
    directions = set(trends.points.filter(trends.points["state"] == "signal")["direction"])
    assert directions == {state}


def test_towards_a_band_is_better_and_away_from_it_worse() -> None:
    band = (TrendTarget(date(2000, 1, 1), "band", 12.0, 14.0),)
    assert summary_of(monthly(RISEN), better="inside", targets=band).state == "improvement"
    assert summary_of(monthly(FALLEN), better="inside", targets=band).state == "concern"


def test_the_sentence_tells_since_when_how_much_and_what_was() -> None:
    summary = summary_of(monthly(RISEN), better="lower", decimals=2, targets=(at_most(11.0),))
    assert summary.headline == (
        "Worse since August 2024: 11.7 days on average, up from 9.9;"
        " the shift has held for 11 months; target at most 11 missed."
    )
    # From August 2024 on (11 + 5 x 11.5 + 5 x 12) / 11; before it ten of 9 and nine of 11.
    assert summary.level == pytest.approx(128.5 / 11)
    assert summary.previous_level == pytest.approx(189 / 19)


def test_a_single_point_outside_is_told_with_its_limit() -> None:
    summary = summary_of(monthly([*ALTERNATING, 9.0, 17.0]), better="lower")
    assert summary.headline == (
        "Worse in October 2024: 17 days, above the upper limit of 15; the usual level is 10."
    )
    assert (summary.rules, summary.since) == (("R1",), date(2024, 10, 1))


def test_common_cause_is_told_with_its_usual_range_and_target() -> None:
    summary = summary_of(monthly(ALTERNATING), targets=(at_most(10.5),))
    assert summary.headline == (
        "11 days in August 2024, within its usual range of 5 to 15; target at most 10.5 missed."
    )


def test_late_figures_make_a_series_stale_and_say_since_when() -> None:
    summary = summary_of(monthly([*ALTERNATING, 30.0, None, None]), better="lower")
    assert summary.state == "stale"
    assert summary.headline == (
        "No figures since September 2024 (30.0 days): October 2024 and November 2024 are missing,"
        " so the present level is not known."
    )


def test_a_month_that_is_not_due_yet_is_not_stale() -> None:
    points = monthly([*ALTERNATING, None])
    points = points.with_columns(status=points["status"].replace("missing", "not_due"))
    assert summary_of(points).state == "common_cause"


def test_no_data_is_neither_zero_nor_good() -> None:
    summary = summary_of(monthly([None, None]), targets=(at_most(5.0),))
    assert (summary.state, summary.latest_value, summary.target_met) == ("no_data", None, None)
    assert summary.headline.startswith("No figures from January 2023 to February 2023")
    assert analyse(monthly([]), {"s": a_spec()}).summaries["s"].state == "no_data"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("invalid", "Figures came in from January 2023 to February 2023, but none that can be"),
        ("no_opportunity", "Nothing to count against from January 2023 to February 2023, so"),
    ],
)
def test_why_there_is_no_value_is_told_apart(status: str, told: str) -> None:
    points = monthly([None, None])
    points = points.with_columns(status=points["status"].replace("missing", status))
    assert summary_of(points).headline.startswith(told)


def test_few_points_say_how_many_more_until_limits() -> None:
    summary = summary_of(monthly([4.0, 5.0, 9.0]))
    assert summary.state == "too_few_points"
    assert summary.headline == (
        "9.0 days in March 2023, median 5 over 3 months; 5 months more until trial limits."
    )


def test_a_target_of_today_leaves_earlier_periods_as_they_were() -> None:
    targets = (at_most(12.0), at_most(5.0, date(2024, 8, 15)))
    points = trend_of(monthly([*ALTERNATING, 9.0]), targets=targets).points
    assert points["target_met"].to_list() == [True] * 20 + [False]
    assert points["target"].to_list() == [12.0] * 20 + [5.0]


def test_equal_to_the_target_meets_it() -> None:
    sums = [0.1 + 0.2] * 3
    assert summary_of(monthly(sums), targets=(at_most(0.3),)).target_met is True
    assert summary_of(monthly(sums), targets=(at_least(0.3),)).target_met is True


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


def test_a_drifting_series_is_not_predictable() -> None:
    drift = [float(i) for i in range(24)]
    assert summary_of(monthly(drift), targets=(at_most(99.0),)).assurance == "not_predictable"


def test_assurance_before_twenty_points_is_provisional() -> None:
    summary = summary_of(monthly(ALTERNATING[:14]), targets=(at_most(30.0),))
    assert (summary.assurance, summary.assurance_is_provisional) == ("capable", True)


def test_numbers_that_differ_do_not_read_the_same() -> None:
    places = told_apart([4.96, 5.04], 1)
    assert number(4.96, places) != number(5.04, places)
    assert told_apart([4.0, 6.0], 2) == 1
    assert number(412345.4, 0) == "412,345"
    assert number(-0.01, 1) == "0.0"


_value = st.integers(0, 60).map(lambda tenth: tenth / 10)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.one_of(_value, _value, _value, st.none()), min_size=1, max_size=45),
    st.floats(-3, 3),
    st.sampled_from(["lower", "higher", "neutral"]),
)
def test_sentences_are_true_of_their_numbers(
    values: list[float | None], shift: float, better: Better
) -> None:
    moved = [v if v is None or i < 24 else v + shift for i, v in enumerate(values)]
    summary = summary_of(monthly(moved), better=better, targets=(at_most(3.0),))
    text = summary.headline
    assert text.endswith(".")
    assert "nan" not in text.lower()
    assert "None" not in text
    if summary.latest_value is not None and "target" in text:
        assert ("met" in text.split("target")[1]) == (summary.latest_value <= 3.0 + 1e-9)
    _check_change(summary)


def _check_change(summary: Summary) -> None:
    """Check that up is up, worse is worse, and the two numbers are the levels, told apart."""
    found = re.match(
        r"(\w+) since .*: (-?[\d.]+) days on average, (up|down) from (-?[\d.]+)", summary.headline
    )
    if found is None:
        return
    verdict, now, way, before = found.groups()
    assert summary.level is not None
    assert summary.previous_level is not None
    assert (summary.level > summary.previous_level) == (way == "up") == (float(now) > float(before))
    places = len(now.partition(".")[2])
    assert now == f"{summary.level:.{places}f}"
    assert before == f"{summary.previous_level:.{places}f}"
    expected = {"concern": "Worse", "improvement": "Better"}
    assert verdict == expected.get(summary.state, "Higher" if way == "up" else "Lower")


def test_many_series_at_once_are_each_as_if_alone() -> None:
    each = {
        "a": monthly(RISEN, "a"),
        "b": monthly([1.0, None, 3.0], "b"),
        "c": monthly(FALLEN, "c"),
    }
    each["d"] = counted([(3, 100), (5, 120)] * 11, "d")
    specs = {name: a_spec(better="lower") for name in "abc"}
    specs["d"] = a_spec(kind="p", per=100.0, better="lower")
    together = analyse(each["c"].vstack(each["a"]).vstack(each["d"]).vstack(each["b"]), specs)
    for name, points in each.items():
        alone = analyse(points, {name: specs[name]})
        assert_frame_equal(together.points.filter(series=name), alone.points)
        one, other = together.summaries[name], alone.summaries[name]
        assert (one.headline, one.state, one.assurance) == (
            other.headline,
            other.state,
            other.assurance,
        )
