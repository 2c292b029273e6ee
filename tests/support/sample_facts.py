"""The rows of a small invented company: three sites, 27 months, the same from run to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from metrics.periods import Period, grid

FIRST, LAST = date(2024, 7, 1), date(2026, 9, 30)
SITES = ("Aarhus", "Gdansk", "Porto")
SITE = {"process": "customer-service"}

Rows = Sequence[Mapping[str, Any]]


def facts() -> dict[str, Rows]:
    """Return the rows of every table, the same from run to run."""
    months = grid(FIRST, LAST, "month")
    return {
        "outputs": [row for at, month in enumerate(months) for row in _outputs(at, month)],
        "complaints": [row for at, month in enumerate(months) for row in _complaints(at, month)],
        "corrective_actions": list(_corrective_actions()),
        "audits": list(_audits()),
        "audit_findings": list(_findings()),
        "supplier_deliveries": list(_deliveries(months)),
        "context_changes": list(_changes()),
        "trainings": [
            SITE
            | {
                "topic": "Torque wrench",
                "due_on": date(2026, 3, 3),
                "completed_on": date(2026, 3, 2),
            }
        ],
    }


def _wobble(*seeds: int) -> int:
    """Return 0 to 10, scattered but always the same for the same seeds."""
    mixed = 17
    for seed in seeds:
        mixed = (mixed * 31 + seed * 7 + 11) % 1009
    return mixed % 11


def _outputs(at: int, month: Period) -> Iterator[Mapping[str, Any]]:
    for place, site in enumerate(SITES):
        quantity = 2400 + 130 * _wobble(at, place)
        late = 90 + 6 * _wobble(place, at) + (140 if at >= 24 and site == "Gdansk" else 0)
        yield SITE | {
            "output_on": month.end,
            "site": site,
            "product": "Valve",
            "quantity": quantity,
            "conforming_quantity": quantity - 20,
            "on_time_quantity": quantity - late,
        }


def _complaints(at: int, month: Period) -> Iterator[Mapping[str, Any]]:
    kinds = ("late delivery", "damaged", "wrong item", "leak", "documents")
    for place, site in enumerate(SITES):
        level = 15 if at < 18 else 9
        for number in range(level + _wobble(at, place, 3) // 2):
            on = month.start + timedelta(days=_wobble(at, place, number) * 2)
            wait = 1 + _wobble(number, at) // 2 + (3 if at >= 19 and number % 4 == 0 else 0)
            yield SITE | {
                "complaint_id": f"K-{on:%y%m}-{site[0]}{number:02d}",
                "received_on": on,
                "site": site,
                "customer": f"Customer {_wobble(number, place)}",
                "product": "Valve",
                "category": kinds[(number * number + place) % len(kinds)],
                "severity": "major" if number % 7 == 0 else "minor",
                "is_justified": number % 5 != 0,
                "first_response_on": on + timedelta(days=wait),
                "description": "Spoke to a person named here <script>alert(1)</script>",
            }


def _corrective_actions() -> Iterator[Mapping[str, Any]]:
    for number in range(34):
        raised = FIRST + timedelta(days=23 * number)
        done = raised + timedelta(days=45 + 9 * _wobble(number))
        yield {
            "process": "production",
            "corrective_action_id": f"CA-{number:03d}",
            "raised_on": raised,
            "origin": ("complaint", "audit", "nonconformance")[number % 3],
            "due_on": raised + timedelta(days=60),
            "implemented_on": None if number % 6 == 5 or done > LAST else done,
        }


def _audits() -> Iterator[Mapping[str, Any]]:
    for number, site in enumerate(SITES):
        yield {
            "process": "purchasing",
            "audit_id": f"A-2026-{number}",
            "held_on": date(2026, 7, 8 + 9 * number),
            "site": site,
            "standard": "ISO 9001",
            "auditor": "A person",
            "result": "findings" if number else "no_findings",
        }


def _findings() -> Iterator[Mapping[str, Any]]:
    for number in range(5):
        raised = date(2026, 7, 17) if number < 4 else date(2025, 5, 20)
        yield {
            "process": "purchasing",
            "finding_id": f"A-2026-1/{number}",
            "raised_on": raised,
            "clause": ("8.4.1", "7.2", "8.5.1", "9.1.1", "7.1.5")[number],
            "severity": "major" if number == 4 else "minor",
            "site": SITES[number % 3],
            "due_on": raised + timedelta(days=90),
            "closed_on": date(2026, 8, 30) if number in {0, 1} else None,
        }


def _deliveries(months: Sequence[Period]) -> Iterator[Mapping[str, Any]]:
    for at, month in enumerate(months):
        for place, supplier in enumerate(("Alder Castings", "Birch Seals", "Cedar Springs")):
            yield {
                "_row": at + 2,  # a wide file: one line a month, a column a supplier
                "process": "purchasing",
                "received_on": month.start + timedelta(days=9),
                "supplier": supplier,
                "product": "Casting",
                "due_on": month.start + timedelta(days=9 - _wobble(at, place) // 8),
                "quantity": 20_000 + 900 * _wobble(place, at),
                "rejected_quantity": 6 + 3 * _wobble(at, place, 1) * (place + 1),
            }


def _changes() -> Iterator[Mapping[str, Any]]:
    said_of = ("A third carrier serves Porto", "Draft packaging regulation", "Heat days looked at")
    for number, (kind, what) in enumerate(
        zip(("external", "interested_party", "climate"), said_of, strict=True)
    ):
        yield {
            "process": "management",
            "change_id": f"C-{number}",
            "noted_on": date(2026, 7 + number, 12),
            "kind": kind,
            "effect": "to be watched",
            "description": what,
        }
