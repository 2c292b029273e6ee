"""When a new phase is suggested: four conditions, each of them said, none taken for granted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest

from metrics.trend.rebase import Cause, Rebase, is_worse, rebase
from tests.support.series import a_spec, month, monthly, trend_of

BEFORE = [11.0, 9.0] * 10
SHIFTED = [*BEFORE, *[13.0, 14.0] * 4]
"""Twenty points around 10, then eight above: from September 2024 on."""

YES = {"is_different": True, "is_known": True, "is_desirable": True, "is_lasting": True}
FORM = Cause(date(2024, 8, 20), "A form on the web", "event")


def looked_at(
    values: Sequence[float | None],
    causes: Sequence[Cause] = (),
    answers: dict[str, bool] | None = None,
    better: str = "higher",
) -> Rebase | None:
    trends = trend_of(monthly(values), better=better)
    return rebase(trends.points, a_spec(better=better), causes, answers)


def met(found: Rebase | None) -> list[bool]:
    assert found is not None
    return [each.is_met for each in found.conditions]


def told(found: Rebase | None, at: int) -> str:
    assert found is not None
    return found.conditions[at].sentence


def test_a_phase_is_suggested_when_all_four_conditions_hold() -> None:
    found = looked_at(SHIFTED, [FORM], YES)
    assert found is not None
    assert found.is_suggested
    assert [each.sentence for each in found.conditions] == [
        "8 points in a row above the centre line, since September 2024.",
        "The last four points are still above the centre line.",
        "A cause is recorded near its start: A form on the web (event, 2024-08-20).",
        "It is expected to last, as somebody answered.",
    ]
    assert found.first_on == month(20) == date(2024, 9, 1)
    assert found.from_on == date(2024, 8, 1)  # the period of the cause, which came first


def test_without_a_run_or_three_hits_nothing_is_said() -> None:
    assert looked_at(SHIFTED[:27], [FORM], YES) is None  # seven points are no run of eight
    assert looked_at([*BEFORE, 30.0, 9.5, 30.0, 9.5], [FORM], YES) is None  # two hits


def test_three_rule_hits_on_one_side_speak_for_it_too() -> None:
    # Three points beyond the limit, and twice two of three beyond two sigma.
    values = [*BEFORE, 30.0, 9.0, 30.0, 9.0, 16.0, 30.0, 10.1, 10.1]
    found = looked_at(values, [FORM], YES)
    assert told(found, 0) == (
        "5 times evidence of a special cause above the centre line, since September 2024."
    )
    assert met(found) == [True, True, True, True]


def test_a_level_that_began_with_the_current_phase_has_its_limits_already() -> None:
    values = [*BEFORE, 30.0, 9.0, 30.0, 9.0, 16.0, 30.0, 10.1, 10.1]
    points = trend_of(monthly(values), better="higher").points
    spec = a_spec(better="higher")
    later = Cause(month(19), "A new line", "event")
    earlier = points.filter(pl.col("period") >= month(18))
    assert rebase(earlier, spec, [later], YES) is not None
    assert rebase(points.filter(pl.col("period") >= month(19)), spec, [later], YES) is None


def test_a_level_that_has_gone_again_is_not_suggested() -> None:
    found = looked_at([*SHIFTED, 9.0], [FORM], YES)
    assert met(found) == [True, False, True, True]
    assert told(found, 1) == "Only three of the last four points are still above the centre line."

    assert told(looked_at([*SHIFTED, 9.0, 9.0, 9.0], [FORM], YES), 1).startswith("Only one of the")
    # The run ended before the last four points: the level is gone, and nothing is said of it.
    assert looked_at([*SHIFTED, 9.0, 11.0, 9.0, 9.0], [FORM], YES) is None


@pytest.mark.parametrize(
    ("on", "is_near"),
    [
        (date(2024, 5, 31), False),
        (date(2024, 6, 1), True),  # three months before September
        (date(2024, 12, 31), True),
        (date(2025, 1, 1), False),
    ],
)
def test_a_cause_has_to_be_near_the_first_point(on: date, *, is_near: bool) -> None:
    found = looked_at(SHIFTED, [Cause(on, "Somebody left", "action")], YES)
    assert met(found)[2] is is_near
    assert found is not None
    assert found.from_on == (on.replace(day=1) if is_near else month(20))


def test_without_a_cause_the_first_point_of_the_run_is_the_start() -> None:
    found = looked_at(SHIFTED, [], YES)
    assert told(found, 2) == (
        "No cause is recorded: no event, action or cycle within 3 months of its start."
    )
    assert found is not None
    assert (found.from_on, found.cause) == (month(20), None)


def test_of_several_causes_the_nearest_counts() -> None:
    nearer = Cause(date(2024, 9, 3), "A new desk", "action")
    found = looked_at(SHIFTED, [FORM, nearer], YES)
    assert found is not None
    assert found.cause == nearer


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (None, "Nobody has answered yet whether it is different, known and expected to last."),
        ({**YES, "is_lasting": False}, "Answered no: Is it intended and expected to last?"),
        ({"is_different": True, "is_known": True}, "Nobody has answered yet"),
    ],
)
def test_whether_it_lasts_is_for_people_to_say(answers: dict[str, bool] | None, said: str) -> None:
    found = looked_at(SHIFTED, [FORM], answers)
    assert met(found) == [True, True, True, False]
    assert told(found, 3).startswith(said)


def test_a_level_nobody_wants_can_be_suggested_and_is_called_worse() -> None:
    found = looked_at(SHIFTED, [FORM], {**YES, "is_desirable": False}, better="lower")
    assert found is not None
    assert (found.is_suggested, found.is_worse) == (True, True)
    better = looked_at(SHIFTED, [FORM], YES)
    assert better is not None
    assert not better.is_worse
    neutral = looked_at(SHIFTED, [FORM], YES, better="neutral")
    assert neutral is not None
    assert not neutral.is_worse


@pytest.mark.parametrize(
    ("values", "better", "expected"),
    [
        (SHIFTED, "lower", True),
        (SHIFTED, "higher", False),
        (SHIFTED, "neutral", False),
        ([*BEFORE, *[10.5] * 7], "lower", False),  # seven points near the centre line
        ([*BEFORE, *[10.5] * 8], "lower", True),
        ([*BEFORE, 20.0], "lower", True),
        ([*BEFORE, 20.0, 10.0, 10.0], "lower", False),  # one of three is no level
        (BEFORE, "lower", False),
    ],
)
def test_a_level_is_worse_by_the_limits_of_the_points_before(
    values: list[float], better: str, *, expected: bool
) -> None:
    points = trend_of(monthly(values), better=better).points
    assert is_worse(points, a_spec(better=better), month(20)) is expected


def test_a_level_is_judged_by_the_season_of_its_months() -> None:
    usual = [10.0, 12.0, 9.0, 11.0, 10.0, 12.0, 11.0, 9.0, 12.0, 10.0, 30.0, 31.0]
    years = [value + (-1) ** (year + at) for year in range(4) for at, value in enumerate(usual)]
    november = [*years, *usual[:10], 30.5]
    asked = {"better": "lower", "season": "on", "guards": True}
    points = trend_of(monthly(november), **asked).points
    assert not is_worse(points, a_spec(**asked), month(58))
    assert is_worse(points, a_spec(better="lower"), month(58))  # without a season it would be


def test_a_tie_neither_breaks_nor_extends_the_run() -> None:
    values = [*BEFORE, 13.0, 14.0, 13.0, 14.0, 10.0, 13.0, 14.0, 13.0, 14.0]
    assert told(looked_at(values, [FORM], YES), 0).startswith("8 points in a row above")
