"""A company whose owners hand figures in: two reported metrics by site, three sites, two owners.

Orders finished in the week planned is a share: Aarhus 90 of 100 and Cork 40 of 50 in September
2026. Overtime is a bare number of hours: 12 at Aarhus, 8 at Cork. The head of production answers
for all of machining but Cork, which has a manager of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.company import people, publishing, templates
from dashboard.company.opened import Company
from data.records.access import Actor, local_operator
from pipelines.report import RunReport
from tests.support.workspaces import a_workspace

AT = datetime(2026, 11, 4, 8, tzinfo=UTC)
OPERATOR = local_operator("Quality manager")
HEAD, CORK = "head-of-production", "site-manager-cork"

SETTINGS = 'organisation = "Reporting Works"\nsynthetic = true\nas_of = 2026-11-04\n'

METRICS = """
[orders_in_week]
title = "Orders finished in the week planned"
why = "What slips a week slips at the customer."
unit = "% of orders"
better = "higher"
process = "machining"
by = ["site"]
[orders_in_week.measure]
kind = "reported"
metric = "orders_in_week"
per = 100
is_share = true

[overtime]
title = "Overtime"
why = "Hours nobody planned say where the plan is wrong."
unit = "hours"
better = "lower"
process = "machining"
by = ["site"]
decimals = 0
[overtime.measure]
kind = "reported"
metric = "overtime_hours"
adds_up = true
"""

RECORDS = """
[[people]]
id = "head-of-production"
name = "Head of production"
role = "owner"
[[people]]
id = "site-manager-cork"
name = "Site manager Cork"
role = "owner"
[[people]]
id = "head-of-sales"
name = "Head of sales"
role = "owner"
[[processes]]
id = "machining"
title = "Machining"
[[processes]]
id = "sales"
title = "Sales"
[[owners]]
process = "machining"
person = "head-of-production"
from_on = 2026-01-01
[[owners]]
process = "machining"
dimension = "site"
value = "Cork"
person = "site-manager-cork"
from_on = 2026-01-01
[[owners]]
process = "sales"
person = "head-of-sales"
from_on = 2026-01-01
"""

HEADER = "metric,period,process,site,numerator,denominator,value,status,note"
SEPTEMBER = """
orders_in_week,2026-09-01,machining,Aarhus,90,100,,,
orders_in_week,2026-09-01,machining,Bergen,70,80,,,
orders_in_week,2026-09-01,machining,Cork,40,50,,,
overtime_hours,2026-09-01,machining,Aarhus,,,12,,Asked Kim to stay.
overtime_hours,2026-09-01,machining,Cork,,,8,,
"""


def a_reporting_company(root: Path) -> Company:
    """Return the opened workspace with the figures of September handed in as a table."""
    a_workspace(root, settings=SETTINGS, metrics={"production": METRICS})
    (root / "people.toml").write_text(RECORDS, encoding="utf-8")
    company = open_company(root)
    people.load(company, root / "people.toml", actor=OPERATOR, at=AT)
    file = root / "inbox" / "metric_values_2026-09.csv"
    file.write_text(HEADER + SEPTEMBER, encoding="utf-8")
    report = send(company, file)
    assert report.is_published, report.message
    return company


def open_company(root: Path) -> Company:
    """Open the workspace as the app and every command do."""
    return Company.open(root, today=AT.date(), now=AT)


def a_template(company: Company, folder: Path, owner: str = HEAD, period: str = "2026-10") -> Path:
    """Return the template of an owner's figures as it is handed out."""
    path = folder / f"metric_values_{period}_{owner}.xlsx"
    return templates.owner_template(company, owner, period, path, actor=OPERATOR)


def changed(path: Path, change: Callable[[Worksheet], object]) -> Path:
    """Return the workbook after somebody worked in its first sheet."""
    book = openpyxl.load_workbook(path)
    change(book.worksheets[0])
    book.save(path)
    return path


def filled(path: Path, cells: Mapping[str, object]) -> Path:
    """Return the workbook with these cells filled in, by their names in Excel."""

    def fill(sheet: Worksheet) -> None:
        for place, value in cells.items():
            sheet[place] = value

    return changed(path, fill)


def send(company: Company, path: Path, *, actor: Actor = OPERATOR, **options: object) -> RunReport:
    """Return what became of a file."""
    upload = publishing.Upload((path,), **options)  # type: ignore[arg-type]
    return publishing.ingest(company, upload, actor=actor, at=AT)


def rows_of(
    company: Company, period: str = "2026-10-01"
) -> dict[tuple[str, str], dict[str, object]]:
    """Return the rows in force of a month: metric and site to the whole row."""
    with company.warehouse.read() as reader:
        frame = reader.facts_frame("metric_values")
    return {
        (row["metric"], row["site"]): row
        for row in frame.iter_rows(named=True)
        if row["period"].isoformat() == period
    }
