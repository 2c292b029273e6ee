"""The same rules from files to a sealed review: a small workspace and the real code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboard.company import meetings, packs
from dashboard.company.opened import Company
from dashboard.company.publishing import Upload, ingest, quarantined
from data.errors import Clause9Error, DefinitionError
from data.records import targets
from data.records.access import local_operator
from data.records.load import load_records
from metrics.review.topics import TOPICS
from metrics.review.verify import verify_pack
from tests.support.workspaces import a_workspace

AT = datetime(2026, 10, 12, 9, tzinfo=UTC)
ACTOR = local_operator("Quality manager")

METRICS = """
[complaint_rate]
title = "Complaints per 1,000 deliveries"
why = "Customers feel a late delivery before any internal measure does."
unit = "per 1,000"
better = "lower"
process = "customer-service"
topic = "customer_satisfaction"
purpose = "9.1.3.b"

[complaint_rate.measure]
kind = "rate"
per = 1000
numerator = { table = "complaints" }
denominator = { table = "outputs", sum = "quantity" }

[closing_days]
title = "Days to close a complaint"
why = "A complaint that lingers is made twice."
unit = "days"
better = "lower"
process = "customer-service"
topic = "customer_satisfaction"

[closing_days.measure]
kind = "elapsed"
from = "received_on"
to = "closed_on"
open = "left_out"
numerator = { table = "complaints" }
"""

RECORDS = """
[[people]]
id = "md"
name = "Managing director"
role = "top_management"

[[processes]]
id = "customer-service"
title = "Customer service"

[[targets]]
metric = "complaint_rate"
from_on = 2026-01-01
kind = "at_most"
high = 4.5
approver = "Managing director"
reason = "half of last year"
"""

COMPLAINTS = """complaint_id,received_on,closed_on,process
C1,2026-04-10,2026-04-20,customer-service
C2,2026-07-10,2026-07-14,customer-service
C3,2026-08-10,2026-08-16,customer-service
C4,2026-09-10,2026-09-11,customer-service
"""

OUTPUTS = """output_on,process,quantity
2026-04-30,customer-service,1000
2026-05-31,customer-service,1000
2026-06-30,customer-service,2000
2026-07-31,customer-service,1000
2026-08-31,customer-service,1000
2026-09-30,customer-service,1000
"""


@dataclass(frozen=True)
class House:
    """A workspace with two quarters of facts in it."""

    company: Company
    folder: Path

    def plan(self, name: str, first: date, last: date) -> None:
        meetings.new(self.company, name, (first, last), name, actor=ACTOR, at=AT)

    def figures(self, review: str) -> dict[str, Any]:
        return dict(meetings.open_meeting(self.company, review).assembly.figures())

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def house(tmp_path: Path) -> House:
    a_workspace(tmp_path / "works", metrics={"customers": METRICS})
    company = Company.open(tmp_path / "works", today=AT.date(), now=AT)
    made = House(company, tmp_path)
    load_records(company.records, ACTOR, made.write("records.toml", RECORDS), AT)
    files = (made.write("complaints.csv", COMPLAINTS), made.write("outputs.csv", OUTPUTS))
    for path, table in zip(files, ("complaints", "outputs"), strict=True):
        ingest(company, Upload((path,), table=table), actor=ACTOR, at=AT)
    return made


def test_rule_03_two_reviews_over_the_same_facts_give_different_numbers(house: House) -> None:
    house.plan("q2", date(2026, 4, 1), date(2026, 6, 30))
    house.plan("q3", date(2026, 7, 1), date(2026, 9, 30))
    assert house.figures("q2")["complaint_rate"].value == 1000 * 1 / 4000
    assert house.figures("q3")["complaint_rate"].value == 1000 * 3 / 3000


def test_rule_08_a_target_nobody_can_read_is_refused_with_its_place_and_nothing_is_set(
    house: House,
) -> None:
    before = len(targets.targets(house.company.records))
    unreadable = RECORDS.replace("high = 4.5", 'high = "about five"')
    path = house.write("targets.toml", unreadable.replace("2026-01-01", "2026-11-01"))
    with pytest.raises(
        DefinitionError, match=r"targets\.toml, .*high: 'about five' is not a number"
    ):
        load_records(house.company.records, ACTOR, path, AT)
    assert len(targets.targets(house.company.records)) == before


def test_rule_08_a_value_nobody_can_read_is_refused_with_its_reason_and_nothing_changes(
    house: House,
) -> None:
    house.plan("q3", date(2026, 7, 1), date(2026, 9, 30))
    path = house.write("more.csv", "output_on,process,quantity\n2026-09-15,customer-service,many\n")
    report = ingest(house.company, Upload((path,), table="outputs"), actor=ACTOR, at=AT)
    (batch,) = report.batches
    assert batch.state == "rejected"
    (refused,) = quarantined(house.company, batch.id or 0, actor=ACTOR).rows
    assert (refused.column, refused.row, refused.value) == ("quantity", 2, "many")
    assert refused.reason
    assert house.figures("q3")["complaint_rate"].denominator == Decimal(3000)


def test_rule_10_a_duration_is_the_days_between_two_dates_and_never_negative(
    house: House,
) -> None:
    house.plan("q3", date(2026, 7, 1), date(2026, 9, 30))
    # C2 took 4 days, C3 6 and C4 1
    assert house.figures("q3")["closing_days"].value == pytest.approx((4 + 6 + 1) / 3)


def test_rule_12_closing_waits_for_every_mandatory_input_and_then_seals_a_pack_that_verifies(
    house: House,
) -> None:
    house.plan("q3", date(2026, 7, 1), date(2026, 9, 30))
    meetings.hold(house.company, "q3", AT.date(), actor=ACTOR, at=AT)
    with pytest.raises(Clause9Error, match=r"9\.3\.2\.a .* neither fed nor waived"):
        packs.close(house.company, "q3", actor=ACTOR, at=AT)
    waived = [topic for topic in TOPICS if topic != "customer_satisfaction"]
    minutes = 'attendance = ["md"]\n[waivers]\n'
    minutes += "".join(f'{topic} = "reported apart"\n' for topic in waived)
    minutes += "[conclusion]\nsuitable = true\nadequate = true\neffective = true\naligned = true\n"
    minutes += 'text = "Fit for another year."\n'
    meetings.record(house.company, "q3", house.write("q3.toml", minutes), actor=ACTOR, at=AT)
    sealed = packs.close(house.company, "q3", actor=ACTOR, at=AT)
    report = verify_pack(Path(sealed["pack"]), sealed["sha256"])
    assert report.is_sound, report.sentence
    assert report.figures_matched == sealed["figures"]


def test_rule_14_a_review_nobody_spoke_in_has_empty_minutes(house: House) -> None:
    house.plan("q3", date(2026, 7, 1), date(2026, 9, 30))
    meeting = meetings.open_meeting(house.company, "q3")
    assert meeting.evidence.inputs == ()
    assert meeting.evidence.decisions == ()
    assert meeting.review.conclusion is None
    assert all(each.narrative is None for each in meeting.assembly.inputs)
