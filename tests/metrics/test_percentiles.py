"""Percentiles and counts of different values, by hand: computed at each declared roll-up."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from data.errors import NotFoundError
from metrics.model import Metric
from tests.metrics.test_kinds import a_metric
from tests.support.facts import (
    FEBRUARY,
    JANUARY,
    Facts,
    a_complaint,
    a_survey_response,
    cell_of,
    value_of,
)

ANSWERS = {"table": "survey_responses", "value": "score"}
CUSTOMERS = {"table": "complaints", "distinct": "customer"}

median = a_metric("percentile", numerator=ANSWERS)
slowest = a_metric("percentile", percent=90, numerator=ANSWERS)
customers = a_metric("count", numerator=CUSTOMERS)


def keeping(metric: Metric, *roll_ups: tuple[str, ...], by: tuple[str, ...]) -> Metric:
    changed = {**metric.model_dump(by_alias=True), "by": by, "roll_ups": roll_ups}
    return Metric.model_validate(changed)


class TestPercentile:
    def test_median_of_an_odd_number_is_the_middle_one(self, warehouse: Facts) -> None:
        warehouse.fill(survey_responses=[a_survey_response(score=s) for s in (9, 1, 4)])
        assert value_of(median, JANUARY, warehouse) == 4

    def test_between_two_rows_it_lies_on_the_line_between_them(self, warehouse: Facts) -> None:
        warehouse.fill(survey_responses=[a_survey_response(score=s) for s in (1, 2, 4, 9)])
        assert value_of(median, JANUARY, warehouse) == (2 + 4) / 2
        # Rank (4 - 1) x 0.9 = 2.7: seven tenths of the way from the third row to the fourth.
        assert value_of(slowest, JANUARY, warehouse) == 4 + 0.7 * (9 - 4)

    def test_of_the_whole_is_not_made_of_the_percentiles_of_parts(self, warehouse: Facts) -> None:
        scores = {"Porto": (1, 2, 3), "Lyon": (9,)}
        warehouse.fill(
            survey_responses=[
                a_survey_response(site=site, score=s) for site, all_ in scores.items() for s in all_
            ]
        )
        assert value_of(median, JANUARY, warehouse, site="Porto") == 2
        assert value_of(median, JANUARY, warehouse, site="Lyon") == 9
        assert value_of(median, JANUARY, warehouse) == (2 + 3) / 2

    def test_rows_without_the_number_are_left_out_and_counted(self, warehouse: Facts) -> None:
        warehouse.fill(survey_responses=[a_survey_response(score=s) for s in (3, None, 5)])
        cell = cell_of(median, JANUARY, warehouse)
        assert (cell["value"], cell["n"], cell["left_out"]) == (4, 2, 1)

    def test_of_rows_none_of_which_has_the_number_is_missing(self, warehouse: Facts) -> None:
        warehouse.fill(survey_responses=[a_survey_response(score=None)])
        cell = cell_of(median, JANUARY, warehouse)
        assert (cell["value"], cell["numerator"], cell["status"]) == (None, None, "missing")

    def test_rows_a_warning_spoils_are_left_out(self, warehouse: Facts) -> None:
        costs = a_metric("percentile", numerator={"table": "complaints", "value": "cost"})
        spoiled = a_complaint(cost=-900, _warnings="cost_not_negative")
        warehouse.fill(complaints=[a_complaint(cost=10), a_complaint(cost=20), spoiled])
        cell = cell_of(costs, JANUARY, warehouse)
        assert (cell["value"], cell["left_out"]) == (15, 1)

    def test_least_and_greatest_are_percentiles(self, warehouse: Facts) -> None:
        warehouse.fill(survey_responses=[a_survey_response(score=s) for s in (3, 8, 5)])
        least = a_metric("percentile", percent=0, numerator=ANSWERS)
        greatest = a_metric("percentile", percent=100, numerator=ANSWERS)
        assert value_of(least, JANUARY, warehouse) == 3
        assert value_of(greatest, JANUARY, warehouse) == 8

    def test_of_days_to_close_is_dated_by_the_last_of_them(self, warehouse: Facts) -> None:
        days = "date_diff('day', received_on, closed_on)"
        numerator = {"table": "complaints", "value": days, "dated_by": "closed_on"}
        to_close = a_metric("percentile", numerator=numerator)
        received = date(2026, 1, 20)
        warehouse.fill(
            complaints=[
                a_complaint(received_on=received, closed_on=date(2026, 1, 31)),
                a_complaint(received_on=received, closed_on=date(2026, 2, 1)),
                a_complaint(received_on=received, closed_on=None),
            ]
        )
        assert value_of(to_close, JANUARY, warehouse) == 11
        assert value_of(to_close, FEBRUARY, warehouse) == 12


class TestDifferentValues:
    def test_a_customer_counts_once_whatever_the_complaints(self, warehouse: Facts) -> None:
        names = ("Alpha", "Alpha", "Beta")
        warehouse.fill(complaints=[a_complaint(customer=name, quantity=5) for name in names])
        assert value_of(customers, JANUARY, warehouse) == 2

    def test_a_customer_of_two_sites_is_one_customer(self, warehouse: Facts) -> None:
        pairs = [("Alpha", "Porto"), ("Alpha", "Lyon"), ("Beta", "Lyon")]
        warehouse.fill(complaints=[a_complaint(customer=c, site=s) for c, s in pairs])
        assert value_of(customers, JANUARY, warehouse, site="Porto") == 1
        assert value_of(customers, JANUARY, warehouse, site="Lyon") == 2
        assert value_of(customers, JANUARY, warehouse) == 2

    def test_rows_without_a_customer_are_left_out_and_counted(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(customer=c) for c in ("Alpha", None)])
        cell = cell_of(customers, JANUARY, warehouse)
        assert (cell["value"], cell["n"], cell["left_out"]) == (1, 1, 1)

    def test_of_rows_that_do_not_count_are_none(self, warehouse: Facts) -> None:
        justified = a_metric("count", numerator={**CUSTOMERS, "where": "is_justified"})
        warehouse.fill(complaints=[a_complaint(customer="Alpha", is_justified=False)])
        assert value_of(justified, JANUARY, warehouse) == 0


class TestRollUps:
    def test_a_row_without_a_site_is_no_total(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(customer=c, site=None) for c in ("A", "B")])
        cells = warehouse.cells(customers)
        assert set(cells["slice"]) == {"{}", '{"site":null}'}
        assert value_of(customers, JANUARY, warehouse, site=None) == 2

    def test_absent_they_are_the_total_each_dimension_and_all_together(self) -> None:
        by_three = keeping(customers, (), by=("site", "product", "category"))
        default = by_three.model_copy(update={"roll_ups": None})
        assert default.kept_by == (
            (), ("category",), ("product",), ("site",), ("site", "product", "category"),
        )  # fmt: skip

    def test_only_the_declared_ones_have_values(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(customer="A", product="P", category="C")])
        by_pair = keeping(customers, (), ("product", "site"), by=("site", "product", "category"))
        assert value_of(by_pair, JANUARY, warehouse, product="P", site="Porto") == 1
        with pytest.raises(NotFoundError) as refused:
            value_of(by_pair, JANUARY, warehouse, category="C")
        assert str(refused.value) == (
            "a_metric is not computed by category: what parts have does not add up. "
            "It is computed for the total; by site and product. Name others in its `roll_ups`."
        )

    def test_one_query_gives_the_metrics_that_share_a_table(self, warehouse: Facts) -> None:
        costs = {"table": "complaints", "value": "cost"}
        many = [
            a_metric("percentile", percent=p, numerator=costs).model_copy(update={"name": f"p{p}"})
            for p in (50, 90)
        ]
        warehouse.fill(complaints=[a_complaint(cost=c, customer="A") for c in (0, 100)])
        found = warehouse.cells(*many, customers).filter(slice="{}")
        assert dict(found.select("metric", "numerator").rows()) == {
            "p50": 50, "p90": 90, "a_metric": 1,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("roll_ups", "told"),
        [
            ([["site"]], "`roll_ups` lacks the total, [], which every page shows."),
            ([[], ["product"]], "`roll_ups` names 'product', which is not in `by`."),
        ],
    )
    def test_they_hold_the_total_and_dimensions_of_the_metric(
        self, roll_ups: list[list[str]], told: str
    ) -> None:
        with pytest.raises(ValidationError, match=told.replace("[]", r"\[\]")):
            Metric.model_validate({**customers.model_dump(), "roll_ups": roll_ups})

    def test_what_adds_up_has_none(self) -> None:
        plain = a_metric("count", numerator={"table": "complaints"})
        with pytest.raises(ValidationError, match="a count is rolled up from its cells"):
            Metric.model_validate({**plain.model_dump(), "roll_ups": [[]]})
