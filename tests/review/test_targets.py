"""Which value of a figure is held against which target, worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from metrics.review.judging import is_met
from metrics.review.model import Assembly
from tests.support.reviews import (
    Cell,
    a_metric,
    a_series,
    a_target,
    an_objective,
    assembled,
    input_of,
    measured_by,
)

COMPLAINTS = a_metric(
    "complaints",
    title="Complaints",
    unit="complaints",
    decimals=0,
    measure={"kind": "count", "numerator": {"table": "complaints"}},
)


def counted(august: Cell, september: Cell) -> Assembly:
    months: dict[str, Cell] = {"2026-07": (30, None), "2026-08": august, "2026-09": september}
    return assembled(
        metrics=(measured_by(COMPLAINTS, a_series(COMPLAINTS, months)),),
        targets=(a_target(metric="complaints", high=40),),
        objectives=(an_objective(metric="complaints"),),
    )


def test_a_count_is_judged_month_by_month_and_not_by_its_sum() -> None:
    assembly = counted((30, None), (30, None))
    satisfaction = input_of(assembly, "customer_satisfaction")
    (figure,) = satisfaction.figures
    assert figure.value == 30 + 30 + 30
    assert figure.target_met is True
    assert (figure.target, figure.standing) == ("at most 40 a month", "met in 3 of 3 months")
    assert satisfaction.why_here.words == "nothing unusual on record"
    assert input_of(assembly, "objectives").headline.startswith("1 of 1 objective met in Q3 2026")


def test_a_count_that_missed_says_in_which_month_and_how_often() -> None:
    assembly = counted((41, None), (30, None))
    satisfaction = input_of(assembly, "customer_satisfaction")
    assert satisfaction.why_here.words == "1 target missed, 1 objective rests on it"
    assert satisfaction.headline == (
        "Complaints missed its target in August 2026: 41 complaints, at most 40 a month."
    )
    (objectives,) = input_of(assembly, "objectives").tables
    assert objectives.rows[0][2:5] == (
        "41 complaints",
        "at most 40 a month",
        "not met yet: met in 2 of 3 months",
    )


@pytest.mark.parametrize(
    ("august", "met", "standing"),
    [
        (30, None, "met in 2 of 3 months, 1 not known"),  # never green by a hole
        (50, False, "met in 1 of 3 months, 1 not known"),
    ],
)
def test_a_count_with_a_month_missing_is_met_by_none_and_may_be_missed(
    august: int, *, met: bool | None, standing: str
) -> None:
    (figure,) = input_of(counted((august, None), "missing"), "customer_satisfaction").figures
    assert (figure.target_met, figure.standing) == (met, standing)


def test_each_month_is_held_against_the_target_in_force_in_it() -> None:
    months: dict[str, Cell] = {"2026-07": (45, None), "2026-08": (45, None), "2026-09": (45, None)}
    assembly = assembled(
        metrics=(measured_by(COMPLAINTS, a_series(COMPLAINTS, months)),),
        targets=(
            a_target(metric="complaints", high=50),
            a_target(metric="complaints", high=40, from_on=date(2026, 8, 2)),
        ),
    )
    (figure,) = input_of(assembly, "customer_satisfaction").figures
    # Until August at most 50; the stricter one holds from the first month it begins in: September.
    assert figure.standing == "met in 2 of 3 months"
    assert figure.judged.period.label == "September 2026"


def test_months_before_the_first_target_are_judged_by_none() -> None:
    months: dict[str, Cell] = {"2026-07": (90, None), "2026-08": (30, None), "2026-09": (30, None)}
    late = a_target(metric="complaints", high=40, from_on=date(2026, 8, 1))
    assembly = assembled(
        metrics=(measured_by(COMPLAINTS, a_series(COMPLAINTS, months)),), targets=(late,)
    )
    (figure,) = input_of(assembly, "customer_satisfaction").figures
    assert (figure.target_met, figure.standing) == (True, "met in 2 of 2 months")


def test_a_band_is_kept_or_left() -> None:
    metric = a_metric(better="inside")  # 4 of 1,000, month after month
    standings = []
    for low, high in ((3, 5), (1, 2)):
        band = a_target(kind="band", low=low, high=high)
        assembly = assembled(metrics=(measured_by(metric),), targets=(band,))
        standings.append(input_of(assembly, "customer_satisfaction").figures[0].standing)
    assert standings == ["inside the band", "outside the band"]


@pytest.mark.parametrize(
    ("due_on", "standing", "headline"),
    [
        (date(2026, 12, 31), "not met yet", "0 of 1 objective met in Q3 2026, 1 not met yet"),
        (date(2026, 10, 1), "not met yet", "0 of 1 objective met in Q3 2026, 1 not met yet"),
        (date(2026, 9, 30), "missed", "0 of 1 objective met in Q3 2026, 1 missed"),
    ],
)
def test_an_objective_is_missed_only_when_it_was_due(
    due_on: date, standing: str, headline: str
) -> None:
    assembly = assembled(
        metrics=(measured_by(),),
        targets=(a_target(high=3.0),),
        objectives=(an_objective(due_on=due_on),),
    )
    (objectives,) = input_of(assembly, "objectives").tables
    assert objectives.rows[0][4] == standing
    assert objectives.remark.startswith(headline)


@pytest.mark.parametrize(("from_on", "is_held"), [(1, True), (2, False), (30, False)])
def test_a_review_judges_by_the_target_of_the_first_day_of_the_last_month(
    from_on: int, *, is_held: bool
) -> None:
    metric = a_metric()  # 12 complaints on 3,000 deliveries: 4 of 1,000, month after month
    stricter = a_target(from_on=date(2026, 9, from_on), high=3.0)
    assembly = assembled(metrics=(measured_by(metric),), targets=(a_target(), stricter))
    (figure,) = input_of(assembly, "customer_satisfaction").figures
    assert figure.target == ("at most 3" if is_held else "at most 4.5")
    assert figure.target_met is not is_held


def test_a_value_on_the_line_meets_its_target() -> None:
    assert is_met(a_target(high=0.3), 0.1 + 0.2)  # 0.30000000000000004 in binary
    assert not is_met(a_target(high=0.3), 0.301)
