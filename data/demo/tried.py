"""What the demo company tried, and when: its PDCA cycles, step by step as they were taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from data.demo.story import CALL_BACK_SCRIPT_ON, CARRIER_CHANGE_ON, DELIVERY_NOTICE_ON

PORTO_NOTICE_ON = date(2026, 8, 1)
"""The delivery notice reaches Porto: too early to say whether it works there."""

Verb = Literal["open", "plan", "do", "check", "act", "complete"]


@dataclass(frozen=True)
class Step:
    """A step of a cycle, or of the action behind it (complete), on the day it was taken."""

    on: date
    verb: Verb
    of: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


CALL_BACK_SCRIPT = {
    "title": "Call-back script",
    "metric": "complaint_rate",
    "owner": "Head of customer service",
    "cause": "deliveries nobody announced",
    "hypothesis": "Who is called back within a day does not complain a second time.",
    "criterion": "improve",
    "worthwhile": 0.8,
    "expected_change": -1.2,
    "trigger_from": date(2024, 9, 1),
    "trigger_to": date(2024, 9, 30),
    "check_on": date(2026, 2, 2),
}

DELIVERY_NOTICE = {
    "title": "Delivery notice by text message",
    "metric": "complaint_rate",
    "owner": "Head of customer service",
    "source_kind": "action",
    "source": "A-1",
    "cause": "deliveries nobody announced",
    "hypothesis": "Who knows that a delivery slips does not complain that nobody said so.",
    "criterion": "improve",
    "worthwhile": 0.6,
    "expected_change": -1.2,
    "check_on": date(2026, 11, 2),
    "balancing": ["slow_response_share"],
}

TORQUE_CHECK = {
    "title": "Torque check at station 4",
    "metric": "first_pass_yield",
    "owner": "Head of production",
    "cause": "flanges tightened by feel",
    "hypothesis": "A gauge at the station finds what the test bench finds an hour later.",
    "criterion": "improve",
    "worthwhile": 0.3,
    "expected_change": 0.5,
    "check_on": date(2026, 11, 8),
}

SUPPLIER_TALKS = {
    "title": "Quality talks with Hexal each quarter",
    "metric": "supplier_parts_refused",
    "owner": "Head of purchasing",
    "source_kind": "action",
    "source": "A-2",
    "cause": "supplier part",
    "hypothesis": "Hexal sorts out what it is shown every quarter.",
    "criterion": "improve",
    "worthwhile": 100,
    "expected_change": -250,
    "lag": 2,
    "check_on": date(2027, 9, 1),
}

PORTO_NOTICE = {
    "title": "Delivery notice at Porto",
    "metric": "complaint_rate",
    "slice": {"site": "Porto"},
    "owner": "Customer service lead Porto",
    "source_kind": "action",
    "source": "A-4",
    "cause": "deliveries nobody announced",
    "hypothesis": "What works at Aarhus and Gdansk works at Porto.",
    "criterion": "improve",
    "worthwhile": 0.8,
    "expected_change": -1.5,
    "check_on": date(2027, 5, 4),
}

SECOND_CARRIER = {
    "title": "Second carrier for Gdansk",
    "metric": "on_time_share",
    "slice": {"site": "Gdansk"},
    "owner": "Head of logistics",
    "source_kind": "signal",
    "source": "Deliveries on time at Gdansk, worse since July 2026",
    "cause": "one carrier only",
    "hypothesis": "With two carriers a full lorry is no reason to wait.",
    "criterion": "restore",
    "worthwhile": 3,
    "trigger_from": CARRIER_CHANGE_ON,
    "trigger_to": date(2026, 10, 31),
}

STEPS = (
    Step(date(2025, 1, 13), "open", values=CALL_BACK_SCRIPT),
    Step(date(2025, 1, 13), "plan", "P-1"),
    Step(
        date(2025, 2, 3),
        "do",
        "P-1",
        {
            "implemented_on": CALL_BACK_SCRIPT_ON,
            "done_by": "Head of customer service",
            "done_text": "Every desk calls back by the script from 1 February 2025 on.",
        },
    ),
    Step(date(2025, 11, 20), "open", values=DELIVERY_NOTICE),
    Step(date(2025, 12, 8), "plan", "P-2"),
    Step(
        date(2026, 1, 13),
        "do",
        "P-2",
        {
            "implemented_on": DELIVERY_NOTICE_ON,
            "done_by": "Head of logistics",
            "done_text": "Aarhus and Gdansk send a text message as soon as a delivery slips.",
        },
    ),
    Step(date(2026, 2, 9), "open", values=TORQUE_CHECK),
    Step(date(2026, 2, 11), "plan", "P-3"),
    Step(
        date(2026, 2, 27),
        "do",
        "P-3",
        {
            "implemented_on": date(2026, 2, 26),
            "done_by": "Head of production",
            "done_text": "Two gauges at station 4; every flange is checked.",
        },
    ),
    Step(date(2026, 5, 6), "check", "P-1", {"done_by": "Quality manager"}),
    Step(
        date(2026, 5, 18),
        "act",
        "P-1",
        {
            "outcome": "abandon",
            "note": "Customers noticed nothing; the delivery notice goes at the cause instead.",
        },
    ),
    Step(date(2026, 6, 10), "open", values=SUPPLIER_TALKS),
    Step(date(2026, 6, 15), "plan", "P-4"),
    Step(date(2026, 6, 22), "open", values=PORTO_NOTICE),
    Step(date(2026, 7, 6), "plan", "P-5"),
    Step(
        PORTO_NOTICE_ON,
        "do",
        "P-5",
        {
            "implemented_on": PORTO_NOTICE_ON,
            "done_by": "Customer service lead Porto",
            "done_text": "Porto sends the text message as the other sites do.",
        },
    ),
    Step(PORTO_NOTICE_ON, "complete", "A-4", {"done_by": "Customer service lead Porto"}),
    Step(date(2026, 11, 12), "open", values=SECOND_CARRIER),
    Step(date(2026, 11, 16), "check", "P-2", {"done_by": "Quality manager"}),
)
"""In the order they were taken. One cycle failed, one worked, one is too early to judge; one waits
for its check over its day, one for its action, one for its plan."""
