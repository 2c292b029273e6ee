"""The rows behind a cell add up to it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from metrics.compile import compile_amounts, compile_rows
from metrics.model import Metric, Side
from metrics.periods import Period, grid
from tests.metrics.test_kinds import (
    a_metric,
    actions_open,
    closure_days,
    complaint_count,
    complaint_rate,
    cost,
    days_of_closed,
    on_time_share,
    satisfaction,
)
from tests.support.facts import (
    JANUARY,
    Facts,
    a_complaint,
    a_corrective_action,
    a_metric_value,
    a_survey_response,
    an_output,
)

energy = a_metric("reported", metric="energy", per=100)
answered = a_metric("count", numerator={"table": "complaints", "distinct": "is_justified"})
cost_per_output = a_metric(
    "ratio",
    numerator={"table": "complaints", "sum": "cost"},
    denominator={"table": "outputs", "sum": "quantity"},
)

ALL_KINDS = [
    complaint_count,
    complaint_rate,
    on_time_share,
    satisfaction,
    cost,
    closure_days,
    days_of_closed,
    actions_open,
    energy,
    answered,
    cost_per_output,
]


def rows(
    warehouse: Facts,
    metric: Metric,
    period: Period = JANUARY,
    side: Side = "numerator",
    limit: int | None = None,
    **slice_: str | None,
) -> pl.DataFrame:
    query = compile_rows(metric, side, period, slice_, warehouse.tables, limit)
    with warehouse.read(metric) as reader:
        return reader.frame(query.sql, query.parameters)


@pytest.fixture
def full(warehouse: Facts) -> Facts:
    """Three months of everything, some of it left out."""
    days = [date(2026, 1, 1) + timedelta(n) for n in range(0, 90, 7)]
    later = [day + timedelta(n * 5 - 8) for n, day in enumerate(days)]
    pairs = list(zip(days, later, strict=True))
    ends = [(day, end if day.day % 2 else None) for day, end in pairs]
    sites = ["Porto", "Lyon", None]
    return warehouse.fill(
        complaints=[
            a_complaint(
                received_on=day, closed_on=end, site=sites[n % 3], quantity=n, cost=n or None,
                is_justified=n % 4 > 0, _warnings="cost_not_negative" if n == 5 else None,
                _is_current=n != 6,
            )
            for n, (day, end) in enumerate(ends)
        ],
        corrective_actions=[
            a_corrective_action(raised_on=day, implemented_on=end, site=sites[n % 3])
            for n, (day, end) in enumerate(ends)
        ],
        outputs=[
            an_output(output_on=day, site=sites[n % 3], quantity=n + 10, on_time_quantity=n or None)
            for n, day in enumerate(days)
        ],
        survey_responses=[
            a_survey_response(responded_on=day, site=sites[n % 3], score=n or None)
            for n, day in enumerate(days)
        ],
        metric_values=[
            a_metric_value(period=day, site=sites[n % 3], numerator=n, denominator=n + 1)
            for n, day in enumerate(days)
        ],
    )  # fmt: skip


@pytest.mark.parametrize("metric", ALL_KINDS, ids=[str(number) for number in range(len(ALL_KINDS))])
def test_the_amounts_of_the_rows_are_the_cell(full: Facts, metric: Metric) -> None:
    through = date(2026, 3, 31)
    cells = full.cells(metric, through=through)
    seen = 0
    for period in grid(date(2026, 1, 1), through, "month"):
        for site in ("Porto", "Lyon", None):
            found = rows(full, metric, period, site=site)
            stored = _stored(cells, period, site)
            assert found["_amount"].sum() == stored["numerator"].sum()
            seen += found.height
            if stored["denominator"].null_count() == 0:
                below = rows(full, metric, period, side="denominator", site=site)
                assert below["_amount"].sum() == stored["denominator"].sum()
    assert seen > 0


def test_the_rows_of_a_percentile_are_those_it_ranks(full: Facts) -> None:
    middle = a_metric("percentile", numerator={"table": "complaints", "value": "cost"})
    found = rows(full, middle)
    cell = full.cells(middle).filter(period=JANUARY.start, slice="{}").row(0, named=True)
    assert found.height == cell["n"] > 1
    assert found["_amount"].cast(pl.Float64).median() == float(cell["numerator"])


def test_rows_say_where_they_came_from(warehouse: Facts) -> None:
    origin = {"_batch": 7, "_mapping": "log", "_sheet": "Sheet 1", "_row": 41}
    warehouse.fill(complaints=[a_complaint(complaint_id="C-1", quantity=3, **origin)])
    (row,) = rows(warehouse, complaint_count).to_dicts()
    assert {name: row[name] for name in origin} == origin
    assert (row["complaint_id"], row["_amount"], row["_total"]) == ("C-1", 3, 1)


def test_rows_come_in_the_order_of_the_file_and_say_how_many_there_are(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(_row=n, _batch=1) for n in (12, 3, 7)])
    found = rows(warehouse, complaint_count, limit=2)
    assert found.select("_row", "_total").rows() == [(3, 3), (7, 3)]


def test_the_total_slice_has_the_rows_of_every_site(full: Facts) -> None:
    whole = rows(full, complaint_count).height
    parts = [rows(full, complaint_count, site=site).height for site in ("Porto", "Lyon", None)]
    assert whole == sum(parts)


def _stored(cells: pl.DataFrame, period: Period, site: str | None) -> pl.DataFrame:
    text = "null" if site is None else f'"{site}"'
    return cells.filter(period=period.start, slice=f'{{"site":{text}}}')


def test_the_largest_amounts_of_a_ranking_come_first_and_pages_follow_on(warehouse: Facts) -> None:
    facts = warehouse.fill(
        complaints=[a_complaint(received_on=date(2026, 1, 9), cost=cost) for cost in (3, 8, 5, 8)]
    )
    ranked = a_metric("percentile", numerator={"table": "complaints", "value": "cost"})
    every = rows(facts, ranked)
    assert every["_amount"].to_list() == [8, 8, 5, 3]
    assert every["_row"].to_list() == [3, 5, 4, 2]  # alike as they came
    assert rows(facts, ranked, limit=3)["_row"].to_list() == [3, 5, 4]


def test_what_waited_longest_comes_first(warehouse: Facts) -> None:
    days = [date(2026, 1, 20), date(2026, 1, 2), date(2026, 1, 11)]
    facts = warehouse.fill(complaints=[a_complaint(received_on=d, closed_on=None) for d in days])
    # Open on 31 January: 11, 29 and 20 days.
    assert rows(facts, closure_days)["_amount"].to_list() == [29, 20, 11]


def test_rows_add_up_day_by_day_with_what_spoils_them_left_out(warehouse: Facts) -> None:
    warehouse.fill(
        complaints=[
            a_complaint(received_on=date(2026, 1, 5), quantity=2),
            a_complaint(received_on=date(2026, 1, 5)),
            a_complaint(received_on=date(2026, 1, 5), is_justified=False),
            a_complaint(received_on=date(2026, 1, 9), site="Lyon"),
            a_complaint(received_on=date(2026, 2, 1)),
        ]
    )
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31), "")
    part = {"site": "Porto"}
    query = compile_amounts(complaint_rate, "numerator", quarter, part, warehouse.tables)
    with warehouse.read(complaint_rate) as reader:
        found = reader.frame(query.sql, query.parameters)
    assert found.rows() == [(date(2026, 1, 5), 3), (date(2026, 2, 1), 1)]
