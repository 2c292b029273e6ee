"""Every verdict, each by a series small enough to judge by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from metrics.trend import analyse
from metrics.trend.verdict import Claim, Judgement, judge, judge_all
from tests.support.series import a_spec, at_most, counted, month, monthly

STEADY = [9.0, 11.0] * 12
"""Two years around 10, limits 10 ± 2.66 x 2 = 4.68 to 15.32."""

LATER = date(2030, 1, 1)
ACTION = Claim(month(24), worthwhile=2.0, recurrences=())


def judged(after: Sequence[float | None], claim: Claim = ACTION, **spec: object) -> Judgement:
    how = a_spec(**({"better": "lower"} | spec))
    points = analyse(monthly([*STEADY, *after]), {"s": how}).points
    return judge(points, how, claim, LATER)


def test_a_lasting_drop_is_effective() -> None:
    found = judged([6.0, 7.0, 6.0, 7.0, 6.0, 7.0, 6.0, 7.0])
    assert (found.verdict, found.before, found.after) == ("effective", 24, 8)
    assert (found.level_before, found.level_after) == (10, 6.5)
    assert found.effect is not None
    assert found.effect.estimate == 3.5
    assert found.has_signal
    assert found.is_sustained
    assert found.is_worthwhile


def test_the_same_drop_of_a_metric_that_should_rise_is_worse() -> None:
    found = judged([6.0, 7.0, 6.0, 7.0, 6.0, 7.0, 6.0, 7.0], better="higher")
    assert (found.verdict, found.is_adverse) == ("worse", True)
    assert found.effect is not None
    assert found.effect.estimate == -3.5


@pytest.mark.parametrize("k", [0, 1, 2, 5, 6, 7])
def test_fewer_than_8_periods_are_too_early(k: int) -> None:
    found = judged([6.0, 7.0, 6.0, 7.0, 6.0, 7.0, 6.0][:k])
    assert (found.verdict, found.after) == ("too_early", k)
    assert found.confirm_on == month(32)


def test_two_points_beyond_the_limit_may_be_told_after_6_periods() -> None:
    found = judged([4.0, 6.0, 4.5, 6.0, 5.0, 6.0])
    assert (found.verdict, found.beyond_old_limit) == ("improved", 2)
    assert found.confirm_on == month(32)


def test_before_the_day_the_plan_named_it_is_too_early() -> None:
    claim = replace(ACTION, review_on=date(2030, 3, 1))
    found = judged([6.0, 7.0] * 5, claim)
    assert (found.verdict, found.why) == ("too_early", "the plan says to judge on 1 March 2030")
    assert found.confirm_on == date(2030, 3, 1)


def test_fewer_than_8_periods_before_are_no_baseline() -> None:
    how = a_spec(better="lower")
    points = analyse(monthly([9.0, 11.0] * 3 + [6.0, 7.0] * 6), {"s": how}).points
    found = judge(points, how, Claim(month(6)), LATER)
    assert (found.verdict, found.before, found.after) == ("not_assessable", 6, 12)
    assert found.why == "only 6 months before the action have a value; 8 are needed"


def test_another_definition_is_another_metric() -> None:
    found = judged([6.0, 7.0] * 6, replace(ACTION, definition_changed=True))
    assert found.verdict == "not_assessable"


@pytest.mark.parametrize("better", ["inside", "neutral"])
def test_a_metric_without_one_good_side_is_not_judged(better: str) -> None:
    assert judged([6.0, 7.0] * 6, better=better).verdict == "not_assessable"


def test_the_same_cause_again_is_not_effective_however_good_the_figures() -> None:
    claim = replace(ACTION, recurrences=(date(2025, 3, 3),))
    assert judged([6.0, 7.0] * 6, claim).verdict == "not_effective"
    assert judged([], claim).verdict == "not_effective"


def test_a_cause_seen_before_the_action_did_not_come_back() -> None:
    claim = replace(ACTION, recurrences=(date(2024, 12, 3),))
    assert judged([6.0, 7.0] * 6, claim).verdict == "effective"


def test_a_year_without_the_change_wanted_is_not_effective() -> None:
    found = judged([9.0, 11.0] * 6)
    assert found.verdict == "not_effective"
    assert found.effect is not None
    assert found.effect.high < 2


def test_an_interval_with_no_effect_and_the_one_wanted_is_inconclusive() -> None:
    found = judged([9.0, 11.0, 8.0, 10.0] * 2, replace(ACTION, worthwhile=1.0))
    assert (found.verdict, found.more_periods) == ("inconclusive", 22)


def test_a_change_too_small_is_ruled_out_by_twelve_periods_and_not_before() -> None:
    found = judged([9.0, 11.0] * 4)
    assert (found.verdict, found.more_periods) == ("inconclusive", 4)
    assert found.why == (
        "the change wanted (2 days) is outside the interval; 4 more months like these would rule"
        " it out"
    )


def test_without_a_change_that_matters_no_number_of_periods_is_named() -> None:
    found = judged([9.0, 11.0] * 6, replace(ACTION, worthwhile=0.0))
    assert (found.verdict, found.more_periods) == ("inconclusive", None)
    assert found.why == "the interval holds no change, and the plan names none that would matter"


def test_a_signal_alone_is_an_improvement_to_confirm() -> None:
    found = judged([9.9] * 8, replace(ACTION, worthwhile=0.05))
    assert (found.verdict, found.has_signal) == ("improved", True)


def test_an_effect_without_a_signal_is_an_improvement_to_confirm() -> None:
    found = judged([8.0, 8.5, 8.0, 10.5, 8.0, 8.5, 8.0, 8.5])
    assert (found.verdict, found.has_signal) == ("improved", False)
    assert found.why == "an effect beyond chance, but no signal yet"


def test_what_does_not_last_is_an_improvement_to_confirm() -> None:
    found = judged([4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 11.0, 10.5, 11.0])
    assert (found.verdict, found.is_sustained) == ("improved", False)


def test_half_of_the_last_periods_on_the_better_side_do_not_hold_it() -> None:
    found = judged([4.0, 10.2] * 5)
    assert (found.has_signal, found.is_adverse, found.is_sustained) == (True, False, False)
    assert found.verdict == "improved"


def test_a_setback_longer_ago_than_six_periods_is_over() -> None:
    found = judged([16.0, *[6.0, 7.0] * 8])
    assert (found.verdict, found.is_adverse) == ("effective", False)
    assert judged([*[6.0, 7.0] * 8, 16.0]).is_adverse


def test_back_to_what_it_was_is_restored() -> None:
    how = a_spec(better="lower")
    points = analyse(monthly([*STEADY, 18.0, 19.0, *[9.0, 11.0] * 4]), {"s": how}).points
    trigger = (month(24), month(25))
    claim = Claim(month(26), criterion="restore", worthwhile=2.0, trigger=trigger)
    found = judge(points, how, claim, LATER)
    assert (found.verdict, found.before, found.after) == ("restored", 24, 8)


def test_the_target_reached_is_asked_for_where_the_plan_says_so() -> None:
    claim = replace(ACTION, criterion="reach_target")
    short = judged([6.0, 7.0] * 4, claim, targets=(at_most(9),))
    full = judged([6.0, 7.0] * 6, claim, targets=(at_most(9.5),))
    assert (short.verdict, full.verdict) == ("improved", "effective")
    assert full.target_before is not None
    assert full.target_after is not None
    assert (full.target_before.assurance, full.target_after.assurance) == ("hit_or_miss", "capable")


def test_the_lag_and_the_wash_out_are_not_counted() -> None:
    after = [20.0, 20.0, 20.0, *[6.0, 7.0] * 4]
    found = judged(after, replace(ACTION, lag=1, wash_out=2))
    assert (found.verdict, found.after, found.after_from) == ("effective", 8, month(27))


def test_a_month_in_which_the_action_took_place_is_neither_before_nor_after() -> None:
    claim = replace(ACTION, implemented_from=date(2024, 11, 20), implemented_on=date(2025, 1, 10))
    found = judged([10.0, *[6.0, 7.0] * 4], claim)
    assert (found.before, found.after, found.after_from) == (22, 8, month(25))


def test_no_pattern_reaches_back_over_the_action() -> None:
    how = a_spec(better="lower")
    early = [9.0, 11.0] * 10 + [9.5] * 4
    points = analyse(monthly([*early, *[9.5, 9.4] * 3, 9.5, 10.5]), {"s": how}).points
    # Four points below before and seven after: no run of 8 on one side of the action.
    assert not judge(points, how, Claim(month(24), worthwhile=1.0), LATER).has_signal


def test_only_the_last_phase_before_the_action_is_compared_with() -> None:
    how = a_spec(better="lower")
    rows = monthly([20.0, 22.0] * 10 + [9.0, 11.0] * 6 + [6.0, 7.0] * 4)
    rows = rows.with_columns(phase_id=(rows["period"] >= month(20)).cast(int))
    found = judge(analyse(rows, {"s": how}).points, how, Claim(month(32)), LATER)
    assert (found.before, found.before_from, found.level_before) == (12, month(20), 10)


def test_too_few_periods_since_a_phase_began_are_told_as_those_of_the_phase() -> None:
    how = a_spec(better="lower")
    rows = monthly([20.0, 22.0] * 10 + [9.0, 11.0] * 3 + [6.0, 7.0] * 6)
    rows = rows.with_columns(phase_id=(rows["period"] >= month(20)).cast(int))
    found = judge(analyse(rows, {"s": how}).points, how, Claim(month(26)), LATER)
    assert found.why == "only 6 months of the phase before the action have a value; 8 are needed"


def test_at_most_three_years_before_are_compared_with() -> None:
    how = a_spec(better="lower")
    points = analyse(monthly([9.0, 11.0] * 24 + [6.0, 7.0] * 4), {"s": how}).points
    found = judge(points, how, Claim(month(48)), LATER)
    assert (found.before, found.before_from) == (36, month(12))


def test_rates_are_compared_by_their_ratio() -> None:
    how = a_spec(better="lower", kind="u", per=1000)
    points = counted([(13, 1000), (12, 1000)] * 12 + [(5, 1000), (6, 1000)] * 4)
    found = judge(analyse(points, {"s": how}).points, how, ACTION, LATER)
    assert (found.verdict, found.method, found.is_ratio) == ("effective", "rates", True)
    assert (found.level_before, found.level_after) == (12.5, 5.5)
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(12.5 / 5.5)


def test_shares_are_compared_by_their_difference_and_odds() -> None:
    how = a_spec(better="lower", kind="p", per=100)
    points = counted([(13, 100), (12, 100)] * 12 + [(5, 100), (6, 100)] * 4)
    found = judge(analyse(points, {"s": how}).points, how, ACTION, LATER)
    assert (found.verdict, found.method, found.beside_method) == ("effective", "shares", "odds")
    assert found.effect is not None
    assert found.effect.estimate == pytest.approx(7)
    assert found.beside is not None
    assert found.beside.estimate == pytest.approx((12.5 / 87.5) / (5.5 / 94.5))


def test_what_else_has_to_be_said_is_said() -> None:
    claim = replace(
        ACTION,
        other_changes=("New supplier",),
        side_effects=("Cost per order",),
        is_after_the_fact=True,
    )
    assert judged([6.0, 7.0] * 4, claim).flags == (
        "other change in the window: New supplier",
        "side effect in Cost per order",
        "plan written after the action began",
    )


def test_no_recurrence_in_so_many_opportunities_has_an_upper_bound() -> None:
    found = judged([6.0, 7.0] * 4, replace(ACTION, opportunities=150))
    # The rule of three: 3 / 150.
    assert found.recurrence_bound == 0.02


def test_many_claims_are_judged_as_each_alone() -> None:
    how = a_spec(better="lower")
    series = {str(n): monthly([*STEADY, *[6.0 + n, 7.0 + n] * n]) for n in range(6)}
    points = {name: analyse(rows, {"s": how}).points for name, rows in series.items()}
    specs, claims = dict.fromkeys(points, how), dict.fromkeys(points, ACTION)
    together = judge_all(points, specs, claims, LATER)
    assert together == {name: judge(points[name], how, ACTION, LATER) for name in points}


def test_a_metric_that_improved_anyway_is_judged_beside_its_drift() -> None:
    how = a_spec(better="lower")
    zigzag = [(-1.0) ** at * 0.4 for at in range(34)]
    points = analyse(monthly([20 - 0.3 * at + z for at, z in enumerate(zigzag)]), {"s": how}).points
    found = judge(points, how, replace(ACTION, worthwhile=2.0), LATER)
    assert (found.method, found.flags) == ("series", ("improving before",))
    assert found.has_signal
    # The line goes on as it was: no step.
    assert found.effect is not None
    assert found.effect.low < 1 < found.effect.high
    assert found.verdict == "improved"


def test_a_seasonal_metric_is_judged_month_by_month() -> None:
    how = a_spec(better="lower", season="auto")
    wave = [10.0, 12.0, 15.0, 18.0, 15.0, 12.0, 10.0, 8.0, 6.0, 5.0, 6.0, 8.0]
    values = [wave[at % 12] * (0.97 if at % 5 else 1.03) for at in range(36)]
    after = [wave[at % 12] * (0.8 if at % 3 else 0.82) for at in range(36, 48)]
    points = analyse(monthly([*values, *after]), {"s": how}).points
    found = judge(points, how, Claim(month(36), worthwhile=1.0), LATER)
    assert (found.method, found.is_ratio) == ("series", True)
    assert found.effect is not None
    assert found.effect.low > 1.1
    assert found.effect.high < 1.35
