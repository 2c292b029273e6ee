"""Which value of a figure is held against which target, worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from metrics.review.figures import is_met
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


def test_a_count_is_judged_by_its_last_month_and_not_by_its_sum() -> None:
    assembly = counted((30, None), (30, None))
    satisfaction = input_of(assembly, "customer_satisfaction")
    (figure,) = satisfaction.figures
    assert figure.value == 30 + 30 + 30
    assert figure.target_met is True
    assert figure.target == "at most 40 a month, judged by September 2026"
    assert satisfaction.why_here.words == "nothing unusual on record"
    assert input_of(assembly, "objectives").headline.startswith("1 of 1 objective met in Q3 2026")


def test_a_count_that_missed_says_in_which_month() -> None:
    assembly = counted((30, None), (41, None))
    satisfaction = input_of(assembly, "customer_satisfaction")
    assert satisfaction.why_here.words == "1 target missed, 1 objective rests on it"
    assert satisfaction.headline == (
        "Complaints missed its target in September 2026: 41 complaints,"
        " at most 40 a month, judged by September 2026."
    )
    (objectives,) = input_of(assembly, "objectives").tables
    assert objectives.rows[0][2:5] == (
        "41 complaints",
        "at most 40 a month, judged by September 2026",
        "missed",
    )


def test_a_count_whose_last_month_is_missing_is_neither_met_nor_missed() -> None:
    (figure,) = input_of(counted((50, None), "missing"), "customer_satisfaction").figures
    assert figure.value == 30 + 50
    assert figure.target_met is None


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
