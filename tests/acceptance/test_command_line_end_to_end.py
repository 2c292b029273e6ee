"""The acceptance rules by the command line alone: from files sent in to what a review says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import METRICS, Site, a_site

MAPPING = """
[desk]
title = "Complaints from the desk"
table = "complaints"
files = "desk_*.csv"
cadence = "month"
due_days = 5
[desk.columns]
complaint_id = "No"
received_on = "Date"
site = "Plant"
[desk.constants]
process = "customer-service"

[orders]
title = "Deliveries"
table = "outputs"
files = "orders_*.csv"
cadence = "month"
due_days = 5
[orders.columns]
output_on = "Month end"
quantity = "Delivered"
site = "Plant"
[orders.constants]
process = "logistics"
"""

RECORDS = """
[[people]]
id = "md"
name = "Managing director"
role = "top_management"

[[processes]]
id = "customer-service"
title = "Customer service"

[[processes]]
id = "logistics"
title = "Logistics"

[[targets]]
metric = "complaint_rate"
from_on = 2025-01-01
kind = "at_most"
high = 4.5
approver = "Managing director"
reason = "half of the year before"
"""

RISING = """No,Date,Plant
C1,2026-07-03,Porto
C2,2026-08-19,Porto
C3,2026-08-22,Aarhus
C4,2026-09-04,Porto
C5,2026-09-14,Porto
C6,2026-09-15,Porto
"""

ORDERS = """Month end,Delivered,Plant
2026-07-31,1000,Porto
2026-08-31,1000,Porto
2026-09-30,1000,Porto
"""

WAIVERS = "\n".join(
    f'{topic} = "reported apart"'
    for topic in (
        "previous_actions", "context", "objectives", "process_performance",
        "nonconformity_and_corrective_action", "monitoring_results", "audit_results",
        "external_providers", "resources", "risks_and_opportunities",
        "improvement_opportunities", "customer_satisfaction",
    )
)  # fmt: skip

CONCLUSION = """
[conclusion]
suitable = true
adequate = true
effective = true
aligned = true
text = "Fit for another year."
"""


@pytest.fixture
def works(tmp_path: Path) -> Site:
    """Give a site on 20 October 2026 whose complaints rise and whose deliveries do not."""
    site = a_site(tmp_path / "works")
    with (site.root / "clause9.toml").open("a", encoding="utf-8") as settings:
        settings.write("\nas_of = 2026-10-20\n")
    site.defines("sources", desk=MAPPING)
    site.defines("metrics", customers=METRICS)
    site.done("records", "load", site.file("records.toml", RECORDS))
    return site


def filled(site: Site, complaints: str = RISING, orders: str = ORDERS) -> Site:
    site.done("ingest", site.file("desk_q3.csv", complaints))
    site.done("ingest", site.file("orders_q3.csv", orders))
    return site


def planned(site: Site, review: str, first: str, last: str) -> None:
    site.done("review", "new", review, "--from", first, "--to", last)


def figure(site: Site, review: str, name: str = "complaint_rate") -> dict[str, Any]:
    found = site.done("review", "assemble", "--review", review, "--json").json
    (one,) = (f for each in found["inputs"] for f in each["figures"] if f["id"] == name)
    assert isinstance(one, dict)
    return one


def input_of(site: Site, review: str, topic: str) -> dict[str, Any]:
    found = site.done("review", "assemble", "--review", review, "--json").json
    (one,) = (each for each in found["inputs"] if each["topic"] == topic)
    assert isinstance(one, dict)
    return one


def test_rule_01_what_rises_and_should_fall_reads_worse_on_the_page(
    works: Site, tmp_path: Path
) -> None:
    filled(works)
    planned(works, "aug", "2026-08-01", "2026-08-31")
    planned(works, "sep", "2026-09-01", "2026-09-30")
    assert (figure(works, "aug")["whole"]["value"], figure(works, "sep")["whole"]["value"]) == (
        2.0,
        3.0,
    )
    works.done("review", "export", "--review", "sep", "-o", tmp_path / "sep.html")
    page = (tmp_path / "sep.html").read_text(encoding="utf-8")
    said = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "3.0 per 1,000 in September 2026, was 2.0 in August 2026 (worse" in said


def test_rule_02_a_month_nobody_sent_is_late_a_month_without_complaints_is_zero(
    works: Site,
) -> None:
    # August had no complaint. September's deliveries were due on 5 October; it is the 20th.
    complaints = "\n".join(line for line in RISING.splitlines() if "2026-08" not in line)
    orders = "\n".join(line for line in ORDERS.splitlines() if "2026-09" not in line)
    filled(works, complaints + "\n", orders + "\n")
    points = works.done("trend", "complaint_rate", "--json").json["points"]
    shown = {point["period"]: (point["value"], point["status"]) for point in points}
    assert shown["2026-08-01"] == (0.0, "ok")
    assert shown["2026-09-01"][0] is None
    assert shown["2026-09-01"][1] not in {"ok", "no_opportunity"}
    planned(works, "sep", "2026-09-01", "2026-09-30")
    september = figure(works, "sep")
    assert september["whole"]["value"] is None
    assert september["target_met"] is None
    assert september["state"] not in {"improvement", "common_cause"}
    row = next(
        row
        for row in works.done("review", "status", "--review", "sep", "--json").json
        if row["topic"] == "customer_satisfaction"
    )
    assert row["state"] in {"late", "gap"}
    assert "Deliveries" in str(row) or row["gaps"]


def test_rule_02_a_month_without_deliveries_has_no_rate(works: Site) -> None:
    orders = ORDERS.replace("2026-08-31,1000", "2026-08-31,0")
    filled(works, orders=orders)
    (august,) = works.values("complaint_rate", "--from", "2026-08-01", "--to", "2026-08-31")
    assert (august["value"], august["denominator"]) == (None, 0)
    assert august["status"] != "ok"


def test_rule_04_an_action_untouched_for_a_year_is_still_in_input_a(works: Site) -> None:
    filled(works)
    planned(works, "2025", "2025-07-01", "2025-09-30")
    minutes = f"""
