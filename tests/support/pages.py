"""A tiny company, made by the real pipeline, for tests that look at the pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl

from dashboard.company import meetings, people, publishing
from dashboard.company.opened import Company
from dashboard.company.publishing import Upload
from data.records.access import local_operator
from tests.support.workspaces import a_workspace

AT = datetime(2026, 10, 12, 8, tzinfo=UTC)
OPERATOR = local_operator("Quality manager")
REVIEW = "2026-q3"

SETTINGS = 'organisation = "Example Works"\nsynthetic = true\nas_of = 2026-10-20\n'

METRICS = """
[complaint_rate]
title = "Complaints per 1,000 deliveries"
why = "Customers feel a wrong delivery first."
unit = "per 1,000 deliveries"
better = "lower"
process = "customer-service"
topic = "customer_satisfaction"
approved_by = "Head of quality"
approved_on = 2026-01-01
review_by = 2027-01-01
by = ["site"]
decimals = 1
[complaint_rate.measure]
kind = "rate"
per = 1000
numerator = { table = "complaints" }
denominator = { table = "outputs", sum = "quantity" }
"""

SOURCES = """
[complaints_porto]
title = "Complaints Porto"
table = "complaints"
files = "complaints_porto_*"
cadence = "month"
due_days = 8
[complaints_porto.columns]
complaint_id = "complaint_id"
process = "process"
received_on = "received_on"
severity = "severity"
cost = "cost"
customer = "customer"
description = "description"
[complaints_porto.constants]
site = "Porto"
"""

PEOPLE = """
[[people]]
name = "Head of customer service"
role = "owner"
[[people]]
name = "Quality manager"
role = "quality_manager"
[[people]]
name = "Managing director"
role = "top_management"
[[processes]]
id = "customer-service"
title = "Customer service"
[[owners]]
process = "customer-service"
person = "Head of customer service"
from_on = 2026-01-01
"""

HEADER = ("complaint_id", "process", "received_on", "severity", "cost", "customer", "description")

SEPTEMBER = (
    ("P-91", "customer-service", "2026-09-31", "minor", "10.00", "Halden", "Late"),
    ("P-92", "customer-service", "2026-09-08", "serious", "20.00", "Norvik", "Late"),
    ("P-93", "customer-service", "2026-09-11", "major", "about 30", "Estela", "=1+1"),
    ("P-94", "customer-service", "2026-09-15", "minor", "40.00", "Okonek", "Leaks"),
)
"""Four complaints of September; the first three hold one mistake each: rows 2, 3 and 4."""

CORRECTED = {"P-91": (2, "2026-09-30"), "P-92": (3, "major"), "P-93": (4, "30.00")}


def an_empty_company(root: Path) -> Path:
    """Return a workspace as `clause9 init` makes it."""
    return a_workspace(root).root


def a_company(root: Path) -> Path:
    """Return a workspace with complaints of January to August, deliveries to September, a review.

    Each month has 1,000 deliveries and two complaints: a rate of 2 per 1,000.
    """
    a_workspace(
        root, settings=SETTINGS, metrics={"customers": METRICS}, sources={"complaints": SOURCES}
    )
    files = root / "inbox"
    _write(files / "complaints_porto_2026-08.csv", HEADER, _complaints())
    names = ("output_on", "process", "site", "quantity")
    months = range(1, 10)
    outputs = [(f"2026-{month:02}-28", "customer-service", "Porto", "1000") for month in months]
    _write(files / "outputs_2026-09.csv", names, outputs)
    (root / "people.toml").write_text(PEOPLE, encoding="utf-8")
    company = Company.open(root, today=date(2026, 10, 20), now=AT)
    people.load(company, root / "people.toml", actor=OPERATOR, at=AT)
    report = publishing.ingest(company, Upload((files,)), actor=OPERATOR, at=AT)
    assert not report.refused, report.message
    period = (date(2026, 5, 1), date(2026, 8, 31))
    meetings.new(company, REVIEW, period, "Review of the summer", actor=OPERATOR, at=AT)
    return root


def with_three_mistakes(folder: Path) -> Path:
    """Return Porto's workbook of September as it came: three cells cannot be read."""
    return _workbook(folder, SEPTEMBER)


def without_mistakes(folder: Path) -> Path:
    """Return the same workbook with its three cells corrected."""
    rows = []
    for row in SEPTEMBER:
        cells = list(row)
        if row[0] in CORRECTED:
            place, value = CORRECTED[row[0]]
            cells[place] = value
        rows.append(tuple(cells))
    return _workbook(folder, tuple(rows))


def _complaints() -> list[tuple[str, ...]]:
    return [
        (f"P-{month}{n}", "customer-service", f"2026-{month:02}-1{n}", "minor", "5.00", who, text)
        for month in range(1, 9)
        for n, who, text in ((1, "Halden", "Late"), (2, "Norvik", "=HYPERLINK(1)"))
    ]


def _write(path: Path, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(row) for row in (header, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _workbook(folder: Path, rows: tuple[tuple[str, ...], ...]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "September"
    for row in (HEADER, *rows):
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s"
    path = folder / "complaints_porto_2026-09.xlsx"
    book.save(path)
    return path
