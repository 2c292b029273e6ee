"""Some periods alone: their cells are those of computing everything."""

from __future__ import annotations

from datetime import date

from metrics.evaluate import cells_of
from metrics.model import Metric
from metrics.periods import Period, period_of
from tests.metrics.test_kinds import (
    actions_open,
    closure_days,
    complaint_count,
    complaint_rate,
    days_of_closed,
)
from tests.support.facts import (
    FEBRUARY,
    JANUARY,
    MARCH,
    TABLES,
    Facts,
    a_complaint,
    a_corrective_action,
    an_output,
)

THROUGH = date(2026, 3, 31)


def cells(warehouse: Facts, metric: Metric, *periods: Period) -> list[tuple[object, ...]]:
    """Return period, numerator and denominator of the cells of these periods."""
    with warehouse.read(metric) as reader:
        found = cells_of(reader, [metric], TABLES, THROUGH, periods=periods)
    return found.select("period", "numerator", "denominator").rows()


def test_a_flow_is_that_of_the_periods_asked_for(warehouse: Facts) -> None:
    turns = [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1)]
    warehouse.fill(complaints=[a_complaint(received_on=day) for day in turns])
    assert cells(warehouse, complaint_count, FEBRUARY) == [(FEBRUARY.start, 2, None)]
    apart = [(JANUARY.start, 1, None), (MARCH.start, 1, None)]
    assert cells(warehouse, complaint_count, MARCH, JANUARY) == apart


def test_both_sides_of_a_rate_are_narrowed(warehouse: Facts) -> None:
    months = (JANUARY, FEBRUARY, MARCH)
    warehouse.fill(
        complaints=[a_complaint(received_on=month.end) for month in months],
        outputs=[an_output(output_on=month.start, quantity=500) for month in months],
    )
    assert cells(warehouse, complaint_rate, FEBRUARY) == [(FEBRUARY.start, 1, 500)]


def test_a_stock_opens_with_what_was_open_before(warehouse: Facts) -> None:
    spans = [
        (date(2025, 6, 1), None),
        (date(2025, 6, 1), date(2025, 7, 1)),
        (date(2025, 6, 1), date(2026, 2, 10)),
        (date(2026, 2, 5), None),
        (date(2026, 3, 5), None),
    ]
    warehouse.fill(
        corrective_actions=[a_corrective_action(raised_on=a, implemented_on=b) for a, b in spans]
    )
    assert cells(warehouse, actions_open, FEBRUARY) == [(FEBRUARY.start, 1 + 1, None)]


def test_a_slice_whose_records_all_ended_before_is_nought_and_not_unknown(
    warehouse: Facts,
) -> None:
    ended = a_corrective_action(raised_on=date(2025, 6, 1), implemented_on=date(2025, 7, 1))
    warehouse.fill(corrective_actions=[ended])
    assert cells(warehouse, actions_open, FEBRUARY) == [(FEBRUARY.start, 0, None)]


def test_ages_count_from_the_day_a_record_began(warehouse: Facts) -> None:
    day = date(2025, 12, 1)
    warehouse.fill(
        complaints=[
            a_complaint(received_on=day),
            a_complaint(received_on=day, closed_on=date(2026, 2, 10)),
        ]
    )
    still, closed = (FEBRUARY.end - day).days, (date(2026, 2, 10) - day).days
    assert cells(warehouse, closure_days, FEBRUARY) == [(FEBRUARY.start, still + closed, 2)]
    assert cells(warehouse, days_of_closed, FEBRUARY) == [(FEBRUARY.start, closed, 1)]


def test_nothing_is_followed_beyond_the_last_day(warehouse: Facts) -> None:
    warehouse.fill(corrective_actions=[a_corrective_action()])
    later = period_of(date(2026, 5, 1), "month")
    assert cells(warehouse, actions_open, later) == []
    assert cells(warehouse, actions_open, MARCH, later) == [(MARCH.start, 1, None)]


def test_periods_of_another_grain_ask_for_nothing(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint()])
    assert cells(warehouse, complaint_count, period_of(JANUARY.start, "quarter")) == []
    assert cells(warehouse, complaint_count) == []


def test_a_record_that_ended_before_it_began_is_left_out_where_it_began(warehouse: Facts) -> None:
    backwards = a_complaint(received_on=date(2026, 2, 1), closed_on=date(2026, 1, 30))
    warehouse.fill(complaints=[backwards])
    with warehouse.read(closure_days) as reader:
        found = cells_of(reader, [closure_days], TABLES, THROUGH, periods=[FEBRUARY])
    assert found.select("left_out", "status").rows() == [(1, "missing")]
