"""Roll-ups of stored cells, and the values that leave the house."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from data.errors import NotFoundError
from metrics.cells import roll_up, values, values_as_records, with_dimensions
from metrics.model import slice_key
from metrics.schema import CELL_SCHEMA
from tests.metrics.test_kinds import a_metric, complaint_count, complaint_rate, on_time_share
from tests.support.facts import JANUARY, Facts, a_complaint, an_output, cell_of


class StoredCells:
    """A reader that holds cells and nothing else."""

    def __init__(self, cells: pl.DataFrame) -> None:
        self.cells = cells

    def frame(self, sql: str, parameters: Mapping[str, object] | None = None) -> pl.DataFrame:
        assert "FROM cells" in sql
        assert parameters == {"metrics": ["a_metric"]}
        return self.cells


@pytest.fixture
def three_months(warehouse: Facts) -> StoredCells:
    warehouse.fill(
        complaints=[
            a_complaint(site="Porto", received_on=date(2026, 1, 5), quantity=Decimal("1.5")),
            a_complaint(site="Lyon", received_on=date(2026, 1, 9)),
            a_complaint(site="Porto", received_on=date(2026, 3, 9), quantity=4),
        ]
    )
    return StoredCells(warehouse.cells(complaint_count))


def test_values_count_periods_that_start_within_the_dates(three_months: StoredCells) -> None:
    found = values(three_months, complaint_count, first=date(2026, 1, 2), last=date(2026, 3, 1))
    assert found["period"].to_list() == [date(2026, 3, 1)]


def test_values_as_records_have_whole_numbers_as_integers(three_months: StoredCells) -> None:
    assert values_as_records(values(three_months, complaint_count)) == [
        {
            "period": "2026-01-01",
            "slice": {},
            "numerator": 2.5,
            "denominator": None,
            "value": 2.5,
            "status": "ok",
        },
        {
            "period": "2026-03-01",
            "slice": {},
            "numerator": 4,
            "denominator": None,
            "value": 4,
            "status": "ok",
        },
    ]


def test_values_as_records_say_the_slice(three_months: StoredCells) -> None:
    found = values_as_records(values(three_months, complaint_count, by=("site",)))
    assert [(row["slice"], row["value"]) for row in found] == [
        ({"site": "Lyon"}, 1),
        ({"site": "Porto"}, 1.5),
        ({"site": "Porto"}, 4),
    ]
    assert isinstance(found[0]["value"], int)


def test_a_dimension_the_metric_is_not_kept_by_is_named(three_months: StoredCells) -> None:
    with pytest.raises(NotFoundError, match=r"by 'sites'\. Did you mean 'site'"):
        values(three_months, complaint_count, by=("sites",))


def test_an_unknown_numerator_makes_the_whole_unknown_not_smaller(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(site="Porto"), a_complaint(site="Lyon")])
    cells = warehouse.cells(complaint_count).with_columns(
        numerator=pl.when(pl.col("slice") == '{"site":"Porto"}').then("numerator")
    )
    rolled = roll_up(cells, complaint_count)
    assert rolled.select("value", "status").rows() == [(None, "invalid")]


def test_an_amount_too_large_to_keep_is_invalid(warehouse: Facts) -> None:
    tall = a_metric("total", numerator={"table": "complaints", "sum": "cost * 1e30"})
    warehouse.fill(complaints=[a_complaint(cost=10)])
    assert cell_of(tall, JANUARY, warehouse)["status"] == "invalid"


def test_a_share_above_the_whole_in_one_site_does_not_hide_there(warehouse: Facts) -> None:
    warehouse.fill(
        outputs=[
            an_output(site="Porto", quantity=10, on_time_quantity=11),
            an_output(site="Lyon", quantity=90, on_time_quantity=9),
        ]
    )
    rolled = roll_up(warehouse.cells(on_time_share), on_time_share, by=("site",))
    assert rolled.select("site", "status").rows() == [("Lyon", "ok"), ("Porto", "invalid")]


def test_slices_keep_odd_texts_apart(warehouse: Facts) -> None:
    sites = ['a"b', "a\\b", "é", "null", None, ""]
    warehouse.fill(complaints=[a_complaint(site=site) for site in sites])
    cells = warehouse.cells(complaint_count)
    assert set(cells["slice"]) == {slice_key({"site": site}) for site in sites}
    assert set(with_dimensions(cells, ("site",))["site"]) == set(sites)


def test_rates_of_a_slice_keep_both_sides(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint()], outputs=[an_output(site="Lyon", quantity=7)])
    cells = warehouse.cells(complaint_rate)
    assert cells.select("slice", "numerator", "denominator", "status").rows() == [
        ('{"site":"Lyon"}', 0, 7, "ok"),
        ('{"site":"Porto"}', 1, 0, "no_opportunity"),
    ]


def test_cells_have_their_stated_columns_when_empty(warehouse: Facts) -> None:
    cells = warehouse.fill(complaints=[]).cells(complaint_count)
    assert dict(cells.schema) == dict(CELL_SCHEMA)
    assert roll_up(cells, complaint_count, by=("site",)).is_empty()
