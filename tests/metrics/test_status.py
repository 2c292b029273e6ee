"""From cells, coverage and what is expected to a status for every period."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from metrics.model import Metric
from metrics.status import EXPECTED_SCHEMA, SERIES_SCHEMA, series
from tests.metrics.test_kinds import (
    a_metric,
    actions_open,
    closure_days,
    complaint_count,
    complaint_rate,
    satisfaction,
)
from tests.support.facts import (
    Facts,
    a_complaint,
    a_corrective_action,
    a_metric_value,
    a_survey_response,
    an_output,
)

COVERAGE_SCHEMA = {
    "batch": pl.Int32(),
    "mapping": pl.String(),
    "table_name": pl.String(),
    "covers_from": pl.Date(),
    "covers_to": pl.Date(),
    "slice": pl.String(),
}

NEVER_DUE = pl.DataFrame(schema=EXPECTED_SCHEMA)


def covering(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> pl.DataFrame:
    """Return coverage of (table, first month, last month, slice), read by mapping `<table>`."""
    full = [
        (1, row[0], row[0], _month(row[1]), _last(row[2]), row[3] if len(row) > 3 else "{}")
        for row in rows
    ]
    return pl.DataFrame(full, schema=COVERAGE_SCHEMA, orient="row")


def expecting(table: str, due_days: int, slice_: str = "{}") -> pl.DataFrame:
    return pl.DataFrame(
        [(table, table, "month", due_days, slice_)], schema=EXPECTED_SCHEMA, orient="row"
    )


def statuses(
    warehouse: Facts,
    metric: Metric,
    coverage: pl.DataFrame,
    expected: pl.DataFrame = NEVER_DUE,
    as_of: date = date(2026, 5, 1),
    **slice_: str | None,
) -> list[tuple[str, float | None]]:
    cells = warehouse.cells(metric, through=date(2026, 4, 30))
    found = series(cells, coverage, expected, metric, as_of=as_of, slice=slice_)
    return list(zip(found["status"], found["value"], strict=True))


def test_a_period_covered_without_rows_is_a_real_zero(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(received_on=date(2026, 1, 5))])
    found = statuses(warehouse, complaint_count, covering(("complaints", "2026-01", "2026-03")))
    # Nobody sent anything for April; May has only begun.
    assert found == [("ok", 1), ("ok", 0), ("ok", 0), ("missing", None), ("not_due", None)]


def test_a_period_before_the_first_fact_counts_when_an_upload_covers_it(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(received_on=date(2026, 2, 5))])
    coverage = covering(("complaints", "2026-01", "2026-02"))
    found = statuses(warehouse, complaint_count, coverage, as_of=date(2026, 3, 1))
    assert found == [("ok", 0), ("ok", 1), ("not_due", None)]


def test_the_period_of_the_day_itself_is_partial(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(received_on=date(2026, 1, 5))])
    coverage = covering(("complaints", "2026-01", "2026-01"))
    assert statuses(warehouse, complaint_count, coverage, as_of=date(2026, 1, 31)) == [
        ("partial", 1)
    ]
    assert statuses(warehouse, complaint_count, coverage, as_of=date(2026, 2, 1))[0] == ("ok", 1)


def test_nothing_after_the_day_is_shown(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(received_on=date(2026, m, 5)) for m in (1, 2, 3)])
    coverage = covering(("complaints", "2026-01", "2026-03"))
    found = statuses(warehouse, complaint_count, coverage, as_of=date(2026, 2, 10))
    assert found == [("ok", 1), ("partial", 1)]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [(date(2026, 3, 10), "not_due"), (date(2026, 3, 11), "late")],
)
def test_an_upload_is_late_the_day_after_its_deadline(
    warehouse: Facts, as_of: date, expected: str
) -> None:
    warehouse.fill(complaints=[a_complaint(received_on=date(2026, 1, 5))])
    coverage = covering(("complaints", "2026-01", "2026-01"))
    found = statuses(warehouse, complaint_count, coverage, expecting("complaints", 10), as_of)
    # Due ten days after the end of February: 10 March.
    assert found[1] == (expected, None)


def test_a_rate_is_unknown_when_either_side_was_not_uploaded(warehouse: Facts) -> None:
    warehouse.fill(
        complaints=[a_complaint(received_on=date(2026, 1, 5))],
        outputs=[an_output(output_on=date(2026, m, 5)) for m in (1, 2)],
    )
    coverage = covering(("complaints", "2026-01", "2026-01"), ("outputs", "2026-01", "2026-02"))
    found = statuses(warehouse, complaint_rate, coverage, as_of=date(2026, 3, 1))
    # 1 by 1,000 times 1,000; February has deliveries, but nobody said how many complaints.
    assert found == [("ok", 1), ("missing", None), ("not_due", None)]


def test_a_rate_covered_without_exposure_had_no_opportunity(warehouse: Facts) -> None:
    warehouse.fill(outputs=[an_output(output_on=date(2026, 1, 5))], complaints=[])
    coverage = covering(("complaints", "2026-01", "2026-02"), ("outputs", "2026-01", "2026-02"))
    found = statuses(warehouse, complaint_rate, coverage, as_of=date(2026, 3, 1))
    assert found[:2] == [("ok", 0), ("no_opportunity", None)]


@pytest.mark.parametrize("metric", [satisfaction, closure_days])
def test_a_mean_over_no_records_has_no_value(warehouse: Facts, metric: Metric) -> None:
    warehouse.fill(
        survey_responses=[a_survey_response(responded_on=date(2026, 1, 15))],
        complaints=[a_complaint(closed_on=date(2026, 1, 5))],
    )
    coverage = covering((metric.tables[0], "2026-01", "2026-02"))
    found = statuses(warehouse, metric, coverage, as_of=date(2026, 3, 1))
    assert found[1] == ("no_opportunity", None)


def test_a_stock_stays_where_nothing_moved(warehouse: Facts) -> None:
    warehouse.fill(corrective_actions=[a_corrective_action(raised_on=date(2026, 2, 5))])
    coverage = covering(("corrective_actions", "2026-01", "2026-04"))
    assert statuses(warehouse, actions_open, coverage)[:4] == [
        ("ok", 0),
        ("ok", 1),
        ("ok", 1),
        ("ok", 1),
    ]


def test_a_figure_not_handed_in_is_missing_though_others_were(warehouse: Facts) -> None:
    energy = a_metric("reported", metric="energy")
    warehouse.fill(metric_values=[a_metric_value(value=5)])
    coverage = covering(("metric_values", "2026-01", "2026-02"))
    found = statuses(warehouse, energy, coverage, as_of=date(2026, 3, 1))
    assert found == [("ok", 5), ("missing", None), ("not_due", None)]


class TestSlices:
    def test_an_upload_speaks_for_its_own_site(self, warehouse: Facts) -> None:
        warehouse.fill(complaints=[a_complaint(site="Porto"), a_complaint(site="Lyon")])
        coverage = covering(
            ("complaints", "2026-01", "2026-02", '{"site":"Porto"}'),
            ("complaints", "2026-01", "2026-01", '{"site":"Lyon"}'),
        )
        day = date(2026, 3, 1)
        porto = statuses(warehouse, complaint_count, coverage, as_of=day, site="Porto")
        lyon = statuses(warehouse, complaint_count, coverage, as_of=day, site="Lyon")
        assert porto == [("ok", 1), ("ok", 0), ("not_due", None)]
        assert lyon == [("ok", 1), ("missing", None), ("not_due", None)]

    def test_the_whole_is_partial_while_one_of_its_uploads_is_not_there(
        self, warehouse: Facts
    ) -> None:
        rows = [a_complaint(site="Porto", received_on=date(2026, m, 5)) for m in (1, 2)]
        warehouse.fill(complaints=[*rows, a_complaint(site="Lyon")])
        coverage = pl.concat(
            [
                covering(("complaints", "2026-01", "2026-02", '{"site":"Porto"}')),
                covering(("complaints", "2026-01", "2026-01", '{"site":"Lyon"}')).with_columns(
                    mapping=pl.lit("lyon")
                ),
            ]
        )
        lyon = expecting("complaints", 5, '{"site":"Lyon"}').with_columns(mapping=pl.lit("lyon"))
        found = statuses(warehouse, complaint_count, coverage, lyon, as_of=date(2026, 3, 1))
        assert found[:2] == [("ok", 2), ("partial", 1)]

    def test_every_site_has_every_period_since_it_joined(self, warehouse: Facts) -> None:
        warehouse.fill(
            complaints=[
                a_complaint(site="Porto", received_on=date(2026, 1, 5)),
                a_complaint(site="Lyon", received_on=date(2026, 3, 5)),
                a_complaint(site=None, received_on=date(2026, 3, 5)),
            ]
        )
        cells = warehouse.cells(complaint_count)
        coverage = covering(("complaints", "2026-01", "2026-03"))
        found = series(
            cells, coverage, NEVER_DUE, complaint_count, as_of=date(2026, 3, 31), by=("site",)
        )
        assert found.columns == [*SERIES_SCHEMA, "site"]
        assert found.select("slice", "label", "numerator").rows() == [
            ('{"site":"Lyon"}', "March 2026", 1),
            ('{"site":"Porto"}', "January 2026", 1),
            ('{"site":"Porto"}', "February 2026", 0),
            ('{"site":"Porto"}', "March 2026", 0),
            ('{"site":null}', "March 2026", 1),
        ]


def test_without_facts_and_uploads_there_is_no_period(warehouse: Facts) -> None:
    warehouse.fill(complaints=[])
    cells = warehouse.cells(complaint_count)
    found = series(cells, covering(), NEVER_DUE, complaint_count, as_of=date(2026, 5, 1))
    assert found.is_empty()
    assert dict(found.schema) == dict(SERIES_SCHEMA)


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _last(text: str) -> date:
    year, month = map(int, text.split("-"))
    days = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30}
    return date(year, month, days[month])


def test_a_site_is_not_there_before_its_first_row_but_a_category_is_zero(warehouse: Facts) -> None:
    """
    month     Aarhus   Porto   leaks
    January   1        -       0
    February  1        1       1
    """
    warehouse.fill(
        complaints=[
            a_complaint(complaint_id="1", received_on=date(2026, 1, 5), site="Aarhus"),
            a_complaint(complaint_id="2", received_on=date(2026, 2, 5), site="Aarhus"),
            a_complaint(
                complaint_id="3", received_on=date(2026, 2, 6), site="Porto", category="leaks"
            ),
        ]
    )
    metric = a_metric("count", by=("site", "category"), numerator={"table": "complaints"})
    coverage = covering(("complaints", "2026-01", "2026-02"))
    cells = warehouse.cells(metric, through=date(2026, 2, 28))

    def values(**part: str) -> list[tuple[date, float | None]]:
        found = series(cells, coverage, NEVER_DUE, metric, as_of=date(2026, 2, 28), slice=part)
        return found.select("period", "value").rows()

    january, february = date(2026, 1, 1), date(2026, 2, 1)
    assert values(site="Porto") == [(february, 1.0)]
    assert values(category="leaks") == [(january, 0.0), (february, 1.0)]


def test_a_site_that_sends_its_own_uploads_is_there_from_the_first(warehouse: Facts) -> None:
    warehouse.fill(complaints=[a_complaint(received_on=date(2026, 2, 5), site="Porto")])
    coverage = covering(("complaints", "2026-01", "2026-02", '{"site":"Porto"}'))
    found = statuses(warehouse, complaint_count, coverage, as_of=date(2026, 3, 1), site="Porto")
    assert found[:2] == [("ok", 0.0), ("ok", 1.0)]
