"""A small company with numbers that can be checked by head, made by the product's own pipeline.

Eight sites deliver 26 months, September 2024 to October 2026. Every site delivers 1,000 a month,
900 of them on time (90 %), but for two: Cork 950 (95 %); Faro, in the last twelve months, 100 of
100 on time in eleven of them and 0 of 900 in the twelfth, October 2026. Complaints: two a month at
Aarhus, one at Cork.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard.company import people, publishing
from dashboard.company.opened import Company
from data.records.access import local_operator
from data.settings import create_workspace

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OPERATOR = local_operator("Quality manager")
SITES = ("Aarhus", "Bergen", "Cork", "Delft", "Essen", "Faro", "Gdansk", "Hamar")
MONTHS = [date(2024 + (8 + at) // 12, (8 + at) % 12 + 1, 1) for at in range(26)]

SETTINGS = 'organisation = "Small Works"\nsynthetic = true\nas_of = 2026-11-20\n'

METRICS = """
[on_time_share]
title = "Deliveries on time"
why = "The promise made to customers, kept or not."
unit = "% of deliveries"
better = "higher"
process = "logistics"
approved_by = "Head of quality"
by = ["site"]

[on_time_share.measure]
kind = "proportion"
numerator = { table = "outputs", sum = "on_time_quantity" }
denominator = { table = "outputs" }

[complaints]
title = "Complaints"
why = "What customers take the trouble to tell."
unit = "complaints"
better = "lower"
process = "sales"
approved_by = "Head of quality"
decimals = 0
by = ["site", "category"]

[complaints.measure]
kind = "count"
numerator = { table = "complaints" }

[balance]
title = "Balance of corrections"
why = "What complaints cost, less what was paid back: it can fall below nothing."
unit = "EUR"
better = "lower"
process = "sales"
approved_by = "Head of quality"
by = ["site"]

[balance.measure]
kind = "total"
numerator = { table = "complaints", sum = "10 - quantity * 20" }
"""

SOURCES = """
[deliveries]
title = "Delivery list"
table = "outputs"
files = "outputs*.csv"
cadence = "month"
due_days = 5

[deliveries.columns]
output_on = "output_on"
site = "site"
quantity = "quantity"
on_time_quantity = "on_time_quantity"

[deliveries.constants]
process = "logistics"

[complaints]
title = "Complaint list"
table = "complaints"
files = "complaints*.csv"
cadence = "month"
due_days = 5

[complaints.columns]
complaint_id = "complaint_id"
received_on = "received_on"
site = "site"
category = "category"
closed_on = "closed_on"

[complaints.constants]
process = "sales"
""".replace("trainings", "complaints").replace("Complaint list", "Complaint list")

RECORDS = """
[[people]]
id = "head-of-logistics"
name = "Head of logistics"
role = "owner"

[[people]]
id = "head-of-sales"
name = "Head of sales"
role = "owner"

[[people]]
id = "site-manager-cork"
name = "Site manager Cork"
role = "owner"

[[processes]]
id = "logistics"
title = "Logistics"

[[processes]]
id = "sales"
title = "Sales"

[[owners]]
process = "logistics"
person = "head-of-logistics"
from_on = 2024-01-01

[[owners]]
process = "sales"
person = "head-of-sales"
from_on = 2024-01-01

[[owners]]
process = "logistics"
dimension = "site"
value = "Cork"
person = "site-manager-cork"
from_on = 2024-01-01

[[owners]]
process = "sales"
dimension = "site"
value = "Cork"
person = "site-manager-cork"
from_on = 2024-01-01

[[targets]]
metric = "on_time_share"
kind = "at_least"
low = 88
from_on = 2024-01-01
approver = "Managing director"
reason = "Promised to customers"

[[targets]]
metric = "on_time_share"
slice = { site = "Cork" }
kind = "at_least"
low = 97
from_on = 2024-01-01
approver = "Managing director"
reason = "Cork has the newest fleet"
"""


def an_empty_company(root: Path) -> Path:
    """Return a new workspace with definitions and nothing else."""
    create_workspace(root, "Small Works", synthetic=True)
    (root / "clause9.toml").write_text(SETTINGS, encoding="utf-8")
    (root / "metrics" / "site.toml").write_text(METRICS, encoding="utf-8")
    (root / "sources" / "site.toml").write_text(SOURCES, encoding="utf-8")
    return root


def a_small_company(root: Path) -> Path:
    """Return the workspace of the small company, its records loaded and its files published."""
    an_empty_company(root)
    (root / "records.toml").write_text(RECORDS, encoding="utf-8")
    company = open_company(root)
    with company.records:
        people.load(company, root / "records.toml", actor=OPERATOR, at=NOW)
        send(company, "outputs.csv", "output_on,site,quantity,on_time_quantity", outputs())
        send(company, "complaints.csv", COMPLAINT_HEADER, complaints())
    return root


COMPLAINT_HEADER = "complaint_id,received_on,site,category,closed_on"


def send(company: Company, name: str, header: str, rows: Iterator[str]) -> None:
    """Publish a file of the company's inbox."""
    path = company.workspace.inbox / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    publishing.ingest(company, publishing.Upload((path,)), actor=OPERATOR, at=NOW)


def open_company(root: Path) -> Company:
    """Open the workspace as the app and every command do."""
    return Company.open(root, today=NOW.date(), now=NOW)


def outputs() -> Iterator[str]:
    """Yield the deliveries of every site and month."""
    for month in MONTHS:
        for site in SITES:
            quantity, on_time = 1000, 950 if site == "Cork" else 900
            if site == "Faro" and month >= date(2025, 11, 1):
                quantity, on_time = (900, 0) if month == MONTHS[-1] else (100, 100)
            yield f"{month},{site},{quantity},{on_time}"


def complaints() -> Iterator[str]:
    """Yield two complaints a month at Aarhus and one at Cork."""
    for at, month in enumerate(MONTHS):
        yield f"A-{at}-1,{month},Aarhus,late,"
        yield f"A-{at}-2,{month},Aarhus,damaged,"
        yield f"C-{at}-1,{month},Cork,late,"
