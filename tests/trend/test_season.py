from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from statistics import mean

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metrics.trend import analyse
from metrics.trend.season_test import explained, friedman, kruskal
from tests.support.plain_season import in_cycles, plain_factors
from tests.support.series import (
    a_spec,
    at_least,
    at_most,
    counted,
    month,
    monthly,
    rules_of,
    summary_of,
    trend_of,
)

NOISE = (1.0, -1.0, 0.0)
WAVE = [12.0] * 6 + [8.0] * 6
"""Six months of 12, six of 8: 10 on average."""

YEARS = [WAVE[i % 12] + NOISE[(i + i // 12) % 3] for i in range(48)]
"""Each month is 1 above, 1 below and on its level, one year after the other."""

KEPT = 1 - 1 / ((36 * 4 / 11) / (24 * 1 / 22))
"""1 - 1/F: between months 36 × 2² over 11, within months and years 24 × 1² over 22."""

RISING = [10 + 0.5 * i + NOISE[(i + i // 12) % 3] for i in range(36)]


def test_a_season_is_the_mean_of_a_month_over_the_mean_of_all_less_what_noise_makes_of_it() -> None:
    factors = trend_of(monthly(YEARS), season="auto").points["season_factor"].to_list()
    high, low = 1 + (12 / 10 - 1) * KEPT, 1 + (8 / 10 - 1) * KEPT
    assert factors == pytest.approx(([high] * 6 + [low] * 6) * 4)


def test_values_are_shown_as_they_came_and_the_lines_follow_the_season() -> None:
    points = trend_of(monthly(YEARS), season="auto").points
    factors = [1 + (level / 10 - 1) * KEPT for level in WAVE] * 3
    level = [value / factor for value, factor in zip(YEARS, factors, strict=False)]
    moves = [abs(b - a) for a, b in pairwise(level)]
    centre, width = mean(level), 2.66 * mean(moves)
    assert points["value"].to_list() == YEARS
    for at in (0, 6, 47):
        point = points.row(at, named=True)
        assert point["cl"] == pytest.approx(centre * point["season_factor"])
        assert point["ucl"] == pytest.approx((centre + width) * point["season_factor"])
        assert point["lcl"] == pytest.approx((centre - width) * point["season_factor"])
        assert point["z"] == pytest.approx(
            (YEARS[at] / point["season_factor"] - centre) / (width / 3)
        )
    assert points["url"][0] == pytest.approx(3.268 * mean(moves))


def test_what_is_usual_for_the_year_may_be_a_signal_in_its_month() -> None:
    # 12.5 is nothing in January; the upper limit of a July is 11.3.
    july = [*YEARS[:36], *[12.5 if i == 6 else WAVE[i] for i in range(12)]]
    assert rules_of(trend_of(monthly(july), season="auto")) == [[]] * 42 + [["R1"]] + [[]] * 5
    assert rules_of(trend_of(monthly(july))) == [[]] * 48
    assert rules_of(trend_of(monthly(YEARS), season="auto")) == [[]] * 48


def test_without_being_asked_for_there_is_no_season() -> None:
    trends = trend_of(monthly(YEARS))
    assert trends.points["season_factor"].null_count() == 48
    assert trends.summaries["s"].season == trends.summaries["s"].usual_for == ""


def test_the_freeze_waits_for_three_years_where_there_is_a_season_and_only_there() -> None:
    seasonal = trend_of(monthly(YEARS), season="auto")
    assert seasonal.points["baseline"].sum() == 36
    assert seasonal.points["limits_kind"].to_list() == ["firm"] * 36 + ["frozen"] * 12
    assert seasonal.summaries["s"].frozen_on == month(35)
    none = trend_of(monthly([10 + NOISE[(i + i // 12) % 3] for i in range(48)]), season="auto")
    assert none.points["baseline"].sum() == 20
    assert none.points["season_factor"].null_count() == 48


def test_two_years_are_told_of_and_move_nothing_unless_asked_for() -> None:
    two = YEARS[:30]
    told = trend_of(monthly(two), season="auto")
    assert told.points["season_factor"].null_count() == 30
    assert told.summaries["s"].season.startswith("perhaps seasonal: higher in")
    assert told.summaries["s"].usual_for == ""
    asked = trend_of(monthly(two), season="on")
    assert asked.points["season_factor"].null_count() == 0
    assert asked.points["baseline"].sum() == 30
    assert asked.summaries["s"].season.startswith("seasonal, from fewer than three full years:")
    assert summary_of(monthly(YEARS[:23]), season="on").season == ""


def test_a_season_asked_for_that_the_figures_do_not_prove_says_so() -> None:
    chance = random.Random(4)  # noqa: S311 - no secret
    flat = [10 + chance.gauss(0, 1) for _ in range(40)]
    assert summary_of(monthly(flat), season="auto").season == ""
    said = summary_of(monthly(flat), season="on").season
    assert said.startswith("seasonal by the definition, though the figures do not prove it:")


def test_a_steady_rise_is_no_season() -> None:
    # Every year rises from January to December, so the ranks within each year agree.
    cycles = [RISING[at : at + 12] for at in (0, 12, 24)]
    assert friedman(in_cycles(cycles))["p"].item() < 0.01
    assert trend_of(monthly(RISING), season="auto").points["season_factor"].null_count() == 36


def test_a_step_from_one_year_to_the_next_hides_no_season() -> None:
    merged = [*YEARS[:12], *[value * 1.5 for value in YEARS[12:]]]
    factors = trend_of(monthly(merged), season="auto").points["season_factor"].to_list()
    assert factors[0] == pytest.approx(1.2, abs=0.04)


def test_values_that_may_be_negative_have_a_season_that_is_added() -> None:
    below = [value - 10 for value in YEARS]
    points = trend_of(monthly(below), season="auto").points
    assert points["season_factor"].to_list() == pytest.approx(
        ([2 * KEPT] * 6 + [-2 * KEPT] * 6) * 4
    )
    assert points["cl"][0] - points["cl"][6] == pytest.approx(4 * KEPT)
    assert points["ucl"][0] - points["cl"][0] == pytest.approx(points["ucl"][6] - points["cl"][6])


def test_a_rate_expects_more_events_in_a_high_season() -> None:
    parts = [(value * 2, 200.0) for value in YEARS]
    points = trend_of(counted(parts), kind="u", per=100, fixed=True, season="auto").points
    first = points.row(0, named=True)
    factors = points["season_factor"].to_list()
    base = zip(parts[:36], factors, strict=False)
    rate = sum(a for a, _ in parts[:36]) / sum(size * factor for (_, size), factor in base)
    assert first["cl"] == pytest.approx(100 * rate * factors[0])
    assert first["sigma"] == pytest.approx(100 * (rate * factors[0] / 200) ** 0.5)


def test_what_a_season_explains_is_no_dispersion() -> None:
    parts = [(value * 10, 1000.0) for value in YEARS]
    assert summary_of(counted(parts), kind="u", per=100).chart != "u"
    seasonal = summary_of(counted(parts), kind="u", per=100, season="auto")
    assert (seasonal.chart, seasonal.dispersion is not None) == ("u", True)


def test_a_share_never_expects_more_than_all() -> None:
    parts = [(100.0 if at % 12 < 6 else 90.0 + NOISE[at % 3], 100.0) for at in range(48)]
    points = trend_of(counted(parts), kind="p", per=100, fixed=True, season="auto").points
    assert points["season_factor"].null_count() == 0
    assert max(points["cl"].to_list()) < 100.0
    assert min(points["sigma"].to_list()) > 0


def test_a_target_is_held_against_every_month_of_the_year() -> None:
    # Of the high half of the year none meets it, of the low half all do, whatever month it is now.
    for count in (43, 48):
        told = summary_of(monthly(YEARS[:count]), season="auto", targets=(at_most(10),))
        assert told.assurance == "hit_or_miss"
        assert told.p_success == pytest.approx(0.5, abs=0.06)
    always = summary_of(monthly(YEARS), season="auto", targets=(at_most(17),))
    never = summary_of(monthly(YEARS), season="auto", targets=(at_least(17),))
    assert (always.assurance, never.assurance) == ("capable", "not_capable")
    rates = [(value * 30, 1000.0) for value in YEARS]
    shares = summary_of(
        counted(rates), kind="p", per=100, fixed=True, season="auto", targets=(at_most(30),)
    )
    assert shares.p_success == pytest.approx(0.5, abs=0.05)


def test_a_short_phase_keeps_the_season_of_the_phase_before() -> None:
    values = [*YEARS[:36], *[value + 5 for value in YEARS[36:48]]]
    points = monthly(values).with_columns(
        phase_id=pl.Series([0] * 36 + [1] * 12), phase_label=pl.lit("")
    )
    found = trend_of(points, season="auto").points
    assert found["season_factor"][36:].to_list() == found["season_factor"][:12].to_list()
    assert found["baseline"][36:].sum() == 12


def test_the_limits_of_the_phase_before_follow_the_season_into_the_new_one() -> None:
    points = monthly(YEARS[:41]).with_columns(
        phase_id=pl.Series([0] * 36 + [1] * 5), phase_label=pl.lit("")
    )
    found = trend_of(points, season="auto").points
    for old, own in (("old_cl", "cl"), ("old_lcl", "lcl"), ("old_ucl", "ucl")):
        assert found[old].to_list()[36:] == pytest.approx(found[own].to_list()[:5])
    assert found["old_cl"][36] != pytest.approx(found["cl"][35])


def test_a_missing_month_makes_the_season_wait_for_its_third_value() -> None:
    gap = [None if at == 7 else value for at, value in enumerate(YEARS)]
    found = trend_of(monthly(gap), season="auto").points
    assert found["baseline"].to_list() == [at != 7 for at in range(44)] + [False] * 4
    assert trend_of(monthly(gap[:43]), season="auto").points["season_factor"].null_count() == 43


def test_quarters_and_days_have_cycles_of_their_own() -> None:
    quarters = [
        (12.0, 10.0, 8.0, 10.0)[at % 4] + 0.3 * NOISE[(at + at // 4) % 3] for at in range(20)
    ]
    rows = [
        ("s", date(2020 + at // 4, 3 * (at % 4) + 1, 1), v, "ok") for at, v in enumerate(quarters)
    ]
    schema = ["series", "period", "value", "status"]
    points = pl.DataFrame(rows, schema=schema, orient="row")
    found = analyse(points, {"s": a_spec(grain="quarter", season="auto")})
    assert found.points["season_factor"].null_count() == 0
    assert found.summaries["s"].season == "seasonal: higher in Q1 (1.2 ×), lower in Q3 (0.8 ×)"
    days = [10.0 - at % 7 + 0.3 * NOISE[(at + at // 7) % 3] for at in range(28)]
    rows = [("s", date(2026, 2, 1 + at), v, "ok") for at, v in enumerate(days)]
    points = pl.DataFrame(rows, schema=schema, orient="row")
    told = analyse(points, {"s": a_spec(grain="day", season="auto")}).summaries["s"]
    assert told.season.startswith("seasonal: higher in Sunday (1.4 ×)")


def test_the_sentence_names_the_months_furthest_off_and_the_range_of_the_season() -> None:
    peaks = [10 + 6 * (at % 12 == 11) + 3 * (at % 12 == 10) - (at % 12) / 10 for at in range(37)]
    noisy = [v + 0.2 * NOISE[(at + at // 12) % 3] for at, v in enumerate(peaks)]
    told = summary_of(monthly(noisy), season="auto")
    assert told.season.startswith("seasonal: higher in December (1.5 ×)")
    assert told.headline.startswith(
        "10 days in January 2026, within its usual range for the season,"
    )


def test_a_shift_is_told_against_what_the_season_expects() -> None:
    later = [*YEARS[:36], *[value + 3 for value in YEARS[36:46]]]
    told = summary_of(monthly(later), season="auto", better="lower")
    expected = mean(trend_of(monthly(later), season="auto").points["cl"].to_list()[told.n - 10 :])
    assert told.previous_level == pytest.approx(expected)
    assert told.level == pytest.approx(mean(later[36:]))
    assert "on average, where 10 is usual for the season; the shift has held" in told.headline


@pytest.mark.parametrize("ties", [False, True])
def test_the_rank_tests_agree_with_scipy(ties: bool) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    for size, cycles in ((12, 3), (4, 5), (7, 4)):
        own = [[chance.gauss(at % 3, 2) for at in range(size)] for _ in range(cycles)]
        own = [[round(v) if ties else v for v in cycle] for cycle in own]
        columns = [[cycle[at] for cycle in own] for at in range(size)]
        frame = in_cycles(own)
        result = stats.friedmanchisquare(*columns).statistic
        found = friedman(frame).row(0, named=True)
        assert found["statistic"] == pytest.approx(result)
        ratio = (cycles - 1) * result / (cycles * (size - 1) - result)
        chance_of = stats.f.sf(ratio, size - 1, (size - 1) * (cycles - 1))
        assert found["p"] == pytest.approx(chance_of)
        assert kruskal(frame)["statistic"].item() == pytest.approx(
            stats.kruskal(*columns).statistic
        )
        ranks = stats.rankdata([v for column in columns for v in column])
        groups = [ranks[at * cycles : (at + 1) * cycles] for at in range(size)]
        assert kruskal(frame)["p"].item() == pytest.approx(stats.f_oneway(*groups).pvalue)
        level = [[v - mean(cycle) for v in cycle] for cycle in own]
        one_way = stats.f_oneway(*zip(*level, strict=True)).statistic
        lost = (size * (cycles - 1) - (cycles - 1)) / (size * (cycles - 1))
        assert explained(frame)["ratio"].item() == pytest.approx(one_way * lost)


def test_seasons_that_repeat_exactly_are_certain_and_no_variation_is_none() -> None:
    exact = in_cycles([list(range(12))] * 3)
    assert (friedman(exact)["p"].item(), explained(exact)["share"].item()) == (0.0, 1.0)
    same = in_cycles([[5.0] * 12] * 3)
    assert friedman(same)["p"].item() is None
    assert explained(same).row(0) == (0, None, None)
    assert summary_of(monthly([5.0] * 48), season="auto").season == ""


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    strength=st.sampled_from([0.0, 1.0, 2.0, 3.0]),
    drift=st.sampled_from([0.0, 0.1]),
    count=st.integers(30, 60),
    gaps=st.sets(st.integers(0, 29), max_size=2),
)
def test_the_season_is_what_a_reader_would_work_out(
    seed: int, strength: float, drift: float, count: int, gaps: set[int]
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    high = [strength * (at < 5) for at in range(12)]
    values: list[float | None] = [
        None if at in gaps else 20 + high[at % 12] + drift * at + chance.gauss(0, 1)
        for at in range(count)
    ]
    first = next(at for at, value in enumerate(values) if value is not None)
    factors, baseline = plain_factors(values)
    points = trend_of(monthly(values), season="auto").points
    assert points["baseline"].sum() == min(baseline, count - len(gaps))
    if factors is None:
        assert points["season_factor"].null_count() == count
        return
    expected = [factors[at % 12] for at in range(count)]
    assert points["season_factor"].to_list() == pytest.approx(expected)
    level = [None if v is None else v / f for v, f in zip(values, expected, strict=True)]
    base = [
        v for v, inside in zip(level, points["baseline"], strict=True) if inside and v is not None
    ]
    assert points["cl"][first] == pytest.approx(mean(base) * expected[first])