held_on = 2025-10-10
attendance = ["Managing director"]
[waivers]
{WAIVERS}
[[decisions]]
topic = "customer_satisfaction"
kind = "improvement"
text = "Call customers back."
owner = "Managing director"
due_on = 2025-10-31
[[decisions.actions]]
title = "Customers called back within a day"
owner = "Managing director"
due_on = 2025-10-31
expected_effect = "Half the complaints"
{CONCLUSION}"""
    works.done("review", "record", works.file("2025.toml", minutes))
    works.done("review", "close")
    planned(works, "2026", "2026-07-01", "2026-09-30")
    found = input_of(works, "2026", "previous_actions")
    assert found["state"] == "fed"
    assert "Customers called back within a day" in str(found["tables"])
    # 31 October 2025 to 30 September 2026
    assert "overdue by up to 334 days" in str(found["tables"])


def test_rule_07_a_target_set_today_leaves_last_quarters_status(works: Site) -> None:
    filled(works)
    planned(works, "q3", "2026-07-01", "2026-09-30")
    before = figure(works, "q3")
    assert (before["target"], before["target_met"]) == ("at most 4.5", True)
    today = datetime.now(UTC).date().isoformat()
    stricter = RECORDS.replace("high = 4.5", "high = 1")
    backdated = stricter.replace("2025-01-01", "2025-02-01")
    refused = works.run("records", "load", works.file("backdated.toml", backdated))
    assert refused.code == 1
    assert "must not change what past periods were judged by" in refused.err
    works.done("records", "load", works.file("new.toml", stricter.replace("2025-01-01", today)))
    after = figure(works, "q3")
    assert (after["target"], after["target_met"]) == ("at most 4.5", True)


def test_rule_08_what_cannot_be_read_is_refused_with_its_place_never_taken_for_something(
    works: Site,
) -> None:
    filled(works)
    before = works.values("complaint_rate")
    target = RECORDS.replace("high = 4.5", 'high = "≤ 4,5"').replace("2025-01-01", "2026-10-01")
    refused = works.run("records", "load", works.file("more.toml", target))
    assert refused.code == 1
    assert "more.toml" in refused.err
    assert "≤ 4,5" in refused.err
    rows = works.run(
        "ingest", works.file("orders_q4.csv", "Month end,Delivered,Plant\n2026-10-31,1e,X\n")
    )
    assert rows.code == 3
    assert "1e" in works.done("batches", "show", "3", "--rejected").out
    assert works.values("complaint_rate") == before


def test_rule_12_closing_waits_for_every_mandatory_input(works: Site) -> None:
    filled(works)
    planned(works, "q3", "2026-07-01", "2026-09-30")
    few = WAIVERS.splitlines()[1:]
    head = 'held_on = 2026-10-10\nattendance = ["Managing director"]\n[waivers]\n'
    minutes = head + "\n".join(few) + CONCLUSION
    works.done("review", "record", works.file("q3.toml", minutes))
    blocked = works.run("review", "close")
    assert blocked.code == 1
    assert blocked.err.count("neither fed nor waived") == 1
    assert "9.3.2.a" in blocked.err
    without_reason = works.run(
        "review", "record", works.file("empty.toml", '[waivers]\nprevious_actions = " "\n')
    )
    assert without_reason.code == 1
    works.done("review", "record", works.file("last.toml", f"[waivers]\n{WAIVERS.splitlines()[0]}"))
    works.done("review", "close")
