"""Names a figure of `metric_values` is taken under: metrics read them, or mappings give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.company import figures, reported
from dashboard.company.series import EVERYTHING
from tests.support.reported_company import (
    METRICS,
    SETTINGS,
    a_reporting_company,
    open_company,
    send,
)
from tests.support.workspaces import a_workspace

DOWNTIME = """
[unplanned_downtime]
title = "Unplanned downtime"
why = "A machine that stands makes nothing."
unit = "% of hours"
better = "lower"
process = "machining"
by = ["site"]
[unplanned_downtime.measure]
kind = "rate"
per = 100
numerator = {{ table = "metric_values", where = "{numerator}", sum = "value" }}
denominator = {{ table = "metric_values", where = "metric = 'running_hours'", sum = "value" }}
"""

REPORTED = {"orders_in_week", "overtime_hours"}


@pytest.mark.parametrize(
    ("numerator", "names"),
    [
        ("metric = 'downtime_hours'", {*REPORTED, "downtime_hours", "running_hours"}),
        (
            "metric in ('stopped', 'broken') and status = 'ok'",
            {*REPORTED, "stopped", "broken", "running_hours"},
        ),
        ("metric like 'downtime%'", None),
        ("metric = 'downtime' or metric <> 'running_hours'", None),
        ("status = 'ok'", None),
    ],
)
def test_a_name_that_any_definition_reads_is_known(
    tmp_path: Path, numerator: str, names: set[str] | None
) -> None:
    downtime = DOWNTIME.format(numerator=numerator)
    a_workspace(
        tmp_path / "works", settings=SETTINGS, metrics={"production": METRICS, "downtime": downtime}
    )
    assert reported.names_known(open_company(tmp_path / "works")) == names


INDEX = """
[prices]
table = "metric_values"
files = "prices_*.csv"
[prices.constants]
metric = "consumer_prices"
[prices.columns]
period = "Month"
value = "Index"
process = "Process"
[machines]
table = "metric_values"
files = "machines_*.csv"
[machines.columns]
period = "Month"
value = "Hours"
metric = "Kind"
process = "Process"
[machines.values.metric]
"Running" = "running_hours"
"""


def test_a_name_that_a_mapping_gives_is_known_before_any_metric_reads_it(tmp_path: Path) -> None:
    a_workspace(
        tmp_path / "works",
        settings=SETTINGS,
        metrics={"production": METRICS},
        sources={"prices": INDEX},
    )
    known = reported.names_known(open_company(tmp_path / "works"))
    assert known == frozenset({*REPORTED, "consumer_prices", "running_hours"})


PRICES = """
[prices]
table = "metric_values"
files = "prices_*.csv"
cadence = "month"
[prices.constants]
metric = "consumer_prices"
process = "machining"
[prices.columns]
period = "Month"
value = "Index"
"""


def test_a_source_of_another_figure_says_nothing_of_this_one(tmp_path: Path) -> None:
    company = a_reporting_company(tmp_path / "works")
    part = [("overtime", EVERYTHING)]
    (before,) = figures.metric_views(company, part).values()
    (tmp_path / "works" / "sources" / "prices.toml").write_text(PRICES, encoding="utf-8")
    company.records.close()
    company = open_company(tmp_path / "works")
    prices = tmp_path / "prices_1990.csv"
    prices.write_text("Month,Index\n1990-01-01,101.5\n1990-03-01,102\n", encoding="utf-8")
    assert send(company, prices).is_published
    (after,) = figures.metric_views(company, part).values()
    # 12 + 8 hours in September; prices of 1990 make no overtime of 1990 missing, and none late now
    assert before.series.select("label", "value", "status").rows()[0] == (
        "September 2026",
        20.0,
        "ok",
    )
    assert after.series.rows() == before.series.rows()
