from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import UsageError
from metrics.trend import analyse
from tests.support.plain_trend import plain_limits, plain_rules
from tests.support.series import ALTERNATING, a_spec, month, monthly, rules_of, trend_of

GAP = None
HIGH = 11.5
"""Above the centre of 10, less than one sigma (1.7733) away."""

FAR = 14.0
"""More than two sigma above the centre (13.547), less than three (15.32)."""


def tail_rules(*tail: float | None) -> list[list[str]]:
    """Return the rules of the points after twenty alternating ones."""
    return rules_of(trend_of(monthly([*ALTERNATING, *tail])))[20:]


def test_a_run_of_seven_is_nothing_and_of_eight_marks_all_eight() -> None:
    # The twentieth point is above the centre too, so the run starts there.
    assert tail_rules(*[HIGH] * 6) == [[]] * 6
    trends = trend_of(monthly([*ALTERNATING, *[HIGH] * 7]))
    assert rules_of(trends) == [[]] * 19 + [["R2"]] * 8
    run = trends.patterns.row(0, named=True)
    assert (run["rule"], run["first"], run["last"]) == ("R2", month(19), month(26))
    assert run["known_on"] == month(26)


def test_a_long_run_is_one_pattern_known_at_its_eighth_point() -> None:
    trends = trend_of(monthly([*ALTERNATING, *[HIGH] * 10]))
    assert trends.patterns.height == 1
    run = trends.patterns.row(0, named=True)
    assert (run["first"], run["last"], run["known_on"]) == (month(19), month(29), month(26))


def test_a_point_on_the_centre_line_neither_breaks_nor_extends_a_run() -> None:
    assert tail_rules(HIGH, HIGH, 10.0, HIGH, HIGH, HIGH, HIGH) == [[]] * 7
    marked = tail_rules(HIGH, HIGH, 10.0, HIGH, HIGH, HIGH, HIGH, HIGH)
    assert marked == [["R2"], ["R2"], [], ["R2"], ["R2"], ["R2"], ["R2"], ["R2"]]


def test_a_run_continues_over_one_missing_month() -> None:
    marked = tail_rules(HIGH, HIGH, GAP, HIGH, HIGH, HIGH, HIGH, HIGH)
    assert marked == [["R2"], ["R2"], [], *[["R2"]] * 5]


def test_two_missing_months_break_a_run() -> None:
    assert tail_rules(HIGH, HIGH, GAP, GAP, HIGH, HIGH, HIGH, HIGH, HIGH) == [[]] * 9


def test_two_of_three_beyond_two_sigma_mark_all_three() -> None:
    assert tail_rules(9.0, FAR, HIGH, FAR, 9.0) == [[], ["R3"], ["R3"], ["R3"], []]


def test_the_third_of_three_must_be_on_the_same_side() -> None:
    assert tail_rules(9.0, FAR, 9.0, FAR, 9.0) == [[]] * 5


def test_a_point_beyond_three_sigma_counts_towards_two_of_three() -> None:
    assert tail_rules(9.0, 16.0, HIGH, FAR) == [[], ["R1", "R3"], ["R3"], ["R3"]]


def test_each_pattern_says_when_it_could_first_be_known() -> None:
    trends = trend_of(monthly([*ALTERNATING, 9.0, FAR, HIGH, FAR, FAR]))
    found = trends.patterns.select("rule", "side", "first", "last", "known_on", "grade").rows()
    assert found == [("R3", 1, month(21), month(24), month(23), "signal")]
    assert trends.points["pattern_id"].to_list()[21:] == [[1]] * 4


def test_nothing_crosses_a_phase() -> None:
    values = [*ALTERNATING, *ALTERNATING[:12], *[HIGH] * 7]
    points = monthly(values).with_columns(
        phase_id=pl.Series([0] * 20 + [1] * 19), phase_label=pl.lit("")
    )
    trends = trend_of(points)
    assert trends.points["mr"][20] is None
    assert trends.points["limits_kind"].to_list() == ["firm"] * 20 + ["provisional"] * 19


def test_a_period_given_twice_is_refused_by_name() -> None:
    points = pl.concat([monthly([1.0, 2.0]), monthly([3.0])])
    with pytest.raises(UsageError, match="'s' has 2023-01-01 twice"):
        trend_of(points)


def test_a_series_without_a_spec_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="No trend spec for the series 's'"):
        analyse(monthly([1.0]), {"other": a_spec()})


def test_weeks_and_quarters_have_their_own_neighbours() -> None:
    days = [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 26)]
    weeks = pl.DataFrame({"series": "s", "period": days, "value": [1.0, 2.0, 4.0], "status": "ok"})
    assert trend_of(weeks, grain="week").points["status"].to_list() == ["ok", "ok", "missing", "ok"]
    starts = [date(2025, 11, 1), date(2026, 2, 1), date(2026, 8, 1)]
    quarters = weeks.with_columns(period=pl.Series(starts))
    fiscal = trend_of(quarters, grain="quarter").points
    assert fiscal["period"].to_list() == [*starts[:2], date(2026, 5, 1), starts[2]]


_cells = st.sampled_from([10.0, 10.0, 9.0, 11.0, 7.0, 13.0, 6.0, 14.0, 4.0, 16.0, None, None])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_cells, max_size=40), min_size=1, max_size=6))
def test_rules_agree_with_walking_along_each_series(tails: list[list[float | None]]) -> None:
    every = {f"s{i}": [*ALTERNATING, *tail] for i, tail in enumerate(tails)}
    trends = analyse(
        pl.concat([monthly(values, name) for name, values in every.items()]),
        dict.fromkeys(every, a_spec()),
    )
    for name, values in every.items():
        got = trends.points.filter(series=name)["rules"].to_list()
        assert [set(rules) for rules in got] == plain_rules(values, 10.0, 2.66 * 2 / 3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 12).map(float)), min_size=20, max_size=60))
def test_limits_and_rules_agree_with_plain_python(values: list[float | None]) -> None:
    if sum(value is not None for value in values) < 20:
        return
    points = trend_of(monthly(values), fixed=True).points
    centre, sigma = plain_limits(values)
    assert points["cl"][0] == pytest.approx(centre)
    if sigma is None:
        assert points["sigma"].count() == 0
        return
    assert points["sigma"][0] == pytest.approx(sigma)
    assert [set(rules) for rules in points["rules"]] == plain_rules(values, centre, sigma)
