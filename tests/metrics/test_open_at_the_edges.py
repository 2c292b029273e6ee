"""What is open and how long, at the edges: last days, same days, wrong orders, hours, no end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from metrics.compile import compile_rows
from metrics.model import Metric
from tests.metrics.test_kinds import a_metric, closure_days, days_of_closed
from tests.support.facts import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    TABLES,
    Facts,
    a_complaint,
    cell_of,
    value_of,
)

THROUGH = date(2026, 4, 30)

complaints_open = a_metric(
    "stock", from_="received_on", to="closed_on", numerator={"table": "complaints"}
)


an_hour = datetime.fromisoformat


def spans(*days: tuple[Any, Any]) -> list[dict[str, Any]]:
    return [a_complaint(received_on=begun, closed_on=ended) for begun, ended in days]


def by_the_hour() -> Facts:
    """Return facts whose complaints begin and end at an hour of a day."""
    known = TABLES["complaints"]
    columns = tuple(
        column.model_copy(update={"type": "timestamp"})
        if column.name in {"received_on", "closed_on"}
        else column
        for column in known.columns
    )
    return Facts({**TABLES, "complaints": known.model_copy(update={"columns": columns})})


@pytest.mark.parametrize(
    ("begun", "ended", "is_open"),
    [
        (date(2026, 1, 31), None, [True, True, True, True]),
        (date(2026, 1, 31), date(2026, 1, 31), [False, False, False, False]),
        (date(2026, 1, 1), date(2026, 1, 31), [False, False, False, False]),
        (date(2026, 1, 1), date(2026, 2, 1), [True, False, False, False]),
        (date(2026, 1, 31), date(2026, 2, 28), [True, False, False, False]),
        (date(2026, 2, 1), date(2026, 4, 1), [None, True, True, False]),
        (date(2026, 2, 1), date(2026, 1, 31), [None, None, False, False]),
    ],
)
def test_a_record_is_open_at_the_end_of_a_period_it_has_begun_and_not_ended_in(
    warehouse: Facts, begun: date, ended: date | None, is_open: list[bool | None]
) -> None:
    warehouse.fill(complaints=spans((begun, ended)))
    periods = (JANUARY, FEBRUARY, MARCH, APRIL)
    found = [value_of(complaints_open, period, warehouse, THROUGH) for period in periods]
    assert found == is_open


def test_an_end_before_the_beginning_is_left_out_of_the_stock_and_counted(
    warehouse: Facts,
) -> None:
    warehouse.fill(complaints=spans((date(2026, 1, 5), date(2026, 1, 4)), (date(2026, 1, 5), None)))
    cell = cell_of(complaints_open, JANUARY, warehouse, THROUGH)
    assert (cell["value"], cell["n"], cell["left_out"]) == (1, 1, 1)


def test_what_never_closes_ages_through_every_period(warehouse: Facts) -> None:
    warehouse.fill(complaints=spans((date(2026, 1, 31), None)))
    periods = (JANUARY, FEBRUARY, MARCH, APRIL)
    found = [value_of(closure_days, period, warehouse, THROUGH) for period in periods]
    assert found == [0, 28, 28 + 31, 28 + 31 + 30]
    assert value_of(days_of_closed, APRIL, warehouse, THROUGH) is None


def test_only_records_that_ended_before_they_began_have_no_mean(warehouse: Facts) -> None:
    warehouse.fill(complaints=spans((date(2026, 1, 5), date(2026, 1, 4))))
    cell = cell_of(closure_days, JANUARY, warehouse, THROUGH)
    assert (cell["value"], cell["status"], cell["left_out"]) == (None, "missing", 1)


def test_hours_count_as_the_day_they_are_of() -> None:
    """Closed at one minute to midnight of the last day is closed; a night between is one day."""
    facts = by_the_hour().fill(
        complaints=spans(
            (an_hour("2026-01-30 23:50"), an_hour("2026-01-31 23:59")),
            (an_hour("2026-01-31 23:58"), an_hour("2026-02-01 00:01")),
        )
    )
    assert value_of(complaints_open, JANUARY, facts, THROUGH) == 1
    assert value_of(complaints_open, FEBRUARY, facts, THROUGH) == 0
    assert value_of(days_of_closed, JANUARY, facts, THROUGH) == 1
    assert value_of(days_of_closed, FEBRUARY, facts, THROUGH) == 1
    # Aged: closed after a day, and open for none.
    assert value_of(closure_days, JANUARY, facts, THROUGH) == (1 + 0) / 2


@pytest.mark.parametrize("metric", [complaints_open, closure_days, days_of_closed])
def test_the_rows_behind_hours_are_those_of_the_cell(metric: Metric) -> None:
    facts = by_the_hour().fill(
        complaints=spans(
            (an_hour("2026-01-30 23:50"), an_hour("2026-01-31 23:59")),
            (an_hour("2026-01-31 00:00"), None),
        )
    )
    query = compile_rows(metric, "numerator", JANUARY, {}, facts.tables)
    with facts.read(metric) as reader:
        rows = reader.frame(query.sql, query.parameters)
    cell = cell_of(metric, JANUARY, facts, THROUGH)
    assert (rows.height, rows["_amount"].sum()) == (cell["n"], cell["numerator"])
