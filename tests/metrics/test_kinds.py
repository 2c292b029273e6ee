"""Every measure kind, by hand: a few rows, and the sum the figure is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from metrics.model import Metric
from tests.support.facts import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    Facts,
    a_complaint,
    a_corrective_action,
    a_metric_value,
    a_nonconformance,
    a_survey_response,
    an_output,
    cell_of,
    value_of,
)


def a_metric(kind: str, by: tuple[str, ...] = ("site",), **measure: object) -> Metric:
    words = {"title": "A metric", "why": "Because.", "unit": "units", "process": "quality"}
    given = {**words, "name": "a_metric", "better": "lower", "by": by}
    return Metric.model_validate({**given, "measure": {"kind": kind, **measure}})


complaint_count = a_metric("count", numerator={"table": "complaints"})
complaint_rate = a_metric(
    "rate",
    per=1000,
    numerator={"table": "complaints", "where": "is_justified"},
    denominator={"table": "outputs", "sum": "quantity"},
)
on_time_share = a_metric(
    "proportion",
    numerator={"table": "outputs", "sum": "on_time_quantity"},
    denominator={"table": "outputs", "sum": "quantity"},
)
satisfaction = a_metric("mean", numerator={"table": "survey_responses", "value": "score"})
cost = a_metric("total", numerator={"table": "complaints", "sum": "cost"})
closure_days = a_metric(
    "elapsed",
    from_="received_on",
    to="closed_on",
    numerator={"table": "complaints"},
)
days_of_closed = a_metric(
    "elapsed",
    from_="received_on",
    to="closed_on",
    open="left_out",
    numerator={"table": "complaints"},
)
actions_open = a_metric(
    "stock",
    from_="raised_on",
    to="implemented_on",
    numerator={"table": "corrective_actions"},
)


class TestCount:
    def test_sums_what_the_rows_stand_for(self, warehouse: Facts) -> None:
        warehouse.fill(
            complaints=[
                a_complaint(received_on=date(2026, 1, 5), quantity=1),
                a_complaint(received_on=date(2026, 1, 31), quantity=40),
                a_complaint(received_on=date(2026, 2, 1), quantity=2),
            ]
        )
        assert value_of(complaint_count, JANUARY, warehouse) == 1 + 40
        assert value_of(complaint_count, FEBRUARY, warehouse) == 2

    def test_takes_a_row_without_quantity_for_one(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(quantity=None), a_complaint(quantity=3)])
        assert value_of(complaint_count, JANUARY, warehouse) == 1 + 3

    def test_counts_rows_where_the_definition_says_so(self, warehouse: Facts) -> None:
        rows = a_metric("count", numerator={"table": "complaints", "sum": "1"})
        warehouse.fill(complaints=[a_complaint(quantity=40), a_complaint(quantity=3)])
        assert value_of(rows, JANUARY, warehouse) == 2

    def test_counts_rows_of_a_table_without_quantities(self, warehouse: Facts) -> None:
        answers = a_metric("count", numerator={"table": "survey_responses"})
        warehouse.fill(survey_responses=[a_survey_response(), a_survey_response()])
        assert value_of(answers, JANUARY, warehouse) == 2

    def test_leaves_out_what_the_condition_does_not_know(self, warehouse: Facts) -> None:
        justified = a_metric("count", numerator={"table": "complaints", "where": "is_justified"})
        warehouse.fill(
            complaints=[
                a_complaint(is_justified=True),
                a_complaint(is_justified=False),
                a_complaint(is_justified=None),
            ]
        )
        assert value_of(justified, JANUARY, warehouse) == 1

    def test_is_zero_where_the_table_has_rows_but_none_counts(self, warehouse: Facts) -> None:
        justified = a_metric("count", numerator={"table": "complaints", "where": "is_justified"})
        warehouse.fill(complaints=[a_complaint(is_justified=False)])
        assert cell_of(justified, JANUARY, warehouse)["status"] == "ok"
        assert value_of(justified, JANUARY, warehouse) == 0

    def test_can_be_dated_by_another_date(self, warehouse: Facts) -> None:
        closed = a_metric("count", numerator={"table": "complaints", "dated_by": "closed_on"})
        warehouse.fill(complaints=[a_complaint(closed_on=date(2026, 3, 31)), a_complaint()])
        assert value_of(closed, MARCH, warehouse) == 1
        assert value_of(closed, JANUARY, warehouse) is None

    def test_reads_only_rows_in_force(self, warehouse: Facts) -> None:
        superseded = a_complaint(quantity=40, _is_current=False)
        warehouse.fill(complaints=[superseded, a_complaint(quantity=2)])
        assert value_of(complaint_count, JANUARY, warehouse) == 2


class TestRate:
    def test_is_events_by_exposure_times_per(self, warehouse: Facts) -> None:
        warehouse.fill(
            complaints=[a_complaint(), a_complaint(), a_complaint(is_justified=False)],
            outputs=[an_output(quantity=3000), an_output(quantity=1000)],
        )
        assert value_of(complaint_rate, JANUARY, warehouse) == 2 / (3000 + 1000) * 1000

    def test_has_no_value_in_a_period_without_deliveries(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(received_on=date(2026, 1, 5))], outputs=[])
        assert cell_of(complaint_rate, JANUARY, warehouse)["status"] == "no_opportunity"
        assert value_of(complaint_rate, JANUARY, warehouse) is None

    def test_is_zero_where_there_was_exposure_and_no_event(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[], outputs=[an_output()])
        assert value_of(complaint_rate, JANUARY, warehouse) == 0

    def test_of_all_sites_is_the_ratio_of_sums_not_the_mean_of_rates(
        self, warehouse: Facts
    ) -> None:
        warehouse.fill(
            complaints=[a_complaint(site="Porto"), a_complaint(site="Lyon", quantity=9)],
            outputs=[an_output(site="Porto", quantity=100), an_output(site="Lyon", quantity=9900)],
        )
        assert value_of(complaint_rate, JANUARY, warehouse, site="Porto") == 1 / 100 * 1000
        assert value_of(complaint_rate, JANUARY, warehouse) == (1 + 9) / (100 + 9900) * 1000


class TestProportion:
    def test_is_a_share_in_percent(self, warehouse: Facts) -> None:
        warehouse.fill(
            outputs=[
                an_output(quantity=100, on_time_quantity=90),
                an_output(quantity=300, on_time_quantity=210),
            ]
        )
        assert value_of(on_time_share, JANUARY, warehouse) == (90 + 210) / (100 + 300) * 100

    def test_above_the_whole_is_invalid_and_has_no_value(self, warehouse: Facts) -> None:
        warehouse.fill(outputs=[an_output(quantity=100, on_time_quantity=101)])
        assert cell_of(on_time_share, JANUARY, warehouse)["status"] == "invalid"
        assert value_of(on_time_share, JANUARY, warehouse) is None

    def test_is_unknown_where_no_row_has_the_numerator(self, warehouse: Facts) -> None:
        warehouse.fill(outputs=[an_output(quantity=100, on_time_quantity=None)])
        cell = cell_of(on_time_share, JANUARY, warehouse)
        assert (cell["status"], cell["value"], cell["left_out"]) == ("missing", None, 1)


class TestMean:
    def test_is_the_sum_over_the_rows_that_have_the_number(self, warehouse: Facts) -> None:
        answers = [a_survey_response(score=score) for score in (9, 6, Decimal("7.5"), None)]
        warehouse.fill(survey_responses=answers)
        cell = cell_of(satisfaction, JANUARY, warehouse)
        assert cell["value"] == (9 + 6 + 7.5) / 3
        assert (cell["n"], cell["left_out"]) == (3, 1)

    def test_keeps_the_sum_of_squares(self, warehouse: Facts) -> None:
        warehouse.fill(survey_responses=[a_survey_response(score=s) for s in (3, 4)])
        assert warehouse.cells(satisfaction)["sum_of_squares"].to_list() == [3 * 3 + 4 * 4]


class TestTotal:
    def test_adds_the_amounts(self, warehouse: Facts) -> None:
        amounts = ("0.10", "0.20", "1000000000.01")
        warehouse.fill(complaints=[a_complaint(cost=Decimal(a)) for a in amounts])
        cells = warehouse.cells(cost)
        assert cells["numerator"].to_list() == [Decimal("1000000000.31")]

    def test_of_amounts_nobody_gave_is_missing_and_not_zero(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(cost=None)])
        cell = cell_of(cost, JANUARY, warehouse)
        assert (cell["status"], cell["value"], cell["left_out"]) == ("missing", None, 1)

    def test_says_how_many_rows_had_no_amount(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(cost=5), a_complaint(cost=None)])
        cell = cell_of(cost, JANUARY, warehouse)
        assert (cell["value"], cell["n"], cell["left_out"]) == (5, 1, 1)


class TestElapsed:
    def test_ages_what_is_open_at_period_end(self, warehouse: Facts) -> None:
        warehouse.fill(
            complaints=[
                a_complaint(received_on=date(2026, 1, 1), closed_on=date(2026, 1, 11)),
                a_complaint(received_on=date(2026, 1, 21), closed_on=date(2026, 2, 10)),
                a_complaint(received_on=date(2026, 1, 30)),
            ]
        )
        through = date(2026, 2, 14)
        # January: closed after 10; open for 31 - 21 and for 31 - 30 days on the 31st.
        january = value_of(closure_days, JANUARY, warehouse, through)
        assert january == (10 + 10 + 1) / 3
        # February: closed after 20; open since 30 January on 28 February.
        assert value_of(closure_days, FEBRUARY, warehouse, through) == (20 + 29) / 2

    def test_can_leave_out_what_is_open(self, warehouse: Facts) -> None:
        warehouse.fill(
            complaints=[
                a_complaint(received_on=date(2026, 1, 21), closed_on=date(2026, 2, 10)),
                a_complaint(received_on=date(2026, 1, 30)),
            ]
        )
        assert value_of(days_of_closed, JANUARY, warehouse) is None
        assert value_of(days_of_closed, FEBRUARY, warehouse, date(2026, 2, 28)) == 20

    @pytest.mark.parametrize("metric", [closure_days, days_of_closed])
    def test_leaves_out_and_counts_what_ended_before_it_began(
        self, warehouse: Facts, metric: Metric
    ) -> None:
        warehouse.fill(
            complaints=[
                a_complaint(received_on=date(2026, 1, 10), closed_on=date(2026, 1, 4)),
                a_complaint(received_on=date(2026, 1, 10), closed_on=date(2026, 1, 10)),
            ]
        )
        cell = cell_of(metric, JANUARY, warehouse, date(2026, 1, 31))
        assert (cell["value"], cell["n"], cell["left_out"]) == (0, 1, 1)

    def test_a_wrong_year_of_an_end_begins_no_series(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(closed_on=date(1906, 1, 9))])
        cells = warehouse.cells(closure_days, through=date(2026, 2, 1))
        assert cells["period"].to_list() == [JANUARY.start]

    def test_counts_records_not_what_they_stand_for(self, warehouse: Facts) -> None:
        rows = [
            a_complaint(received_on=date(2026, 1, 1), closed_on=date(2026, 1, 3), quantity=100),
            a_complaint(received_on=date(2026, 1, 1), closed_on=date(2026, 1, 5)),
        ]
        warehouse.fill(complaints=rows)
        assert value_of(days_of_closed, JANUARY, warehouse) == (2 + 4) / 2


class TestStock:
    def test_is_what_is_open_at_period_end(self, warehouse: Facts) -> None:
        warehouse.fill(
            corrective_actions=[
                a_corrective_action(raised_on=date(2026, 1, 5), implemented_on=date(2026, 1, 31)),
                a_corrective_action(raised_on=date(2026, 1, 5), implemented_on=date(2026, 2, 1)),
                a_corrective_action(raised_on=date(2026, 1, 31)),
                a_corrective_action(raised_on=date(2026, 2, 1), quantity=4),
            ]
        )
        through = date(2026, 4, 2)
        found = [value_of(actions_open, p, warehouse, through) for p in (JANUARY, FEBRUARY, APRIL)]
        # Closed on the last day counts as closed; what is open stays in every month after.
        assert found == [1 + 1, 1 + 4, 1 + 4]

    def test_has_a_period_where_nothing_happened(self, warehouse: Facts) -> None:
        rows = [a_corrective_action(implemented_on=date(2026, 3, 3))]
        warehouse.fill(corrective_actions=rows)
        values = warehouse.values(actions_open, through=date(2026, 4, 30))
        assert values["value"].to_list() == [1, 1, 0, 0]

    def test_adds_up_over_sites(self, warehouse: Facts) -> None:
        rows = [a_corrective_action(site="Porto"), a_corrective_action(site="Lyon", quantity=2)]
        warehouse.fill(corrective_actions=rows)
        through = date(2026, 1, 31)
        assert value_of(actions_open, JANUARY, warehouse, through) == 1 + 2
        assert value_of(actions_open, JANUARY, warehouse, through, site="Lyon") == 2

    def test_is_not_known_beyond_the_last_day(self, warehouse: Facts) -> None:
        warehouse.fill(corrective_actions=[a_corrective_action()])
        values = warehouse.values(actions_open, through=date(2026, 2, 3))
        assert values["period"].to_list() == [JANUARY.start, FEBRUARY.start]


class TestReported:
    energy = a_metric("reported", metric="energy", per=100)

    def test_is_numerator_by_denominator(self, warehouse: Facts) -> None:
        rows = [
            a_metric_value(site="Porto", numerator=10, denominator=40),
            a_metric_value(site="Lyon", numerator=30, denominator=60),
            a_metric_value(site="Lyon", metric="water", numerator=9, denominator=9),
        ]
        warehouse.fill(metric_values=rows)
        assert value_of(self.energy, JANUARY, warehouse) == (10 + 30) / (40 + 60) * 100

    def test_is_the_value_as_it_was_handed_in(self, warehouse: Facts) -> None:
        warehouse.fill(metric_values=[a_metric_value(value=Decimal("92.5"))])
        assert value_of(self.energy, JANUARY, warehouse) == 92.5

    def test_bare_values_of_several_sites_are_not_added(self, warehouse: Facts) -> None:
        rows = [a_metric_value(site="Porto", value=92), a_metric_value(site="Lyon", value=88)]
        warehouse.fill(metric_values=rows)
        assert value_of(self.energy, JANUARY, warehouse, site="Lyon") == 88
        assert cell_of(self.energy, JANUARY, warehouse)["status"] == "not_applicable"
        assert value_of(self.energy, JANUARY, warehouse) is None

    def test_bare_values_add_up_where_the_definition_says_so(self, warehouse: Facts) -> None:
        amounts = a_metric("reported", metric="energy", adds_up=True)
        rows = [a_metric_value(site="Porto", value=92), a_metric_value(site="Lyon", value=88)]
        warehouse.fill(metric_values=rows)
        assert value_of(amounts, JANUARY, warehouse) == 92 + 88

    def test_a_part_larger_than_its_whole_is_invalid(self, warehouse: Facts) -> None:
        share = a_metric("reported", metric="energy", per=100, is_share=True)
        warehouse.fill(metric_values=[a_metric_value(numerator=41, denominator=40)])
        assert cell_of(share, JANUARY, warehouse)["status"] == "invalid"
        assert value_of(self.energy, JANUARY, warehouse) == 41 * 100 / 40

    def test_a_row_without_a_figure_is_missing_not_zero(self, warehouse: Facts) -> None:
        warehouse.fill(metric_values=[a_metric_value(status="missing")])
        cell = cell_of(self.energy, JANUARY, warehouse)
        assert (cell["value"], cell["status"], cell["left_out"]) == (None, "missing", 1)


class TestWarnedRows:
    def test_are_left_out_of_the_measure_they_spoil_and_counted(self, warehouse: Facts) -> None:
        spoiled = a_complaint(cost=-7, _warnings="cost_not_negative,closed_after_received")
        warehouse.fill(complaints=[spoiled, a_complaint(cost=5)])
        cell = cell_of(cost, JANUARY, warehouse)
        assert (cell["value"], cell["n"], cell["left_out"]) == (5, 1, 1)

    def test_stay_in_measures_that_do_not_read_what_is_wrong(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(_warnings="cost_not_negative"), a_complaint()])
        cell = cell_of(complaint_count, JANUARY, warehouse)
        assert (cell["value"], cell["left_out"]) == (2, 0)

    def test_are_not_followed_when_a_date_is_wrong(self, warehouse: Facts) -> None:
        rows = [a_complaint(_warnings="closed_after_received"), a_complaint(quantity=2)]
        open_complaints = a_metric(
            "stock",
            from_="received_on",
            to="closed_on",
            numerator={"table": "complaints"},
        )
        warehouse.fill(complaints=rows)
        cell = cell_of(open_complaints, JANUARY, warehouse, date(2026, 1, 31))
        assert (cell["value"], cell["left_out"]) == (2, 1)


def test_nonconformances_are_read_by_their_own_date(warehouse: Facts) -> None:
    found = a_metric("count", numerator={"table": "nonconformances"})
    warehouse.fill(nonconformances=[a_nonconformance(raised_on=date(2026, 3, 1))])
    assert value_of(found, MARCH, warehouse) == 1
