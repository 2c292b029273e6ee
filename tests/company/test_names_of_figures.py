"""Under which names a figure of the table `metric_values` is taken: those some definition reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.company import reported
from tests.support.reported_company import METRICS, SETTINGS, open_company
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
    assert reported.names_read(open_company(tmp_path / "works")) == names
