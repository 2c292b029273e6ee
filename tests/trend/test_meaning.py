from __future__ import annotations

from datetime import date

import pytest
from polars.testing import assert_frame_equal

from metrics.trend import Better, TrendTarget, analyse
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


def test_good_and_bad_news_on_one_point_are_mixed() -> None:
    """Months nearer the band than ever, and the last of them far beyond it."""
    band = (TrendTarget(date(2000, 1, 1), "band", 11.5, 12.5),)
    trends = trend_of(
        monthly([*ALTERNATING, *([12.0] * 7), 19.0]), better="inside", targets=band, decimals=1
    )
    last = trends.points.row(-1, named=True)
    assert (last["rules"], last["direction"]) == (["R1", "R2"], "mixed")
    assert set(trends.points["direction"][-8:-1]) == {"improvement"}
    summary = trends.summaries["s"]
    assert (summary.state, summary.assurance) == ("mixed", "not_predictable")
    # Seven months of 12 and one of 19, after twenty around 10 of which the last was 11.
    assert summary.headline == (
        "Mixed since August 2024: 13 days on average, up from 10; one point above the upper"
        " limit; run of 8 or more above the centre line; target 11.5 to 12.5 missed."
    )


def test_a_trend_is_told_by_its_own_way_wherever_the_centre_line_is() -> None:
    rising = [10.0, 12.0] * 10 + [9.0, 9.1, 9.2, 9.3, 9.4, 9.5, 9.6]
    summary = summary_of(monthly(rising), better="lower", rules="mdc")
    assert (summary.state, summary.rules, summary.rule_sides) == ("mixed", ("R2", "R4"), (-1, 1))
    assert summary.headline == (
        "Mixed since September 2024: 9 days on average, down from 11; run of 7 or more below the"
        " centre line; 7 or more in a row, each higher than the one before."
    )


def test_what_has_no_side_only_changes() -> None:
    summary = summary_of(monthly([10.0, 10.1] * 14), better="lower", rules="nelson")
    assert "R6" in summary.rules
    assert summary.state == "change"
    assert summary.headline.startswith("Changed since January 2023: 10 days on average, as before")


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


def test_a_point_beyond_a_limit_that_no_rule_looks_at_is_not_called_usual() -> None:
    summary = summary_of(monthly([*ALTERNATING, 17.0]), rules="anhoej")
    assert summary.headline == "17 days in September 2024, outside its usual range of 5 to 15."


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


def test_numbers_that_differ_do_not_read_the_same() -> None:
    places = told_apart([4.96, 5.04], 1)
    assert number(4.96, places) != number(5.04, places)
    assert told_apart([4.0, 6.0], 2) == 1
    assert number(412345.4, 0) == "412,345"
    assert number(-0.01, 1) == "0.0"


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
